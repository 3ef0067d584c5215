"""Exclude officers from cases, by decision or because a report names them.

An officer who is excluded from a case is also excluded from all other cases of the same matter (``bonds``).
Otherwise, the officer could still read the other cases of the matter, and warn a person who must not be
warned.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crypto.messages import REPORT
from inbox.deadlines import bonds
from inbox.deadlines.bonds import Relation
from inbox.language import labels
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import Sentence, joined, sentence
from inbox.questionnaire import answers
from inbox.session import chosen_action, journal
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.text import names as person_names
from inbox.text.names import Names
from inbox.vault import queries_access, queries_cases, queries_office
from inbox.vault.casework_tables import Workflow
from inbox.vault.row_security import AS_A_LINE
from inbox.vault.tables import Alias, Exclusion

# The name of the only officer of a new inbox. Reports are not searched for this name, because it is a common
# word.
UNNAMED = "officer"


@dataclass(frozen=True, slots=True)
class Kept:
    """The exclusions, the number of cases that no quorum may read, and a warning about these cases."""

    exclusions: Sequence[Exclusion]
    out_of_reach: int
    warnings: list[str]


def exclude(inbox: Inbox, who: Actor, number: int, officer: str, reason: str) -> list[int]:
    """Exclude an officer from a case and all cases of the same matter; the officer can no longer see them.

    Returns the numbers of the other cases from which the officer is newly excluded. Raises CaseRefused for an
    unknown case or officer. Raises Refused if the officer is already excluded, or if fewer officers than a
    quorum could then read one of the cases. Also raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.EXCLUDE, number, reason, officer=officer)) as session:
        return _exclude(session, journal.actor(session), number, officer, inbox.quorum)


def lift(inbox: Inbox, who: Actor, number: int, officer: str, reason: str) -> list[int]:
    """Lift an officer's exclusion from a case and all cases of the same matter. Return the case numbers.

    The acting officers must be able to read all these cases and must have declared each one. Any of these
    cases may be the one that names the excluded officer. Raises CaseRefused for an unknown case. Raises
    Refused if the officer is not excluded. Also raises the same errors as ``chosen_action.together``.
    """
    noted = action(Code.LIFT_CONFLICT, number, reason, officer=officer)

    def choose(session: Session) -> Sequence[Action]:
        # Two officers must confirm the action before the program reveals that there is no exclusion to lift.
        return [replace(noted, case=each) for each in _kept_with(session, number, officer) or [number]]

    with chosen_action.together(inbox, who, number, choose) as session:
        return _lift(session, number, officer)


def listed(inbox: Inbox, who: Actor) -> Kept:
    """Return the exclusions. Cases from which ``who`` is excluded are only counted.

    Raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIST_CONFLICTS)) as session:
        rows = queries_access.exclusions(session)
    with inbox.transaction() as session:
        return Kept(rows, out_of_reach(session, inbox.quorum), warnings(session, inbox.quorum))


def keep(session: Session, by: Actor, meant: Mapping[int, Iterable[str]]) -> list[int]:
    """Exclude officers from these cases and all cases of the same matter. Return the newly restricted cases.

    Officers are excluded even if too few are left to read a case. The journal gets an entry for each case,
    without the words that were found.
    """
    kept = []
    for number in sorted(meant):
        found = sorted(set(meant[number]) - queries_access.excluded_from(session, number))
        kept += _keep(session, by, Code.FOUND_CONFLICT, [(number, officer) for officer in found])
    for number in sorted(meant):
        kept += _keep(session, by, Code.SPREAD_CONFLICT, _not_kept_yet(session, number))
    return kept


def join(session: Session, by: Actor, number: int, quorum: int) -> list[tuple[int, str]]:
    """Extend each exclusion from a case to all cases of its matter; ``number`` is one of these cases.

    Returns the new exclusions, in the order of the cases. Raises Refused if a new link would leave one of the
    cases to fewer officers than a quorum.
    """
    rows = _not_kept_yet(session, number)
    short = _left_to_few(session, rows, quorum)
    if short is not None:
        raise Refused(
            _too_few(short, quorum),
            sentence(
                "add officers from outside first: inbox officer add; until then, link the cases only"
                " with one of these relations: {kinds}",
                kinds=joined([labels.named("relation", each) for each in Relation if not each.binds]),
            ),
        )
    _keep(session, by, Code.SPREAD_CONFLICT, rows)
    return rows


def watched(session: Session) -> Names:
    """Return the names whose mention in a report excludes an officer.

    If there is only one officer, a report that names this officer does not exclude them, because nobody else
    could read the case.
    """
    return names(session) if len(queries_office.officers(session)) > 1 else Names({})


def names(session: Session) -> Names:
    """Return the names and aliases of all current and former officers."""
    aliases = queries_access.aliases(session)
    return Names({each.name: _names_of(each.name, aliases) for each in queries_office.everybody(session)})


def search(session: Session, by: Actor, officer: str, names: Iterable[str]) -> list[int]:
    """Search all received texts for new names of an officer, and exclude the officer from the cases found.

    Earlier names are not searched again, so that a lifted exclusion stays lifted.
    """
    new = Names({officer: names})
    meant: dict[int, set[str]] = {}
    for number, texts in received(session):
        if named := new.meant_in(texts):
            meant.setdefault(number, set()).update(named)
    return keep(session, by, meant)


def search_for(session: Session, by: Actor, officer: str) -> list[int]:
    """Do the same as ``search`` for all names of a new officer."""
    return search(session, by, officer, _names_of(officer, queries_access.aliases(session)))


def out_of_reach(session: Session, quorum: int) -> int:
    """Return the number of cases that no quorum of the current officers may read."""
    officers = {each.name for each in queries_office.officers(session)}
    excluded: dict[int, set[str]] = {}
    for row in queries_access.exclusions(session):
        excluded.setdefault(row.case, set()).add(row.officer)
    return sum(len(officers - each) < quorum for each in excluded.values())


def warnings(session: Session, quorum: int) -> list[str]:
    """Return warnings that say how many cases nobody can read; excluded officers see these warnings, too."""
    count = out_of_reach(session, quorum)
    if not count:
        return []
    return [
        f"cases that nobody can read, because too few officers are left who are not excluded: {count};"
        " add officers from outside: inbox officer add"
    ]


def received(session: Session) -> Iterator[tuple[int, Iterable[str]]]:
    """Yield each text that reporters wrote, with the number of its case."""
    for number, unsigned, message in queries_cases.first_messages(session):
        yield number, [message.decode()] if unsigned else answers.texts(REPORT.parse(message).answers)
    for number, text in queries_cases.follow_up_texts(session):
        yield number, [text]
    for number, name, kind in queries_cases.file_names(session):
        yield number, [name, kind]


def _kept_with(session: Session, number: int, officer: str) -> list[int]:
    """Return the matter's cases from which the officer is excluded, this case first.

    The list is empty if the officer is not excluded from this case.
    """
    queries_cases.case(session, number)
    rows = select(Exclusion.case).where(Exclusion.case.in_(bonds.of(session, number)))
    kept = set(session.scalars(rows.filter_by(officer=officer)))
    return [number, *sorted(kept - {number})] if number in kept else []


def _lift(session: Session, number: int, officer: str) -> list[int]:
    kept = _kept_with(session, number, officer)
    if not kept:
        raise Refused(
            sentence("{officer} is not excluded from case {number}", number=number, officer=officer),
            sentence("see: inbox access conflict list"),
        )
    for each in kept:
        session.delete(session.get_one(Exclusion, (each, officer)))
    return kept


def _not_kept_yet(session: Session, number: int) -> list[tuple[int, str]]:
    """Return the missing exclusions: an officer excluded from one case of the matter is excluded from all."""
    matter = bonds.of(session, number)
    kept = _excluded_from(session, matter)
    everybody = {officer for each in kept.values() for officer in each}
    return [(each, officer) for each in sorted(matter) for officer in sorted(everybody - kept[each])]


def _excluded_from(session: Session, numbers: Collection[int]) -> defaultdict[int, set[str]]:
    found = defaultdict[int, set[str]](set)
    for row in session.scalars(select(Exclusion).where(Exclusion.case.in_(numbers))):
        found[row.case].add(row.officer)
    return found


def _left_to_few(session: Session, rows: Iterable[tuple[int, str]], quorum: int) -> int | None:
    """Return the first case that these additional exclusions leave to fewer officers than a quorum."""
    more = defaultdict[int, set[str]](set)
    for number, officer in rows:
        more[number].add(officer)
    kept = _excluded_from(session, list(more))
    officers = {each.name for each in queries_office.officers(session)}
    few = (number for number, names in more.items() if len(officers - kept[number] - names) < quorum)
    return next(few, None)


def _too_few(number: int, quorum: int) -> Sentence:
    return sentence(
        "with this change, fewer than {quorum} officers could still read case {number}",
        quorum=quorum,
        number=number,
    )


def _keep(session: Session, by: Actor, code: Code, rows: Sequence[tuple[int, str]]) -> list[int]:
    """Exclude officers from cases, record each exclusion in the journal, and return the case numbers."""
    for number, officer in rows:
        _take_off(session, number, officer)
        journal.note(session, by, action(code, number, officer=officer))
        session.add(Exclusion(case=number, officer=officer, since=by.today))
    session.flush()
    return [number for number, _ in rows]


def _take_off(session: Session, number: int, officer: str) -> None:
    """Unassign a case from an officer before the exclusion, because the case may be hidden afterwards.

    The case can be any case of the same matter, even one that the signed-in officers may not read.
    """
    theirs = update(Workflow).where(Workflow.case == number, Workflow.assigned == officer)
    session.execute(theirs.values(assigned=None).execution_options(**AS_A_LINE))


def _names_of(officer: str, aliases: Iterable[Alias]) -> list[str]:
    found = [each.name for each in aliases if each.officer == officer]
    return [*found, officer] if officer != UNNAMED and person_names.counts(officer) else found


def _exclude(session: Session, by: Actor, number: int, officer: str, quorum: int) -> list[int]:
    queries_cases.case(session, number)
    if queries_office.officer(session, officer) is None:
        raise CaseRefused(
            sentence("there is no officer {officer}", officer=officer),
            sentence("see the names: inbox officer list"),
        )
    if officer in queries_access.excluded_from(session, number):
        raise Refused(
            sentence("{officer} is already excluded from case {number}", number=number, officer=officer),
            sentence("see: inbox access conflict list"),
        ).at("officer")
    # Read the links before the exclusion, because afterwards they are hidden if the excluded officer is
    # signed in.
    matter = bonds.of(session, number)
    kept = _excluded_from(session, matter)
    others = [(each, officer) for each in sorted(matter - {number}) if officer not in kept[each]]
    short = _left_to_few(session, [(number, officer), *others], quorum)
    if short is not None:
        raise Refused(_too_few(short, quorum), sentence("add officers from outside first: inbox officer add"))
    also = _keep(session, by, Code.SPREAD_CONFLICT, others)
    _take_off(session, number, officer)
    session.add(Exclusion(case=number, officer=officer, since=by.today))
    session.flush()
    session.expunge_all()  # Cached rows would stay readable, but the case may now be hidden.
    return also
