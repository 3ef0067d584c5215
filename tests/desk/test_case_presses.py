"""A case in a real browser: its parts, confirmations and keys, and how many presses the work takes."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from crypto.questionnaire import Field, Kind
from inbox.questionnaire import answers
from tests.support import accessibility
from tests.support.desk_room import Served, another_address, seen, serving, tell
from tests.support.inbox_builders import Office, Portal, Reporter, World, answering, first, passphrase_of
from tests.support.presses import Keys, Presses
from tests.support.questionnaires import SHIPPED_PARSED

pytestmark = [pytest.mark.browser, pytest.mark.long]

NAMES = ("alice", "bruno", "chloe")
SCREEN = ViewportSize(width=1280, height=800)
SAID = {
    "what": "Un collègue m'a proposé de l'argent. " * 20,
    "category": "approach",
    "path": "approached",
    "protect": "La photo de ma voiture.",
    "coi": "no",
}


def _all_said() -> dict[str, str | tuple[str, ...]]:
    """Return a report that answers every question that the page shows; the first answer fills a page."""
    given: dict[str, str | tuple[str, ...]] = {**SAID, "what": "Il est revenu au quai hier soir. " * 100}
    for field in SHIPPED_PARSED.fields:
        if field.id in answers.shown(SHIPPED_PARSED, given) and field.id not in SAID:
            given[field.id] = _answer(field)
    return given


def _answer(field: Field) -> str | tuple[str, ...]:
    if field.kind is Kind.PERIOD:
        return "2026-11-02/2026-11-20"
    if field.kind is Kind.CHOICES:
        return tuple(option.id for option in field.options)
    return field.options[0].id if field.options else ("Il est revenu au quai. " * 15)[: field.most]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """A portal whose exchange medium brought two reports; both officers have declared both cases."""
    folder = tmp_path_factory.mktemp("presses")
    office = Office.found_by(folder, NAMES, 2)
    portal = Portal(World(office), folder / "medium")
    tell(portal.world, portal, SAID, _all_said())
    for number in ("1", "2"):
        office.json("case", "declare", number)
    return portal


@pytest.fixture(scope="module")
def served(source: Portal) -> Iterator[Served]:
    with serving(source.world.office, "--medium", source.folder) as served:
        yield served


@pytest.fixture(scope="module")
def page(chromium: Browser, served: Served) -> Iterator[Page]:
    with seen(chromium, served, locale="fr", viewport=SCREEN) as page:
        yield page


@pytest.fixture
def case(page: Page, served: Served) -> Page:
    """The page of case 1."""
    page.goto(f"{served.root}/fr/case/1")
    return page


@pytest.fixture
def second(chromium: Browser, page: Page, served: Served) -> Iterator[Page]:
    """The page of bruno, in a second browser context."""
    context = chromium.new_context(locale="fr", viewport=SCREEN)
    mine = context.new_page()
    mine.goto(another_address(page, served))
    mine.locator("#officer").select_option("bruno")
    mine.fill("#passphrase", passphrase_of("bruno"))
    mine.keyboard.press("Enter")
    mine.locator(".present").wait_for()
    yield mine
    context.close()


PARTS = {"Le signalement": "report", "Dialogue": "dialogue", "Fichiers": "files", "Traitement": "work"}


@pytest.mark.slow
@pytest.mark.parametrize("name", PARTS)
def test_each_tab_shows_its_part_of_a_case_and_hides_the_others(case: Page, name: str) -> None:
    """The pressed link is marked as the current one."""
    link = case.locator(".tabs").get_by_role("link", name=name)
    link.click()
    for part in PARTS.values():
        panel = case.locator(f".of-{part}")
        expect(panel).to_be_visible() if part == PARTS[name] else expect(panel).to_be_hidden()
    expect(link).to_have_attribute("aria-current", "true")
    expect(case.locator(".tabs [aria-current]")).to_have_count(1)
    assert urlsplit(case.url).path.endswith(
        "/case/1" + ("" if name == "Le signalement" else f"/{PARTS[name]}")
    )
    case.reload()
    expect(case.locator(f".of-{PARTS[name]}")).to_be_visible()
    assert accessibility.violations(case) == []


def test_each_part_of_a_case_with_all_questions_answered_is_shorter_than_four_screens(
    page: Page, served: Served, record_property: Callable[[str, object], None]
) -> None:
    """The first answer fills a page, and every other text has three lines.

    Both cases are measured, because the cases get their numbers in random order.
    """
    for part in (*PARTS.values(), "timeline"):
        screens = max(_screens(page, f"{served.root}/fr/case/{case}/{part}") for case in (1, 2))
        record_property(
            f"{part} of a case with every question answered", f"{screens:.1f} screens of 1280 by 800"
        )
        assert screens < 4


def _screens(page: Page, address: str) -> float:
    page.goto(address.removesuffix("/report"))
    return page.evaluate("document.documentElement.scrollHeight") / SCREEN["height"]


def test_a_confirmation_is_visible_and_has_the_focus(case: Page) -> None:
    """The officer has opened a tab of the case, and the small window is scrolled far down."""
    case.locator(".tabs").get_by_role("link", name="Dialogue").click()
    case.set_viewport_size({"width": 360, "height": 640})
    case.fill("#text", "Merci")
    case.get_by_role("button", name="Envoyer au prochain dépôt").click()
    said = case.locator(".said[role=status]")
    expect(said).to_be_in_viewport()
    expect(said).to_be_focused()
    expect(case.locator(".of-dialogue")).to_be_visible()
    case.set_viewport_size(SCREEN)


def test_the_keys_n_and_p_open_the_neighbours_of_a_case_in_the_queue(page: Page, served: Served) -> None:
    """Neither key does anything while the officer types, or if the case has no neighbour on that side."""
    case = page
    case.goto(f"{served.root}/fr/")
    one, other = (f"Dossier {each.inner_text()}" for each in case.locator("tr[data-row] th a").all()[:2])
    case.locator("tr[data-row] th a").first.click()
    expect(case.locator("h1")).to_contain_text(one)
    case.keyboard.press("p")
    case.keyboard.press("n")
    expect(case.locator("h1")).to_contain_text(other)
    case.wait_for_load_state()
    case.keyboard.press("p")
    expect(case.locator("h1")).to_contain_text(one)
    case.goto(f"{case.url}/dialogue")
    case.locator("#text").press_sequentially("n")
    expect(case.locator("h1")).to_contain_text(one)
    case.locator("#text").fill("")
    case.locator("h1").click()
    case.keyboard.press("?")
    expect(case.locator("#keys")).to_be_visible()
    assert accessibility.violations(case) == []
    case.keyboard.press("Escape")


class Officers:
    """Two officers whose presses are counted together. Typing text is not counted."""

    def __init__(self, kind: type[Presses], first: Page, second: Page) -> None:
        self.page, self.mine, self.others = first, kind(first), kind(second)

    @property
    def count(self) -> int:
        return self.mine.count + self.others.count

    @property
    def keys(self) -> int:
        return sum(each.keys for each in (self.mine, self.others) if isinstance(each, Keys))

    def choose(self, **chosen: str) -> None:
        for name, value in chosen.items():
            self.mine.choose(self.page.locator(f"#{name.replace('_', '-')}"), value)

    def fill(self, **typed: str) -> None:
        for name, text in typed.items():
            self.mine.fill(self.page.locator(f"[name={name.replace('_', '-')}]:visible"), text)

    def confirm(self) -> None:
        self.fill(**{f"passphrase_{name}": passphrase_of(name) for name in NAMES[:2]})


def from_medium_to_end(both: Officers, second: Page) -> None:
    """Collect, declare, assess and close a case; fill in every field of the assessment."""
    press, page = both.mine, both.page
    press(page.get_by_role("link", name="Échanges portail"))
    press("Récupérer")
    expect(page.locator("h1")).to_have_text("Récupéré", timeout=30_000)
    opened = page.locator("main").get_by_role("link", name="Dossier ").first
    number = opened.inner_text().removeprefix("Dossier ")
    both.others(second.get_by_role("link", name="Dossiers", exact=True))
    both.others(second.locator("tr[data-row] th a", has_text=number))
    both.others("Je déclare n")
    press(opened)
    press("Je déclare n")
    press(page.locator(".tabs").get_by_role("link", name="Traitement"))
    decided = {"art40": "no_transmission", "art14": "not_needed", "admissibility": "admissible"}
    both.choose(risk="medium")
    press(page.locator("[name=danger][value='2']"))
    both.choose(**{f"choice_{duty}": each for duty, each in decided.items()}, officer="alice")
    both.mine.fill(page.locator("#assess-reason"), "tenu pour probable")
    press(page.locator(".assess button:visible").last)
    expect(page.locator(".said").first).to_contain_text("La priorité est notée")
    both.confirm()
    press("Confirmer")
    expect(page.locator(".said")).to_contain_text("La décision est notée")
    _end(both)


def _end(both: Officers) -> None:
    press, page = both.mine, both.page
    both.choose(outcome="founded", disclosure="partial")
    both.mine.fill(page.locator("#closing-text"), "Merci, votre signalement est suivi.")
    both.mine.fill(page.locator("#closing-reason"), "une enquête suit")
    press("Relire avant de clore")
    expect(page.locator(".seen")).to_contain_text("Merci, votre signalement est suivi.")
    both.confirm()
    press("Clore le dossier")
    expect(page.locator(".said")).to_contain_text("Le dossier est clos")


@pytest.mark.parametrize(("kind", "keys"), [(Presses, range(1)), (Keys, range(160, 171))])
def test_a_case_is_collected_and_assessed_and_closed_in_twenty_presses(
    source: Portal, page: Page, second: Page, kind: type[Presses], keys: range
) -> None:
    """The presses of both officers are counted. Choosing from a list adds one press, and typing adds none.

    The second run uses only the keyboard.
    """
    source.bundle(first(Reporter(source.world), edit=answering(**SAID)))
    both = Officers(kind, page, second)
    from_medium_to_end(both, second)
    assert both.count == 20
    # The number of keys varies with the length of the queue and pages, which depends on earlier tests.
    assert both.keys in keys
