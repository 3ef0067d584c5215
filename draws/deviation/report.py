"""What the register says: shares not carried out, rates that samples exclude, and the monthly look."""

import hashlib
import math
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
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


_MAY_LACK = ("shift", "first", "broker", "haulier")


@dataclass(frozen=True, slots=True)
class Misses:
    """The possible misses of one draw: what was not carried out, what the first check missed, and voids."""

    ceremony: str
    sample: Sample
    share: Share


def not_done(drawn: list[Drawn]) -> dict[tuple[str, str], Share]:
    """Return the share that was not carried out, by unit and stratum."""
    groups: dict[tuple[str, str], list[Drawn]] = defaultdict(list)
    for each in drawn:
        groups[each.unit, each.stratum].append(each)
    return {key: Share(sum(not each.is_done for each in of), len(of)) for key, of in sorted(groups.items())}


def misses(of: State) -> Iterator[Misses]:
    """Yield the possible misses of each draw. Each void that the draw repeats counts as one."""
    found: dict[str, list[bool]] = defaultdict(list)
    for entry in of.drawn.values():
        found[entry["ceremony"]].append(state.drawn_one(of, entry).is_possible_miss)
    for name, ceremony in of.ceremonies.items():
        voids = len(state.voids_before(of, ceremony))
        share = Share(sum(found[name]) + voids, len(found[name]) + voids)
        yield Misses(name, Sample(ceremony["sample"]), share)


def told(of: Misses) -> Sentence:
    """Say which rate of misses a draw excludes. Only a simple random sample excludes one."""
    share = of.share
    if of.sample is Sample.SIMPLE:
        return sentence(
            "{ceremony}: {count} possible misses in a simple random sample of {total}; at 95 %, this excludes"
            " a rate of {rate} % or more in the whole list",
            ceremony=of.ceremony, count=share.count, total=share.total,
            rate=f"{math.ceil(share.high * 1000) / 10:.1f}",
        )  # fmt: skip
    return sentence(
        "{ceremony}: {count} possible misses of {total}; no simple random sample, so no rate is excluded",
        ceremony=of.ceremony, count=share.count, total=share.total,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a month at the draws from 1 January on.

    ``unknown`` says how many draws lack each column of the test that is not always known. ``voids`` says how
    many draws were void because of whom.
    """

    month: str
    seed: str
    total: int
    found: list[Found]
    unknown: Mapping[str, int]
    voids: Mapping[str, int]

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
    of = state.state(then)
    drawn = state.drawn(of, first, last)
    seed = hashlib.sha256(b"\0".join((b"fanal/draws/v1/look", month.encode(), then.hash))).hexdigest()
    unknown = {name: sum(not getattr(each, name) for each in drawn) for name in _MAY_LACK}
    voids = Counter(each["refuser"] for each in of.voids if first <= each.day <= last)
    return Look(month, seed, len(drawn), looks.look(tabled(drawn), seed, shuffles), unknown, voids)
