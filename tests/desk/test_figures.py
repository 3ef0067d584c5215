"""The annual figures at the desk: two officers adopt a plan, make an edition, and read exact figures."""

import html
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support import figures_room
from tests.support.desk_room import Client, sitting
from tests.support.figures_room import MADE, NEW_YEAR, YEAR, add
from tests.support.inbox_builders import Office, passphrase_of
from tests.support.inbox_clock import Clock

WAY = "/en/office/figures"
PLAN = figures_room.PLAN.replace(b'en = "Group"', b'en = "Lighthouses"', 1)
TWO = {f"passphrase-{name}": passphrase_of(name) for name in ("alice", "bruno")}
ADOPTED = {"sha256": sha256(PLAN).hexdigest()}


@pytest.fixture
def desk(founded_three: Office, stick: Path, clock: Clock, tmp_path: Path) -> Iterator[Client]:
    """Alice at a desk that Alice and Bruno have opened, on the day of the clock."""
    assert clock.day
    with sitting(founded_three.copy(tmp_path / "office"), stick, "alice") as client:
        yield client


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A file with a plan of publication."""
    (made := tmp_path / "plan.toml").write_bytes(PLAN)
    return made


@pytest.fixture
def drawer(tmp_path: Path) -> Path:
    """A folder for papers that are not for the portal."""
    (made := tmp_path / "drawer").mkdir()
    return made


@pytest.fixture
def planned(desk: Client, plan: Path, clock: Clock) -> Client:
    """The desk on the first day on which the edition for the first year of the plan can be made."""
    assert 303 == desk.send(f"{WAY}/plan", **ADOPTED | {"plan-file": str(plan)} | TWO).status_code
    clock.day = MADE
    return desk


def made(desk: Client, folder: Path, way: str = "make") -> str:
    """Make the edition, or write it again. Return the page that the desk shows."""
    sent = desk.send(f"{WAY}/{way}", edition=str(YEAR), papers=str(folder), **TWO)
    assert 200 == sent.status_code, sent.text
    return html.unescape(sent.text)


def test_a_plan_is_shown_before_two_officers_adopt_it(desk: Client, plan: Path) -> None:
    """The second officer sees what the plan contains. A file that changed since it was shown is refused."""
    given = {"plan-file": str(plan)}
    assert "No plan is adopted" in desk.page(WAY)
    shown = desk.send(f"{WAY}/plan/check", **given)
    assert (200, True) == (shown.status_code, "Lighthouses" in shown.text)
    assert ADOPTED["sha256"] in shown.text
    changed = desk.send(f"{WAY}/plan", **given, **TWO, sha256="0" * 64)
    assert (409, True) == (changed.status_code, "changed since it was shown" in changed.text)
    alone = desk.send(f"{WAY}/plan", **given, **ADOPTED)
    assert (401, True) == (alone.status_code, "Lighthouses" in alone.text)
    assert "No plan is adopted" in desk.page(WAY)
    assert 303 == desk.send(f"{WAY}/plan", **given, **ADOPTED, **TWO).status_code
    assert f"{YEAR} to {YEAR + 2}" in desk.page(WAY)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "not an absolute path"),
        (b"first_year = 1", "plan of publication"),
        (PLAN.replace(str(YEAR).encode(), str(YEAR - 1).encode(), 1), "has begun"),
        (b"#" * (64 << 20), "large"),
    ],
)
def test_a_wrong_plan_is_refused_in_a_sentence(
    desk: Client, plan: Path, content: bytes | None, why: str
) -> None:
    given = "plan.toml" if content is None else str(plan)
    plan.write_bytes(content or PLAN)
    sent = desk.send(f"{WAY}/plan/check", **{"plan-file": given})
    assert (409, True) == (sent.status_code, why in html.unescape(sent.text)), sent.text
    assert "No plan is adopted" in desk.page(WAY)


def test_an_edition_waits_for_its_day(desk: Client, plan: Path, drawer: Path, clock: Clock) -> None:
    """The page offers no button before that day, and a request from elsewhere is refused."""
    desk.send(f"{WAY}/plan", **ADOPTED | {"plan-file": str(plan)} | TWO)
    clock.day = NEW_YEAR
    page = desk.page(WAY)
    assert f"Figures for {YEAR} can be made from" in page
    assert "figures/make" not in page
    sent = desk.send(f"{WAY}/make", edition=str(YEAR), papers=str(drawer), **TWO)
    assert (409, True) == (sent.status_code, "cannot be made before" in sent.text)
    assert [] == [*drawer.iterdir()]


def test_two_officers_make_an_edition_once(planned: Client, drawer: Path, tmp_path: Path) -> None:
    """The public files and the exact ones are apart. A second edition of the year is refused."""
    form = {"edition": str(YEAR), "papers": str(drawer)}
    assert 401 == planned.send(f"{WAY}/make", **form).status_code
    assert [] == [*drawer.iterdir()]
    page = made(planned, drawer)
    out = drawer / f"figures-{YEAR}"
    assert str(out / "public") in page
    assert str(out / "restricted") in page
    assert f"exact-{YEAR}.csv" in {each.name for each in (out / "restricted").iterdir()}
    assert f"figures-{YEAR}.json" in {each.name for each in (out / "public").iterdir()}
    assert not [each for each in (out / "public").iterdir() if "exact" in each.name]
    (other := tmp_path / "other").mkdir()
    again = planned.send(f"{WAY}/make", edition=str(YEAR), papers=str(other), **TWO)
    assert (409, True) == (again.status_code, "is final" in again.text)
    assert [] == [*other.iterdir()]
    assert f"{YEAR}, made on" in planned.page(WAY)


def test_the_files_of_an_edition_can_be_written_again_but_never_over_others_or_on_the_medium_of_the_portal(
    planned: Client, drawer: Path, stick: Path, tmp_path: Path
) -> None:
    made(planned, drawer)
    (other := tmp_path / "other").mkdir()
    made(planned, other, "write")
    one, two = (
        {path.relative_to(each): path.read_bytes() for path in each.rglob("*") if path.is_file()}
        for each in (drawer, other)
    )
    assert one == two
    for folder in (drawer, stick):
        sent = planned.send(f"{WAY}/write", edition=str(YEAR), papers=str(folder), **TWO)
        assert 409 == sent.status_code, folder
    assert [] == [*stick.iterdir()]


def test_exact_figures_take_two_officers_and_are_never_on_a_page_that_can_be_opened_by_its_address(
    planned: Client, drawer: Path
) -> None:
    with planned.desk.opened.inbox.transaction() as session:
        for number in range(1, 8):
            add(session, number, NEW_YEAR)
    made(planned, drawer)
    alone = planned.send(f"{WAY}/exact", edition=str(YEAR))
    assert 401 == alone.status_code
    assert "<td" not in alone.text
    shown = planned.send(f"{WAY}/exact", edition=str(YEAR), **TWO)
    assert 200 == shown.status_code
    assert '<td class="count">7</td>' in shown.text
    assert "hidden" in shown.text
    assert 405 == planned.ask(f"{WAY}/exact").status_code
    assert "<td" not in planned.page(WAY)
    missing = planned.send(f"{WAY}/exact", edition=str(YEAR + 1), **TWO)
    assert (409, True) == (missing.status_code, "there is no edition" in html.unescape(missing.text).lower())


@pytest.mark.parametrize("edition", ["", "x", "-1", "10000"])
def test_a_year_that_no_form_offers_is_a_bad_request(desk: Client, edition: str) -> None:
    assert 400 == desk.send(f"{WAY}/exact", edition=edition, **TWO).status_code


def test_a_plan_that_was_renewed_is_shown_as_such(planned: Client, clock: Clock) -> None:
    assert "renewed" not in planned.page(WAY).partition("<dl>")[2]
    clock.day = NEW_YEAR.replace(year=YEAR + 3)
    shown = planned.page(WAY).partition("<dl>")[2]
    assert f"{YEAR + 3} to {YEAR + 5}" in shown
    assert "renewed, because nobody adopted another plan in time" in shown
