"""Power and false alarms of the deviation test, measured in simulated years (`make soak deviation`).

The run takes about an hour of one core. It keeps each year that it has simulated, and continues after an
interruption, as long as the code that decides a year is the same. `python -m benchmarks.power` writes the
figures of the record into docs/draws-method.md.
"""

import hashlib
import os
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from benchmarks import draws, records
from benchmarks.draws import Manipulation, Office
from draws.deviation import looks
from draws.deviation.shares import Share, at_most

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "draws-method.md"
SOAK = ROOT / "docs" / "soak.json"
BEGIN, END = "<!-- written by python -m benchmarks.power -->\n", "<!-- end -->\n"
_KEPT = ROOT / "build" / "deviation"
# What decides whether a simulated year has an alarm.
_CODE = (
    ROOT / "benchmarks" / "draws.py",
    *(ROOT / "draws" / "deviation" / f"{name}.py" for name in ("looks", "pairs", "shuffling", "table")),
)
SOUGHT = 0.95
ALL_HONEST = "all honest years"
_COLUMNS = 100
_FIGURE = re.compile(r"(?P<name>.+): (?P<count>\d+) of (?P<total>\d+) years")
_NO_RECORD = "The present test has not been measured yet: run `make soak deviation`."
# If the test keeps its promise, so many false alarms or more have a probability below 0.1 %.
_TOO_RARE = 0.001


@dataclass(frozen=True, slots=True)
class Case:
    """Simulated years that differ only in their seeds. ``count`` is the number of draws a month."""

    manipulation: Manipulation
    count: int
    years: int
    office: Office = draws.ROTATING

    @property
    def name(self) -> str:
        """The name in figures and seeds."""
        crews = ", crews" if self.office.crews else ""
        return f"{self.manipulation.name}{crews}, {self.count} draws a month"

    def found(self, year: int) -> int:
        """Return the month of the first alarm of a year, or 0."""
        return draws.found_in(self.count, self.manipulation, f"{self.name}/{year}", self.office)


# With fewer than 59 years, even an alarm in each of them does not show a power of 95 %.
HONEST = (
    Case(draws.HONEST, 20, 500),
    Case(draws.HONEST, 100, 300),
    Case(draws.HONEST, 500, 60),
    Case(draws.HONEST, 100, 200, draws.CREWS),
)
_SHOWN = ((20, 120), (80, 120), (100, 120), (500, 60))
MANIPULATED = (
    *(Case(draws.FEW, *each) for each in _SHOWN),
    *(Case(draws.DROPPED, *each) for each in _SHOWN),
    *(Case(draws.ALL, *each) for each in ((20, 120), (100, 120), (500, 60))),
)


class Years:
    """The years that are simulated: one line for each, in a file whose name has the hash of the code."""

    def __init__(self, folder: Path, code: Sequence[Path] = _CODE) -> None:
        own = hashlib.sha256(b"\0".join(path.read_bytes() for path in code)).hexdigest()
        self._file = folder / f"{own[:32]}.txt"
        # A line without an end was interrupted.
        kept = self._file.read_text().rpartition("\n")[0].splitlines() if self._file.exists() else []
        self._found = {}
        for line in kept:
            name, year, month = line.rsplit("/", 2)
            self._found[name, int(year)] = int(month)
        folder.mkdir(parents=True, exist_ok=True)
        self._file.write_text("".join(f"{line}\n" for line in kept))

    def simulate(self, cases: Sequence[Case], workers: int) -> None:
        """Simulate the years that are missing, and keep each as soon as it is there."""
        missing = [(case, year) for case in cases for year in range(case.years)
                   if (case.name, year) not in self._found]  # fmt: skip
        with ProcessPoolExecutor(workers) as pool, self._file.open("a", buffering=1) as file:
            asked = {pool.submit(case.found, year): (case.name, year) for case, year in missing}
            for answer in as_completed(asked):
                name, year = asked[answer]
                self._found[name, year] = answer.result()
                file.write(f"{name}/{year}/{answer.result()}\n")

    def alarms(self, case: Case) -> Share:
        """Return in how many of the years of a case there was an alarm."""
        return Share(sum(bool(self._found[case.name, year]) for year in range(case.years)), case.years)


def run() -> Iterator[str]:
    """Yield in how many years there was an alarm; too many false alarms end the run."""
    years, workers = Years(_KEPT), os.cpu_count() or 1
    years.simulate(HONEST, workers)
    found = [years.alarms(case) for case in HONEST]
    yield from (_told(case.name, share) for case, share in zip(HONEST, found, strict=True))
    honest = Share(sum(each.count for each in found), sum(each.total for each in found))
    yield _told(ALL_HONEST, honest)
    if is_too_many(honest):
        raise RuntimeError("the deviation test raises too many false alarms")
    for case in MANIPULATED:
        years.simulate([case], workers)
        yield _told(case.name, years.alarms(case))


def is_too_many(alarms: Share) -> bool:
    """Return whether so many honest years with an alarm contradict the promise of 1 % at most."""
    return alarms.count > 0 and 1 - at_most(alarms.count - 1, alarms.total, float(looks.YEAR)) < _TOO_RARE


def _told(name: str, alarms: Share) -> str:
    return f"{name}: {alarms.count} of {alarms.total} years"


def parsed(figures: Sequence[str]) -> dict[str, Share]:
    """Return in how many years there was an alarm, by the names of the figures."""
    found = (_FIGURE.fullmatch(line) for line in figures)
    return {each["name"]: Share(int(each["count"]), int(each["total"])) for each in found if each}


def table(alarms: Mapping[str, Share]) -> Iterator[str]:
    """Yield the lines of docs/draws-method.md that say what was measured."""
    kinds = (draws.FEW, draws.DROPPED, draws.ALL)
    by_case = {(case.count, case.manipulation.name): alarms[case.name] for case in MANIPULATED}
    yield "| draws a month | inspectors steered to four brokers | draws of four brokers not carried out |" + (
        " inspectors steered to all brokers |"
    )
    yield "|---|---|---|---|"
    for count in sorted({case.count for case in MANIPULATED}):
        cells = (_cell(by_case.get((count, kind.name))) for kind in kinds)
        yield f"| {count} | {' | '.join(cells)} |"
    yield ""
    for kind, what in zip(kinds, ("are steered to four brokers", "of four brokers are not carried out",
                                  "are steered to all brokers"), strict=True):  # fmt: skip
        own = {count: share for (count, name), share in by_case.items() if name == kind.name}
        yield _reached(f"10 % of draws {what}", own)
    honest = alarms[ALL_HONEST]
    yield textwrap.fill(
        f"Of {honest.total} honest years, {honest.count} had a false alarm: at 95 % each, this says that the"
        f" rate is {_percent(honest.low)} % or more, and {_percent(honest.high)} % or less.",
        _COLUMNS,
    )


def reached(power: Mapping[int, Share]) -> int | None:
    """Return the smallest volume from which on each measured volume has 95 %, as a lower limit at 95 %."""
    found = None
    for count in sorted(power, reverse=True):
        if power[count].low < SOUGHT:
            return found
        found = count
    return found


def renewed(page: str, figures: Sequence[str]) -> str:
    """Return docs/draws-method.md with the figures of the record. Without a record, the page says so."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    lines = table(parsed(figures)) if figures else [_NO_RECORD]
    return "".join((before, BEGIN, "\n", "\n".join(lines), "\n\n", END, after))


def _cell(power: Share | None) -> str:
    if power is None:
        return "not measured"
    return f"{power.count} of {power.total}, at least {_percent(power.low)} %"


def _reached(what: str, power: Mapping[int, Share]) -> str:
    volume = reached(power)
    said = f"at {volume} draws a month" if volume else f"at none of these volumes, up to {max(power)}"
    return textwrap.fill(f"If {what}, 95 % is reached {said}.", _COLUMNS) + "\n"


def _percent(rate: float) -> str:
    return f"{rate * 100:.1f}"


def main() -> None:
    """Write the figures of the record."""
    kept = records.load(SOAK).get("deviation")
    PAGE.write_text(renewed(PAGE.read_text("utf-8"), kept.figures if kept else []), "utf-8")


if __name__ == "__main__":
    main()
