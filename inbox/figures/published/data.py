"""The shown cells of an edition for re-users: CSV for spreadsheets, and JSON (RFC 8259) with metadata."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from crypto.keyring import Texts
from inbox.figures.layout import OPEN
from inbox.figures.plan import YEARS
from inbox.figures.published.edition import SIGN, WORDING, Imprint
from inbox.figures.published.figures import Figures
from inbox.text import spreadsheets
from templates.catalogues import LANGUAGES

_COLUMNS = ("edition", "period", "table", "title", "above", "group", "label", "count")


@dataclass(frozen=True)
class _Line:
    """A count, and where it belongs. A total has an empty ``group``; only a cross-table has an ``above``."""

    period: str
    table: str
    title: Texts
    above: str
    group: str
    label: Texts
    count: int | None


def as_csv(figures: Figures, language: str) -> bytes:
    """Return the counts of an edition as CSV, in UTF-8 with a byte order mark, separated by semicolons."""
    heads = [WORDING.say(f"column_{each}", language) for each in _COLUMNS]
    return spreadsheets.written([heads, *(_row(line, figures.year, language) for line in _lines(figures))])


def _row(line: _Line, year: int, language: str) -> Sequence[str | int]:
    texts = (line.period, line.table, line.title.in_(language), line.above, line.group)
    return (year, *texts, line.label.in_(language), SIGN if line.count is None else line.count)


def as_json(figures: Figures, imprint: Imprint) -> bytes:
    """Return the counts of an edition as JSON, in both languages; a hidden count is null."""
    plan = figures.plan
    title = Texts(*(WORDING.say("title", language).format(year=figures.year) for language in LANGUAGES))
    document = {
        "title": _both(title),
        "publisher": _both(imprint.office),
        "published": imprint.day.isoformat(),
        "licence": imprint.licence or None,
        "edition": figures.year,
        "threshold": plan.k,
        "hidden": None,
        "tables": [
            {"id": table.id, "title": _both(table.title), "years": table.years, "threshold": table.k}
            for table in plan.tables.values()
            if figures.of_table(table)
        ],
        "counts": [
            {
                "period": line.period,
                "table": line.table,
                "above": line.above or None,
                "group": line.group or None,
                "label": _both(line.label),
                "count": line.count,
            }
            for line in _lines(figures)
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def imprint(raw: bytes) -> Imprint:
    """Return who published an edition, when, and under which licence, from its JSON file.

    Raises ValueError, KeyError or TypeError if the file is not one that ``as_json`` writes.
    """
    said = json.loads(raw)
    return Imprint(Texts(**said["publisher"]), date.fromisoformat(said["published"]), said["licence"] or "")


def _lines(figures: Figures) -> Iterator[_Line]:
    """Yield the counts of this edition alone, not those of earlier editions."""
    plan, year = figures.plan, str(figures.year)
    if (opening := f"{year}/{OPEN}") in figures.shown:
        title = Texts(*(WORDING.say("already_open", language) for language in LANGUAGES))
        yield _Line(year, OPEN, title, "", "", title, figures.shown[opening])
    for total in plan.totals.values():
        yield _Line(year, total.id, total.title, "", "", total.title, figures.total(total.id, figures.year))
    for table in plan.tables.values():
        for divided in figures.of_table(table):
            if divided.period != year and table.years != YEARS:
                continue
            for group, count in zip(table.groups, divided.counts, strict=True):
                yield _Line(
                    divided.period, table.id, table.title, divided.above, group.id, group.label, count
                )


def _both(texts: Texts) -> Mapping[str, str]:
    return {"fr": texts.fr, "en": texts.en}
