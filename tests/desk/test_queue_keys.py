"""The queue in a real browser: its keys, and how many presses common work takes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support import accessibility
from tests.support.desk_room import Served, seen, serving
from tests.support.inbox_builders import Office, Portal, Reporter, World, answering, first
from tests.support.presses import Keys

pytestmark = [pytest.mark.browser, pytest.mark.long]

TEN = 10


@pytest.fixture(scope="module")
def served(founded_three: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk and a medium from a confirmed portal with ten ordinary reports and one report about a danger."""
    folder = tmp_path_factory.mktemp("queue")
    office = founded_three.copy(folder / "copy")
    world = World(office)
    portal = Portal(world, folder / "medium")
    office.json(
        "exchange", "collect", portal.bundle(first(Reporter(world))), "--confirm-instance", portal.fingerprint
    )
    sent = [first(Reporter(world), text=f"numéro {n}") for n in range(TEN)]
    portal.bundle(*sent, first(Reporter(world), text="vite", edit=answering(danger_now="yes")))
    with serving(office, "--medium", folder / "medium") as served:
        yield served


@pytest.fixture(scope="module")
def page(chromium: Browser, served: Served) -> Iterator[Page]:
    """One page for all tests of this module; the first test acknowledges the ten reports."""
    with seen(chromium, served, locale="fr") as page:
        page.set_default_timeout(60_000)
        yield page


def rows(page: Page) -> Locator:
    return page.locator("tr[data-row]")


@pytest.fixture
def queue(page: Page, served: Served) -> Page:
    """The queue without filters."""
    page.goto(f"{served.root}/fr/")
    return page


@pytest.mark.slow
def test_ten_reports_are_collected_and_acknowledged_in_eight_presses(page: Page) -> None:
    """The test uses only the keyboard, and types no text.

    The report about a danger is not acknowledged with the others, and the page names it.
    """
    press = Keys(page)
    everything = page.get_by_label("Choisir tous les dossiers de la page")
    press(page.get_by_role("link", name="Échanges portail"))
    press("Récupérer")
    expect(page.locator("h1")).to_have_text("Récupéré", timeout=30_000)
    press(page.get_by_role("link", name="Vers les dossiers"))
    press.key("a")
    expect(everything).to_be_checked()
    press("Je déclare n", by="b")
    press.key("a")
    expect(everything).to_be_checked()
    press("Accuser réception", by="b")
    expect(page.locator("h1")).to_contain_text("Relire avant", timeout=30_000)
    expect(page.locator("main .left-out li")).to_contain_text(["est peut-être en danger"])
    press("Accuser réception de 11 signalements")
    expect(page.get_by_role("status")).to_contain_text("11 accusés de réception", timeout=30_000)
    assert (press.count, press.keys) == (8, 42)


def test_the_queue_marks_a_case_with_a_danger(queue: Page) -> None:
    expect(rows(queue)).to_have_count(TEN + 2)
    expect(rows(queue).locator(".mark.danger")).to_have_text(["danger"])


def test_keys_move_among_the_cases_of_the_queue_and_select_and_open_them(queue: Page) -> None:
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        queue.keyboard.press(key)
        expect(rows(queue).nth(at).locator("a")).to_be_focused()
    queue.keyboard.press("x")
    expect(rows(queue).nth(1).locator("input")).to_be_checked()
    number = rows(queue).nth(1).locator("a").inner_text()
    queue.keyboard.press("Enter")
    expect(queue.locator("h1")).to_contain_text(f"Dossier {number}")


def test_inside_a_text_field_these_keys_type_letters(queue: Page) -> None:
    queue.keyboard.press("/")
    expect(queue.locator("#search")).to_be_focused()
    queue.keyboard.type("jx?/")
    expect(queue.locator("#search")).to_have_value("jx?/")
    expect(queue.locator("#keys")).to_be_hidden()


def test_pressing_a_key_shows_the_list_of_all_keys(queue: Page) -> None:
    queue.keyboard.press("?")
    expect(queue.locator("#keys")).to_be_visible()
    assert accessibility.violations(queue) == []
    queue.keyboard.press("Escape")
    expect(queue.locator("#keys")).to_be_hidden()


def test_the_queue_is_filtered_and_unfiltered_with_the_keyboard_alone(queue: Page) -> None:
    """The focus returns near the filters, so that the next choice is only a few Tab stops away."""
    queue.locator("#narrow summary").press("Enter")
    queue.locator("[value='danger:True']").press("Enter")
    expect(rows(queue)).to_have_count(1)
    expect(queue.locator(".chosen [value=danger]")).to_contain_text("Danger\u00a0: oui")
    assert accessibility.violations(queue) == []
    queue.keyboard.press("Tab")
    expect(queue.locator(".chosen [value=danger]")).to_be_focused()
    queue.keyboard.press("Enter")
    expect(rows(queue)).to_have_count(TEN + 2)


def test_the_first_case_in_the_queue_is_two_tab_stops_away(queue: Page) -> None:
    """At most five stops are allowed. The first stop is a link that skips the header of the page."""
    for _ in range(2):
        queue.keyboard.press("Tab")
    queue.keyboard.press("Enter")
    expect(rows(queue).first.locator("a")).to_be_focused()
    queue.keyboard.press("Enter")
    expect(queue.locator("h1")).to_contain_text("Dossier")
