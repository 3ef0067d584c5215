"""How a case leaves, and what stands in its way: one matrix, which every exit asks and nothing else decides.

Exits are its end (closed, junk, destroyed) and the two answers by which something of it is given or withheld:
that to a person who asks what is held on them, and whether the persons concerned are informed. Quarantine is
no exit: it hides a case at once, and nothing may delay it.
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
    """How a case, or something of it, leaves."""

    CLOSE = "close"
    JUNK = "junk"
    DESTROY = "destroy"
    ACCESS = "access"
    PERSONS = "persons"

    @property
    def code(self) -> Code:
        """What the journal calls it."""
        return _CODES[self]


_CODES = {
    Exit.CLOSE: Code.CLOSE,
    Exit.JUNK: Code.JUNK,
    Exit.DESTROY: Code.DESTROY_CASES,
    Exit.ACCESS: Code.ANSWER_ACCESS,
    Exit.PERSONS: Code.DECIDE,
}


class Need(Enum):
    """What it takes to leave past an obstacle."""

    NOTHING = auto()
    REASON = auto()
    SECOND_OFFICER = auto()
    LIFTED = auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """What an exit needs where there is an obstacle, beside what ``TABLE`` says that it always needs.

    ``lifted_by`` are the actions of which each takes the obstacle away; so does a day if it has ``a_day``.
    Beside one of ``unless`` the obstacle does not count.
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
    """Return what quarantine blocks: every exit that shows something of a report, as ``TABLE`` says.

    Two officers close such a case: one alone could put it there to close it unread.
    """
    lifted = _blocked(Code.LIFT_QUARANTINE)
    return {way: _FREE if TABLE[way.code].quarantine else lifted for way in Exit} | {
        Exit.CLOSE: _SECOND_OFFICER
    }


MATRIX: Mapping[Obstacle, Mapping[Exit, Cell]] = {
    # Whoever closes a case says what is in it; whoever decides whether whom it names is informed knows whom.
    # Nobody can declare, read or act on one in quarantine, and it must not be kept for ever: there, a second
    # officer takes the place of these.
    Obstacle.UNDECLARED: _row(
        close=_blocked(Code.DECLARE, unless=(Obstacle.QUARANTINE,)),
        junk=_blocked(Code.DECLARE),
        access=_blocked(Code.DECLARE),
        persons=_blocked(Code.DECLARE, unless=(Obstacle.QUARANTINE,)),
    ),
    Obstacle.CLOSED: _row(close=_blocked(Code.REOPEN), junk=_blocked(Code.REOPEN)),
    Obstacle.JUNK: _row(junk=_blocked(Code.RECOVER)),
    Obstacle.OPEN: _row(destroy=_blocked(Code.CLOSE, Code.CLOSE_BY_TWO, Code.JUNK)),
    # A case may be closed while a procedure goes on elsewhere: its rows are kept.
    Obstacle.HELD: _row(junk=_blocked(Code.RELEASE_HOLD), destroy=_blocked(Code.RELEASE_HOLD)),
    Obstacle.PROCEEDINGS: _row(
        junk=_blocked(Code.END_PROCEEDINGS, Code.REMOVE_PROCEEDINGS),
        destroy=_blocked(Code.END_PROCEEDINGS, Code.REMOVE_PROCEEDINGS),
        access=_blocked(Code.END_PROCEEDINGS, Code.REMOVE_PROCEEDINGS, Code.NOTE_UNOPPOSED),
    ),
    # An urgent case stays so when all is done: a score lowered only to close it would be a false record.
    Obstacle.URGENT: _row(close=_SECOND_OFFICER, junk=_blocked(Code.JUDGE)),
    Obstacle.DANGER: _row(
        close=_blocked(Code.RECORD_MEASURE, unless=(Obstacle.QUARANTINE,)),
        junk=_blocked(Code.RECORD_MEASURE),
    ),
    # Junk may be marked by its first line, many at once: otherwise nobody could clear a flood.
    Obstacle.NEW: _row(close=_blocked(Code.SHOW, unless=(Obstacle.QUARANTINE,))),
    Obstacle.UNREAD: _row(
        close=_blocked(Code.SHOW, unless=(Obstacle.QUARANTINE,)),
        junk=_blocked(Code.SHOW),
        destroy=_blocked(Code.SHOW, unless=(Obstacle.QUARANTINE,)),
    ),
    Obstacle.PORTAL: _row(destroy=_blocked(Code.COLLECT)),
    # Whatever the reason: it could be what a judge is about to ask for. What must go earlier is struck.
    Obstacle.NOT_DUE: _row(destroy=_blocked(a_day=True)),
    # A clock that is ahead, by error or on purpose, brings any day. Where no portal is left to tell its own,
    # two officers answer for the day: the journal keeps their reason, and oversight counts it.
    Obstacle.ONE_CLOCK: _row(destroy=Cell(Need.REASON, (Code.COLLECT,))),
    # Of exactly this case, as it is: whatever is done to it afterwards asks the archives anew.
    Obstacle.VISA: _row(destroy=_blocked(Code.RECORD_VISA)),
    # What is transmitted opens proceedings, which stand in the way of junk and destruction by themselves.
    Obstacle.PROSECUTOR: _row(
        close=_blocked(Code.DECIDE_BY_TWO),
        junk=_blocked(Code.DECIDE_BY_TWO),
        destroy=_blocked(Code.DECIDE_BY_TWO),
        access=_blocked(Code.DECIDE_BY_TWO),
    ),
    # A decision that was put off is enough to close a case, but not to destroy it: nobody could take it then.
    # Two officers who find junk in which no answer names anybody decide that nobody is to be informed.
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
    # What nobody may read nobody can judge: there, the second officer who closes it takes the place of that,
    # as two officers do who find junk.
    Obstacle.ADMISSIBILITY: _row(
        close=_blocked(Code.DECIDE, Code.DECIDE_BY_TWO, unless=(Obstacle.QUARANTINE,)),
        destroy=_blocked(Code.DECIDE, Code.DECIDE_BY_TWO, unless=(Obstacle.QUARANTINE, Obstacle.JUNK)),
    ),
    # Nobody could take any other decision either once a case is gone.
    Obstacle.UNDECIDED: _row(destroy=_blocked(Code.DECIDE, Code.DECIDE_BY_TWO)),
    # What a request asks for must not vanish before the answer, whatever that is; junk soon would.
    Obstacle.REQUEST: _row(junk=_blocked(Code.ANSWER_ACCESS), destroy=_blocked(Code.ANSWER_ACCESS)),
    # It is looked into in place of its duplicate as well: else nobody would look into either.
    Obstacle.REPEATED: _row(junk=_blocked(Code.REOPEN, Code.UNLINK)),
    # The outcome is the one that was decided; who is of another mind decides anew.
    Obstacle.PREPARED: _row(close=_blocked(Code.DECIDE_BY_TWO)),
    Obstacle.UNPREPARED: _row(close=_blocked(Code.DECIDE_BY_TWO)),
    Obstacle.WITHHELD: _row(close=_REASON),
    Obstacle.UNREACHABLE: _row(close=_REASON),
    Obstacle.UNTOLD: _row(close=Cell(Need.REASON, (Code.REPLY,))),
    Obstacle.CAUTIONED: _row(close=_REASON),
    # Also while nobody has decided whether the prosecutor is told: the persons would be warned.
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
    """An exit as officers ask for it: on which day, and with which reason, if they gave one.

    ``also`` are obstacles that lie in what is asked, each with the reason that was given for it alone.
    ``code`` is the action by which it is done, None for that of the exit, and by how many ``officers`` at
    least. ``due`` is what the retention
    schedule says of the case, for its destruction; None while it is open. ``request`` is the number of the
    request for access that is to be answered.
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
        """The action by which it is done."""
        return self.code or self.way.code

    @property
    def takes_two(self) -> bool:
        """Whether that action takes two officers."""
        return max(TABLE[self.action].officers, self.officers) > 1


def obstacles(session: Session, number: int, asked: Asked) -> list[Obstacle]:
    """Return what stands between a case and an exit, in the order of ``MATRIX``.

    Raises as ``queries_cases.case`` where the case is not there for who acts: it is unknown or kept from
    somebody, for its handlers alone, or in quarantine.
    """
    queries_cases.case(session, number)
    cells = [(what, row[asked.way]) for what, row in MATRIX.items()]
    counted = {what for what, cell in cells if cell.need is not Need.NOTHING}
    counted.update(*(cell.unless for _, cell in cells))
    return _in_the_way(asked.way, {what for what in counted if _stands(session, number, what, asked)})


def depending(session: Session, number: int) -> list[Obstacle]:
    """Return the obstacles to closing that depend on the outcome, which is not chosen yet; as in ``MATRIX``.

    The reporter may be told more than that the case is closed, or cannot be told anything.
    """
    found = {
        Obstacle.NO_WORD: prosecutor_word.binds_outcome(session, number),
        Obstacle.BY_TWO: ends_by_two(session, number),
        Obstacle.UNREACHABLE: queries_cases.case(session, number).mailbox is None,
    }
    return [what for what in MATRIX if found.get(what)]


def ends_by_two(session: Session, number: int) -> bool:
    """Tell whether a case takes two officers to end, whatever its outcome.

    What nobody has scored may be an offence: one officer alone could end it without a decision. Nor does one
    officer end anew, as something else, what two ended.
    """
    is_undecided = legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR)
    return is_undecided or workflow.of(session, number).by_two


def check(session: Session, number: int, asked: Asked, but: Collection[Obstacle] = ()) -> None:
    """Return if nothing stands between a case and an exit, or nothing but what is overruled as asked.

    Nor do ``but``, for whoever is about to lift these. Raises as ``obstacles``, CaseRefused with how the
    obstacle is lifted, Undeclared, and Locked for an action of one officer where it takes two.
    """
    for what in obstacles(session, number, asked):
        if what not in but and is_stopped(what, asked):
            raise _refused(session, number, what, asked)


def is_stopped(what: Obstacle, asked: Asked) -> bool:
    """Tell whether an obstacle that is there stops an exit, asked for in this way."""
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
    """Return the label of an obstacle between a case and an exit, with its day if it has one.

    ``due`` is what the retention schedule says of the case, for its destruction.
    """
    if what in anew(session, number):
        return labels.said("obstacle_anew", what)
    day = due.day if due else legal_duties.put_off_until(session, number)
    return labels.said("obstacle", what, day=day)


def anew(session: Session, number: int) -> Collection[Obstacle]:
    """Return the obstacles that were lifted by a decision which is asked for again."""
    open_again = {row.kind for row in legal_duties.of(session, number) if legal_duties.is_anew(row)}
    law = in_use.of(session)
    return [what for what, role in ROLES.items() if law.duty(role) in open_again]


def what_to_do(session: Session, number: int, what: Obstacle, way: Exit) -> Sentence:
    """Return what to do about an obstacle between a case and an exit that nobody has tried yet."""
    if MATRIX[what][way].need is Need.SECOND_OFFICER:
        return sentence("two officers close it together")
    return _hint(session, number, what, way)


def takes_two(way: Exit, obstacles: Iterable[Obstacle]) -> bool:
    """Tell whether an exit takes a second officer where these stand in its way."""
    return any(MATRIX[what][way].need is Need.SECOND_OFFICER for what in obstacles)


def is_due(due: Due, today: date) -> bool:
    """Tell whether a case is to be destroyed now: nothing that the schedule says of it stands in the way."""
    return not _in_the_way(Exit.DESTROY, _scheduled(due, today))


def waits_for_portal_day(due: Due, today: date) -> bool:
    """Tell whether a case is to be destroyed now, but that only the clock of this machine says so."""
    return _in_the_way(Exit.DESTROY, _scheduled(due, today)) == [Obstacle.ONE_CLOCK]


def waits_for_visa(due: Due, today: date) -> bool:
    """Tell whether a case is to be destroyed now, but for the archives' visa, or the portal's day too."""
    return {*_in_the_way(Exit.DESTROY, _scheduled(due, today))} - {Obstacle.ONE_CLOCK} == {Obstacle.VISA}


def waits_for(due: Due) -> list[Obstacle]:
    """Return what but its day keeps a case from being destroyed, in the order of ``MATRIX``."""
    return _in_the_way(Exit.DESTROY, due.facts)


def _in_the_way(way: Exit, found: Collection[Obstacle]) -> list[Obstacle]:
    """Return those of the obstacles that are there that count for an exit."""
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
    """Return what the retention schedule says of a case; it has no open one."""
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
    """Tell whether it is to be decided if the prosecutor is told.

    Also where no rule asked for it, if something would be told by the exit.
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
    """Tell whether the answer that is for names has any."""
    return bool(answers.of(queries_cases.case(session, number)).get(scoring.questions().persons))


def _are_proceedings_open(session: Session, number: int, asked: Asked) -> bool:
    if asked.request is not None:
        return withholding.is_pending(session, asked.request, number)
    return proceedings.pursuing(session, number) is not None


def _is_urgent(session: Session, number: int, _: Asked) -> bool:
    return workflow.of(session, number).parts.priority <= in_use.of(session).obstacles.urgent.value


def is_danger_open(session: Session, number: int) -> bool:
    """Tell whether somebody is in danger (``Workflow.in_danger``) and no measure answers that."""
    if not workflow.of(session, number).in_danger:
        return False
    return legal_duties.measures_on(session, number).isdisjoint(legal_duties.answering_danger(session))


# What stands there until the duty of this role is decided.
ROLES = {
    Obstacle.PROSECUTOR: DutyRole.PROSECUTOR,
    Obstacle.PERSONS: DutyRole.PERSONS,
    Obstacle.ADMISSIBILITY: DutyRole.ADMISSIBILITY,
}

# All but what the retention schedule says of a case.
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
    """Return a case that ended as the duplicate of this one, None if none did."""
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
    """Return the case in which an obstacle lies: this one, or one that is bound to it."""
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
            "if they are judicial, ask the prosecutor, then record that there is no objection: inbox access"
            " unopposed {number} --request REQUEST --day DAY --reference TEXT; if they are disciplinary,"
            " inform the person first",
            number=number,
        )
    if way is Exit.JUNK and what is Obstacle.PROCEEDINGS:
        return sentence(
            "it is no junk: leave it out, or close it; what was noted by mistake is taken back: inbox retract"
            " {number} POSITION --reason TEXT",
            number=_standing_in(session, number, what),
        )
    if what is Obstacle.REQUEST and _is_undeclared(session, number):
        return sentence(
            "answer it first, or declare to have no interest in the case, so that it can be looked at: inbox"
            " declare {number}; inbox access list",
            number=number,
        )
    if what is Obstacle.REQUEST and (only := _only_may_name(session, number)):
        return sentence(
            "answer it first, or say whether the case means that person: inbox access namesake {number}"
            " --request {request} --reason TEXT",
            number=number,
            request=min(only),
        )
    decide = _to_decide(session, number, what, way)
    return decide or _hints(_standing_in(session, number, what), number)[what]


def _is_undeclared(session: Session, number: int) -> bool:
    return bool(declarations.missing(session, number)) and not declarations.is_shut(session, number)


def _only_may_name(session: Session, number: int) -> Collection[int]:
    """Return the requests of persons of whom a case has only the family name, if it may be read."""
    if number not in declarations.may_be_tried(session, [number]) or named.meant_in(session, number):
        return ()
    return named.waiting_for(session, number)


def _to_decide(session: Session, number: int, what: Obstacle, way: Exit) -> Sentence | None:
    """Return what is to be decided or recorded about an obstacle; None where its hint never differs."""
    match what:
        case Obstacle.UNPREPARED:
            choices = "|".join(legal_duties.preparing(session))
        case Obstacle.PREPARED:
            choices = legal_duties.settling(session, DutyRole.ADMISSIBILITY)
            return sentence(
                "close it as {outcome}, or decide anew: inbox decide {number} {choices} --reason TEXT",
                outcome=labels.said("outcome", legal_duties.prepared(session, number)),
                number=number,
                choices=choices,
            )
        case Obstacle.DANGER:
            kinds = [labels.named("measure", code) for code in legal_duties.answering_danger(session)]
            return sentence(
                "record first by which of these measures the danger is answered: inbox measure {number} KIND"
                " ({kinds})",
                number=number,
                kinds=joined(kinds),
            )
        case Obstacle.PUT_OFF:
            return sentence(
                "leave it out, or decide anew: inbox decide {number} {choices} --reason TEXT",
                number=number,
                choices=_deciding(session, DutyRole.PERSONS, way),
            )
        case _ if what in ROLES:
            choices = _deciding(session, ROLES[what], way)
        case _:
            return None
    return sentence(
        "do that first: inbox decide {number} {choices} --reason TEXT", number=number, choices=choices
    )


def _deciding(session: Session, role: DutyRole, way: Exit) -> str:
    """Return the decisions that lift an obstacle: that nobody is named is refused where somebody asks."""
    if way is Exit.ACCESS and role is DutyRole.PERSONS:
        return legal_duties.informing(session)
    return legal_duties.settling(session, role)


def _hints(number: int, leaving: int) -> Mapping[Obstacle, Sentence]:
    """Return what to do about each obstacle in a case; ``leaving`` is the one in whose way it stands."""
    return {
        Obstacle.CLOSED: sentence("open it again first: inbox reopen {number} --reason TEXT", number=number),
        Obstacle.JUNK: sentence(
            "leave it out, or bring it back first: inbox junk {number} --recover", number=number
        ),
        Obstacle.OPEN: sentence("close it first: inbox close {number} OUTCOME", number=number),
        Obstacle.HELD: sentence(
            "lift the hold first: inbox hold {number} --release --reason TEXT", number=number
        ),
        Obstacle.PROCEEDINGS: sentence(
            "once they and the time for appeals are over, two officers note the final decision:"
            " inbox measure {number} KIND",
            number=number,
        ),
        Obstacle.URGENT: sentence(
            "if it can wait, say so first: inbox judge {number} --danger 0 --reason TEXT", number=number
        ),
        Obstacle.NEW: sentence("read it first: inbox show {case}", case=number),
        Obstacle.UNREAD: sentence("read it first: inbox show {case}", case=number),
        Obstacle.PORTAL: sentence(
            "make an outbox, carry it over, and collect the next bundle: inbox outbox --out DIR; inbox"
            " collect BUNDLE"
        ),
        Obstacle.NOT_DUE: sentence(
            "wait until then; what must go earlier is struck: inbox minimise {number}", number=number
        ),
        Obstacle.ONE_CLOCK: sentence(
            "collect a bundle that the portal exports now; where no portal is left, two officers answer for"
            " the day: inbox destroy {number} --reason TEXT",
            number=number,
        ),
        Obstacle.VISA: sentence(
            "list it for the archives, then note their visa: inbox visa list {number} --out FOLDER",
            number=number,
        ),
        Obstacle.UNDECIDED: sentence(
            "do that first, as its page says: inbox decide {number} CHOICE --reason TEXT", number=number
        ),
        Obstacle.REQUEST: sentence("answer it first: inbox access list"),
        Obstacle.REPEATED: sentence(
            "leave it out, or look into that one itself: inbox reopen {number} --reason TEXT; if they are not"
            " the same, unlink them: inbox unlink {leaving} {number}",
            number=number,
            leaving=leaving,
        ),
        Obstacle.UNREACHABLE: sentence("close it with: --disclosure withheld --reason TEXT, and no text"),
        Obstacle.UNTOLD: sentence(
            "give --text-file FILE, or reply with --feedback first; or --disclosure withheld --reason TEXT"
        ),
        Obstacle.WITHHELD: sentence("give it: --reason TEXT"),
    }
