"""What the entries of a register say together: each drawn control with its outcome, ceremonies and voids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from draws import headings
from draws.deviation.table import Drawn
from draws.protocol import FIRST
from draws.register.entries import Entry, Reason, Register, RegisterRefused, Sample, What
from inbox.language.messages import Sentence, listed, sentence

MISSED, NOTHING = "missed", "nothing"
Key = tuple[str, str]


@dataclass(slots=True)
class State:
    """Draws by name, the last one of each series, and drawn controls by draw and item with their outcomes."""

    ceremonies: dict[str, Entry] = field(default_factory=dict)
    last: dict[str, Entry] = field(default_factory=dict)
    voids: list[Entry] = field(default_factory=list)
    drawn: dict[Key, Entry] = field(default_factory=dict)
    outcomes: dict[Key, Entry] = field(default_factory=dict)
    corrections: list[Entry] = field(default_factory=list)
    looks: dict[str, Entry] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        """Follow one entry. Raises RegisterRefused if it does not fit the entries before it."""
        key = (entry["ceremony"], entry["item"])
        match entry.what:
            case What.CEREMONY:
                self._follows(entry)
                self._among(entry["sample"], [*Sample], "sample")
                self.ceremonies[entry["ceremony"]] = entry
            case What.VOID:
                self._follows(entry)
                if not entry["refuser"]:
                    raise _refused(sentence("a void draw names the party that did not reveal"))
                self.voids.append(entry)
            case What.DRAWN:
                if entry["ceremony"] not in self.ceremonies:
                    raise _refused(sentence("no ceremony is called “{id}”", id=entry["ceremony"]))
                self._new(" ".join(key), {" ".join(each) for each in self.drawn} if key in self.drawn else ())
                self.drawn[key] = entry
            case What.DONE | What.NOT_DONE:
                self._outcome(key, entry)
            case What.LOOK:
                self._new(entry["month"], self.looks)
                self.looks[entry["month"]] = entry

    def _follows(self, entry: Entry) -> None:
        """Take the next draw of a series: no draw, and no void, is ever left out or recorded twice."""
        series, _, number = entry["ceremony"].rpartition("/")
        before = self.last.get(series)
        done = int(before["ceremony"].rpartition("/")[2]) if before else 0
        if not (number.isascii() and number.isdigit()) or int(number) <= done:
            raise _refused(sentence("“{name}” is in the register already", name=entry["ceremony"]))
        if int(number) > done + 1:
            raise _refused(
                sentence("draw {number} of {series} is not in the register", number=done + 1, series=series)
            )
        if entry["previous"] != (before["end"] if before else FIRST.hex()):
            raise _refused(
                sentence("draw {number} of {series} does not continue the draws of the register",
                         number=number, series=series)
            )  # fmt: skip
        self.last[series] = entry

    def _outcome(self, key: Key, entry: Entry) -> None:
        if key not in self.drawn:
            raise _refused(sentence("item {item} of this ceremony was not drawn", item=entry["item"]))
        last = self.outcomes.get(key)
        if entry["corrects"]:
            self._corrects(entry, last)
        # What was not done may be done later. Only a correction replaces anything else.
        elif last and (last.what is What.DONE or entry.what is What.NOT_DONE):
            raise RegisterRefused(
                sentence("item {item} already has an outcome", item=entry["item"]),
                sentence(
                    "leave out this line; to correct the register, give only the wrong items with --correct"
                ),
            )
        if not entry["by"]:
            raise _refused(sentence("item {item}: it is missing who acted", item=entry["item"]))
        if entry.what is What.DONE:
            self._among(entry["result"], [NOTHING, MISSED], "result")
        else:
            self._among(entry["reason"], [*Reason], "reason")
        self.outcomes[key] = entry

    def correcting(self, ceremony: str, item: str) -> str:
        """Return the number of the entry that a correction of an outcome corrects. Raises RegisterRefused."""
        last = self.outcomes.get((ceremony, item))
        if last is None:
            raise _refused(sentence("item {item} has no outcome that could be corrected", item=item))
        return str(last.n)

    def _corrects(self, entry: Entry, last: Entry | None) -> None:
        """Take a correction: it names the outcome that it corrects, and says something else."""
        if self.correcting(entry["ceremony"], entry["item"]) != entry["corrects"]:
            raise _refused(
                sentence("item {item}: this is not the outcome that is recorded", item=entry["item"])
            )
        said = [{**each.values, "corrects": ""} for each in (entry, last) if each]
        if said[0] == said[-1]:
            raise _refused(sentence("item {item} already has this outcome", item=entry["item"]))
        self.corrections.append(entry)

    def _new(self, name: str, known: Iterable[str]) -> None:
        if name in known:
            raise _refused(sentence("“{name}” is in the register already", name=name))

    def _among(self, value: str, allowed: Sequence[str], name: str) -> None:
        if value not in allowed:
            words = listed([headings.WORDS[each] for each in allowed])
            raise _refused(sentence("{column} is one of: {words}", column=name, words=words))


def state(register: Register) -> State:
    """Return the state after all entries. Raises RegisterRefused if one does not fit those before it."""
    made = State()
    for entry in register.entries:
        made.take(entry)
    return made


def drawn(of: State, first: date, last: date) -> list[Drawn]:
    """Return the controls drawn from ``first`` to ``last``. Those without an outcome are not done."""
    return [drawn_one(of, entry) for entry in of.drawn.values() if first <= entry.day <= last]


def drawn_one(of: State, entry: Entry) -> Drawn:
    """Return a drawn control with its latest outcome."""
    outcome = of.outcomes.get((entry["ceremony"], entry["item"]))
    is_done = outcome is not None and outcome.what is What.DONE
    return Drawn(
        day=entry.day,
        unit=entry["unit"],
        shift=entry["shift"],
        stratum=entry["stratum"],
        first=entry["first"],
        broker=entry["broker"],
        haulier=entry["haulier"],
        by=outcome["by"] if outcome and is_done else "",
        is_done=is_done,
        is_missed=bool(outcome and outcome["result"] == MISSED),
    )


def voids_before(of: State, ceremony: Entry) -> Sequence[Entry]:
    """Return the voids that this draw repeats: the one that its list names, the one before it, and so on."""
    by_end = {void["end"]: void for void in of.voids}
    found: list[Entry] = []
    while void := by_end.get((found[-1] if found else ceremony)["previous"]):
        found.append(void)
    return found


def reasons(of: State) -> Mapping[str, int]:
    """Return how many draws were not carried out, by reason; an empty text stands for no outcome."""
    found = {reason.value: 0 for reason in Reason} | {"": 0}
    for key in of.drawn:
        outcome = of.outcomes.get(key)
        if outcome is None or outcome.what is What.NOT_DONE:
            found[outcome["reason"] if outcome else ""] += 1
    return found


def _refused(what: Sentence) -> RegisterRefused:
    return RegisterRefused(what, sentence("correct it, then try again: nothing was recorded"))
