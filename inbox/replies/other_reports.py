"""Words of one report in what is said about another: whoever wrote that one would be known by them.

Only what those present may search as well is looked at: reports that are kept from one of them, that are in
the archive or in quarantine, or of which not all have declared, would else be found out by trying words. What
is found names no case.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from inbox.session import declared
from inbox.vault import fulltext, row_security
from inbox.vault.casework_tables import Fulltext, Workflow

# So many words in a row are nobody's own by chance.
RUN = 6
# A run that two texts share has three words in a row that begin at a fourth word of one. Few texts share even
# these, so that few whole runs are looked for.
_PROBE = 3
_STEP = RUN - _PROBE + 1
# As the index takes words apart.
_WORD = re.compile(r"[^\W_]+")


def quoted(session: Session, number: int, text: str) -> Iterator[str]:
    """Yield each passage of ``text`` of RUN words or more in a row that stands in a report of another case.

    Accents, case and punctuation do not count.
    """
    text = unicodedata.normalize("NFC", text)
    found = list(_WORD.finditer(text))
    words = [match[0] for match in found]
    probes = range(0, len(words) - _PROBE + 1, _STEP)
    near = _standing(session, number, {at: words[at : at + _PROBE] for at in probes})
    begins = {first for at in near for first in range(max(0, at - _STEP + 1), at + 1)}
    whole = {first: words[first : first + RUN] for first in begins if first + RUN <= len(words)}
    starts = sorted(_standing(session, number, whole))
    runs: list[tuple[int, int]] = []
    for first in starts:
        begun = runs.pop()[0] if runs and first <= runs[-1][1] else first
        runs.append((begun, first + RUN - 1))
    yield from (text[found[first].start() : found[last].end()] for first, last in runs)


def _standing(session: Session, number: int, runs: Mapping[int, Sequence[str]]) -> Collection[int]:
    """Return which of these runs of words stand in another report that those present may search."""
    # In one statement: to find out which cases are hidden takes longer than to look for a few words.
    listed = json.dumps([[first, fulltext.in_a_row(run)] for first, run in runs.items()])
    run = func.json_each(listed).table_valued("value", name="run").c.value
    others = (
        select(Fulltext.case)
        .join(Workflow, Workflow.case == Fulltext.case)
        .where(
            Fulltext.text.match(func.json_extract(run, "$[1]")),
            Fulltext.case != number,
            Workflow.quarantined.is_(None),
            or_(Workflow.archive_from.is_(None), Workflow.archive_from > row_security.day(session)),
            *declared.is_given(session, Fulltext.case),
        )
        .correlate(run.table)
    )
    return set(session.scalars(select(func.json_extract(run, "$[0]")).where(others.exists())))
