"""A printed register: a table in landscape format (PDF)."""

from collections.abc import Mapping

from inbox.files.pdf import WideSheets
from inbox.language import days, labels
from inbox.language.printed_text import Wording
from inbox.registers.rows import Column, Found, said

_WORDING = Wording(__package__, "printed.toml")
# Relative widths of columns that contain a number, a day or words.
_NUMBER, _DAY, _WORDS = 10, 12, 20
_WIDTHS: Mapping[Column, int] = {
    **dict.fromkeys((Column.CASE, Column.REQUEST, Column.CONSULTATION), _NUMBER),
    **dict.fromkeys((Column.ROUTE, Column.EXAMINED, Column.OUTCOME, Column.WAY), 15),
    **dict.fromkeys((Column.GROUND, Column.VISA, Column.BECAUSE, Column.BODY, Column.REFERENCE), _WORDS),
    **dict.fromkeys((Column.SUBJECT, Column.OPINION), 2 * _WORDS),
}


def pages(found: Found, office: str, language: str) -> bytes:
    """Return an office's register as a PDF, in French ("fr") or English ("en")."""
    title = labels.of("register")[found.wanted.register].in_(language)
    foot = f"{title} · {_WORDING.say('page', language)}"
    sheets = WideSheets(title, language=language, day=found.day, foot=foot, removed="")
    sheets.fact(_WORDING.say("office", language), office)
    sheets.fact(_WORDING.say("made", language), days.long(language, found.day))
    sheets.fact(_WORDING.say("year", language), str(found.wanted.year or _WORDING.say("all", language)))
    sheets.fact(_WORDING.say("lines", language), str(len(found.rows)))
    if found.for_handlers:
        sheets.text(f"{_WORDING.say('handlers', language)} : {found.for_handlers}")
    if not found.rows:
        sheets.text(_WORDING.say("nothing", language))
        return sheets.output()
    heads = [labels.of("column")[each].in_(language) for each in found.columns]
    rows = [[said(row.get(each), language) for each in found.columns] for row in found.rows]
    sheets.table(heads, rows, [_WIDTHS.get(each, _DAY) for each in found.columns])
    return sheets.output()
