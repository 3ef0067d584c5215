"""The times that the law sets for deadlines and duties, in the order in which people read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from templates.law.rules import Basis, Clock, Duty
from templates.law.spans import Span


class Kind(StrEnum):
    """What a time of the law is for. The values are the keys of the law's files."""

    WITHIN = "within"
    URGENT = "urgent"
    EXTENDED = "extended"
    ANSWER_AFTER = "answer_after"
    NAMES_KEPT = "names_kept"


@dataclass(frozen=True, slots=True)
class Time:
    """A time that the law sets under these regimes.

    ``spans`` has one span, or one for each priority from 1.
    """

    kind: Kind
    spans: tuple[Span, ...]
    regimes: frozenset[str]
    basis: Basis


def of_clock(clock: Clock) -> Iterator[Time]:
    """Yield the usual time of a deadline, then the longer time to which it can be extended."""
    yield Time(Kind.WITHIN, clock.within, clock.regimes, clock.basis)
    if more := clock.extension:
        yield Time(Kind.EXTENDED, (more.within,), more.regimes, more.basis)


def of_duty(duty: Duty) -> Iterator[Time]:
    """Yield the usual time of a duty, then every other time of the same duty."""
    for kind, span in (
        (Kind.WITHIN, duty.within),
        (Kind.URGENT, duty.urgent and duty.urgent.within),
        (Kind.EXTENDED, duty.extended),
        (Kind.ANSWER_AFTER, duty.answer_after),
        (Kind.NAMES_KEPT, duty.names_kept),
    ):
        if span:
            yield Time(kind, (span,), duty.regimes, duty.basis)
