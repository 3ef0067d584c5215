"""Who reads which case: every combination of officers is compared with a short rule in Python."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.access import aliases, conflicts, declarations, handlers, quarantine
from inbox.language.errors import CaseRefused, Refused, Undeclared
from inbox.session import declared
from inbox.session.actions import Actor
from inbox.setup import upgrade
from inbox.vault import destroyed_tables, row_security
from inbox.vault.casework_tables import ArchiveOpening, Declaration, Handler, Link, Note, Workflow
from inbox.vault.database import Vault
from inbox.vault.row_security import AS_A_LINE, WHOLE_JOURNAL
from inbox.vault.tables import Case, Exclusion, JournalEntry, Officer, Unopened

NAMES = ("alice", "bruno", "chloe")
DAY = date(2026, 11, 2)
COLLECTED: dict[str, Any] = {"collected": DAY, "tried": b""}
SUBSETS = [set(chosen) for size in range(4) for chosen in combinations(NAMES, size)]
SOMEBODY = [chosen for chosen in SUBSETS if chosen]


@dataclass(frozen=True)
class Kept:
    """The access data of a case: its handlers, exclusions and declarations.

    The first value of ``state`` says whether the case is in quarantine. The second value contains the
    officers who opened the case in the archive today. It is None if the case is not in the archive.
    """

    handlers: set[str]
    excluded: set[str]
    state: tuple[bool, frozenset[str] | None]
    declared: set[str]

    @property
    def quarantined(self) -> bool:
        return self.state[0]

    @property
    def opened(self) -> frozenset[str] | None:
        return self.state[1]

    def is_line(self, present: set[str]) -> bool:
        """Return whether the signed-in officers see that the case exists."""
        return not self.excluded & present

    def is_read(self, present: set[str], *, quarantine: bool = False) -> bool:
        """Return whether the signed-in officers can read the case.

        With ``quarantine``, return whether these officers can take an action that shows no content of the
        case.
        """
        among = not self.handlers or present <= self.handlers
        is_out = self.opened is None or present <= self.opened
        return self.is_line(present) and among and (quarantine or (is_out and not self.quarantined))


OPENED = (frozenset(NAMES[:size]) for size in range(3))
STATES = [(False, None), (True, None), *((False, names) for names in OPENED)]
CASES = {n: Kept(*each) for n, each in enumerate(product(SUBSETS, SUBSETS, STATES, SUBSETS), 1)}
GONE = range(len(CASES) + 1, len(CASES) + 1 + len(SUBSETS))
# Case n is linked to case n + 37. The two cases have different access data.
STEP = 37


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """A vault with a case for each combination of access data, and with the remains of destroyed cases."""
    with closing(upgrade.create(tmp_path_factory.mktemp("who") / "vault.sqlite", bytes(32))) as made:
        with made.transaction() as session:
            session.add_all(Officer(name=name, since=DAY, member=n) for n, name in enumerate(NAMES, 1))
            session.flush()
            _fill(session)
        made.today = DAY
        yield made


def _fill(session: Session) -> None:
    for number, case in CASES.items():
        other = (number + STEP) % len(CASES) + 1
        quarantined = DAY if case.quarantined else None
        rows: list[Any] = [
            Case(number=number, status="received", received=DAY, collected=DAY, summary="", message=b"",
                 envelope=b"", case_id=number.to_bytes(4, "big")),
            Workflow(case=number, quarantined=quarantined, archive_from=None if case.opened is None else DAY),
            Note(case=number, position=1, by="", day=DAY, text=""),
            Link(case=number, other=other, kind="", since=DAY),
            Unopened(
                number=number, kind="", received=DAY, intake=1, case_id=number.to_bytes(4, "big"), **COLLECTED
            ),
            JournalEntry(n=number, raw=b"", signature=b"", case=number),
            *(Handler(case=number, officer=name, since=DAY) for name in case.handlers),
            *(Exclusion(case=number, officer=name, since=DAY) for name in case.excluded),
            *(ArchiveOpening(case=number, officer=name, day=DAY) for name in case.opened or ()),
            *(Declaration(case=number, officer=name, day=DAY) for name in case.declared),
        ]  # fmt: skip
        session.add_all(rows)
    for number, excluded in zip(GONE, SUBSETS, strict=True):
        session.add(JournalEntry(n=number, raw=b"", signature=b"", case=number))
        session.add_all(destroyed_tables.PastExclusion(case=number, officer=name) for name in excluded)
    session.add(JournalEntry(n=GONE.stop, raw=b"", signature=b""))
    session.add(Unopened(number=GONE.stop, kind="", received=DAY, intake=1, **COLLECTED))


@contextmanager
def undone(vault: Vault, present: set[str] | Sequence[str], *, quarantine: bool = False) -> Iterator[Session]:
    """Yield a session for these officers. Roll back the session's changes at the end."""
    with vault.transaction(sorted(present), quarantine=quarantine) as session:
        yield session
        session.rollback()


def numbers(holds: Callable[[Kept], bool]) -> set[int]:
    """Return the numbers of the cases that satisfy a condition."""
    return {number for number, case in CASES.items() if holds(case)}


@pytest.mark.slow
@pytest.mark.parametrize("quarantine", [False, True], ids=["reading", "showing nothing"])
@pytest.mark.parametrize("present", SOMEBODY, ids=lambda names: "+".join(sorted(names)))
def test_signed_in_officers_read_only_what_each_of_them_may_read(
    vault: Vault, present: set[str], *, quarantine: bool
) -> None:
    """The test reads the case and its rows, and unfiled envelopes.

    A link is readable only if both its cases are readable.
    """
    read = numbers(lambda case: case.is_read(present, quarantine=quarantine))
    linked = {number for number in read if (number + STEP) % len(CASES) + 1 in read}
    with undone(vault, present, quarantine=quarantine) as session:
        assert read == set(session.scalars(select(Case.number)))
        assert read == set(session.scalars(select(Workflow.case)))
        assert read == set(session.scalars(select(Note.case)))
        assert linked == set(session.scalars(select(Link.case)))
        assert read | {GONE.stop} == set(session.scalars(select(Unopened.number)))


@pytest.mark.parametrize("present", SOMEBODY, ids=lambda names: "+".join(sorted(names)))
def test_every_officer_except_those_excluded_can_see_that_a_case_exists(
    vault: Vault, present: set[str]
) -> None:
    """These officers see the line of the case in the queue, its handlers, exclusions and declarations.

    Officers also see the journal entries of destroyed cases from which they were not excluded.
    """
    there = numbers(lambda case: case.is_line(present))
    gone = {number for number, excluded in zip(GONE, SUBSETS, strict=True) if not excluded & present}
    with undone(vault, present) as session:
        assert there == set(session.scalars(select(Workflow.case).execution_options(**AS_A_LINE)))
        assert numbers(lambda case: case.is_line(present) and bool(case.handlers)) == set(
            session.scalars(select(Handler.case))
        )
        assert numbers(lambda case: case.is_line(present) and bool(case.excluded)) == set(
            session.scalars(select(Exclusion.case))
        )
        assert numbers(lambda case: case.is_line(present) and bool(case.declared)) == set(
            session.scalars(select(Declaration.case))
        )
        entries = select(JournalEntry.n)
        assert there | gone | {GONE.stop} == set(session.scalars(entries))
        assert GONE.stop == len(session.scalars(entries.execution_options(**WHOLE_JOURNAL)).all())


def test_the_program_itself_reads_every_case_when_no_officer_is_signed_in(vault: Vault) -> None:
    with undone(vault, ()) as session:
        assert set(CASES) == set(session.scalars(select(Case.number)))
        assert {*CASES, GONE.stop} == set(session.scalars(select(Unopened.number)))
        assert set(CASES) == declarations.given(session, list(CASES))


@pytest.mark.parametrize("present", SOMEBODY, ids=lambda names: "+".join(sorted(names)))
def test_a_case_counts_as_declared_once_every_signed_in_officer_has_declared_it(
    vault: Vault, present: set[str]
) -> None:
    """The declaration of one officer does not count for another.

    The test asks about all cases, a few cases and a single case, and also uses a condition in a query.
    """
    known = numbers(lambda case: case.is_line(present) and present <= case.declared)
    read = numbers(lambda case: case.is_read(present))
    few = set(list(CASES)[::11])
    with undone(vault, present) as session:
        assert declarations.is_asked(session)
        assert known == declarations.given(session, list(CASES))
        assert known & few == declarations.given(session, list(few))
        conditions = declared.is_given(session, Workflow.case)
        assert known & read == set(session.scalars(select(Workflow.case).where(*conditions)))
        there = numbers(lambda case: case.is_line(present))
        assert there - known == declared.lacking_cases(session)
        for number in read & few:
            left = sorted(present - CASES[number].declared)
            assert left == declarations.missing(session, number)
            try:
                declarations.check(session, number)
            except Undeclared:
                assert left
            else:
                assert not left


def test_a_declaration_is_recorded_only_for_the_case_and_the_signed_in_officers(vault: Vault) -> None:
    """Nothing is recorded for other cases or for absent officers."""
    case = next(n for n, each in CASES.items() if each.declared == {"bruno"} and each.is_read(set(NAMES)))
    with undone(vault, {"alice", "bruno"}) as session:
        before = set(session.execute(select(Declaration.case, Declaration.officer)))
        assert ["alice"] == declarations._declare(session, case, DAY)
        after = set(session.execute(select(Declaration.case, Declaration.officer)))
        assert {(case, "alice")} == after - before
        assert [] == declarations._declare(session, case, DAY)


def test_the_only_officer_of_an_office_has_nothing_to_declare_even_if_there_were_others_before(
    vault: Vault,
) -> None:
    """As long as a second officer belongs to the office, signed in or not, the declaration is required."""
    case = next(n for n, each in CASES.items() if not each.declared and each.is_read({"alice"}))
    with undone(vault, {"alice"}) as session:
        for name in ("bruno", "chloe"):
            assert declarations.is_asked(session)
            session.get_one(Officer, name).member = None
            session.flush()
        assert not declarations.is_asked(session)
        assert [] == declarations.missing(session, case)
        assert case in declarations.given(session, [case])


def where(**wanted: Any) -> int:
    """Return the first case with this access data."""
    return next(n for n, case in CASES.items() if all(getattr(case, k) == v for k, v in wanted.items()))


@pytest.mark.parametrize("present", SOMEBODY, ids=lambda names: "+".join(sorted(names)))
def test_break_glass_adds_the_signed_in_officers_to_the_handlers(vault: Vault, present: set[str]) -> None:
    """Break-glass is refused if these officers can already read the case, or if the case is in quarantine.

    Earlier handlers remain. The test tries every combination of handlers.
    """
    for chosen, held in product(SUBSETS, (False, True)):
        number = where(handlers=chosen, excluded=set(), quarantined=held)
        with undone(vault, present) as session:
            if chosen and not held and not present <= chosen:
                handlers._break_glass(session, number, sorted(present), DAY)
                assert sorted(chosen | present) == handlers.of(session, number)
                assert session.get(Case, number)
            else:
                with pytest.raises(CaseRefused):
                    handlers._break_glass(session, number, sorted(present), DAY)
                assert sorted(chosen) == handlers.of(session, number)


def test_break_glass_does_not_reveal_a_case_to_an_excluded_officer(vault: Vault) -> None:
    number = where(handlers={"alice"}, excluded={"bruno"}, quarantined=False)
    with undone(vault, {"bruno", "chloe"}) as session, pytest.raises(CaseRefused, match="no case"):
        handlers._break_glass(session, number, ["bruno", "chloe"], DAY)
    with undone(vault, {"bruno", "chloe"}) as session, pytest.raises(CaseRefused, match="no case"):
        handlers.of(session, number)


@pytest.mark.parametrize("quorum", [1, 2, 3])
def test_the_handlers_of_a_case_must_form_a_quorum_without_excluded_officers(
    vault: Vault, quorum: int
) -> None:
    """The test tries every combination of handlers. The new handlers replace the earlier handlers."""
    for chosen, excluded in product(SUBSETS, ({*()}, {"bruno"}, {"bruno", "chloe"})):
        number = where(handlers={"alice"}, excluded=excluded, quarantined=False)
        with undone(vault, {"alice"}) as session:
            if len(chosen) >= quorum and not chosen & excluded:
                handlers._entrust(session, number, sorted(chosen), quorum, DAY)
                assert sorted(chosen) == handlers.of(session, number)
                assert ("alice" in chosen or not chosen) is bool(session.get(Case, number))
            else:
                with pytest.raises(Refused):
                    handlers._entrust(session, number, sorted(chosen), quorum, DAY)
                assert ["alice"] == handlers.of(session, number)


def test_a_stranger_or_a_former_officer_cannot_be_a_handler(vault: Vault) -> None:
    number = where(handlers=set(), excluded=set(), quarantined=False)
    with undone(vault, {"alice"}) as session:
        session.get_one(Officer, "chloe").member = None
        for name in ("chloe", "nobody"):
            with pytest.raises(Refused, match="cannot be a handler"):
                handlers._entrust(session, number, ["alice", name], 1, DAY)


def test_only_a_case_with_handlers_can_be_opened_to_all_officers(vault: Vault) -> None:
    """The handlers of another case do not change."""
    number = where(handlers={"alice"}, excluded=set(), quarantined=False)
    with undone(vault, {"alice"}) as session:
        handlers._open_to_all(session, number)
        assert [] == handlers.of(session, number)
        assert ["alice"] == handlers.of(
            session, where(handlers={"alice"}, excluded={"bruno"}, quarantined=False)
        )
        with pytest.raises(CaseRefused, match="no handlers"):
            handlers._open_to_all(session, number)


@pytest.mark.parametrize("quorum", [1, 2, 3])
def test_every_exclusion_leaves_a_quorum_that_can_read_the_case(vault: Vault, quorum: int) -> None:
    """The test tries every officer with different earlier exclusions.

    Earlier exclusions, and exclusions from other cases, do not change.
    """
    for officer, excluded in product(NAMES, ({*()}, {"bruno"}, {"bruno", "chloe"})):
        number = where(handlers=set(), excluded=excluded, quarantined=False)
        with undone(vault, {"alice"}) as session:
            others = {row.case for row in session.scalars(select(Exclusion))} - {number}
            session.get_one(Workflow, number).assigned = officer
            session.get_one(
                Workflow, where(handlers=set(), excluded=set(), quarantined=False)
            ).assigned = officer
            session.flush()
            if officer not in excluded and len({*NAMES} - excluded - {officer}) >= quorum:
                conflicts._exclude(session, Actor({}, DAY), number, officer, quorum)
                now = excluded | {officer}
            else:
                with pytest.raises(Refused):
                    conflicts._exclude(session, Actor({}, DAY), number, officer, quorum)
                now = excluded
            assert (now & {"alice"} == set()) is bool(session.get(Case, number))
            kept = select(Exclusion.__table__.c.officer).where(Exclusion.__table__.c.case == number)
            assert now == set(session.connection().execute(kept).scalars())
            assert others == {row.case for row in session.scalars(select(Exclusion))} - {number}
            of_case = select(Workflow.__table__.c.assigned).where(Workflow.__table__.c.case == number)
            assert (None if officer in now - excluded else officer) == session.connection().scalar(of_case)


def test_a_name_in_a_report_excludes_an_officer_only_if_there_is_another_officer(vault: Vault) -> None:
    """The only officer cannot have an alias either, because no other officer could read the cases."""
    with undone(vault, {"alice"}) as session:
        for name in ("bruno", "chloe"):
            assert {"alice"} == conflicts.watched(session).meant_in(["Alice"])
            aliases._add(session, "alice", f"Jeanne {name}")
            session.get_one(Officer, name).member = None
            session.flush()
        assert set() == conflicts.watched(session).meant_in(["Alice"])
        with pytest.raises(Refused, match="no other officer could read"):
            aliases._add(session, "alice", "Jeanne Dupont")


def test_a_link_that_leaves_too_few_readers_is_refused_and_the_hint_lists_allowed_relations(
    vault: Vault,
) -> None:
    here, there = (where(handlers=set(), excluded=each, quarantined=False) for each in ({"bruno"}, {"chloe"}))
    with undone(vault, {"alice"}) as session:
        session.add_all(
            Link(case=one, other=other, kind="same_facts", since=DAY)
            for one, other in ((here, there), (there, here))
        )
        session.flush()
        with pytest.raises(Refused) as caught:
            conflicts.join(session, Actor({}, DAY), here, 2)
    assert "link the cases only with one of these relations: same_place; contradicts" in str(
        caught.value.hint
    )


@pytest.mark.parametrize("quorum", [1, 2, 3])
def test_cases_that_no_quorum_can_read_are_counted(vault: Vault, quorum: int) -> None:
    with undone(vault, ()) as session:
        lost = numbers(lambda case: bool(case.excluded) and 3 - len(case.excluded) < quorum)
        assert len(lost) == conflicts.out_of_reach(session, quorum)
        assert bool(lost) is bool(conflicts.warnings(session, quorum))


def test_every_officer_except_those_excluded_can_see_when_a_quarantine_began(vault: Vault) -> None:
    """The officers cannot read the case itself."""
    with undone(vault, {"alice", "bruno"}) as session:
        for number, case in list(CASES.items())[::23]:
            shown = case.quarantined and case.is_line({"alice", "bruno"})
            assert (DAY if shown else None) == quarantine.since(session, number)


def test_deleting_a_case_deletes_its_rows_and_no_other_rows(vault: Vault) -> None:
    """The links of the case are deleted in both directions. The journal does not change."""
    gone = [5, 900]
    kinds = (Case, Workflow, Note, Handler, Exclusion, Declaration, Unopened)
    with undone(vault, ()) as session:
        before = {kind: _of_cases(session, kind) for kind in kinds}
        row_security.forget(session, gone)
        for kind in kinds:
            assert before[kind] - set(gone) == _of_cases(session, kind), kind
        links = session.execute(select(Link.case, Link.other)).all()
        assert not {*gone} & {number for pair in links for number in pair}
        assert len(CASES) - 2 * len(gone) == len(links)
        assert GONE.stop == len(session.scalars(select(JournalEntry.n)).all())


def _of_cases(session: Session, kind: Any) -> set[int]:
    column = kind.number if kind in {Case, Unopened} else kind.case
    return set(session.scalars(select(column)))
