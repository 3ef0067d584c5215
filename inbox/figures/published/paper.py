"""An edition as PDF, with its charts as vectors."""

from collections.abc import Sequence
from datetime import date

from inbox.figures.published import chart
from inbox.figures.published.chart import Chart
from inbox.figures.published.edition import WORDING, Edition, Section
from inbox.files.pdf import Sheets
from templates.fonts import FAMILY

# The width of a chart in millimetres: its texts are as large as the other texts of the page.
_WIDTH = 90
_LABEL, _NUMBER = 40, 14
# The level of the headings of large parts, and the height of a table's caption and of its head, in rows.
_PART, _CAPTION, _HEAD = 2, 2, 2
# The height of a row, and the greatest height that is kept on one page, in mm.
_ROW, _MOST = 5.5, 150
# How many letters of a list a line has at least.
_LETTERS = 85


def paper(edition: Edition, day: date) -> bytes:
    """Return the pages of an edition that was published on ``day``, each with its number of all pages."""
    # The library can replace a sign by the number of pages, but also where a text contains this sign.
    pages = _sheets(edition, day, "").discard()
    return _sheets(edition, day, f" {WORDING.say('of_pages', edition.language)} {pages}").output()


def _sheets(edition: Edition, day: date, foot_end: str) -> Sheets:
    foot = f"{edition.title} · {WORDING.say('page', edition.language)}"
    sheets = Sheets(edition.title, language=edition.language, day=day, foot=foot, removed="")
    sheets.end_foot_with(foot_end)
    sheets.subtitle(edition.office)
    for fact in edition.facts:
        sheets.small(fact)
    for section, room in zip(edition.sections, _rooms(edition.sections), strict=True):
        begin = sheets.heading if section.level == _PART else sheets.label
        begin(section.heading, room)
        for text in section.texts:
            sheets.text(text)
        for text in section.listed:
            sheets.text(f"• {text}")
        for each in section.charts:
            sheets.drawing(each.for_paper(FAMILY), _WIDTH, _height(each), f"{each.title}. {each.told}")
        if table := section.table:
            widths = [_LABEL, *[_NUMBER] * (len(table.heads) - 1)]
            if _has_caption(section):
                sheets.text(table.caption)
            sheets.table(table.heads, table.rows, widths, numbers=True, whole=table.whole)
    return sheets


def _rooms(sections: Sequence[Section]) -> Sequence[float]:
    """Return the height of each section's list, chart and table, in mm, so that no page break parts them.

    A heading without contents of its own stays with the next section.
    """
    rooms: list[float] = []
    following = 0.0
    for section in reversed(sections):
        lines = sum(1 + len(text) // _LETTERS for text in section.listed)
        if table := section.table:
            lines += len(section.texts) + len(table.rows) + bool(table.whole) + _HEAD
            lines += _CAPTION * _has_caption(section)
        room = min(lines * _ROW + sum(map(_height, section.charts)), _MOST)
        is_bare = not (section.table or section.listed)
        rooms.append(following + _ROW if is_bare else room)
        following = rooms[-1]
    return rooms[::-1]


def _has_caption(section: Section) -> bool:
    """Return whether the table needs its own caption, because no chart above it bears the same title."""
    return section.table is not None and section.table.caption not in {each.title for each in section.charts}


def _height(drawn: Chart) -> float:
    return drawn.height * _WIDTH / chart.WIDTH
