"""Check that an answer is in the officers' own words, without a trace of the reporter.

The person who asks knows how colleagues write, and who was present on which day. A text that repeats the
reporter's words is refused. A text that may reveal who was present causes a warning, which officers can set
aside with a reason.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from crypto import unseen
from inbox.access import named
from inbox.language import labels
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, joined, sentence
from inbox.questionnaire import answers, catalogue, protected, scoring
from inbox.replies import leak_check
from inbox.replies.leak_check import Why
from inbox.session import comparisons
from inbox.text import names as person_names
from inbox.text import segments
from inbox.vault import queries_cases

# This many consecutive words of the reporter count as a quotation.
RUN = 5
LONGEST = 20_000
# The maximum number of traces shown.
_MOST_SHOWN = 5
_LEAST = 4
_MONTHS = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|january|february|march|april|june|july|august|september|october|november|december"
)
_WEEKDAYS = "(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DAY = re.compile(
    rf"\b\d{{1,2}}\s?[h:]\s?\d{{1,2}}|\b\d{{1,2}}\s?(?:h|heures?|am|pm)\b|\b\d{{1,4}}[./-]\d{{1,2}}\b"
    rf"|\b(?:\d{{1,2}}(?:er|st|nd|rd|th)?\s+)?(?:{_MONTHS})\b|\b(?:{_WEEKDAYS})s?\b"
    r"|\b(?:matin|midi|soir|nuit|morning|noon|evening|night)\b",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")


class Tell(StrEnum):
    """The kinds of words by which an answer could reveal who reported; the labels are in labels.toml."""

    QUOTED = "quoted"
    REPORTER = "reporter"
    PROTECTED = "protected"
    DAY = "day"
    SAID = "said"


# Words of these kinds are refused even with a reason.
_NEVER = {Tell.QUOTED, Tell.REPORTER, Tell.PROTECTED}


@dataclass(frozen=True, slots=True)
class Trace:
    """Words that could reveal who reported, and why.

    ``words`` is empty if a single officer must not see the words.
    """

    tell: Tell
    words: str


def check(session: Session, numbers: Sequence[int], names: Sequence[str], text: str, despite: str) -> None:
    """Raise Refused unless a text from these cases, about the person with these names, may be sent.

    ``despite`` is the reason to override warnings. A text is refused if it is empty, is longer than LONGEST
    characters, or contains an invisible character. A text is also refused if it repeats a reporter's wording,
    something that a reporter asked the office never to repeat, or something known about a reporter's
    identity. Without a reason, a text is also refused if it contains a day or an hour, or if it names a
    place, an identifier or another person from a report.
    """
    _check_form(text)
    found = list(dict.fromkeys(trace for each in numbers for trace in traces(session, each, names, text)))
    if never := [each for each in found if each.tell in _NEVER]:
        raise Refused(
            sentence("the text could reveal who reported: {traces}", traces=_told(never)),
            sentence("say the same in other words, or omit the passage"),
        ).at("text", "sent")
    if found and not despite.strip():
        raise Refused(
            sentence(
                "the text could reveal who reported, because it repeats details from a report: {traces}",
                traces=_told(found),
            ),
            sentence("omit these details; to give them anyway, add a reason: --despite-warning REASON"),
        ).at("text", "sent", "despite")


def check_unnamed(session: Session, number: int, text: str) -> None:
    """Raise Refused if a text repeats something known about the identity of the reporter of a case."""
    if found := list(_of_identity(session, number, text)):
        raise Refused(
            sentence("the text could reveal who reported: {traces}", traces=_told(found)),
            sentence("say the same in other words, or omit the passage"),
        ).at("text", "sent")


def traces(session: Session, number: int, names: Sequence[str], text: str) -> Iterator[Trace]:
    """Yield a text's parts that could reveal the reporter of a case, worst first."""
    own = {word for name in names for word in person_names.words(name)}
    said = named.of_reporter(session, number)
    yield from (Trace(Tell.QUOTED, words) for words in quoted(text, said, own))
    yield from _of_identity(session, number, text, own)
    kept = protected.of(session, number)
    yield from (Trace(Tell.PROTECTED, words) for words in kept.repeated(text) if not _is_own(words, own))
    yield from (Trace(Tell.DAY, match[0].strip()) for match in _DAY.finditer(text))
    found = leak_check.find(session, number, text, text)
    # The person's own names do not count towards a quotation of another report.
    others = [
        each.words
        for each in found
        if each.why is not Why.IDENTITY
        and (each.why is not Why.OTHER or len(_counted(each.words, own)) >= RUN)
    ]
    others += _repeated(text, [*capitals_within(said), *_area(session, number)])
    others += _repeated("\n".join(said), capitals_within([text]))
    yield from (Trace(Tell.SAID, words) for words in others if not _is_own(words, own))


def _of_identity(session: Session, number: int, text: str, own: Container[str] = ()) -> Iterator[Trace]:
    if touched := comparisons.touched(session, number, text, own):
        yield from (Trace(Tell.REPORTER, words) for words in touched.words or ("",))


def quoted(text: str, said: Iterable[str], own: set[str]) -> Iterator[str]:
    """Yield each passage of ``text`` that repeats RUN or more consecutive words of a text in ``said``.

    Accents, case, punctuation and numbers are ignored. ``own``, the folded names of the person, are also
    ignored, because every text about the person repeats them.
    """
    known = {run for each in said for run in _runs([word for word, _ in _counted(each, own)])}
    words = _counted(text, own)
    runs = list(_runs([word for word, _ in words]))
    end = 0
    for first, run in enumerate(runs):
        if run in known and first >= end:
            end = first + RUN
            while end - RUN + 1 < len(runs) and runs[end - RUN + 1] in known:
                end += 1
            yield " ".join(dict.fromkeys(written for _, written in words[first:end]))


def capitals_within(said: Iterable[str]) -> Iterator[str]:
    """Yield each word that is capitalised within a sentence: a place, a ship, a company or a person."""
    for text in said:
        for each in segments.split(text):
            first, *others = _CAPITAL.findall(each) or [""]
            if not each.isupper() and first:
                yield from (word for word in others if word[0].isupper() and len(word) >= _LEAST)


def areas(session: Session) -> Iterator[str]:
    """Yield the names, in each language, of every area that a reporter can choose."""
    for option in catalogue.readable_in_use(session).options(scoring.questions().area):
        yield from (option.label.fr, option.label.en)


def _check_form(text: str) -> None:
    if not text.strip() or len(text) > LONGEST:
        raise Refused(
            sentence("an answer must have 1 to {most} characters", most=LONGEST),
            sentence("to neither confirm nor deny anything, give no text"),
        )
    if hidden := [char for char in text if char != "\n" and not unseen.is_plain(char)]:
        raise Refused(
            sentence("the text has an invisible character: {char}", char=unseen.spelled(hidden[0])),
            sentence("remove this character, then try again"),
        )


def _counted(text: str, own: set[str]) -> list[tuple[str, str]]:
    """Return the words of a text without ignored words; each word is given folded and as written."""
    return [
        (word, written)
        for written in text.split()
        for word in person_names.words(written)
        if word not in own and not word.isdigit()
    ]


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[first : first + RUN]) for first in range(len(words) - RUN + 1))


def _is_own(words: str, own: set[str]) -> bool:
    return own.issuperset(person_names.words(words))


def _area(session: Session, number: int) -> Iterator[str]:
    """Yield the names, in each language, of the area chosen in a report."""
    case = queries_cases.case(session, number)
    question, given = scoring.questions().area, answers.of(case)
    asked = catalogue.readable_in_use(session)
    for option in asked.options(question):
        if option.id in answers.several(given.get(question, ())):
            yield from {option.label.fr, option.label.en}


def _repeated(text: str, said: Iterable[str]) -> list[str]:
    """Return the given words or phrases that a text repeats, in any spelling."""
    folded = f" {' '.join(person_names.words(text))} "
    rows = {each: " ".join(person_names.words(each)) for each in said}
    return [each for each, row in rows.items() if row and f" {row} " in folded]


def _told(found: Sequence[Trace]) -> Sentence:
    return joined(
        [
            sentence("“{words}” ({why})", words=each.words, why=labels.said("tell", each.tell))
            if each.words
            else labels.said("why", "identity")
            for each in found[:_MOST_SHOWN]
        ]
    )
