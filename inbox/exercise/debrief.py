"""Compare what officers did, by the journal, with what the programme expects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from crypto import casetoken
from inbox.exercise import programme, state
from inbox.exercise.programme import Expected, Step
from inbox.exercise.state import State
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import journal_actions
from inbox.session.actions import Actor, Code
from inbox.session.inbox import Inbox
from inbox.session.journal import Line
from inbox.session.journal_actions import Wanted
from inbox.vault import queries_cases, queries_office

_COLLECTING = (Code.COLLECT, Code.ACCEPT_INSTANCE)


class Result(StrEnum):
    """How an expectation ended. It is hidden if the journal shows nothing of its case to those who asked.

    Something that was done before the officers collected the bundle of its step was no answer to this step.
    """

    DONE = "done"
    EARLIER = "earlier"
    MISSING = "missing"
    HIDDEN = "hidden"
    AVOIDED = "avoided"
    DISCUSS = "discuss"


@dataclass(frozen=True, slots=True)
class Finding:
    """An expectation, how it ended, and the first journal entry that shows it, if any.

    ``case`` is the number of the case that it is about, or None.
    """

    expected: Expected
    result: Result
    case: int | None
    entry: int | None
    officers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A released step with its findings."""

    step: Step
    at: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Debrief:
    """All released steps, the number of entries withheld from the officers who asked, and the day."""

    parts: tuple[Part, ...]
    withheld: int
    day: date


def look(inbox: Inbox, who: Actor, folder: Path) -> Debrief:
    """Return the debrief of the exercise in ``folder``; the journal records the reading.

    Raises Refused if the folder belongs to another exercise, or if the inbox is real.
    """
    known = state.load(folder)
    if not inbox.is_exercise:
        raise Refused(
            sentence("this inbox is real; only an exercise has a debrief"),
            sentence("open the inbox in the folder of the exercise"),
        )
    with inbox.transaction() as session:
        if queries_office.deployment(session) != known.deployment:
            raise Refused(
                sentence("{folder} belongs to another exercise", folder=folder),
                sentence("give the folder in which this inbox is"),
            )
        numbers = queries_cases.numbers_by_case_id(session)
    lines = journal_actions.read(inbox, who, Wanted()).lines
    cases = {each.report: numbers.get(_case_id(known, each.token)) for each in known.players}
    steps = {each.id: each for each in programme.load().steps}
    begins = _begins(known, lines)
    parts = tuple(
        Part(steps[each.step], each.at, tuple(_findings(steps[each.step], cases, lines, begins[each.step])))
        for each in known.released
        if each.step in steps
    )
    return Debrief(parts, sum(each.entry is None for each in lines), who.today)


def _begins(known: State, lines: Sequence[Line]) -> dict[str, int]:
    """Return the first entry of the journal that can be an answer to each released step.

    It records that officers collected the bundle of the step. If nothing arrives with the step, the bundle of
    the step before counts, because officers need not collect another bundle first.
    """
    entries = [line.entry for line in lines if line.entry and line.entry.action in _COLLECTING]
    collected = {each.values["bundle"]: each.n for each in reversed(entries)}
    never = max((line.n for line in lines), default=0) + 1
    begins, last = dict[str, int](), 0
    for bundle, each in enumerate(known.released, 1):
        if programme.arrives_something(each.step):
            last = collected.get(bundle, never)
        begins[each.step] = last
    return begins


def _findings(
    step: Step, cases: Mapping[str, int | None], lines: Sequence[Line], begins: int
) -> Iterator[Finding]:
    entries = [line.entry for line in lines if line.entry]
    is_whole = len(entries) == len(lines)
    seen = {each.case for each in entries}
    for expected in step.expected:
        case = cases.get(expected.report)
        fitting = [
            each
            for each in entries
            if each.action in expected.actions and (not expected.report or each.case == case is not None)
        ]
        earlier = next(iter(fitting), None)
        found = next((each for each in fitting if each.n >= begins), earlier)
        if case is not None and case not in seen and not is_whole:
            result = Result.HIDDEN
        elif expected.is_avoided:
            result = Result.DISCUSS if found else Result.AVOIDED
        elif found:
            result = Result.DONE if found.n >= begins else Result.EARLIER
        else:
            result = Result.MISSING
        officers = tuple(found.officers) if found else ()
        yield Finding(expected, result, case, found.n if found else None, officers)


def _case_id(known: State, token: bytes) -> bytes:
    return casetoken.derive(token, known.deployment).case_id
