"""The desk in a real browser.

The gate checks some pages in both languages; `make soak pages` checks all of them.
"""

from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from playwright.sync_api import Browser, Error, Page, ViewportSize, expect
from pypdfium2 import PdfDocument

from inbox.desk.app import create_app
from inbox.overview import conversation
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import Message
from templates.catalogues import LANGUAGES
from tests.support import accessibility
from tests.support.desk_room import SAME, Served, another_address, seen, serving, tell
from tests.support.inbox_builders import (
    Office,
    Portal,
    Reporter,
    Sent,
    World,
    drop,
    passphrase_of,
    read_outbox,
    read_slot,
    stranger,
    today,
)
from tests.support.inbox_ending import aged
from tests.support.inbox_visas import agreed

if TYPE_CHECKING:
    from inbox.desk.state import Desk

pytestmark = [pytest.mark.browser, pytest.mark.long]

NAMES = ("alice", "bruno", "chloe")
PAGES = {
    "today": "/today",
    "queue": "/",
    "case": "/case/1",
    "unsigned": "/case/2",
    "dialogue": "/case/1/dialogue",
    "files": "/case/1/files",
    "work": "/case/1/work",
    "declare": "/case/3",
    "enter": "/enter",
    "access": "/access",
    "settings": "/office",
    "texts": "/office/texts/authority",
    "text": "/office/texts/reply/entry/details",
    "backup": "/office/backup",
    "officers": "/office/officers",
    "keys": "/office/keys",
    "portal": "/office/portal",
    "medium": "/medium",
    "links": "/case/1/links",
    "readers": "/case/1/readers",
    "ledger": "/case/1/ledger",
    "journal": "/journal",
    "file": "/case/1/file/1",
    "timeline": "/case/1/timeline",
    "dossier": "/case/1/dossier",
    "minimise": "/case/1/minimise",
    "retention": "/retention",
    "unopened": "/unopened/1",
    "oversight": "/oversight",
    "goals": "/goals",
    "register": "/office/register/consultations",
    "figures": "/office/figures",
    "nothing": "/nowhere",
    "letters": "/case/1/letters",
    "law": "/office/law",
    "new text": "/office/texts/reply/new",
    "confirm": "/confirm",
    "pages of a dialogue": "/case/2/dialogue/1",
}
# One page of each kind: lists, forms, parts of a case, a file, a page for two officers, a missing page.
KINDS = {
    *("today", "queue", "case", "dialogue", "files", "work", "declare", "enter", "settings", "text"),
    *("officers", "medium", "readers", "journal", "file", "dossier", "retention", "nothing", "letters"),
}
# One answer of each kind: success, an error at a field, a refusal, a preview.
KINDS_OF_ANSWERS = {
    *("acknowledged", "refused", "confirm", "wrong", "cautioned", "preview", "made", "collected"),
    *("no visa", "destroyed"),
}
# On these pages, the script adds a box that selects all rows, or shows one part at a time.
CHANGED = {"queue", "case", "unsigned", "dialogue", "files", "work", "pages of a dialogue"}
# These pages are covered by other tests, or the responses are not pages.
ELSEWHERE = {
    *("subject_access.show", "subject_access.passages", "signing.ask", "confirmations.look", "jobs.show"),
    *("queue.show", "files.look"),  # The first page of each of these lists is tested.
    "keys.look",  # This page needs an expired key.
    *("files.pixels", "staying.left", "style.script", "style.sheet", "style.icon", "guard.enter"),
}
# This script records the changes made to a page after parsing, except those inside the hidden warning.
_COUNTING = """addEventListener("readystatechange", () => {
  if (document.readyState !== "interactive" || self.alteredBy) return
  self.alteredBy = []
  const hidden = document.querySelector("#stay[hidden]") ?? document.createElement("p")
  new MutationObserver((found) => {
    for (const { type, target, attributeName, oldValue } of found)
      if (!hidden.contains(target) && (!attributeName || target.getAttribute(attributeName) !== oldValue))
        self.alteredBy.push(`${type} ${attributeName ?? ""} ${target.nodeName}`)
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeOldValue: true })
}, true)"""
# Notices, forms, messages and previews, and the width in px of the widest on a page.
_BOXES = ".notice, .plan, .seen, .kept, .protect, .dialogue > :not(.folded)"
_WIDEST = "(boxes) => Math.max(0, ...[...document.querySelectorAll(boxes)].map((each) => each.offsetWidth))"
NARROW = ViewportSize(width=320, height=640)
REPORT = {
    "what": "Un collègue m'a proposé de l'argent.\n\nIl attend un conteneur mardi.",
    "path": "approached",
    "danger_now": "yes",
    "category": "approach",
    "who_id": "X" * 8_000,
    "protect": "La photo de ma voiture.",
    "means": ("money", "threat_me"),
    "coi": "no",
}


@dataclass
class Room:
    """A desk with two cases, one of them answered, and a browser."""

    served: Served
    page: Page
    complaints: list[str]
    asked: set[str]


@pytest.fixture(scope="module")
def room(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("desk")
    office = Office.found_by(folder, NAMES, 2)
    world = World(office)
    portal = Portal(world, folder / "medium")
    (reporter,) = tell(world, portal, REPORT)
    late = [
        Sent(reporter.follow_up("Il m'a rappelé.", files=[b"x"])),
        Sent(drop(world, "Une note sans signature")),
    ]
    office.json("exchange", "collect", portal.bundle(*late))
    office.json("exchange", "collect", portal.bundle(Sent(drop(world, "Une autre, que personne n'a lue"))))
    for number in ("1", "2"):
        office.json("case", "declare", number)
    office.json("message", "reply", "1", "--text", "Quand ?")
    with office.opened() as inbox, inbox.transaction() as session:
        session.add_all(
            Message(case=2, position=n, serial=n, day=today(), text=f"Réponse {n}")
            for n in range(1, 2 * conversation.PAGE)
        )
    office.json("exchange", "outbox", "--out", folder / "medium")
    portal.bundle(Sent(Reporter(world).report()))
    with serving(office, "--medium", folder / "medium") as served, seen(chromium, served) as page:
        complaints: list[str] = []
        asked: set[str] = set()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: asked.add(request.url))
        page.add_init_script(_COUNTING)
        yield Room(served, page, complaints, asked)


def in_languages(names: Iterable[str], kinds: Container[str], *also: str) -> list[Any]:
    """Return test parameters with each name in each language; the gate runs one name of each kind.

    The templates are the same in both languages, and only the length of words differs. The gate also runs the
    names in ``also``, in English.
    """
    return [
        pytest.param(
            name,
            language,
            marks=() if name in (kinds if language == "fr" else also) else pytest.mark.soak,
            id=f"{name}-{language}",
        )
        for name in names
        for language in LANGUAGES
    ]


# The pages “case” and “enter” are also checked in English, because they have the most content.
@pytest.mark.parametrize(("name", "language"), in_languages(PAGES, KINDS, "case", "enter"))
def test_every_page_is_accessible(room: Room, name: str, language: str) -> None:
    """Pages are accessible in light and dark colours, fit a narrow window, and log nothing to the console.

    Each page requests only addresses of the desk. Without the script, a page is the same, unless it is listed
    as changed by the script.
    """
    room.complaints.clear()
    room.asked.clear()
    room.page.goto(f"{room.served.root}/{language}{PAGES[name]}")
    assert (name in CHANGED) == bool(room.page.evaluate("self.alteredBy"))
    # Folded sections are closer together than open sections, so the page is checked before they are opened.
    if room.page.locator("details:not([open])").count():
        assert accessibility.violations(room.page, coloured=False) == []
    room.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    # Colours are the same in both languages, so checking one language is enough.
    assert accessibility.violations(room.page, coloured=language == "fr") == []
    if language == "fr":
        room.page.emulate_media(color_scheme="dark")
        assert accessibility.violations(room.page, accessibility.CONTRAST) == []
        room.page.emulate_media(color_scheme="light")
    assert room.page.locator("html").get_attribute("lang") == language
    # No box is wider than 48rem, on any page. The font size of the root is 15 px.
    assert room.page.evaluate(_WIDEST, _BOXES) <= 48 * 15
    # Commands are formatted as code, so no backquote of the source text may be visible.
    assert "`" not in room.page.inner_text("body")
    expect(room.page.locator(".present")).to_contain_text("alice")
    before = room.page.viewport_size
    room.page.set_viewport_size(NARROW)
    assert room.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    room.page.set_viewport_size(before or NARROW)
    assert [each for each in room.complaints if "404" not in each] == []
    assert {each for each in room.asked if not each.startswith(f"{room.served.root}/")} == set()
    assert f"{room.served.root}/style.css" in room.asked


@pytest.mark.parametrize("name", sorted(CHANGED))
def test_pages_that_the_script_changes_are_accessible_without_the_script_too(room: Room, name: str) -> None:
    """The colours are not checked again, because the script does not change them."""
    script = f"{room.served.root}/desk.js"
    room.page.route(script, lambda route: route.abort())
    room.page.goto(f"{room.served.root}/fr{PAGES[name]}")
    assert room.page.evaluate("self.alteredBy") == []
    assert accessibility.violations(room.page, coloured=False) == []
    room.page.unroute(script)


def test_every_address_of_the_desk_is_covered_by_a_page_test() -> None:
    """A new address must be added to one of the two lists."""
    desk = cast("Desk", SimpleNamespace(place="/desk", host="127.0.0.1"))
    map_ = create_app(desk).url_map
    asked = {
        map_.bind("127.0.0.1").match(f"/desk/fr{path}")[0] for path in PAGES.values() if path != "/nowhere"
    }
    assert {each.endpoint for each in map_.iter_rules() if "GET" in (each.methods or ())} == asked | ELSEWHERE


@pytest.fixture
def bruno(chromium: Browser, room: Room) -> Iterator[Page]:
    """A page in a second browser with the cookie, in which nobody has signed in yet."""
    context = chromium.new_context(locale="fr")
    page = context.new_page()
    room.page.goto(f"{room.served.root}/fr/case/1/readers")
    page.goto(another_address(room.page, room.served))
    yield page
    context.close()


def _sign_in(page: Page, given: str) -> None:
    page.locator("#officer").select_option("bruno")
    page.fill("#passphrase", given)
    page.press("#passphrase", "Enter")
    page.locator("[role=alert]:visible, .present").first.wait_for()


def _form(page: Page, **fields: str) -> dict[str, str | float | bool]:
    """Return the fields of a form as this page would send it."""
    return {"csrf_token": page.locator("[name=csrf_token]").first.input_value(), **fields}


def test_the_sign_in_page_is_accessible(room: Room, bruno: Page) -> None:
    """The test opens the fields for another share, types a wrong passphrase, and drops the cookie."""
    bruno.locator("details").evaluate("each => { each.open = true }")
    _is_for_everybody(bruno)
    _sign_in(bruno, "wrong")
    _is_for_everybody(bruno)
    bruno.context.clear_cookies()
    bruno.goto(f"{room.served.root}/open/nobody-knows")
    _is_for_everybody(bruno)


def test_pages_about_the_actions_of_other_officers_are_accessible(room: Room, bruno: Page) -> None:
    """The pages show new actions, a request to confirm, sessions before locking, and an ended session."""
    root, alice = room.served.root, room.page
    _sign_in(bruno, passphrase_of("bruno"))
    bruno.goto(f"{root}/fr/case/1")
    meanwhile = {"text": "y", "as_of": bruno.locator("[name=as_of]").first.input_value()}
    alice.request.post(f"{root}/fr/case/1/note", form=_form(alice, text="x"), headers=SAME)
    asked = _form(alice, **{"passphrase-alice": passphrase_of("alice"), "ask-another": "on"})
    alice.request.post(f"{root}/fr/case/1/ledger/identity", form=asked, headers=SAME)
    _is_answered(bruno, f"{root}/fr/case/1/note", meanwhile, "a été modifié entre-temps")
    _is_answered(bruno, f"{root}/fr/lock", {}, "Encore en session\u00a0: alice.")
    bruno.goto(f"{root}/fr/confirm")
    _is_for_everybody(bruno)
    bruno.click("main ul a")
    expect(bruno.locator("h1")).to_contain_text("alice vous demande de confirmer")
    _is_for_everybody(bruno)
    bruno.request.post(f"{root}/fr/sign-out", form=_form(bruno), headers=SAME)
    _is_answered(bruno, f"{root}/fr/case/1/note", {"text": "gardé"}, "Votre session est fermée")


def _is_answered(page: Page, action: str, fields: dict[str, str], words: str) -> None:
    with page.expect_navigation():
        page.evaluate(_SEND, [action, fields])
    expect(page.locator("main")).to_contain_text(words)
    _is_for_everybody(page)


def test_the_link_to_the_other_language_shows_the_same_page(room: Room) -> None:
    room.page.goto(f"{room.served.root}/fr/case/1")
    expect(room.page.locator("h1")).to_contain_text("Dossier 1")
    room.page.click("text=English")
    expect(room.page.locator("h1")).to_contain_text("Case 1")
    room.page.click("text=Français")
    expect(room.page.locator("h1")).to_contain_text("Dossier 1")


def test_a_case_first_shows_the_details_to_protect(room: Room) -> None:
    """The other answers follow, with the questions in the language of the page."""
    room.page.goto(f"{room.served.root}/en/case/1")
    expect(room.page.locator("#report + .answers > :first-child")).to_contain_text("La photo de ma voiture.")
    expect(room.page.locator(".notice.danger").first).to_contain_text("in danger now")
    expect(room.page.locator("main")).to_contain_text("Is anyone in danger now?")
    expect(room.page.locator(".facts .priority")).to_have_text("P1")


def test_the_queue_can_be_filtered_with_the_keyboard_alone(room: Room) -> None:
    """If no case matches, the page says so. The filter stays in use while the officer looks at a case."""
    page = room.page
    page.goto(f"{room.served.root}/en/")
    page.locator("#search").focus()
    page.keyboard.type("argént")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert "argent" not in page.url
    page.locator("tbody a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Case 1")
    page.click("nav >> text=Queue")
    expect(page.locator("#search")).to_have_value("argént")
    page.fill("#search", "nowhere")
    page.click("text=Show")
    expect(page.locator("main")).to_contain_text("No cases match")
    page.fill("#search", "")
    page.click("text=Show")


def test_a_report_can_be_entered_with_the_keyboard_alone(room: Room) -> None:
    """The error summary leads to the field. Only the sheet with the twelve words is printed."""
    page = room.page
    page.set_viewport_size(NARROW)
    page.goto(f"{room.served.root}/en/enter")
    page.focus("#route")
    page.keyboard.press("T")
    page.focus("#q-protect")
    page.keyboard.type("the café")
    page.focus("text=Save the report")
    page.keyboard.press("Enter")
    page.focus("[role=alert] a >> nth=0")
    page.keyboard.press("Enter")
    assert accessibility.violations(page) == []
    page.keyboard.type("Somebody called")
    expect(page.locator("#q-what")).to_have_value("Somebody called")
    expect(page.locator("#q-protect")).to_have_value("the café")
    page.focus("text=Save the report")
    page.keyboard.press("Enter")
    expect(page.locator(".token li")).to_have_count(12)
    assert accessibility.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.emulate_media(media="print")
    assert "Twelve words" == page.inner_text("body").splitlines()[0]
    assert "What to say" not in page.inner_text("body")
    page.emulate_media(media="screen")


def test_a_passage_can_be_previewed_and_redacted_with_the_keyboard_alone(room: Room) -> None:
    """The page where two officers confirm is accessible."""
    page = room.page
    page.goto(f"{room.served.root}/fr/case/1/minimise")
    page.get_by_label("Il attend un conteneur mardi.").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("del")).to_contain_text("Il attend un conteneur mardi.")
    assert accessibility.violations(page) == []
    page.focus("#reason")
    page.keyboard.type("hors sujet")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(
        "passage supprimé · Dossier 1 · what · Motif\u00a0: hors sujet"
    )
    assert accessibility.violations(page) == []


def test_an_access_request_can_be_recorded_and_searched_for_with_the_keyboard_alone(room: Room) -> None:
    """All these pages are accessible."""
    page = room.page
    page.set_viewport_size(NARROW)
    page.goto(f"{room.served.root}/fr/access")
    page.focus("#persons")
    page.keyboard.type("collègue")
    page.fill("#received", today().isoformat())
    page.focus("#way")
    page.keyboard.type("Cour")
    page.focus("#received")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Demande 1")
    assert accessibility.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.focus("main li a:nth-of-type(2)")
    page.keyboard.press("Enter")
    expect(page.locator(".written")).to_contain_text("Un collègue m'a proposé de l'argent.")
    assert accessibility.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_a_reply_template_can_be_corrected_and_previewed_with_the_keyboard_alone(room: Room) -> None:
    """The top of the page links to the error, and what was typed is kept."""
    page = room.page
    page.set_viewport_size(NARROW)
    page.goto(f"{room.served.root}/fr/office/texts/reply/entry/details")
    page.fill("#entry-text-en", "{nobody}")
    page.focus("#entry-title-fr")
    page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_be_visible()
    assert accessibility.violations(page) == []
    page.focus("[role=alert]:not(.stay *) a")
    page.keyboard.press("Enter")
    expect(page.locator("#entry-text-en")).to_be_focused()
    expect(page.locator("#entry-text-en")).to_have_value("{nobody}")
    page.fill("#entry-text-en", "We need to know more: {text}")
    page.focus("#entry-title-fr")
    page.keyboard.press("Enter")
    expect(page.locator("#seen ins").first).to_be_visible()
    assert accessibility.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.click("text=Mettre ce texte en vigueur")
    expect(page.locator("main")).to_contain_text("We need to know more: {text}")
    assert accessibility.violations(page) == []


# Pages that answer a form: the path, the form, and a French text on the page.
PLAN = {"purpose": "prosecutor", "addressee": "Procureur", "language": "fr", "enclosed": "none"}
BOTH = {f"passphrase-{name}": passphrase_of(name) for name in NAMES[:2]}
ANSWERS: dict[str, tuple[str, dict[str, str], str]] = {
    "acknowledged": ("/many/acknowledge", {"case": "1"}, "Aucun accusé de réception"),
    "passed on": (
        "/many/pass-on",
        {"absent": "alice", "deputy": "bruno"},
        "bruno se charge de 1 dossier de alice",
    ),
    "another browser": ("/another-browser", {}, "elle ne sert qu\u2019une fois"),
    "text removed": (
        "/office/texts/reply/entry/details/remove/look",
        {},
        "Toute modification doit être confirmée par un second agent",
    ),
    "refused": ("/case/1/note", {"text": " "}, "La note est vide"),
    "confirm": ("/case/1/ledger/identity", {}, "identité de l\u2019auteur du signalement lue · Dossier 1"),
    "wrong": (
        "/case/1/ledger/identity",
        BOTH | {"passphrase-bruno": "x"},
        "Ce n\u2019est pas la phrase de passe de l\u2019agent bruno",
    ),
    "identity": ("/case/1/ledger/identity", BOTH, "Jean Dupont"),
    "reply": ("/case/1/reply/preview", {"text": "Demandez à alice."}, "cela nomme un agent"),
    "cautioned": (
        "/case/1/close",
        BOTH | {"outcome": "insufficient", "disclosure": "full", "text": "Demandez à alice."},
        "cela nomme un agent",
    ),
    "preview": ("/case/1/dossier/preview", PLAN | {"redact": "mardi"}, "retiré"),
    "made": (
        "/case/1/dossier",
        PLAN | BOTH | {"purpose": "disciplinary", "recipient": stranger().recipient().encode()},
        "Seul le destinataire peut ouvrir",
    ),
    "collected": (
        "/medium/collect",
        {"bundle": "broken.tar"},
        "le format n\u2019est pas valable",
    ),
    "prepared": ("/medium/outbox", {}, "est sur le support"),
    "verified": ("/journal/verify", {}, "Le journal est intact"),
    "no visa": (
        "/retention/visa",
        BOTH | {"list": "9-00000000", "day": "2026-11-27", "reference": "x"},
        "Le bordereau 9-00000000 est inconnu",
    ),
    "visa list": ("/retention/visa/list", {"case": "3"}, "Envoyez-le aux archives"),
    "destroyed": ("/retention", BOTH | {"case": "2"}, "Détruit"),
}
_SEND = """([action, fields]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action })
  form.append(document.querySelector("[name=csrf_token]").cloneNode())
  for (const [name, value] of Object.entries(fields))
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }))
  document.body.append(form)
  form.submit()
}"""


@pytest.mark.slow
@pytest.mark.parametrize(("name", "language"), in_languages(ANSWERS, KINDS_OF_ANSWERS, "refused"))
def test_every_answer_to_a_form_is_accessible(
    answering: Room, name: str, language: str, tmp_path: Path
) -> None:
    """Each answer is in the language of the page, including refusals and the description of an action."""
    path, fields, french = ANSWERS[name]
    page, root = answering.page, answering.served.root
    page.goto(f"{root}/{language}/medium")
    with page.expect_navigation():
        page.evaluate(_SEND, [f"{root}/{language}{path}", fields | {"papers": str(tmp_path)}])
    expect(page.locator("progress")).to_have_count(0, timeout=30_000)
    assert accessibility.violations(page, coloured=language == "fr") == []
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("main [lang=en]").count() == 0
    if language == "fr":
        assert french in page.inner_text("main").replace("\xa0", " ")
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.fixture(scope="module")
def answering(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A desk with four cases and a bad bundle.

    One case is open, one can be destroyed, one needs a visa of the archives, and one is archived.
    """
    folder = tmp_path_factory.mktemp("answering")
    office = Office.found_by(folder, NAMES, 2)
    world = World(office)
    portal = Portal(world, folder / "medium")
    tell(world, portal, REPORT)
    notes = [Sent(drop(world, f"Une note sans signature, {n}")) for n in range(3)]
    office.json("exchange", "collect", portal.bundle(*notes))
    for number in ("1", "2", "3", "4"):
        office.json("case", "declare", number)
    (folder / "identity").write_text("Jean Dupont")
    office.json("case", "identity", "add", "1", "--text-file", folder / "identity")
    for decision in ("no_transmission", "not_needed"):
        office.json("case", "decide", "1", decision, "--reason", "x")
    office.json("case", "measure", "add", "1", "none")
    office.json("case", "assign", "1", "alice")
    office.json("case", "show", "1")
    office.settle(1)
    office.tell_no_prosecutor(2, 3, 4)
    for number in ("2", "3", "4"):
        office.close(number)
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 4).archive_from = today()
    agreed(office, 2)
    aged(office)
    office.json("case", "measure", "add", "1", "protection_offered")
    office.json("case", "measure", "add", "1", "none")
    (folder / "medium" / "broken.tar").write_bytes(b"x" * 1024)
    with serving(office, "--medium", folder / "medium") as served, seen(chromium, served) as page:
        yield Room(served, page, [], set())


def test_the_pages_from_the_list_of_cases_to_the_visa_of_the_archives_are_accessible(
    answering: Room, tmp_path: Path
) -> None:
    """An officer writes the list, and two officers record the visa. The retention page shows the visa."""
    page, root = answering.page, answering.served.root
    page.goto(f"{root}/fr/retention")
    # No case is selected at first.
    assert page.locator("input[name=case]:checked").count() == 0
    page.check("input[name=case][value='3'] >> nth=-1")
    page.fill("#visa-papers", str(tmp_path))
    page.click("text=Écrire le bordereau dans ce répertoire")
    expect(page.locator("main")).to_contain_text("Envoyez-le aux archives")
    _is_for_everybody(page)
    for language in LANGUAGES:
        page.goto(f"{root}/{language}/retention")
        _is_for_everybody(page)
    page.goto(f"{root}/fr/retention")
    page.locator("input[name=day]").first.fill(today().isoformat())
    page.locator("input[name=reference]").first.fill("AD 76, 2026/114")
    page.click("text=Inscrire le visa (deux agents) >> nth=0")
    _is_for_everybody(page)
    for name, passphrase in BOTH.items():
        page.fill(f"[name={name}]", passphrase)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("AD 76, 2026/114")
    _is_for_everybody(page)


def test_the_pages_that_lead_to_an_archived_case_are_accessible(answering: Room) -> None:
    """These pages are the queue, the access page of the case, and the case after two officers confirmed."""
    page, root = answering.page, answering.served.root
    page.goto(f"{root}/fr/")
    page.click("#narrow summary")
    page.click("button:has-text('Clos')")
    expect(page.locator("main")).to_contain_text("archivé depuis le")
    _is_for_everybody(page)
    page.click("tr:has-text('archivé depuis le') a")
    _is_for_everybody(page)
    page.fill("#archive-reason", "à la demande du juge")
    page.click("button:has-text('pour aujourd')")
    for name, passphrase in BOTH.items():
        page.fill(f"[name={name}]", passphrase)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("aux agents qui ont confirmé")
    expect(page.locator("main")).to_contain_text("Une note sans signature")


def _is_for_everybody(page: Page) -> None:
    assert accessibility.violations(page) == []
    before = page.viewport_size
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size(before or NARROW)


def test_a_printed_case_has_no_navigation_and_no_forms(room: Room) -> None:
    page = room.page
    screen = ""
    for part in ("/dialogue", "/work", ""):
        page.goto(f"{room.served.root}/fr/case/1{part}")
        screen += page.inner_text("body")
    page.emulate_media(media="print")
    with PdfDocument(page.pdf()) as document:
        printed = "\n".join(each.get_textpage().get_text_range() for each in document)
    page.emulate_media(media="screen")
    for shown in (
        "Il attend un conteneur mardi",
        "La photo de ma voiture",
        "Il m'a rappelé",
        "Quand ?",
        "alice",
    ):
        assert shown in screen
        assert shown in printed
    answering = "Envoyer au prochain dépôt"
    for left_out in ("Supervision", "Verrouiller", "Chronologie", answering, "Noter la mesure"):
        assert left_out in screen
        assert left_out not in printed


def collect(page: Page, fingerprint: str) -> None:
    """Confirm the portal with two passphrases, after an attempt with a wrong passphrase."""
    page.fill("#fingerprint", fingerprint)
    page.click("main button:has-text('Collect')")
    for given in ("wrong", passphrase_of("bruno")):
        page.fill("#passphrase-1", passphrase_of("alice"))
        page.fill("#passphrase-2", given)
        page.click("main button")
    expect(page.locator("h1")).to_have_text("Collected")
    assert passphrase_of("alice") not in page.content()


def answer(page: Page) -> None:
    """Reply to the only case, change its status, and assess it."""
    page.click("text=To the queue")
    page.click("tbody a")
    expect(page.locator("main")).to_contain_text("The journal records this declaration for: alice.")
    page.click("text=I declare no conflict of interest")
    page.click(".tabs >> text=Dialogue")
    page.fill("#text", "Quel scellé ?\nÀ quel terminal ?")
    page.click("text=Send with the next outbox")
    expect(page.locator("[role=status]")).to_contain_text("waits for the next outbox")
    page.select_option("#status", "assessing")
    page.click("text=Change the status")
    page.click(".tabs >> text=Work")
    expect(page.locator("#score ~ p").first).to_contain_text("proposed from the answers")
    page.check("input[name=severity][value='3']")
    page.fill("#assess-reason", "seals were changed twice")
    page.click("text=Record the assessment")
    expect(page.locator("#score ~ p").first).to_contain_text("judged by an officer")


def _lock(page: Page) -> None:
    page.click("text=Lock")
    page.click("text=Lock for everybody")
    expect(page.locator("div[lang=en] h1")).to_have_text("The desk is locked")


@pytest.mark.slow
def test_an_officer_can_collect_and_answer_and_export_at_the_desk(chromium: Browser, tmp_path: Path) -> None:
    """The first bundle needs the fingerprint and two passphrases. No page shows a passphrase again."""
    office = Office.found_by(tmp_path, NAMES, 2)
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    reporter = Reporter(world)
    portal.bundle(Sent(reporter.report("Un scellé changé"), reporter.keys.case_id))
    with serving(office, "--medium", tmp_path / "medium") as served, seen(chromium, served) as page:
        page.goto(f"{served.root}/en/medium")
        collect(page, portal.fingerprint)
        answer(page)
        assert "scellé" in page.content()
        page.click("nav >> text=Portal exchange")
        page.click("text=Prepare outbox")
        expect(page.locator("h1")).to_contain_text("Outbox 1")
        _lock(page)
        assert accessibility.violations(page) == []
        assert page.goto(f"{served.root}/en/").status == 503  # type: ignore[union-attr]
        # Go back past the pages of the outbox, the medium and the case. If a page was the answer to a form,
        # going back to it fails, because the browser cannot request it again.
        for _ in range(5):
            with suppress(Error):
                page.go_back()
            page.wait_for_load_state()
            expect(page.locator("body")).not_to_contain_text("scellé")
    outbox, _, files = read_outbox(tmp_path / "medium" / "outbox-inspection-1.tar", world)
    slot = read_slot(next(raw for name, raw in files.items() if name.startswith("slots/")), reporter)
    assert [message.text for message in slot.messages] == ["Quel scellé ?\nÀ quel terminal ?"]
    assert [link.n for link in outbox.collected] == [1]
    office.json("case", "declare", "1")  # Otherwise bruno could not read these entries.
    noted = {entry["action"]: entry["officers"] for entry in office.json("journal", "list")["entries"]}
    assert {
        "open",
        "accept-instance",
        "list",
        "declare",
        "show",
        "reply",
        "set-status",
        "judge",
        "make-outbox",
    } <= set(noted)
    assert noted["accept-instance"] == dict.fromkeys(("alice", "bruno"), "confirmed")
