"""The commands of the annual figures: what each prints, and what each records in the journal."""

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from crypto.journal import ENTRY, Entry
from inbox.vault import queries_access
from tests.support.figures_room import NEW_YEAR, PLAN, YEAR, add, with_plan
from tests.support.inbox_builders import Office
from tests.support.inbox_clock import Clock

pytestmark = pytest.mark.usefixtures("quick")
CANARY = "zibeline"


@pytest.fixture
def office(founded_three: Office, tmp_path: Path) -> Office:
    """An inbox of three officers, any two of whom open it."""
    return founded_three.copy(tmp_path / "office")


def noted(office: Office) -> list[Entry]:
    """Return the journal."""
    with office.opened() as inbox, inbox.transaction() as session:
        return [ENTRY.parse(row.raw) for row in queries_access.journal(session)]


Told = Callable[..., str]


@pytest.fixture
def told(office: Office, clock: Clock) -> Told:
    """Run a command, check its only journal entry, and return what it printed."""

    def run(action: str, values: Mapping[str, object], *words: str | Path) -> str:
        last = noted(office)[-1].n
        said = office.run("statistics", *words)
        assert (0, "") == (said.code, said.err), words
        (entry,) = [each for each in noted(office) if each.n > last]
        assert (action, values, None, "") == (entry.action, entry.values, entry.case, entry.reason)
        assert (["alice", "bruno"], clock.day) == ([*entry.officers], entry.day)
        return said.out

    return run


def test_the_commands_on_plans_record_the_first_year_and_the_digest_of_the_adopted_file(
    told: Told, clock: Clock, tmp_path: Path
) -> None:
    """A renewal is no decision, so the journal has no entry for it."""
    plan = tmp_path / "plan.toml"
    plan.write_bytes(PLAN)
    digest = sha256(PLAN).hexdigest()
    assert "no plan is adopted" in told("list-settings", {}, "plan", "list")
    assert "this plan can be adopted" in told("list-settings", {}, "plan", "check", plan)
    adopting = {"first_year": YEAR, "sha256": digest}
    assert f"adopted for {YEAR} to {YEAR + 2}" in told("adopt-plan", adopting, "plan", "adopt", plan)
    assert digest in told("list-settings", {}, "plan", "list")
    clock.day = date(YEAR + 3, 1, 1)
    renewed = f"{YEAR + 3} to {YEAR + 5}: renewed, because nobody adopted another plan in time"
    assert renewed in told("list-settings", {}, "plan", "list")


@pytest.fixture
def made(office: Office, clock: Clock, tmp_path: Path) -> Path:
    """The folder of the first edition, which has four reports."""
    with office.opened() as inbox, inbox.transaction() as session:
        with_plan(session)
        for number in range(1, 5):
            add(session, number, NEW_YEAR, category=CANARY)
    clock.day = date(YEAR + 1, 4, 1)
    office.json("statistics", "edition", "make", str(YEAR), "--out", tmp_path / "figures")
    return tmp_path / "figures"


def test_the_commands_on_editions_record_the_year_and_the_digests_of_public_files_but_no_count(
    office: Office, told: Told, made: Path, tmp_path: Path
) -> None:
    """``statistics check`` opens no inbox, so it records nothing."""
    digests = {
        name: sha256((made / "public" / f"{file}-{YEAR}.json").read_bytes()).hexdigest()
        for name, file in (("sha256", "figures"), ("certificate", "certificate"))
    }
    entry = noted(office)[-1]
    assert ("make-edition", {"year": YEAR, **digests}) == (entry.action, entry.values)
    again = told("read-figures", {"year": YEAR}, "edition", "write", str(YEAR), "--out", tmp_path / "again")
    assert str(tmp_path / "again" / "restricted" / f"exact-{YEAR}.csv") in again
    assert f"      4  {YEAR}, Title" in told("read-figures", {"year": YEAR}, "show", str(YEAR))
    last = noted(office)[-1]
    checked = office.json("statistics", "check", made / "public")
    key = (made / "public" / "figures.pub").read_text().splitlines()[1]
    assert {"year": YEAR, "key": key, "fingerprint": _on_paper(office)} == checked
    assert last == noted(office)[-1]
    assert CANARY not in "".join(map(repr, noted(office)))


def _on_paper(office: Office) -> str:
    """Return the card fingerprint in the record of the ceremony."""
    (record,) = office.shares.glob("record-*.txt")
    (line,) = [each for each in record.read_text("utf-8").splitlines() if "card fingerprint" in each]
    return line.removeprefix("card fingerprint").strip()


def test_the_files_of_an_edition_are_the_same_on_any_day(
    office: Office, clock: Clock, made: Path, tmp_path: Path
) -> None:
    clock.wait(100)
    office.json("statistics", "edition", "write", str(YEAR), "--out", tmp_path / "later")
    now, later = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in (made, tmp_path / "later")
    )
    assert now == later
