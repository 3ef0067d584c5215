"""Tables that the program fills in on the sheets: values of the law in use, each with its source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crypto.keyring import Texts
from inbox.language.printed_text import Wording
from inbox.registers.sheets import Known
from templates.law import times
from templates.law.rules import Basis, Reach
from templates.law.spans import Span
from templates.law.times import Kind, Time

WORDING = Wording(__package__, "sheets.toml")
# Authorities that may receive parts of a case. Emergency services and reporters' advisers may not receive
# parts of a case.
_RECEIVE = (Reach.PROSECUTOR, Reach.EXTERNAL, Reach.INTERNAL)

# The times within which a decision is due. A duty can set other times, too: when to send the answer, and how
# long to keep names.
_WITHIN = (Kind.WITHIN, Kind.URGENT, Kind.EXTENDED)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table. ``basis`` is its legal source, or None."""

    cells: tuple[str, ...]
    basis: Basis | None


def deadlines(known: Known) -> Iterator[Row]:
    """Yield the longest time between two exchanges, then each deadline of the office.

    The line after a deadline shows its extended time, if the law allows an extension.
    """
    every = known.law.exchange
    yield Row((_say(known, "exchange"), spoken([every.every], known.language)), every.basis)
    for each in known.law.clocks.values():
        if known.regime in each.regimes:
            yield from _times(known, each.name, times.of_clock(each))


def duties(known: Known) -> Iterator[Row]:
    """Yield each decision that the office must take, with its time limit.

    The lines after a decision show its time limit in imminent danger, and its extended time limit.
    """
    for each in known.law.duties.values():
        yield from _times(known, each.name, times.of_duty(each))


def _times(known: Known, name: Texts, found: Iterable[Time]) -> Iterator[Row]:
    """Yield the time limits to decide or act in the office's regime; ``name`` labels the usual limit."""
    for each in found:
        if known.regime in each.regimes and each.kind in _WITHIN:
            what = name.in_(known.language) if each.kind is Kind.WITHIN else _say(known, each.kind)
            yield Row((what, spoken(each.spans, known.language)), each.basis)


def recipients(known: Known) -> Iterator[Row]:
    """Yield those who may receive parts of a case: the officers, then the authorities of the law, by kind."""
    yield Row((_say(known, "own_officers"),), None)
    for kind in _RECEIVE:
        for each in known.law.authorities.values():
            if each.kind is kind:
                yield Row((each.name.in_(known.language),), each.basis)


def retention(known: Known) -> Iterator[Row]:
    """Yield a line for each kind of case: its retention period, its time in the archive, and the visa.

    The visa says whether the archives must approve the destruction.
    """
    law = known.law.retention
    for each in (*law.periods.values(), law.proceedings, law.junk, law.unopened):
        archive = spoken([each.archive], known.language) if each.archive else _say(known, "no")
        visa = _say(known, "yes" if each.visa else "no")
        kept = spoken([each.keep], known.language)
        yield Row((each.name.in_(known.language), kept, archive, visa), each.basis)


def spoken(spans: Iterable[Span], language: str) -> str:
    """Return times in words, such as “1 month” or « le jour même »; several times are joined with a slash."""
    return " / ".join(_spoken(each, language) for each in spans)


def _spoken(span: Span, language: str) -> str:
    if not span.count:
        return WORDING.say("same_day", language)
    unit = span.unit.replace(" ", "_")
    return f"{span.count} {WORDING.say(unit if span.count == 1 else f'{unit}s', language)}"


def _say(known: Known, name: str) -> str:
    return WORDING.say(name, known.language)
