"""What the program fills in on the sheets, as tables: values of the law in use, each with its source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inbox.language.printed_text import Wording
from inbox.registers.sheets import Known
from templates.law.rules import Basis, Reach
from templates.law.spans import Span

WORDING = Wording(__package__, "sheets.toml")
# Who receives what of a case: neither those who come in an emergency nor those who advise reporters.
_RECEIVE = (Reach.PROSECUTOR, Reach.EXTERNAL, Reach.INTERNAL)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table, and where the law says so, if it does."""

    cells: tuple[str, ...]
    basis: Basis | None


def deadlines(known: Known) -> Iterator[Row]:
    """Yield how often reports are opened, then each deadline that binds the office, with its longer time."""
    every = known.law.exchange
    yield Row((_say(known, "exchange"), spoken([every.every], known.language)), every.basis)
    for each in known.law.clocks.values():
        if known.regime in each.regimes:
            yield Row((each.name.in_(known.language), spoken(each.within, known.language)), each.basis)
            more = each.extension
            if more and known.regime in more.regimes:
                yield Row((_say(known, "extended"), spoken([more.within], known.language)), more.basis)


def duties(known: Known) -> Iterator[Row]:
    """Yield what the office has to decide, and within which time."""
    for each in known.law.duties.values():
        if known.regime in each.regimes:
            yield Row((each.name.in_(known.language), spoken([each.within], known.language)), each.basis)


def recipients(known: Known) -> Iterator[Row]:
    """Yield who may receive something of a case: the officers, then the authorities of the law by kind."""
    yield Row((_say(known, "own_officers"),), None)
    for kind in _RECEIVE:
        for each in known.law.authorities.values():
            if each.kind is kind:
                yield Row((each.name.in_(known.language),), each.basis)


def retention(known: Known) -> Iterator[Row]:
    """Yield how long each kind of case is kept, then is in the archive, and whether it needs a visa."""
    law = known.law.retention
    for each in (*law.periods.values(), law.proceedings, law.junk, law.unopened):
        archive = spoken([each.archive], known.language) if each.archive else _say(known, "no")
        visa = _say(known, "yes" if each.visa else "no")
        kept = spoken([each.keep], known.language)
        yield Row((each.name.in_(known.language), kept, archive, visa), each.basis)


def spoken(spans: Iterable[Span], language: str) -> str:
    """Return times as people say them: “1 month”, « le jour même »; several with a slash between them."""
    return " / ".join(_spoken(each, language) for each in spans)


def _spoken(span: Span, language: str) -> str:
    if not span.count:
        return WORDING.say("same_day", language)
    unit = span.unit.replace(" ", "_")
    return f"{span.count} {WORDING.say(unit if span.count == 1 else f'{unit}s', language)}"


def _say(known: Known, name: str) -> str:
    return WORDING.say(name, known.language)
