"""Cases that are kept from officers: because somebody says so, or because a report names them.

A case is kept from an officer together with all that is one matter with it (``bonds``). Otherwise they would
not see what binds the rest, and could warn, through one case, whom nobody may warn because of another.
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
from inbox.session import chosen_action, journal
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.text import names as person_names
from inbox.text.names import Names
from inbox.vault import queries_access, queries_cases, queries_office
from inbox.vault.casework_tables import Workflow
from inbox.vault.row_security import AS_A_LINE
from inbox.vault.tables import Alias, Exclusion

# What founding calls the one officer of an inbox: a word of every other report, and no name.
UNNAMED = "officer"


@dataclass(frozen=True, slots=True)
class Kept:
    """Which cases are kept from whom, and how many of all no quorum may read, with a warning if any."""

    exclusions: Sequence[Exclusion]
    out_of_reach: int
    warnings: list[str]


def exclude(inbox: Inbox, who: Actor, number: int, officer: str, reason: str) -> list[int]:
    """Keep a case from an officer, with what is one matter with it: none of it is there for that one.

    Return the numbers of the other cases that are newly kept. Raises CaseRefused for an unknown case, Refused
    for an unknown officer, one from whom it is kept already, and if fewer than a quorum would be left who may
    read it, or one of the others; and as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.EXCLUDE, number, reason, officer=officer)) as session:
        return _exclude(session, journal.actor(session), number, officer, inbox.quorum)


def lift(inbox: Inbox, who: Actor, number: int, officer: str, reason: str) -> list[int]:
    """Show a case to an officer again, with what is one matter with it; return the numbers of all these.

    Who does it may read them all, and has declared on each: one of the others may be the one that names that
    officer. Raises CaseRefused for an unknown case, Refused if it is not kept from that one; and as
    ``chosen_action.together``.
    """
    noted = action(Code.LIFT_CONFLICT, number, reason, officer=officer)

    def choose(session: Session) -> Sequence[Action]:
        # If it is not kept from that one, two who confirmed are told so, as with any act that takes two.
        return [replace(noted, case=each) for each in _kept_with(session, number, officer) or [number]]

    with chosen_action.together(inbox, who, number, choose) as session:
        return _lift(session, number, officer)


def listed(inbox: Inbox, who: Actor) -> Kept:
    """Return what is kept from whom, without the cases that are kept from ``who``; these are counted only.

    Raises as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIST_CONFLICTS)) as session:
        rows = queries_access.exclusions(session)
    with inbox.transaction() as session:
        return Kept(rows, out_of_reach(session, inbox.quorum), warnings(session, inbox.quorum))


def keep(session: Session, by: Actor, meant: Mapping[int, Iterable[str]]) -> list[int]:
    """Keep each of these cases from the officers that it means, whoever is left; return what is newly kept.

    With each goes what is one matter with it. The journal notes each, without the words that were found.
    """
    kept = []
    for number in sorted(meant):
        found = sorted(set(meant[number]) - queries_access.excluded_from(session, number))
        kept += _keep(session, by, Code.FOUND_CONFLICT, [(number, officer) for officer in found])
    for number in sorted(meant):
        kept += _keep(session, by, Code.SPREAD_CONFLICT, _not_kept_yet(session, number))
    return kept


def join(session: Session, by: Actor, number: int, quorum: int) -> list[tuple[int, str]]:
    """Keep all cases of one matter, of which this is one, from everybody from whom one of them is kept.

    Return which were newly kept from whom, by the numbers of the cases. Raises Refused, for a link that has
    just been made, if fewer than a quorum would be left who may read one of them.
    """
    rows = _not_kept_yet(session, number)
    short = _left_to_few(session, rows, quorum)
    if short is not None:
        raise Refused(
            _too_few(short, quorum),
            sentence(
                "let officers from outside join first: inbox officers add; until then, link them as one of"
                " these: {kinds}",
                kinds=joined([labels.named("relation", each) for each in Relation if not each.binds]),
            ),
        )
    _keep(session, by, Code.SPREAD_CONFLICT, rows)
    return rows


def watched(session: Session) -> Names:
    """Return the names for which reports are kept from officers.

    Where there is one officer alone, nobody else could read what is kept from that one: then no name counts.
    """
    return names(session) if len(queries_office.officers(session)) > 1 else Names({})


def names(session: Session) -> Names:
    """Return the names of all officers, of those who left too, with their aliases."""
    aliases = queries_access.aliases(session)
    return Names({each.name: _names_of(each.name, aliases) for each in queries_office.everybody(session)})


def search(session: Session, by: Actor, officer: str, names: Iterable[str]) -> list[int]:
    """Look for new names of an officer in all that was ever received; ``keep`` what is found.

    Names that were there before are not looked for again: what was lifted stays so.
    """
    new = Names({officer: names})
    meant: dict[int, set[str]] = {}
    for number, texts in received(session):
        if named := new.meant_in(texts):
            meant.setdefault(number, set()).update(named)
    return keep(session, by, meant)


def search_for(session: Session, by: Actor, officer: str) -> list[int]:
    """Do as ``search`` for an officer who joins, by all names that are known."""
    return search(session, by, officer, _names_of(officer, queries_access.aliases(session)))


def out_of_reach(session: Session, quorum: int) -> int:
    """Return how many cases no quorum of those who are officers now may read."""
    officers = {each.name for each in queries_office.officers(session)}
    excluded: dict[int, set[str]] = {}
    for row in queries_access.exclusions(session):
        excluded.setdefault(row.case, set()).add(row.officer)
    return sum(len(officers - each) < quorum for each in excluded.values())


def warnings(session: Session, quorum: int) -> list[str]:
    """Return what everybody must know, also those from whom a case is kept: how many nobody can read."""
    count = out_of_reach(session, quorum)
    if not count:
        return []
    cases = "1 case is" if count == 1 else f"{count} cases are"
    return [
        f"{cases} kept from so many officers that no {quorum} of the others are left to read it;"
        " let officers from outside join: inbox officers add"
    ]


def received(session: Session) -> Iterator[tuple[int, Iterable[str]]]:
    """Yield each text that reporters wrote, with the number of its case."""
    for number, unsigned, message in queries_cases.first_messages(session):
        yield number, [message.decode()] if unsigned else said(REPORT.parse(message).answers)
    for number, text in queries_cases.follow_up_texts(session):
        yield number, [text]
    for number, name, kind in queries_cases.file_names(session):
        yield number, [name, kind]


def said(answers: Mapping[str, str | tuple[str, ...]]) -> Iterator[str]:
    """Yield each text of the answers to a questionnaire."""
    for answer in answers.values():
        yield from [answer] if isinstance(answer, str) else answer


def _kept_with(session: Session, number: int, officer: str) -> list[int]:
    """Return the cases of one matter that are kept from an officer, this one first; none if it is not."""
    queries_cases.case(session, number)
    rows = select(Exclusion.case).where(Exclusion.case.in_(bonds.of(session, number)))
    kept = set(session.scalars(rows.filter_by(officer=officer)))
    return [number, *sorted(kept - {number})] if number in kept else []


def _lift(session: Session, number: int, officer: str) -> list[int]:
    kept = _kept_with(session, number, officer)
    if not kept:
        raise Refused(
            sentence("case {number} is not kept from {officer}", number=number, officer=officer),
            sentence("see: inbox conflict list"),
        )
    for each in kept:
        session.delete(session.get_one(Exclusion, (each, officer)))
    return kept


def _not_kept_yet(session: Session, number: int) -> list[tuple[int, str]]:
    """Return the cases of one matter, each with every officer from whom only others of them are kept."""
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
    """Return the first case that fewer than a quorum may read once it is kept from these, too."""
    more = defaultdict[int, set[str]](set)
    for number, officer in rows:
        more[number].add(officer)
    kept = _excluded_from(session, list(more))
    officers = {each.name for each in queries_office.officers(session)}
    few = (number for number, names in more.items() if len(officers - kept[number] - names) < quorum)
    return next(few, None)


def _too_few(number: int, quorum: int) -> Sentence:
    return sentence(
        "then fewer than {quorum} officers would be left to read case {number}", quorum=quorum, number=number
    )


def _keep(session: Session, by: Actor, code: Code, rows: Sequence[tuple[int, str]]) -> list[int]:
    """Keep cases from officers, note it of each in the journal, and return the numbers of the cases."""
    for number, officer in rows:
        _take_off(session, number, officer)
        journal.note(session, by, action(code, number, officer=officer))
        session.add(Exclusion(case=number, officer=officer, since=by.today))
    session.flush()
    return [number for number, _ in rows]


def _take_off(session: Session, number: int, officer: str) -> None:
    """Unassign a case from an officer before it is kept from them: afterwards nobody could reach it here.

    It may be one of the same matter that those present may not read.
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
            sentence("see the names: inbox officers list"),
        )
    if officer in queries_access.excluded_from(session, number):
        raise Refused(
            sentence("case {number} is kept from {officer} already", number=number, officer=officer),
            sentence("see: inbox conflict list"),
        ).at("officer")
    # Before it is kept: if that one is present, the links of the case are not there any more then.
    matter = bonds.of(session, number)
    kept = _excluded_from(session, matter)
    others = [(each, officer) for each in sorted(matter - {number}) if officer not in kept[each]]
    short = _left_to_few(session, [(number, officer), *others], quorum)
    if short is not None:
        raise Refused(
            _too_few(short, quorum), sentence("let officers from outside join first: inbox officers add")
        )
    also = _keep(session, by, Code.SPREAD_CONFLICT, others)
    _take_off(session, number, officer)
    session.add(Exclusion(case=number, officer=officer, since=by.today))
    session.flush()
    session.expunge_all()  # what it holds is not narrowed again, and the case may be gone for those present
    return also
