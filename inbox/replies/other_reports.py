"""Find words and names from another report in a text, because they could reveal who made that report.

Only reports that the signed-in officers may search are compared. Otherwise, officers could find hidden
reports by trying words. Reports are hidden if one of the officers is excluded from the case or has not
declared it, or if the case is archived or in quarantine. A finding does not name the case.
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

# Two people do not write the same sequence of this many words by chance.
RUN = 6
# Each run of RUN words contains a probe: _PROBE consecutive words that start at a multiple of _STEP words.
# Few texts share a probe, so the search has to compare only a few complete runs.
_PROBE = 3
_STEP = RUN - _PROBE + 1
# A word, as the fulltext index splits text.
_WORD = re.compile(r"[^\W_]+")
# A name that occurs in _MANY other reports does not identify any of them. At most _MOST names are searched
# for.
_MANY, _MOST = 4, 40
_LEAST = 3
# A word for a case, followed by its number.
_CASE = re.compile(
    r"\b(?:dossiers?|affaires?|signalements?|cases?|reports?)\W{1,3}(?:n[o°º]\W{0,2}|#)?(\d+)\b",
    re.IGNORECASE,
)
# The text before a word, if the word does not begin a sentence.
_WITHIN = re.compile(r"[\w,'\u2019-]\s*$")


def quoted(session: Session, number: int, text: str) -> Iterator[str]:
    """Yield each passage of at least RUN consecutive words of ``text`` that another report also contains.

    Accents, letter case and punctuation are ignored.
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
    """Yield the case numbers in ``text``, and the names in it that occur only in another report.

    Cases that the signed-in officers may not search are ignored. A name is a capitalised word that is also
    capitalised in the other report. In that report, it must be within a sentence or in the answer about
    persons concerned. A name in many reports is ignored, because it is probably a place or an office. A case
    number is reported even if no such case exists.
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
    """Return whether a report uses a word as a name."""
    folded, said = names.words(word), answers.of(queries_cases.case(session, number))
    listed = answers.several(said.get(scoring.questions().persons, ()))
    texts = [each for given in said.values() for each in answers.several(given)]
    texts += [each.text for each in queries_cases.follow_ups(session, number)]
    if any(_capitals(each, folded) for each in listed):
        return True
    return any(_WITHIN.search(each[:at]) for each in texts for at in _capitals(each, folded))


def _capitals(text: str, folded: Sequence[str]) -> Sequence[int]:
    """Return the positions at which a word is capitalised in a text."""
    found = (match for match in _WORD.finditer(text) if match[0][0].isupper())
    return [match.start() for match in found if names.words(match[0]) == folded]


def _standing(session: Session, number: int, runs: Mapping[int, Sequence[str]]) -> Collection[int]:
    """Return the keys of the runs of words that occur in another searchable report."""
    if not runs:
        return ()
    # One statement searches for all runs, because finding the hidden cases takes longer than searching for a
    # few words.
    listed = json.dumps([[first, fulltext.in_a_row(run)] for first, run in runs.items()])
    run = func.json_each(listed).table_valued("value", name="run").c.value
    others = _others(session, number, func.json_extract(run, "$[1]")).correlate(run.table)
    return set(session.scalars(select(func.json_extract(run, "$[0]")).where(others.exists())))


def _others(session: Session, number: int, asked: Any) -> Select[int]:
    """Return the query for other reports that match and that the signed-in officers may search."""
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
