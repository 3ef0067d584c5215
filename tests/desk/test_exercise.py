"""Each page of an exercise is marked, and no page of a real inbox is."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect
from pypdfium2 import PdfDocument

from crypto import exercise
from inbox.desk.translate import LANGUAGES
from tests.support import accessibility, exercises
from tests.support.desk_room import Client, Visitor, seen, serving, sitting, tell
from tests.support.inbox_builders import Office, Portal, World

WORDS = exercise.WORDS
TITLED = f"<title>{WORDS} · "
# How much of a printed sheet the mark takes, from its lower edge.
_MARK_POINTS = 24
BANNER = '<aside class="exercise"'


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The inbox of an exercise with one case."""
    folder = tmp_path_factory.mktemp("exercise")
    office = exercises.found(folder)
    world = World(office)
    tell(world, Portal(world, folder / "medium"), {"what": "a zebra at the quay"})
    office.run("case", "declare", "1")
    return office


@pytest.fixture
def trained(training: Office, tmp_path: Path) -> Iterator[Client]:
    """A signed-in client at the desk of the exercise."""
    with sitting(training, tmp_path) as client:
        yield client


def _pages(client: Client, language: str) -> Iterator[tuple[str, str]]:
    """Yield the endpoint and the HTML of each address of the desk; the numbers in addresses are 1."""
    for rule in client.app.url_map.iter_rules():
        given = {name: min(getattr(each, "items", [1])) for name, each in rule._converters.items()}
        given |= {**(rule.defaults or {}), "language": language}
        if "GET" not in (rule.methods or ()) or rule.endpoint == "guard.enter":
            continue
        with client.app.test_request_context():
            _, path = rule.build(given, append_unknown=False) or ("", "")
        answer = client.ask(path.removeprefix(client.desk.place))
        if answer.mimetype == "text/html" and answer.text and not answer.location:
            yield rule.endpoint, answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_marked_once_above_its_content_and_in_its_title(trained: Client, language: str) -> None:
    """Also an address that does not exist in this inbox, and a page that is refused."""
    said = {"fr": "Tous les signalements sont inventés.", "en": "All reports here are invented."}
    pages = dict(_pages(trained, language))
    assert len(pages) > 30
    for endpoint, page in pages.items():
        assert page.index(BANNER) < page.index("<main"), endpoint
        assert (1, 1, 1) == tuple(map(page.count, (TITLED, BANNER, said[language]))), endpoint


def test_the_answers_to_forms_are_marked_too(trained: Client) -> None:
    """A mistake in a form, and the question before the desk is locked."""
    for way, form in (("/en/case/1/note", {"text": ""}), ("/en/lock", {})):
        assert 1 == trained.send(way, **form).text.count(BANNER)


def test_the_desk_of_an_exercise_never_asks_for_a_portal(
    training: Office, one_case: Office, tmp_path: Path
) -> None:
    """No portal exists: the trainer takes the outbox. A real desk shows the command of the portal."""
    for office, is_exercise in ((training, True), (one_case, False)):
        with sitting(office, tmp_path) as client:
            said = client.send("/en/medium/outbox").text
        assert is_exercise == ("Tell the trainer that the outbox is ready." in said)
        assert is_exercise != ("Carry it to the portal." in said)


def test_a_browser_that_was_not_let_in_sees_the_mark(trained: Client) -> None:
    """And nothing else of the desk."""
    base = f"http://{trained.desk.host}"
    answer = trained.app.test_client().get(f"{trained.desk.place}/en/", base_url=base)
    assert "Page not found" in answer.text
    assert (1, 1) == (answer.text.count(TITLED), answer.text.count(BANNER))


def test_no_page_of_a_real_desk_is_marked(one_case: Office, tmp_path: Path) -> None:
    """The control of the tests above."""
    with sitting(one_case, tmp_path) as client:
        pages = dict(_pages(client, "en"))
    assert len(pages) > 30
    assert [] == [each for each, page in pages.items() if BANNER in page or WORDS in page]


@pytest.mark.slow
def test_the_page_of_a_locked_desk_is_marked(training: Office) -> None:
    """Another process serves this page, and never had a key."""
    with serving(training) as served:
        visitor = Visitor(served)
        visitor.post("/en/lock", all="yes")
        assert next(line for line in served.printed if "no key is left in memory" in line)
        answer = visitor.get("/en/")
        assert (HTTPStatus.SERVICE_UNAVAILABLE, 1) == (answer.status, answer.text.count(BANNER))


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
def test_the_mark_stays_in_view_and_covers_nothing(training: Office, chromium: Browser, width: int) -> None:
    """On a phone and on a desk, at the start and at the end of a long page. axe finds nothing."""
    with serving(training) as served, seen(chromium, served) as page:
        page.set_viewport_size(ViewportSize(width=width, height=400))
        page.goto(f"{served.root}/fr/case/1")
        assert [] == accessibility.violations(page)
        mark = page.locator(".exercise")
        expect(mark).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollHeight") > 400
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        expect(mark).to_be_in_viewport(ratio=1)
        ends = page.evaluate("document.querySelector('main').getBoundingClientRect().bottom")
        begins = page.evaluate("document.querySelector('.exercise').getBoundingClientRect().top")
        assert ends <= begins


@pytest.mark.slow
def test_each_printed_sheet_has_the_mark_below_its_text(training: Office, chromium: Browser) -> None:
    """Nothing else is printed where the mark is."""
    with serving(training) as served, seen(chromium, served) as page:
        page.goto(f"{served.root}/fr/case/1")
        with PdfDocument(page.pdf(format="A4")) as document:
            texts = [each.get_textpage() for each in document]
            feet = [each.get_text_bounded(top=_MARK_POINTS) for each in texts]
    assert len(feet) > 1
    assert [f"{WORDS} Tous les signalements sont inventés."] * len(feet) == [
        " ".join(each.split()) for each in feet
    ]
