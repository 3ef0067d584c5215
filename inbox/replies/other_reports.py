"""Words and names of one report in what is said about another: whoever wrote that one would be known by them.

Only what those present may search as well is looked at: reports that are kept from one of them, that are in
the archive or in quarantine, or of which not all have declared, would else be found out by trying words. What
is found names no case.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from inbox.questionnaire import answers, scoring
from inbox.session import declared
from inbox.text import names
from inbox.text.common_words import COMMON
from inbox.vault import fulltext, queries_cases, row_security
from inbox.vault.casework_tables import Fulltext, Workflow

# So many words in a row are nobody's own by chance.
RUN = 6
# A run that two texts share has three words in a row that begin at a fourth word of one. Few texts share even
# these, so that few whole runs are looked for.
_PROBE = 3
_STEP = RUN - _PROBE + 1
# As the index takes words apart.
_WORD = re.compile(r"[^\W_]+")
# A name in so many other reports or more says nothing of one of them, and so much of it is looked at.
_MANY, _MOST = 4, 40
_LEAST = 3
# The number of a case after a word for one.
_CASE = re.compile(
    r"\b(?:dossiers?|affaires?|signalements?|cases?|reports?)\W{1,3}(?:n[o°º]\W{0,2}|#)?(\d+)\b",
    re.IGNORECASE,
)
# What a word that begins no sentence stands behind.
_WITHIN = re.compile(r"[\w,'\u2019-]\s*$")


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


def named(session: Session, number: int, text: str) -> Iterator[str]:
    """Yield what in ``text`` names another case: a name of another report that is not in this one; a number.

    The case is one that those present may search. A name is a word with a capital that has one in the other
    report as well, where no sentence begins, or in its answer of who is concerned; one that many reports have
    is a place, or an office. A number is pointed out whether there is such a case or not.
    """
    text = unicodedata.normalize("NFC", text)
    yield from (match[0] for match in _CASE.finditer(text) if int(match[1]) != number)
    words = dict.fromkeys(match[0] for match in _WORD.finditer(text) if _may_be_name(match[0]))
    for word in islice(words, _MOST):
        asked = fulltext.in_a_row([word])
        own = select(Fulltext.case).where(Fulltext.case == number, Fulltext.text.match(asked))
        if session.scalar(own) is not None:
            continue
        others = session.scalars(_others(session, number, asked).limit(_MANY)).all()
        if len(others) < _MANY and any(_has_name(session, each, word) for each in others):
            yield word


def _may_be_name(word: str) -> bool:
    return len(word) >= _LEAST and word.isalpha() and word[0].isupper() and not {*names.words(word)} & COMMON


def _has_name(session: Session, number: int, word: str) -> bool:
    """Tell whether a word stands in a report as names do."""
    folded, said = names.words(word), answers.of(queries_cases.case(session, number))
    listed = answers.several(said.get(scoring.questions().persons, ()))
    texts = [each for given in said.values() for each in answers.several(given)]
    texts += [each.text for each in queries_cases.follow_ups(session, number)]
    if any(_capitals(each, folded) for each in listed):
        return True
    return any(_WITHIN.search(each[:at]) for each in texts for at in _capitals(each, folded))


def _capitals(text: str, folded: Sequence[str]) -> Sequence[int]:
    """Return where a word stands in a text with a capital."""
    found = (match for match in _WORD.finditer(text) if match[0][0].isupper())
    return [match.start() for match in found if names.words(match[0]) == folded]


def _standing(session: Session, number: int, runs: Mapping[int, Sequence[str]]) -> Collection[int]:
    """Return which of these runs of words stand in another report that those present may search."""
    if not runs:
        return ()
    # In one statement: to find out which cases are hidden takes longer than to look for a few words.
    listed = json.dumps([[first, fulltext.in_a_row(run)] for first, run in runs.items()])
    run = func.json_each(listed).table_valued("value", name="run").c.value
    others = _others(session, number, func.json_extract(run, "$[1]")).correlate(run.table)
    return set(session.scalars(select(func.json_extract(run, "$[0]")).where(others.exists())))


def _others(session: Session, number: int, asked: Any) -> Select[int]:
    """Return the question for other reports in which something stands, of those that may be searched."""
    return (
        select(Fulltext.case)
        .join(Workflow, Workflow.case == Fulltext.case)
        .where(
            Fulltext.text.match(asked),
            Fulltext.case != number,
            Workflow.quarantined.is_(None),
            or_(Workflow.archive_from.is_(None), Workflow.archive_from > row_security.day(session)),
            *declared.is_given(session, Fulltext.case),
        )
    )
