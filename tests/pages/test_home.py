"""The first pages calm the reader, then inform, then ask."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from crypto.keyring import Texts
from portal.app import load_questionnaire
from portal.config import Settings
from portal.web import guide, pages
from templates.catalogues import LANGUAGES
from tests.support.markup import Markup
from tests.support.page_visitor import Visitor
from tests.support.paths import ROOT

pytestmark = pytest.mark.browser

# The visible area of a browser on many phones.
SMALL = ViewportSize(width=360, height=640)
WAYS = {
    "fr": [
        "J\u2019ai été approché(e), sollicité(e), mis(e) sous pression ou menacé(e)",
        "J\u2019ai vu ou appris quelque chose",
        "J\u2019ai déjà cédé ou rendu un service, je cherche une issue",
        "Je subis ou crains des représailles",
    ],
    "en": [
        "I have been approached, offered something, pressured or threatened",
        "I saw or learned of something",
        "I already said yes or did a favour; I want a way out",
        "I suffer or fear reprisals",
    ],
}
LADDER = {
    "fr": ["Tor Browser, ni chez vous ni au travail", "Tor Browser, chez vous", "navigateur ordinaire"],
    "en": ["Tor Browser, away from home and from work", "Tor Browser, at home", "ordinary browser"],
}
# The texts say who reads reports, how often, and when to expect an answer. Then the texts say what
# is not protected.
SAID = {
    "fr": [
        "un organisme extérieur",
        "chaque jour ouvré",
        "sous 7 jours",
        "sous 3 mois",
        "Ce que vous racontez peut vous désigner",
        "Quelqu\u2019un qui surveille votre appareil",
        "peuvent garder une trace de la visite",
        "on peut voir que Tor est utilisé",
        "ni ce que votre réseau a noté",
        "pourraient vous montrer une page modifiée",
        "transmettre les crimes et délits au procureur",
    ],
    "en": [
        "a body outside the inspectorate",
        "every working day",
        "within 7 days",
        "within 3 months",
        "Details that few people know can point to you",
        "Someone who watches your device",
        "can keep a trace of the visit",
        "but not that you use Tor",
        "nor what your network noted",
        "could show you a changed page",
        "public prosecutor",
    ],
}


# The colours of the first box with this class. A box is added if the page has none.
BOX = """(kind) => {
  const added = Object.assign(document.createElement("p"), { className: kind });
  const box = document.querySelector(`main .${kind}`) ?? document.querySelector("main").appendChild(added);
  const style = getComputedStyle(box);
  const parts = ["background", ...["top", "right", "bottom", "left"].map((side) => `border-${side}`)];
  return Object.fromEntries(parts.map((part) => [part, style.getPropertyValue(`${part}-color`)]));
}"""
ANONYMOUSLY = {"fr": "Signaler anonymement", "en": "Report anonymously"}
DOORS = {"fr": ["Écrire un signalement", "Lire la réponse"], "en": ["Write a report", "Read the answer"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_for_danger_and_both_links_are_visible_without_scrolling(
    visitor: Visitor, language: str
) -> None:
    """On a small phone and with a long name, the bar covers neither the numbers nor the links.

    The control is the advice further down, which does not fit above the bar.
    """
    visitor.page.set_viewport_size(SMALL)
    visitor.visit(f"{language}/")
    bar = visitor.page.locator(".leave").bounding_box()
    assert bar
    for name in (Settings().name.in_(language), "Inspection " * 7):
        visitor.page.locator(".whose").evaluate("(each, name) => { each.textContent = name }", name)
        seen = visitor.page.locator(".whose, .danger, .danger a, .doors a").all()
        boxes = [each.bounding_box() for each in seen]
        assert len(boxes) == 7
        assert all(box and box["y"] >= 0 and box["y"] + box["height"] <= bar["y"] for box in boxes), name
    below = visitor.page.locator(".advice").bounding_box()
    assert below
    assert below["y"] + below["height"] > bar["y"]


def test_the_box_for_danger_looks_like_no_other_box(visitor: Visitor) -> None:
    """Its background and its border on each side are red, in both colour schemes."""
    visitor.visit("fr/")
    for scheme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=scheme)
        danger, *others = (visitor.page.evaluate(BOX, kind) for kind in ("danger", "notice", "card"))
        for part in danger:
            assert danger[part] not in [each[part] for each in others], (scheme, part)
            red, green, blue = map(int, re.findall(r"\d+", danger[part])[:3])
            assert red > max(green, blue), (scheme, part)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_says_that_reports_are_anonymous_and_links_to_the_form_and_the_answer(
    visitor: Visitor, language: str
) -> None:
    """Each link needs only one touch, and is high enough for a finger."""
    visitor.visit(f"{language}/")
    expect(visitor.page.locator("h1")).to_have_text(ANONYMOUSLY[language])
    doors = visitor.page.locator(".doors a")
    assert doors.all_inner_texts() == DOORS[language]
    assert [each.get_attribute("href") for each in doors.all()] == [
        f"/{language}/report",
        f"/{language}/status",
    ]
    for each in (*doors.all(), *visitor.page.locator(".danger a").all()):
        box = each.bounding_box()
        assert box
        assert box["height"] >= 44


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_shows_the_emergency_numbers_before_the_links(visitor: Visitor, language: str) -> None:
    visitor.visit(f"{language}/")
    text = visitor.page.inner_text("main")
    numbers = [text.index(number) for number in ("17", "112", "114")]
    assert max(numbers) < text.index(DOORS[language][0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_warns_about_work_devices_before_the_links(visitor: Visitor, language: str) -> None:
    visitor.page.set_viewport_size(SMALL)
    visitor.visit(f"{language}/")
    warning = {"fr": "appareil ni réseau du service", "en": "use a work device"}[language]
    told = visitor.page.get_by_text(warning).first
    expect(told).to_be_in_viewport(ratio=1)
    box, door = told.bounding_box(), visitor.page.locator(".doors a").first.bounding_box()
    assert box
    assert door
    assert box["y"] + box["height"] <= door["y"]


def test_every_text_on_the_home_page_is_listed_with_its_reason() -> None:
    """docs/law.md has this list, with the texts in English. The home page folds no text."""
    settings = replace(Settings(), name=Texts("Inspection", "Inspectorate"))
    page = pages.render(settings, load_questionnaire(settings))["/en/"].decode()
    main = page.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    assert "<details" not in main
    lines = (re.sub(r"<[^>]+>|\s+", " ", each) for each in re.split(r"</(?:h1|h2|p|li|a)>", main))
    shown = [" ".join(each.split()) for each in lines if each.strip()]
    law = (ROOT / "docs" / "law.md").read_text("utf-8")
    told = law.partition("## What the home page shows")[2].partition("\n## ")[0]
    listed = [" ".join(each.split()) for each in re.findall(r"(?ms)^- “(.+?)”:\s", told)]
    assert shown == listed


@pytest.mark.parametrize("language", LANGUAGES)
def test_reporters_can_read_about_their_situation_before_the_form(visitor: Visitor, language: str) -> None:
    """The texts are folded. The link in the first piece of advice leads to these texts.

    No address or request shows which text was opened.
    """
    visitor.visit(f"{language}/")
    visitor.page.click(".advice a >> nth=0")
    page = visitor.page
    assert page.url == f"{visitor.address}/{language}/before"
    ways = page.locator("main details:has(li)")
    assert ways.locator("summary").all_inner_texts() == WAYS[language]
    visitor.requests.clear()
    for way in ways.all():
        expect(way.locator("li").first).to_be_hidden()
        way.locator("summary").click()
        expect(way.locator("li").first).to_be_visible()
    assert visitor.requests == []
    assert page.url == f"{visitor.address}/{language}/before"
    expect(page.locator("main a.button")).to_have_attribute("href", f"/{language}/report")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_about_anonymity_says_who_reads_reports_and_how_soon_and_what_is_not_protected(
    visitor: Visitor, language: str
) -> None:
    visitor.visit(f"{language}/before")
    for folded in visitor.page.locator("main summary").all():
        folded.click()
    text = visitor.page.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")
    assert [words for words in SAID[language] if words not in text] == []


def test_every_page_names_the_body_that_runs_the_site(visitor: Visitor) -> None:
    """Below the links in the footer, the name is complete. A narrow header may have no room for it.

    Files that are opened from disk have no links. If no name is configured, a text in brackets says so.
    """
    assert visitor.site.settings.name == Settings().name
    settings = replace(
        visitor.site.settings, name=Texts("Inspection générale du port", "Port inspectorate <1>")
    )
    rendered = pages.render(settings, load_questionnaire(settings))
    wanted = {"fr": "Inspection générale du port", "en": "Port inspectorate &lt;1&gt;"}
    for path, page in rendered.items():
        named = wanted[path[1:3] or LANGUAGES[0]]
        shown = page.decode().replace("\N{NO-BREAK SPACE}", " ")
        saved = path.endswith("sheet.html")  # the saved guide must not reveal where it is from
        below = shown.rpartition("</nav>")[2]
        assert (named in below) is not saved, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_links_to_the_accessibility_statement(visitor: Visitor, language: str) -> None:
    """The law requires the home page to say how accessible the site is.

    On the other pages, that statement would only frighten readers.
    """
    title = guide.load(Settings().guide_folder, language, guide.STATEMENT).title
    link = visitor.page.locator(f"footer a[href='/{language}/{guide.STATEMENT}']")
    visitor.visit(f"{language}/")
    expect(link).to_have_text(title)
    for path in ("report", "status", "before", guide.STATEMENT):
        visitor.visit(f"{language}/{path}")
        expect(link).to_have_text({"en": "Accessibility", "fr": "Accessibilité"}[language])
    link.click()
    expect(visitor.page.locator("h1")).to_have_text(title)
    assert "RGAA" in visitor.page.inner_text("main")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_advice_about_leaving_quickly_says_where_the_back_button_leads(
    visitor: Visitor, language: str
) -> None:
    """The advice is on the page about anonymity, which nobody has to read before they write."""
    visitor.visit(f"{language}/before")
    name = visitor.page.get_attribute("nav.leave", "aria-label")
    advice = visitor.page.locator("main li").filter(has_text=name)
    expect(advice).to_contain_text(
        {"en": "the Back button leads to", "fr": "le bouton Retour mène à"}[language]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_places_to_report_from_are_listed_with_the_safest_first(visitor: Visitor, language: str) -> None:
    visitor.visit(f"{language}/before")
    steps = visitor.page.locator("ol").first.locator("li").all_text_contents()
    assert len(steps) == len(LADDER[language])
    assert [words for words, step in zip(LADDER[language], steps, strict=True) if words not in step] == []


def test_the_first_pages_work_without_a_script(chromium: Browser, visitor: Visitor) -> None:
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{visitor.address}/fr/")
    page.click(".advice a >> nth=0")
    page.click("summary >> nth=2")
    expect(page.locator("details[open] li").first).to_be_visible()
    page.click("main a.button")
    assert page.url == f"{visitor.address}/fr/report"
    plain.close()


def test_the_first_two_keyboard_stops_are_the_skip_link_and_the_leave_button(visitor: Visitor) -> None:
    visitor.visit("fr/guide")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator(".skip")).to_be_in_viewport(ratio=1)
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator("a[data-leave]")).to_be_focused()
    visitor.page.keyboard.press("Shift+Tab")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#main")).to_be_focused()


def test_headings_are_in_order(visitor: Visitor) -> None:
    """Screen reader users navigate by headings."""
    for language in LANGUAGES:
        for name in (
            *("", "before", "device", "report", "status", "guide", "verify", "sealed"),
            *("scenarios", "rehearsal", *guide.NOTICES),
        ):
            page = visitor.site.client.get(f"/{language}/{name}").text
            levels = [int(tag[1]) for tag, _ in Markup(page).elements if tag in {"h1", "h2", "h3", "h4"}]
            assert levels[0] == 1, name
            assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), name
