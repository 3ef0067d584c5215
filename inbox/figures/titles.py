"""The titles of cells, for officers."""

from collections.abc import Sequence

from crypto.keyring import Texts
from inbox.figures import layout
from inbox.figures.plan import Plan
from inbox.figures.published.edition import WORDING


def of(plans: Sequence[Plan], cell: str) -> Texts:
    """Return the title of a cell: its period, and the titles of its totals, tables and groups.

    ``plans`` are in the order of their years. One of them covers the period.
    """
    first = int(cell[:4])
    under = next(each for each in reversed(plans) if each.first <= first)
    return Texts(fr=_of(under, cell, "fr"), en=_of(under, cell, "en"))


def _of(under: Plan, cell: str, language: str) -> str:
    period, *path = cell.split("/")
    if path == [layout.OPEN]:
        return f"{period}, {WORDING.say('already_open', language)}"
    if len(path) == 1:
        return f"{period}, {under.totals[path[0]].title.in_(language)}"
    said = [period]
    for table, group in zip(path[::2], path[1::2], strict=True):
        each = under.tables[table]
        label = next(one.label for one in each.groups if one.id == group)
        said.append(f"{each.title.in_(language)} - {label.in_(language)}")
    return ", ".join(said)
