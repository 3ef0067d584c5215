"""The steps of each case, and the days of repeated actions, as the journal tells them.

Only journal entries are read, so a destroyed case still counts.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from crypto.dossier import Purpose
from crypto.journal import Entry, Value
from inbox.session.actions import ACKNOWLEDGES, FEEDBACK, Code
from templates.law.rules import Law, MeasureRole, Repeated, Step

# The actions that are repeated. A bundle can be collected as three different actions.
_REPEATED = {
    Code.COLLECT: Repeated.COLLECT,
    Code.ACCEPT_INSTANCE: Repeated.COLLECT,
    Code.ACCEPT_GAP: Repeated.COLLECT,
    Code.MAKE_OUTBOX: Repeated.SEND,
    Code.BACK_UP: Repeated.BACK_UP,
}
_ARRIVALS = frozenset({Code.FILED, Code.ENTER})
# The actions on a case that take a step, or undo one.
_ACTS = (
    *(
        Code.SHOW,
        Code.REPLY,
        Code.UNSEND,
        Code.CLOSE,
        Code.CLOSE_BY_TWO,
        Code.REOPEN,
        Code.JUNK,
        Code.RECOVER,
    ),
    *(Code.RECORD_MEASURE, Code.END_PROCEEDINGS, Code.DECIDE, Code.DECIDE_BY_TWO, Code.MAKE_DOSSIER),
    *(Code.REMOVE_MEASURE, Code.REMOVE_PROCEEDINGS, Code.DESTROYED),
)
# The actions that ``steps`` reads.
READ = frozenset((*_ACTS, *_REPEATED, *_ARRIVALS, Code.CORRECT_CLOCK))
_SAID = {ACKNOWLEDGES: Step.ACKNOWLEDGED, FEEDBACK: Step.ANSWERED}
_DOSSIERS = {Purpose.PROSECUTOR: MeasureRole.TRANSMISSION, Purpose.DISCIPLINARY: MeasureRole.DISCIPLINE}


@dataclass(frozen=True, slots=True)
class _Text:
    """A text for a reporter: the step it takes, its day, and the number of outboxes made before it."""

    step: Step
    day: date
    outboxes: int
    closes: bool


@dataclass(frozen=True, slots=True)
class _Measure:
    """A recorded measure. ``recorded`` is the day that its entry bears, even if the clock was ahead."""

    kind: str
    recorded: date
    day: date


@dataclass(slots=True)
class Case:
    """What the journal tells of a case; ``days`` has the day of each step that was taken.

    ``ended`` is the day on which the case was closed, marked as junk or destroyed, or None for an open case.
    """

    arrived: date
    is_answerable: bool
    days: dict[Step, date] = field(default_factory=dict)
    ended: date | None = None
    texts: list[_Text] = field(default_factory=list)
    measures: list[_Measure] = field(default_factory=list)

    def unsend(self, step: Step) -> None:
        """Forget the newest text of a step: only a text that waits for an outbox can be retracted."""
        newest = next((each for each in reversed(self.texts) if each.step is step), None)
        self.texts = [each for each in self.texts if each is not newest]

    def remove(self, kind: Value, recorded: Value) -> None:
        """Forget a measure of this kind that was recorded on this day."""
        same = (each for each in self.measures if (each.kind, each.recorded.isoformat()) == (kind, recorded))
        gone = next(same, None)
        self.measures = [each for each in self.measures if each is not gone]

    def reopen(self, outboxes: int) -> None:
        """Undo the closing; its text is retracted, too, if no outbox was made since."""
        self.ended = None
        self.days.pop(Step.CLOSED, None)
        self.texts = [each for each in self.texts if not (each.closes and each.outboxes == outboxes)]

    def finish(self, sanctions: Container[str]) -> None:
        """Set the days of the steps that later entries could undo."""
        self.days[Step.RECEIVED] = self.arrived
        for text in reversed(self.texts):
            self.days[text.step] = text.day
        for measure in reversed(self.measures):
            self.days[Step.MEASURE] = measure.day
            if measure.kind in sanctions:
                self.days[Step.SANCTION] = measure.day


class Steps:
    """Reads journal entries in their order. The result is in ``cases``, by number, and in ``repeated``."""

    def __init__(self, law: Law) -> None:
        self.cases: dict[int, Case] = {}
        self.repeated: defaultdict[Repeated, list[date]] = defaultdict(list)
        self._law = law
        self._outboxes = 0

    def take(self, entry: Entry, day: date) -> None:
        """Read an entry, which counts as of ``day``."""
        if entry.action in _REPEATED:
            self.repeated[_REPEATED[Code(entry.action)]].append(day)
            self._outboxes += entry.action == Code.MAKE_OUTBOX
        elif entry.case is not None and entry.action in _ARRIVALS:
            arrived = min(day, date.fromisoformat(str(entry.values["received"])))
            case = self.cases[entry.case] = Case(arrived, "unanswerable" not in entry.values)
            if entry.action == Code.ENTER:  # The officer who enters a report has read it.
                case.days[Step.READ] = day
        elif entry.case in self.cases:
            for read in (self._tell, self._end, self._record):
                read(self.cases[entry.case], entry, day)

    def _tell(self, case: Case, entry: Entry, day: date) -> None:
        """Take the steps of reading a case and of writing to its reporter."""
        match entry.action:
            case Code.SHOW if "view" not in entry.values:  # The other views come after the case was read.
                case.days.setdefault(Step.READ, day)
            case Code.REPLY | Code.CLOSE | Code.CLOSE_BY_TWO:
                closes = entry.action != Code.REPLY
                case.texts += [_Text(step, day, self._outboxes, closes) for step in _said(entry)]
            case Code.UNSEND:
                for step in _said(entry):
                    case.unsend(step)
            case _:
                pass

    def _end(self, case: Case, entry: Entry, day: date) -> None:
        match entry.action:
            case Code.CLOSE | Code.CLOSE_BY_TWO:
                case.days[Step.CLOSED] = case.ended = day
            case Code.REOPEN:
                case.reopen(self._outboxes)
            case Code.JUNK:
                case.ended = day
            case Code.RECOVER:
                case.ended = case.days.get(Step.CLOSED)
            case Code.DESTROYED:
                case.ended = case.ended or day
            case _:
                pass

    def _record(self, case: Case, entry: Entry, day: date) -> None:
        if entry.action in {Code.REMOVE_MEASURE, Code.REMOVE_PROCEEDINGS}:
            case.remove(entry.values["kind"], entry.values["recorded"])
        elif kind := self._measure(entry):
            case.measures.append(_Measure(kind, entry.day, day))

    def _measure(self, entry: Entry) -> str | None:
        """Return the kind of measure that an entry records, or None."""
        values = entry.values
        match entry.action:
            case Code.RECORD_MEASURE | Code.END_PROCEEDINGS:
                return str(values["kind"])
            case Code.DECIDE | Code.DECIDE_BY_TWO:
                choice = str(values.get("decision"))
                choices = (duty.decisions for duty in self._law.duties.values())
                return next((known[choice].measure for known in choices if choice in known), None)
            case Code.MAKE_DOSSIER if "as_measure" in values:
                return self._law.measure(_DOSSIERS[Purpose(str(values["purpose"]))])
            case _:
                return None


def _said(entry: Entry) -> list[Step]:
    """Return the steps that the text of an entry takes, or took."""
    return [step for name, step in _SAID.items() if name in entry.values]


def steps(entries: Sequence[Entry], law: Law) -> Steps:
    """Return what these entries tell, given in the order of the journal.

    If the clock was ahead, the days of the entries before the correction are too late. They count as of the
    day of the correction.
    """
    found = Steps(law)
    for entry, day in zip(entries, reversed(_corrected(reversed(entries))), strict=True):
        found.take(entry, day)
    sanctions = {code for code, each in law.measures.items() if each.groups}
    for case in found.cases.values():
        case.finish(sanctions)
    return found


def _corrected(entries: Iterable[Entry]) -> list[date]:
    """Return the days of these entries, which begin with the newest; no day is later than the one before."""
    days = [date.max]
    for entry in entries:
        days.append(min(days[-1], entry.day))
    return days[1:]
