"""The public pages and the headers of every response."""

import inspect
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import new
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from jinja2 import TemplateNotFound

from crypto import base64url, questionnaire, signing
from crypto.questionnaire import Questionnaire
from crypto.questionnaire_ids import OF_THE_PAGE
from portal.config import Settings
from portal.web import assets, headers, pages, translation
from templates import shipped
from templates.catalogues import LANGUAGES
from tests.support.markup import Markup
from tests.support.paths import ROOT
from tests.support.portal_room import Room

NAMES = ("", "report", "status", "guide", "scenarios", "rehearsal", "verify", "paper")
PAGES = ["/", *(f"/{language}/{page}" for language in LANGUAGES for page in NAMES)]
SCRIPTED = [path for path in PAGES if path.endswith(("report", "status", "verify"))]
LEAVE = "/static/js/leave.js"
# A choice can be cleared instead.
REFUSAL = re.compile(
    r"préf[èé]r\w*\s+ne\s+pas\s+(?:y\s+)?(?:répondre|(?:le\s+)?dire)|prefer\w*\s+not\s+to\b", re.IGNORECASE
)
SOURCES = [ROOT / "portal" / "scripts" / f"{name}.js" for name in ("leave", "report", "status", "verify")]
OTHERS = [
    "/static/style.css",
    "/static/js/report.js",
    "/static/licenses.txt",
    "/keyring.json",
    "/keyring.sig",
]
MISSING = [
    "/nowhere",
    "/fr/nowhere",
    "/static/",
    "/static/js/offline.js",
    "/static/js/../../scripts/report.js",
    "/static/js/../../app.py",
    "/fr//report",
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "worker-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


@pytest.fixture
def client(same_room: Room) -> FlaskClient:
    return same_room.client


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_title_and_the_heading_and_the_links_of_a_page_use_the_same_name(
    client: FlaskClient, language: str
) -> None:
    footer = client.get(f"/{language}/").text.partition("<footer")[2]
    links = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', footer)
    assert len(links) > 6
    for address, name in links:
        page = client.get(address).text
        assert f"<title>{name} \N{EN DASH} Fanal</title>" in page
        assert name == re.findall(r"<h1>([^<]*)</h1>", page)[0]


@pytest.mark.parametrize(
    ("language", "subject", "offer"),
    [
        ("fr", "De quoi s\u2019agit-il ?", "Choisir dans une liste"),
        ("en", "What is it about?", "Help me choose"),
    ],
)
def test_the_report_page_offers_help_to_choose_a_subject_but_the_paper_form_offers_none(
    client: FlaskClient, language: str, subject: str, offer: str
) -> None:
    """Paper cannot help. The other folded parts have no list of subjects, so they offer no help."""
    for name in ("report", "offline.html"):
        page = client.get(f"/{language}/{name}").text.replace("\N{NO-BREAK SPACE}", " ")
        summaries = [re.sub("<[^>]+>", "", each) for each in re.findall("<summary>(.+)</summary>", page)]
        assert [each for each in summaries if offer in each] == [f"{subject} {offer}"]
    paper = client.get(f"/{language}/paper").text.replace("\N{NO-BREAK SPACE}", " ")
    assert subject in paper
    assert offer not in paper


def refusing(settings: Settings, asked: Questionnaire) -> list[str]:
    """Return the paths of the public texts that offer “I prefer not to answer” as a choice."""
    texts = {
        **pages.render(settings, asked),
        **{
            f"answer {language} {code}": page
            for (language, code), page in pages.answers(settings, asked).items()
        },
        "missing": pages.missing(settings, asked),
        pages.QUESTIONS: asked.raw,
    }
    return [path for path, text in texts.items() if REFUSAL.search(unescape(text.decode()))]


def test_no_page_offers_i_prefer_not_to_answer_as_a_choice(same_room: Room) -> None:
    """The control offers this answer in the questionnaire, which three pages of each language show."""
    settings = same_room.settings
    raw = shipped.QUESTIONNAIRE.read_bytes()
    assert refusing(settings, questionnaire.parse(raw)) == []
    label = '{ fr = "Je préfère ne pas répondre", en = "I prefer not to answer" }'
    offering = re.sub(
        rb"option = \[\n", rb"\g<0>" + f'{{ id = "none", label = {label} }},\n'.encode(), raw, count=1
    )
    found = refusing(settings, questionnaire.parse(offering))
    named = [f"/{language}/{name}" for language in LANGUAGES for name in ("report", "paper", "offline.html")]
    assert sorted(found) == sorted([*named, pages.QUESTIONS])


def digest(algorithm: str, content: bytes) -> str:
    return f"{algorithm}-{b64encode(new(algorithm, content).digest()).decode()}"


@pytest.mark.parametrize("path", PAGES)
def test_every_visitor_gets_the_same_bytes_and_headers(client: FlaskClient, path: str) -> None:
    plain = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    odd = client.get(
        path,
        query_string={"utm_source": "mail", "lang": "de"},
        headers={
            "Accept-Language": "de, fr;q=0.5",
            "User-Agent": "Odd/1.0",
            "Cookie": "session=1",
            "If-None-Match": "*",
            "Range": "bytes=0-9",
            "Accept-Encoding": "gzip, br",
        },
    )
    assert plain.status_code == 200
    assert plain.content_type == "text/html; charset=utf-8"
    assert (plain.data, sorted(plain.headers)) == (odd.data, sorted(odd.headers))


def test_two_instances_serve_the_same_bytes(same_room: Room) -> None:
    """Pages do not depend on when a process started."""
    render = inspect.unwrap(pages.render)
    shown = [render(same_room.settings, questionnaire.parse(_shipped())) for _ in range(2)]
    assert shown[0] == shown[1]
    assert {path: same_room.client.get(path).data for path in shown[0]} == shown[0]


@pytest.mark.parametrize("path", [*PAGES, *OTHERS, *MISSING, "/api/slot", "/api/envelopes", "/api/nowhere"])
def test_every_response_carries_the_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    expected = headers.ALWAYS
    assert expected == {name: answer.headers.get(name) for name in expected}
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert [len(answer.headers.getlist(name)) for name in expected] == [1] * len(expected)
    shunned = {"Set-Cookie", "Server", "ETag", "Last-Modified", "Vary", "Accept-Ranges"}
    assert shunned.isdisjoint(answer.headers.keys())


@pytest.mark.parametrize("path", MISSING)
def test_a_missing_page_is_reported_in_both_languages(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.content_type == "text/html; charset=utf-8"
    assert list(translation.LANGUAGES) == [section["lang"] for section in Markup(answer.text).all("section")]
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nowhere", 404),
        ("GET", "/api/slot", 405),
        ("POST", "/fr/", 405),
        ("POST", "/api/slot", 400),
    ],
)
def test_errors_of_the_api_are_not_html_pages(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/fr", "/en", "/fr/report/"])
def test_a_trailing_slash_makes_no_difference(client: FlaskClient, path: str) -> None:
    """There is no redirect, because it would contain an absolute address."""
    same = path.rstrip("/") if path.endswith("/") else f"{path}/"
    assert (200, client.get(same).data) == (client.get(path).status_code, client.get(path).data)


@pytest.mark.parametrize("path", PAGES)
def test_every_internal_link_works(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    markup = Markup(page)
    links = [attributes.get("href") or attributes.get("src") for _, attributes in markup.elements]
    ids = [attributes["id"] for _, attributes in markup.elements if "id" in attributes]
    elsewhere = (Settings().leave_to, "tel:", "sms:")
    found = [link for link in links if link and not link.startswith(elsewhere)]
    assert len(found) > 3
    assert [link for link in found if link[0] not in "/#" or link.startswith("//")] == []
    assert [link for link in found if link[0] == "#" and link[1:] not in ids] == []
    assert {200} == {client.get(link).status_code for link in found if link[0] == "/"}
    assert re.findall(r"https?://[^\"]*", page) == [Settings().leave_to]


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_every_referenced_id_exists(client: FlaskClient, path: str) -> None:
    elements = Markup(client.get(path).text).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    naming = ("for", "aria-describedby", "aria-controls", "aria-labelledby")
    named = [
        each for _, attributes in elements for name in naming for each in attributes.get(name, "").split()
    ]
    assert len(set(ids)) == len(ids)
    assert set(named) <= set(ids)


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_no_inline_scripts_or_styles(client: FlaskClient, path: str) -> None:
    markup = Markup(client.get(path).text)
    assert [script for script in markup.all("script") if "src" not in script] == []
    assert markup.all("style") == []
    handlers = [name for _, attributes in markup.elements for name in attributes if name.startswith("on")]
    assert handlers == []
    assert [attributes for _, attributes in markup.elements if "style" in attributes] == []


@pytest.mark.parametrize("path", PAGES)
def test_pages_name_their_scripts_with_digests(client: FlaskClient, path: str) -> None:
    """Every page has the script of the quick exit. Pages with forms have one more script."""
    scripts = Markup(client.get(path).text).all("script")
    own = [f"/static/js/{path[4:]}.js"] if path in SCRIPTED else []
    assert [each["src"] for each in scripts] == [LEAVE, *own]
    assert [(each["type"], each["integrity"]) for each in scripts] == [
        ("module", digest("sha384", client.get(each["src"]).data)) for each in scripts
    ]


def test_the_script_of_a_page_loads_no_other_script(client: FlaskClient) -> None:
    """The page's digests cover only the scripts that it names itself."""
    loading = re.compile(rb"""\bimport *\(|\b(?:import|from) *["']|importScripts|\bWorker\(""")
    scripts = [path for path in assets.load() if path.endswith(".js")]
    assert len(scripts) == 4
    assert [path for path in scripts if loading.search(client.get(path).data)] == []
    assert all(loading.search(source.read_bytes()) for source in SOURCES), "the control"


def test_pages_name_the_style_sheet_with_its_digest(client: FlaskClient) -> None:
    (sheet,) = [link for link in Markup(client.get("/fr/").text).all("link") if link["rel"] == "stylesheet"]
    assert sheet["integrity"] == digest("sha384", client.get("/static/style.css").data)


def test_the_bare_domain_shows_the_home_page_in_the_first_language(client: FlaskClient) -> None:
    """The emergency numbers and the warning about devices come before any link to a form."""
    assert client.get("/").data == client.get(f"/{LANGUAGES[0]}/").data
    assert client.get("/").data != client.get(f"/{LANGUAGES[1]}/").data, "the control"


@pytest.mark.parametrize("path", PAGES)
def test_the_page_names_its_language(client: FlaskClient, path: str) -> None:
    (root,) = Markup(client.get(path).text).all("html")
    assert root["lang"] == (path[1:3] or LANGUAGES[0])


@pytest.mark.parametrize("path", ["/fr/verify", "/en/verify", "/fr/offline.html"])
def test_every_page_links_to_the_page_about_checks_and_that_page_shows_the_fingerprint_of_the_root_key(
    same_room: Room, path: str
) -> None:
    assert signing.fingerprint(same_room.site.root_key) in same_room.client.get(path).text
    for language in LANGUAGES:
        for name in NAMES:
            markup = Markup(same_room.client.get(f"/{language}/{name}").text)
            assert f"/{language}/verify" in [each.get("href") for each in markup.all("a")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_refers_to_the_fingerprint_says_where_to_find_it(same_room: Room, language: str) -> None:
    """The text says “below” only on a page that shows the fingerprint unfolded.

    On other pages, the text names the page that shows the fingerprint.
    """
    below, title = {
        "en": (r"fingerprint\b[^.]*\bbelow", "“How to check this site”"),
        "fr": (r"empreinte\b[^.]*\b(ci-dessous|plus bas)", "« Comment vérifier ce site »"),
    }[language]
    assert title[1:-1].strip() in same_room.client.get(f"/{language}/verify").text
    sent = 0
    for name in ("report", "status", "verify", "offline.html", "proof.html"):
        page = same_room.client.get(f"/{language}/{name}").text.replace("\N{NO-BREAK SPACE}", " ")
        told = re.findall(r'<li data-code="[\w-]+">([^<]*(?:fingerprint|empreinte)[^<]*)</li>', page)
        sent += len(told)
        unfolded = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
        shown = signing.fingerprint(same_room.site.root_key) in unfolded
        lost = [each for each in told if title not in each and not (shown and re.search(below, each))]
        assert lost == [], name
    assert sent >= 5


def test_other_clients_can_download_the_questionnaire_that_the_keyring_names(client: FlaskClient) -> None:
    """The bytes are unchanged, because clients check their hash."""
    answer = client.get("/questionnaire.toml")
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert answer.data == _shipped()


@pytest.mark.parametrize("path", ["/fr/report", "/en/status"])
def test_the_page_contains_the_keys_and_hashes_that_its_script_trusts(same_room: Room, path: str) -> None:
    asked = questionnaire.parse(_shipped())
    (root,) = Markup(same_room.client.get(path).text).all("html")
    assert {
        "lang": path[1:3],
        "data-deployment": base64url.encode(same_room.site.deployment),
        "data-root-key": base64url.encode(same_room.site.root_key),
        "data-questionnaire": asked.id,
        "data-version": str(asked.version),
        "data-hash": base64url.encode(asked.hash),
        "data-received": "7d",
        "data-answered": "7d3m",
        "data-days-off": "",
    } == root


@pytest.mark.parametrize("path", ["/fr/report", "/en/status"])
def test_browsers_are_told_not_to_remember_typed_text(same_room: Room, path: str) -> None:
    """Radio buttons and checkboxes take this setting from their form."""
    markup = Markup(same_room.client.get(path).text)
    typed = [each for tag in ("form", "input", "textarea") for each in markup.all(tag)]
    typed = [each for each in typed if each.get("type") not in {"radio", "checkbox"}]
    assert {"off"} == {each.get("autocomplete") for each in typed}
    written = [*markup.all("textarea"), *(each for each in markup.all("input") if each["type"] == "text")]
    assert [("false", "off")] == list({(each.get("spellcheck"), each.get("autocorrect")) for each in written})
    assert [each for each in written if "name" in each] == []


def test_without_a_script_no_text_field_is_visible(same_room: Room) -> None:
    """All steps are hidden until the script shows one.

    A paragraph in <noscript> explains why no step is shown.
    """
    for path in ("/fr/report", "/en/status"):
        markup = Markup(same_room.client.get(path).text)
        steps = [each for each in markup.all("section") if "data-step" in each]
        assert len(steps) > 1
        assert all("hidden" in step for step in steps)
        assert len(markup.all("noscript")) == 1


def test_the_ids_that_questions_must_not_use_are_exactly_those_in_the_pages(same_room: Room) -> None:
    """Questions must not use the id of any other element of their page. All ids of a page are unique."""
    asked = questionnaire.parse(_shipped())
    brought = {each for field in asked.fields for each in asked.element_ids(field)}
    found = set()
    for page in pages.render(same_room.settings, asked).values():
        ids = re.findall(r'\sid="([^"]+)"', page.decode())
        assert len(ids) == len(set(ids))
        if brought & set(ids):
            assert brought <= set(ids)
            found |= set(ids) - brought
    assert found == OF_THE_PAGE


def test_html_in_questions_is_escaped(same_room: Room) -> None:
    asked = questionnaire.parse(_shipped())
    odd = _changed(asked, label=questionnaire.Texts("<b>quoi</b>", "<b>what</b>"))
    page = pages.render(same_room.settings, odd)["/en/report"].decode()
    assert "&lt;b&gt;what" in page
    assert "<b>" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_contains_the_fingerprint_of_the_root_key_that_the_portal_uses(
    same_room: Room, language: str
) -> None:
    asked = questionnaire.parse(_shipped())
    shown = []
    for seed in (same_room.site.root_seed, bytes(32)):
        key = signing.public_key(seed)
        site = replace(same_room.settings, root_key=base64url.encode(key))
        receipt = pages.render(site, asked)[f"/{language}/report"].decode().partition('id="done"')[2]
        shown += re.findall(r'<code class="fingerprint"[^>]*>([^<]+)</code>', receipt)
        assert shown[-1:] == [signing.fingerprint(key)]
    assert len({*shown}) == 2


def test_pages_without_a_root_key_show_no_fingerprint() -> None:
    shown = pages.render(Settings(), questionnaire.parse(_shipped()))
    assert all('<code class="fingerprint"' not in page.decode() for page in shown.values())


@pytest.mark.parametrize(
    "name", ["desk/cases.html", "translations/fr/LC_MESSAGES/public.po", "portal/../questionnaire.toml"]
)
def test_templates_are_loaded_only_from_the_folder_of_the_portal_and_the_shared_folder(name: str) -> None:
    with pytest.raises(TemplateNotFound):
        pages.environment("en").get_template(name)


def _changed(asked: Questionnaire, **changes: Any) -> Questionnaire:
    """Return the questionnaire with changes to its first text question."""
    section = next(each for each in asked.sections if not each.fields[0].options)
    fields = (replace(section.fields[0], **changes), *section.fields[1:])
    changed = replace(section, fields=fields)
    return replace(asked, sections=tuple(changed if each is section else each for each in asked.sections))


def _shipped() -> bytes:
    return shipped.QUESTIONNAIRE.read_bytes()
