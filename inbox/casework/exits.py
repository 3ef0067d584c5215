"""The exits of a case, and a matrix of the obstacles to each exit.

Three exits end a case: it is closed, junk or destroyed. Two more exits disclose or withhold part of a case:
the answer to an access request, and the decision whether to inform the persons concerned. Quarantine is not
an exit: it hides a case immediately, and nothing may delay this step.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum, auto

from sqlalchemy.orm import Session

from inbox.access import declarations, named
from inbox.casework import prosecutor_word, withholding
from inbox.deadlines import bonds, legal_duties, proceedings, workflow
from inbox.deadlines.obstacles import Obstacle
from inbox.deadlines.retention_schedule import Due
from inbox.language import labels
from inbox.language.errors import CaseRefused, Locked, Refused, Undeclared
from inbox.language.labels import Labelled
from inbox.language.messages import Sentence, joined, sentence
from inbox.law import in_use
from inbox.questionnaire import answers, scoring
from inbox.session.actions import TABLE, Code
from inbox.vault import queries_cases
from templates.law.rules import DutyRole


class Exit(StrEnum):
    """A way to end a case, or to disclose or withhold part of it."""

    CLOSE = "close"
    JUNK = "junk"
    DESTROY = "destroy"
    ACCESS = "access"
    PERSONS = "persons"

    @property
    def code(self) -> Code:
        """The code of the exit in the journal."""
        return _CODES[self]


_CODES = {
    Exit.CLOSE: Code.CLOSE,
    Exit.JUNK: Code.JUNK,
    Exit.DESTROY: Code.DESTROY_CASES,
    Exit.ACCESS: Code.ANSWER_ACCESS,
    Exit.PERSONS: Code.DECIDE,
}


class Need(Enum):
    """What it takes to overcome an obstacle."""

    NOTHING = auto()
    REASON = auto()
    SECOND_OFFICER = auto()
    LIFTED = auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """What an exit requires if there is an obstacle, in addition to what ``TABLE`` always requires.

    Any of the actions in ``lifted_by`` removes the obstacle. If ``a_day`` is true, the obstacle also ends on
    a certain day. The obstacle does not count if any of the obstacles in ``unless`` also exists.
    """

    need: Need
    lifted_by: tuple[Code, ...] = ()
    a_day: bool = False
    unless: tuple[Obstacle, ...] = ()


_FREE = Cell(Need.NOTHING)
_REASON = Cell(Need.REASON)
_SECOND_OFFICER = Cell(Need.SECOND_OFFICER)


def _blocked(*lifted_by: Code, a_day: bool = False, unless: tuple[Obstacle, ...] = ()) -> Cell:
    return Cell(Need.LIFTED, lifted_by, a_day, unless)


def _row(
    *,
    close: Cell = _FREE,
    junk: Cell = _FREE,
    destroy: Cell = _FREE,
    access: Cell = _FREE,
    persons: Cell = _FREE,
) -> Mapping[Exit, Cell]:
    return {
        Exit.CLOSE: close, Exit.JUNK: junk, Exit.DESTROY: destroy, Exit.ACCESS: access, Exit.PERSONS: persons
    }  # fmt: skip


def _every(cell: Cell) -> Mapping[Exit, Cell]:
    return dict.fromkeys(Exit, cell)


def _in_quarantine() -> Mapping[Exit, Cell]:
    """Return what quarantine blocks: every exit that shows part of a report, according to ``TABLE``.

    Closing a case in quarantine takes two officers. Otherwise one officer could quarantine a case to close it
    unread.
    """
    lifted = _blocked(Code.LIFT_QUARANTINE)
    return {way: _FREE if TABLE[way.code].quarantine else lifted for way in Exit} | {
        Exit.CLOSE: _SECOND_OFFICER
    }


MATRIX: Mapping[Obstacle, Mapping[Exit, Cell]] = {
    # An officer who closes a case makes a statement about its contents. An officer who decides whether to
    # inform the persons concerned knows who they are. Nobody can declare or read a case in quarantine, or
    # work on it, but such a case must not be kept for ever. For a case in quarantine, a second officer is
    # required instead of the declaration and the decision.
    Obstacle.UNDECLARED: _row(
        close=_blocked(Code.DECLARE, unless=(Obstacle.QUARANTINE,)),
        junk=_blocked(Code.DECLARE),
        access=_blocked(Code.DECLARE),
        persons=_blocked(Code.DECLARE, unless=(Obstacle.QUARANTINE,)),
    ),
    Obstacle.CLOSED: _row(close=_blocked(Code.REOPEN), junk=_blocked(Code.REOPEN)),
    Obstacle.JUNK: _row(junk=_blocked(Code.RECOVER)),
    Obstacle.OPEN: _row(destroy=_blocked(Code.CLOSE, Code.CLOSE_BY_TWO, Code.JUNK)),
    # Neither a hold nor pending proceedings prevent officers from closing a case, because the rows of a
    # closed case are kept.
    Obstacle.HELD: _row(junk=_blocked(Code.RELEASE_HOLD), destroy=_blocked(Code.RELEASE_HOLD)),
    Obstacle.PROCEEDINGS: _row(
        junk=_blocked(Code.END_PROCEEDINGS, Code.REMOVE_PROCEEDINGS),
        destroy=_blocked(Code.END_PROCEEDINGS, Code.REMOVE_PROCEEDINGS),
        access=_blocked(Code.END_PROCEEDINGS, Code.REMOVE_PROCEEDINGS, Code.NOTE_UNOPPOSED),
    ),
    # An urgent case stays urgent even after the work is done. If officers lowered the score of a case only to
    # close the case, this would falsify the record.
    Obstacle.URGENT: _row(close=_SECOND_OFFICER, junk=_blocked(Code.JUDGE)),
    Obstacle.DANGER: _row(
        close=_blocked(Code.RECORD_MEASURE, unless=(Obstacle.QUARANTINE,)),
        junk=_blocked(Code.RECORD_MEASURE),
    ),
    # Officers may judge junk by its first line and mark many cases at once. Otherwise nobody could clear a
    # flood of reports.
    Obstacle.NEW: _row(close=_blocked(Code.SHOW, unless=(Obstacle.QUARANTINE,))),
    Obstacle.UNREAD: _row(
        close=_blocked(Code.SHOW, unless=(Obstacle.QUARANTINE,)),
        junk=_blocked(Code.SHOW),
        destroy=_blocked(Code.SHOW, unless=(Obstacle.QUARANTINE,)),
    ),
    Obstacle.PORTAL: _row(destroy=_blocked(Code.COLLECT)),
    # No reason allows destroying a case before it is due, because a judge could be about to ask for the case.
    # A text that must be removed earlier can be redacted.
    Obstacle.NOT_DUE: _row(destroy=_blocked(a_day=True)),
    # If the clock is ahead, by mistake or on purpose, a case could seem due too early. If there is no longer
    # a portal that could state the date, two officers confirm it. The journal records the reason of the two
    # officers, and the oversight figures count the action.
    Obstacle.ONE_CLOCK: _row(destroy=Cell(Need.REASON, (Code.COLLECT,))),
    # The archives' approval is for this case in its present state. After any later action, the archives must
    # be asked again.
    Obstacle.VISA: _row(destroy=_blocked(Code.RECORD_VISA)),
    # A transmission opens proceedings, which are themselves an obstacle to junk and destruction.
    Obstacle.PROSECUTOR: _row(
        close=_blocked(Code.DECIDE_BY_TWO),
        junk=_blocked(Code.DECIDE_BY_TWO),
        destroy=_blocked(Code.DECIDE_BY_TWO),
        access=_blocked(Code.DECIDE_BY_TWO),
    ),
    # A deferred decision is enough to close a case. A deferred decision is not enough to destroy the case,
    # because nobody could take the decision afterwards. Officers can mark a report as junk without this
    # decision if no answer names anybody. By doing so, the two officers decide to inform nobody.
    Obstacle.PERSONS: _row(
        close=_blocked(Code.DECIDE, Code.DECIDE_BY_TWO),
        junk=_blocked(Code.DECIDE_BY_TWO),
        destroy=_blocked(Code.DECIDE_BY_TWO, unless=(Obstacle.JUNK,)),
        access=_blocked(Code.DECIDE_BY_TWO),
    ),
    Obstacle.PUT_OFF: _row(
        junk=_blocked(Code.DECIDE_BY_TWO),
        destroy=_blocked(Code.DECIDE_BY_TWO),
        access=_blocked(Code.DECIDE_BY_TWO),
    ),
    # Nobody may read a case in quarantine, so nobody can take this decision. Instead, two officers must close
    # such a case. Marking a case as junk also requires two officers instead of the decision.
    Obstacle.ADMISSIBILITY: _row(
        close=_blocked(Code.DECIDE, Code.DECIDE_BY_TWO, unless=(Obstacle.QUARANTINE,)),
        destroy=_blocked(Code.DECIDE, Code.DECIDE_BY_TWO, unless=(Obstacle.QUARANTINE, Obstacle.JUNK)),
    ),
    # Once a case is destroyed, nobody can take the remaining decisions on it.
    Obstacle.UNDECIDED: _row(destroy=_blocked(Code.DECIDE, Code.DECIDE_BY_TWO)),
    # A case that a request concerns must not disappear before the answer, whatever the answer is. Junk would
    # soon disappear.
    Obstacle.REQUEST: _row(junk=_blocked(Code.ANSWER_ACCESS), destroy=_blocked(Code.ANSWER_ACCESS)),
    # The case is also investigated on behalf of its duplicate. If the case were junk, nobody would
    # investigate the case or its duplicate.
    Obstacle.REPEATED: _row(junk=_blocked(Code.REOPEN, Code.UNLINK)),
    # If officers have decided on an outcome, only this outcome is possible. Officers who want another outcome
    # have to decide again.
    Obstacle.PREPARED: _row(close=_blocked(Code.DECIDE_BY_TWO)),
    Obstacle.UNPREPARED: _row(close=_blocked(Code.DECIDE_BY_TWO)),
    Obstacle.WITHHELD: _row(close=_REASON),
    Obstacle.UNREACHABLE: _row(close=_REASON),
    Obstacle.UNTOLD: _row(close=Cell(Need.REASON, (Code.REPLY,))),
    Obstacle.CAUTIONED: _row(close=_REASON),
    # Until officers decide whether to inform the prosecutor, the prosecutor's word counts as missing.
    # Otherwise, the persons concerned would be warned.
    Obstacle.NO_WORD: _row(
        close=_blocked(Code.RECORD_MEASURE, Code.END_PROCEEDINGS),
        persons=_blocked(Code.RECORD_MEASURE, Code.END_PROCEEDINGS),
    ),
    Obstacle.BY_TWO: _row(close=_SECOND_OFFICER, junk=_SECOND_OFFICER),
    Obstacle.EXCLUDED: _every(_blocked(Code.LIFT_CONFLICT)),
    Obstacle.ENTRUSTED: _every(_blocked(Code.OPEN_TO_ALL, Code.ENTRUST, Code.BREAK_GLASS)),
    Obstacle.QUARANTINE: _in_quarantine(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An exit that officers request on a certain day, with the reason that they gave, if any.

    ``also`` lists the obstacles that depend on the request, each with its own reason. ``code`` is the action;
    None means the usual action of the exit. ``officers`` is the minimum number of officers who take the
    action. For a destruction, ``due`` is the entry in the retention schedule, or None while the case is open.
    ``request`` is the number of the access request to answer.
    """

    way: Exit
    today: date
    reason: str = ""
    also: Mapping[Obstacle, str] = field(default_factory=dict)
    code: Code | None = None
    officers: int = 1
    due: Due | None = None
    request: int | None = None

    @property
    def action(self) -> Code:
        """The action by which the case takes this exit."""
        return self.code or self.way.code

    @property
    def takes_two(self) -> bool:
        """Whether the action takes two officers."""
        return max(TABLE[self.action].officers, self.officers) > 1


def obstacles(session: Session, number: int, asked: Asked) -> list[Obstacle]:
    """Return the obstacles between a case and an exit, in the order of ``MATRIX``.

    Raises the same errors as ``queries_cases.case`` if the acting officers may not see the case. The acting
    officers may not see an unknown case, a case in quarantine, a case that is restricted to other handlers,
    or a case from which one of them is excluded.
    """
    queries_cases.case(session, number)
    cells = [(what, row[asked.way]) for what, row in MATRIX.items()]
    counted = {what for what, cell in cells if cell.need is not Need.NOTHING}
    counted.update(*(cell.unless for _, cell in cells))
    return _in_the_way(asked.way, {what for what in counted if _stands(session, number, what, asked)})


def depending(session: Session, number: int) -> list[Obstacle]:
    """Return the obstacles to closing that depend on an outcome not yet chosen, in the order of ``MATRIX``.

    These obstacles matter in two situations: if the reporter may be told more than that the case is closed,
    and if the reporter cannot be told anything.
    """
    found = {
        Obstacle.NO_WORD: prosecutor_word.binds_outcome(session, number),
        Obstacle.BY_TWO: ends_by_two(session, number),
        Obstacle.UNREACHABLE: queries_cases.case(session, number).mailbox is None,
    }
    return [what for what in MATRIX if found.get(what)]


def ends_by_two(session: Session, number: int) -> bool:
    """Return whether it takes two officers to end a case, whatever its outcome.

    A case that nobody has scored may be about an offence, so ending such a case takes two officers.
    Otherwise, one officer alone could end an unscored case without a decision. If two officers have ended a
    case before, one officer alone may not change how it ends.
    """
    is_undecided = legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR)
    return is_undecided or workflow.of(session, number).by_two


def check(session: Session, number: int, asked: Asked, but: Collection[Obstacle] = ()) -> None:
    """Check that no obstacle stops an exit, except obstacles that the request overrules.

    Obstacles in ``but`` are ignored, because the caller is about to remove them. Raises CaseRefused, with a
    hint on how to remove the obstacle. Raises Undeclared. Raises Locked if one officer requests an exit that
    takes two. Also raises the same errors as ``obstacles``.
    """
    for what in obstacles(session, number, asked):
        if what not in but and is_stopped(what, asked):
            raise _refused(session, number, what, asked)


def is_stopped(what: Obstacle, asked: Asked) -> bool:
    """Return whether an existing obstacle stops an exit that is requested in this way."""
    match MATRIX[what][asked.way].need:
        case Need.NOTHING:
            return False
        case Need.REASON:
            return not asked.also.get(what, asked.reason).strip()
        case Need.SECOND_OFFICER:
            return not asked.takes_two
        case Need.LIFTED:
            return True


def why(session: Session, number: int, what: Obstacle, due: Due | None = None) -> Labelled:
    """Return the label of an obstacle between a case and an exit, with the obstacle's date if it has one.

    For a destruction, ``due`` is the entry in the retention schedule.
    """
    if what in anew(session, number):
        return labels.said("obstacle_anew", what)
    day = due.day if due else legal_duties.put_off_until(session, number)
    return labels.said("obstacle", what, day=day)


def anew(session: Session, number: int) -> Collection[Obstacle]:
    """Return the obstacles on which officers have already decided, but must decide again."""
    open_again = {row.kind for row in legal_duties.of(session, number) if legal_duties.is_anew(row)}
    law = in_use.of(session)
    return [what for what, role in ROLES.items() if law.duty(role) in open_again]


def what_to_do(session: Session, number: int, what: Obstacle, way: Exit) -> Sentence:
    """Return what to do about an obstacle to an exit, before anybody has tried this exit."""
    if MATRIX[what][way].need is Need.SECOND_OFFICER:
        return sentence("two officers must close the case together")
    return _hint(session, number, what, way)


def takes_two(way: Exit, obstacles: Iterable[Obstacle]) -> bool:
    """Return whether an exit takes a second officer because of these obstacles."""
    return any(MATRIX[what][way].need is Need.SECOND_OFFICER for what in obstacles)


def is_due(due: Due, today: date) -> bool:
    """Return whether a case can be destroyed now, because nothing in the schedule forbids it."""
    return not _in_the_way(Exit.DESTROY, _scheduled(due, today))


def waits_for_portal_day(due: Due, today: date) -> bool:
    """Return whether a case could be destroyed now, but only according to this machine's clock."""
    return _in_the_way(Exit.DESTROY, _scheduled(due, today)) == [Obstacle.ONE_CLOCK]


def waits_for_visa(due: Due, today: date) -> bool:
    """Return whether a destruction lacks only the archives' approval, and perhaps a date from the portal."""
    return {*_in_the_way(Exit.DESTROY, _scheduled(due, today))} - {Obstacle.ONE_CLOCK} == {Obstacle.VISA}


def waits_for(due: Due) -> list[Obstacle]:
    """Return the obstacles to destroying a case, except its due day, in the order of ``MATRIX``."""
    return _in_the_way(Exit.DESTROY, due.facts)


def _in_the_way(way: Exit, found: Collection[Obstacle]) -> list[Obstacle]:
    """Return the existing obstacles that this exit has to consider."""
    cells = [(what, row[way]) for what, row in MATRIX.items() if what in found]
    counted = [(what, cell) for what, cell in cells if cell.need is not Need.NOTHING]
    return [what for what, cell in counted if not any(other in found for other in cell.unless)]


def _stands(session: Session, number: int, what: Obstacle, asked: Asked) -> bool:
    if what in asked.also:
        return True
    if what in _FACTS:
        return _FACTS[what](session, number, asked)
    return what in _scheduled(asked.due, asked.today)


def _scheduled(due: Due | None, today: date) -> Collection[Obstacle]:
    """Return the obstacles in the retention schedule; it has no entry for an open case."""
    if due is None:
        return {Obstacle.OPEN}
    if today < due.day:
        return due.facts | {Obstacle.NOT_DUE}
    return due.facts | {Obstacle.ONE_CLOCK} if due.by_one_clock else due.facts


def _is_put_off(session: Session, number: int, asked: Asked) -> bool:
    until = legal_duties.put_off_until(session, number)
    return until is not None and asked.today < until


def _is_open(role: DutyRole) -> Callable[[Session, int, Asked], bool]:
    return lambda session, number, _: legal_duties.is_open(session, number, role)


def _is_prosecutor_open(session: Session, number: int, asked: Asked) -> bool:
    """Return whether the decision on informing the prosecutor is pending.

    For the answer to a request, the decision counts as pending even if no rule asked for it.
    """
    if asked.request is not None:
        return legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR)
    return legal_duties.is_open(session, number, DutyRole.PROSECUTOR)


def _is_other_open(session: Session, number: int, _: Asked) -> bool:
    return bool(legal_duties.undecided_others(session, number))


def _are_persons_open(session: Session, number: int, asked: Asked) -> bool:
    if _is_put_off(session, number, asked):
        return False
    if asked.way is Exit.ACCESS:
        return withholding.is_undecided(session, number)
    is_open = legal_duties.is_open(session, number, DutyRole.PERSONS)
    return is_open and (asked.way is not Exit.JUNK or _names_somebody(session, number))


def _names_somebody(session: Session, number: int) -> bool:
    """Return whether the report's answer on persons concerned names anybody."""
    return bool(answers.of(queries_cases.case(session, number)).get(scoring.questions().persons))


def _are_proceedings_open(session: Session, number: int, asked: Asked) -> bool:
    if asked.request is not None:
        return withholding.is_pending(session, asked.request, number)
    return proceedings.pursuing(session, number) is not None


def _is_urgent(session: Session, number: int, _: Asked) -> bool:
    return workflow.of(session, number).parts.priority <= in_use.of(session).obstacles.urgent.value


def is_danger_open(session: Session, number: int) -> bool:
    """Return whether somebody is in danger (``Workflow.in_danger``) and no measure answers the danger."""
    if not workflow.of(session, number).in_danger:
        return False
    return legal_duties.measures_on(session, number).isdisjoint(legal_duties.answering_danger(session))


# Each of these obstacles exists until officers decide on the legal duty that has the role beside it.
ROLES = {
    Obstacle.PROSECUTOR: DutyRole.PROSECUTOR,
    Obstacle.PERSONS: DutyRole.PERSONS,
    Obstacle.ADMISSIBILITY: DutyRole.ADMISSIBILITY,
}

# All obstacles that do not come from the retention schedule.
_FACTS: Mapping[Obstacle, Callable[[Session, int, Asked], bool]] = {
    Obstacle.UNDECLARED: lambda session, number, _: bool(declarations.missing(session, number)),
    Obstacle.CLOSED: lambda session, number, _: workflow.of(session, number).closed is not None,
    Obstacle.JUNK: lambda session, number, _: workflow.of(session, number).junked is not None,
    Obstacle.PROCEEDINGS: _are_proceedings_open,
    Obstacle.HELD: lambda session, number, _: proceedings.holding(session, number) is not None,
    Obstacle.URGENT: _is_urgent,
    Obstacle.DANGER: lambda session, number, _: is_danger_open(session, number),
    Obstacle.NEW: lambda session, number, _: queries_cases.case(session, number).new,
    Obstacle.UNREAD: lambda session, number, _: queries_cases.is_unread(session, number),
    Obstacle.PROSECUTOR: _is_prosecutor_open,
    Obstacle.ADMISSIBILITY: _is_open(DutyRole.ADMISSIBILITY),
    Obstacle.PERSONS: _are_persons_open,
    Obstacle.UNDECIDED: _is_other_open,
    Obstacle.PUT_OFF: _is_put_off,
    Obstacle.QUARANTINE: lambda session, number, _: workflow.of(session, number).quarantined is not None,
    Obstacle.REQUEST: lambda session, number, _: bool(named.may_wait(session, [number])),
    Obstacle.REPEATED: lambda session, number, _: _repeated_by(session, number) is not None,
}


def _repeated_by(session: Session, number: int) -> int | None:
    """Return a case that ended as the duplicate of this case, or None."""
    return bonds.ended_by(session, number, in_use.of(session).linked)


def _refused(session: Session, number: int, what: Obstacle, asked: Asked) -> Refused:
    if MATRIX[what][asked.way].need is Need.SECOND_OFFICER:
        return Locked(2)
    if what is Obstacle.UNDECLARED:
        return Undeclared([number], declarations.missing(session, number))
    if what is Obstacle.NO_WORD and asked.way is Exit.PERSONS:
        return prosecutor_word.refused_informing(session, number)
    if what is Obstacle.NO_WORD:
        return prosecutor_word.refused(session, number)
    said = sentence("case {number}: {why}", number=number, why=why(session, number, what, asked.due))
    said = bonds.because_of(said, number, _standing_in(session, number, what))
    return CaseRefused(said, _hint(session, number, what, asked.way))


def _standing_in(session: Session, number: int, what: Obstacle) -> int:
    """Return the case that causes an obstacle: this case, or a case bound to it."""
    match what:
        case Obstacle.HELD:
            return proceedings.holding(session, number) or number
        case Obstacle.PROCEEDINGS:
            return proceedings.pursuing(session, number) or number
        case Obstacle.REPEATED:
            return _repeated_by(session, number) or number
        case _:
            return number


def _hint(session: Session, number: int, what: Obstacle, way: Exit) -> Sentence:
    if what is Obstacle.NO_WORD:
        return prosecutor_word.hint(session, number)
    if way is Exit.ACCESS and what is Obstacle.PROCEEDINGS:
        return sentence(
            "if the proceedings are judicial, ask the prosecutor, then record that the prosecutor does"
            " not object: inbox request unopposed {number} --request REQUEST --day DAY --reference"
            " TEXT; if they are disciplinary, inform the person first",
            number=number,
        )
    if way is Exit.JUNK and what is Obstacle.PROCEEDINGS:
        return sentence(
            "a case with proceedings is not junk: try again without the case, or close it; if a"
            " measure was recorded by mistake, retract the measure: inbox case measure retract"
            " {number} POSITION --reason TEXT",
            number=_standing_in(session, number, what),
        )
    if what is Obstacle.REQUEST and _is_undeclared(session, number):
        return sentence(
            "answer the access request first: inbox request list; or declare that you have no"
            " conflict of interest, then look at the case: inbox case declare {number}",
            number=number,
        )
    if what is Obstacle.REQUEST and (only := _only_may_name(session, number)):
        return sentence(
            "answer the access request first; or, if the name in the case belongs to somebody else,"
            " record a namesake: inbox request namesake {number} --request {request} --reason TEXT",
            number=number,
            request=min(only),
        )
    decide = _to_decide(session, number, what, way)
    return decide or _hints(_standing_in(session, number, what), number)[what]


def _is_undeclared(session: Session, number: int) -> bool:
    return bool(declarations.missing(session, number)) and not declarations.is_shut(session, number)


def _only_may_name(session: Session, number: int) -> Collection[int]:
    """Return the requests of persons whom a case names only by family name, if the case may be read."""
    if number not in declarations.may_be_tried(session, [number]) or named.meant_in(session, number):
        return ()
    return named.waiting_for(session, number)


def _to_decide(session: Session, number: int, what: Obstacle, way: Exit) -> Sentence | None:
    """Return what to decide or record about an obstacle; None if its hint is always the same."""
    match what:
        case Obstacle.UNPREPARED:
            choices = "|".join(legal_duties.preparing(session))
        case Obstacle.PREPARED:
            choices = legal_duties.settling(session, DutyRole.ADMISSIBILITY)
            return sentence(
                "close the case as {outcome}, or change the decision: inbox case decide {number} {choices}"
                " --reason TEXT",
                outcome=labels.said("outcome", legal_duties.prepared(session, number)),
                number=number,
                choices=choices,
            )
        case Obstacle.DANGER:
            kinds = [labels.named("measure", code) for code in legal_duties.answering_danger(session)]
            return sentence(
                "first record a measure in response to the danger: inbox case measure add {number}"
                " KIND; KIND is one of: {kinds}",
                number=number,
                kinds=joined(kinds),
            )
        case Obstacle.PUT_OFF:
            return sentence(
                "try again without case {number}, or decide again: inbox case decide {number} {choices}"
                " --reason TEXT",
                number=number,
                choices=_deciding(session, DutyRole.PERSONS, way),
            )
        case _ if what in ROLES:
            choices = _deciding(session, ROLES[what], way)
        case _:
            return None
    return sentence(
        "make this decision first: inbox case decide {number} {choices} --reason TEXT",
        number=number,
        choices=choices,
    )


def _deciding(session: Session, role: DutyRole, way: Exit) -> str:
    """Return the decisions that remove an obstacle, except those that an access request forbids."""
    if way is Exit.ACCESS and role is DutyRole.PERSONS:
        return legal_duties.informing(session)
    return legal_duties.settling(session, role)


def _hints(number: int, leaving: int) -> Mapping[Obstacle, Sentence]:
    """Return what to do about each obstacle in case ``number``, so that case ``leaving`` can take an exit."""
    return {
        Obstacle.CLOSED: sentence(
            "reopen the case first: inbox case reopen {number} --reason TEXT", number=number
        ),
        Obstacle.JUNK: sentence(
            "try again without case {number}, or bring it back into the queue first: inbox case unjunk"
            " {number}",
            number=number,
        ),
        Obstacle.OPEN: sentence("close the case first: inbox case close {number} OUTCOME", number=number),
        Obstacle.HELD: sentence(
            "release the case first: inbox retention unhold {number} --reason TEXT", number=number
        ),
        Obstacle.PROCEEDINGS: sentence(
            "when the proceedings and the time for appeals have ended, two officers record the final"
            " decision: inbox case measure add {number} KIND",
            number=number,
        ),
        Obstacle.URGENT: sentence(
            "if the case can wait, lower its score first: inbox case set-score {number} --danger 0"
            " --reason TEXT",
            number=number,
        ),
        Obstacle.NEW: sentence("read the case first: inbox case show {case}", case=number),
        Obstacle.UNREAD: sentence("read the case first: inbox case show {case}", case=number),
        Obstacle.PORTAL: sentence(
            "make an outbox, carry it over, and collect the next bundle: inbox exchange outbox --out DIR;"
            " inbox exchange collect BUNDLE"
        ),
        Obstacle.NOT_DUE: sentence(
            "wait until the due day; if some content must be removed earlier, redact that content:"
            " inbox case redact {number}",
            number=number,
        ),
        Obstacle.ONE_CLOCK: sentence(
            "export a bundle from the portal now, and collect it; if the portal no longer exists,"
            " two officers can confirm today's date: inbox retention destroy {number} --reason TEXT",
            number=number,
        ),
        Obstacle.VISA: sentence(
            "list the case for the archives, then record the archives' visa: inbox retention visa"
            " request {number} --out FOLDER; inbox retention visa add LIST --day DAY --reference TEXT",
            number=number,
        ),
        Obstacle.UNDECIDED: sentence(
            "make the pending decision first: inbox case decide {number} CHOICE --reason TEXT;"
            " inbox case show {number} lists the pending decisions",
            number=number,
        ),
        Obstacle.REQUEST: sentence("answer the access request first: inbox request list"),
        Obstacle.REPEATED: sentence(
            "try again without case {leaving}, or reopen case {number} and investigate it: inbox case"
            " reopen {number} --reason TEXT; if the two cases are not about the same facts, unlink them:"
            " inbox case link remove {leaving} {number}",
            number=number,
            leaving=leaving,
        ),
        Obstacle.UNREACHABLE: sentence(
            "close the case without a text for the reporter: --disclosure withheld --reason TEXT"
        ),
        Obstacle.UNTOLD: sentence(
            "add a text for the reporter: --text-file FILE; or first send a reply that counts as"
            " feedback: inbox message reply CASE --feedback; or close the case without telling the"
            " reporter the outcome: --disclosure withheld --reason TEXT"
        ),
        Obstacle.WITHHELD: sentence("give the reason: --reason TEXT"),
    }
