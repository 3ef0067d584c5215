"""What the register says: shares not carried out, rates that samples exclude, and the monthly look."""

import hashlib
import math
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from draws.deviation import looks
from draws.deviation.looks import Found
from draws.deviation.shares import Share
from draws.deviation.table import Drawn, tabled
from draws.register import state
from draws.register.entries import Register, RegisterRefused, Sample
from draws.register.state import State
from inbox.language.messages import Sentence, sentence

NEVER_PROOF = sentence(
    "A signal is never proof: it is a reason to look at how these controls were assigned and carried out."
)


@dataclass(frozen=True, slots=True)
class Excluded:
    """The possible misses of one sample. ``stratum`` is empty if the whole list is a simple random sample."""

    ceremony: str
    unit: str
    stratum: str
    share: Share


def not_done(drawn: list[Drawn]) -> dict[tuple[str, str], Share]:
    """Return the share that was not carried out, by unit and stratum."""
    groups: dict[tuple[str, str], list[Drawn]] = defaultdict(list)
    for each in drawn:
        groups[each.unit, each.stratum].append(each)
    return {key: Share(sum(not each.is_done for each in of), len(of)) for key, of in sorted(groups.items())}


def excluded(of: State) -> Iterator[Excluded]:
    """Yield the possible misses of each sample whose lines all had the same chance to be drawn.

    A draw that was not carried out is a possible miss, and so is each void draw of the same list.
    """
    for name, ceremony in of.ceremonies.items():
        voids = sum(void["list"] == ceremony["list"] for void in of.voids)
        groups: dict[tuple[str, str], list[bool]] = defaultdict(list)
        for (of_ceremony, _), entry in of.drawn.items():
            if of_ceremony == name and ceremony["sample"] != Sample.WEIGHTED:
                is_simple = ceremony["sample"] == Sample.SIMPLE
                group = ("", "") if is_simple else (entry["unit"], entry["stratum"])
                groups[group].append(state.drawn_one(of, entry).is_possible_miss)
        for (unit, stratum), misses in sorted(groups.items()):
            yield Excluded(name, unit, stratum, Share(sum(misses) + voids, len(misses) + voids))


def told(sample: Excluded) -> Sentence:
    """Say which rate of misses a sample excludes. Only a simple random sample speaks for the whole list."""
    share = sample.share
    rate = f"{math.ceil(share.high * 1000) / 10:.1f}"
    if not sample.stratum:
        return sentence(
            "{ceremony}: {count} possible misses in a simple random sample of {total}; at 95 %, this excludes"
            " a rate of {rate} % or more in the whole list",
            ceremony=sample.ceremony, count=share.count, total=share.total, rate=rate,
        )  # fmt: skip
    return sentence(
        "{ceremony}, {unit}, {stratum}: {count} possible misses of {total}; at 95 %, this excludes a rate of"
        " {rate} % or more in this stratum alone",
        ceremony=sample.ceremony, unit=sample.unit, stratum=sample.stratum,
        count=share.count, total=share.total, rate=rate,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a month at the draws from 1 January on."""

    month: str
    seed: str
    total: int
    found: list[Found]

    @property
    def signals(self) -> list[Found]:
        """What is beyond chance."""
        return [each for each in self.found if each.is_signal]


def month_of(text: str) -> tuple[date, date]:
    """Return the first day of the year and the last day of a month, YYYY-MM."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise RegisterRefused(
            sentence("“{text}” is not a month", text=text), sentence("write it YYYY-MM, such as 2027-03")
        ) from None
    return first.replace(month=1), first.replace(day=monthrange(first.year, first.month)[1])


def look(register: Register, month: str, shuffles: int = looks.SHUFFLES) -> Look:
    """Return the look of a month: always at the entries before the look was recorded, if it was.

    Nobody chooses the seed: it follows from the month and these entries.
    """
    first, last = month_of(month)
    recorded = state.state(register).looks.get(month)
    then = register.before(recorded) if recorded else register
    drawn = state.drawn(state.state(then), first, last)
    seed = hashlib.sha256(b"\0".join((b"fanal/draws/v1/look", month.encode(), then.hash))).hexdigest()
    return Look(month, seed, len(drawn), looks.look(tabled(drawn), seed, shuffles))
