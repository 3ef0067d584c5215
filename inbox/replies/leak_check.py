"""What in a reply could give somebody away: officers see it before the reporter or a bystander does."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from crypto.messages import REPORT, Report
from inbox.access import conflicts, declarations
from inbox.casework import prosecutor_word
from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, joined, listed, sentence
from inbox.law import in_use
from inbox.questionnaire import answers, protected, scoring
from inbox.replies import other_reports
from inbox.session import comparisons, unsaid
from inbox.text import confusables, entities, names
from inbox.text.entities import Kind
from inbox.text.joints import HYPHENS
from inbox.text.repeating import capitals
from inbox.vault import queries_cases
from templates.law import rules

# So many words show which text is meant.
_SHOWN = 4
# A word of so many letters tells which place is meant; a shorter one may stand anywhere.
_TELLING = 4
# Each run of letters is looked at once: from every letter of it, a long word would take seconds.
_MAIL = re.compile(r"[\w.+-]++(@[\w-]+(?:\.[\w-]+)+)?")
# Three letters or more, each by itself.
_LETTERS_APART = re.compile(r"(?<!\w)(?:\w[\s.]+){2,}\w(?!\w)")
_HYPHEN = re.compile(f"[{HYPHENS}]")
_ANYWHERE = {Kind.PHONE}
_IF_REPORTED = {Kind.CONTAINER, Kind.PLATE, Kind.NAME}


class Why(StrEnum):
    """Why words should not be in a reply."""

    PROTECTED = "protected"
    IDENTITY = "identity"
    OFFICER = "officer"
    REPORTED = "reported"
    CONTACT = "contact"
    ALIKE = "alike"
    SHUT = "shut"
    JUSTICE = "justice"
    OTHER = "other"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Finding:
    """Words that are in a reply, and why they should not be; none before one officer who may not know."""

    why: Why
    words: str


@dataclass(slots=True, eq=False)
class Place:
    """What of a text is warned about once: all its words that were found, and every reason why."""

    words: list[str]
    whys: list[Why]
    known: set[str]

    @classmethod
    def of(cls, finding: Finding) -> "Place":
        """Return the place of one finding."""
        return cls([finding.words] if finding.words else [], [finding.why], set(names.words(finding.words)))

    def holds(self, finding: Finding) -> bool:
        """Tell whether a finding is at this place: it shares a word that tells something.

        Protected words are found in pairs, of which the next begins with the word that ends the last.
        Two addresses share that of a server, and are two all the same.
        """
        words = set(names.words(finding.words))
        if Why.CONTACT in (finding.why, *self.whys):
            return bool(words) and (words <= self.known or self.known <= words)
        return any(len(each) >= _TELLING or not each.isalpha() for each in words & self.known)

    def add(self, other: "Place") -> None:
        """Take in what was found at the same place."""
        self.words += [each for each in _apart(other.words) if not {*names.words(each)} <= self.known]
        self.whys += [each for each in other.whys if each not in self.whys]
        self.known |= other.known

    @property
    def said(self) -> str:
        """The words, as they are shown; an empty text for one who may not know them."""
        return " ".join(self.words)


def _apart(texts: Iterable[str]) -> Iterator[str]:
    for each in texts:
        yield from each.split()


def places(findings: Iterable[Finding]) -> list[Place]:
    """Return what was found by its places, each once: nobody has to read five warnings about one."""
    found: list[Place] = []
    for finding in findings:
        made = Place.of(finding)
        at = [each for each in found if each.holds(finding)]
        if not at:
            found.append(made)
            continue
        for other in [*at[1:], made]:
            at[0].add(other)
        found = [each for each in found if each not in at[1:]]
    return found


class Cautioned(CaseRefused):
    """A reply has words that could give somebody away, and nobody gave a reason for them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            sentence("the text could give somebody away: {findings}", findings=told(findings)),
            sentence("say it in other words; if it has to be said: --despite-warning REASON"),
        )
        self.findings = tuple(findings)
        self.fields = ("text", "sent", "despite")


def told(findings: Sequence[Finding]) -> Sentence:
    """Return what was found, in words; it is something."""
    return joined(
        [
            sentence(
                "“{words}” ({why})",
                words=each.said,
                why=listed([labels.said("why", why) for why in each.whys]),
            )
            if each.words
            else listed([labels.said("why", why) for why in each.whys])
            for each in places(findings)
        ]
    )


def is_for_two(findings: Iterable[Finding]) -> bool:
    """Tell whether words touch who the reporter is, and one officer is not told which.

    No reason of that one sets that aside: nobody weighs what they do not see.
    """
    return any(not each.words for each in findings)


def check(session: Session, number: int, text: str, own: str, despite: str) -> None:
    """Return if ``text`` may go to the reporter of a case; ``despite`` is the reason to say it all the same.

    ``own`` is what an officer wrote of it.

    Raises Cautioned without a reason, and as ``warnings``. At the end of a case ``casework.exits`` decides.
    """
    findings = warnings(session, number, text, own, despite)
    if findings and (is_for_two(findings) or not despite.strip()):
        raise Cautioned(findings)


def warnings(session: Session, number: int, text: str, own: str, despite: str) -> list[Finding]:
    """Return what in ``text`` could give somebody away, for whoever may send it with a reason or not.

    Raises Undeclared for words of officers who may not read the report yet, whatever they say: otherwise they
    could try names on it. Raises CaseRefused for a reason that repeats such words itself: it is noted in the
    journal.
    """
    if (own.strip() or despite.strip()) and not declarations.is_shut(session, number):
        declarations.check(session, number)
    findings = find(session, number, text, own)
    if despite.strip() and (find(session, number, despite, "") or [*_of_others(session, number, despite)]):
        raise unsaid.says_itself()
    return findings


def find(session: Session, number: int, text: str, own: str) -> list[Finding]:
    """Return what in ``text`` could give somebody away, each once; CaseRefused for an unknown case.

    ``own`` is what an officer wrote of it: it is not to repeat or name another report, nor, before the
    prosecutor's word, to tell of justice. What the law's own texts say, they say to everybody. Nothing is
    compared with a report that those present may not read.
    """
    found = [*_contacts(text), *_officers(session, text)]
    found += [Finding(Why.ALIKE, word) for word in confusables.mixed([text])]
    found += _of_justice(session, number, own)
    found += _of_others(session, number, own)
    if number not in declarations.may_be_tried(session, [number]):
        queries_cases.case(session, number)
        return list(dict.fromkeys([*found, *_uncompared(own)]))
    found += [Finding(Why.ELSEWHERE, each) for each in other_reports.named(session, number, own)]
    if touched := comparisons.touched(session, number, text):
        found += [Finding(Why.IDENTITY, words) for words in touched.words or ("",)]
    case = queries_cases.case(session, number)
    if not case.unsigned:
        found += _of_report(session, REPORT.parse(case.message), text)
    return list(dict.fromkeys(found))


def _contacts(text: str) -> Iterator[Finding]:
    yield from (Finding(Why.CONTACT, match[0]) for match in _MAIL.finditer(text) if match[1])
    yield from (
        Finding(Why.CONTACT, each.shown) for each in entities.found_in([text]) if each.kind in _ANYWHERE
    )


def _officers(session: Session, text: str) -> Iterator[Finding]:
    named = conflicts.names(session)
    yield from (Finding(Why.OFFICER, name) for name in sorted(named.meant_in([text])))


def _of_report(session: Session, report: Report, text: str) -> Iterator[Finding]:
    kept = protected.of_report(session, report)
    yield from (Finding(Why.PROTECTED, words) for words in kept.repeated(text))
    persons = "\n".join(answers.several(report.answers.get(scoring.questions().persons, ())))
    said = {
        (each.kind, each.value): each.shown
        for each in entities.found_in(conflicts.said(report.answers), persons)
        if each.kind in _IF_REPORTED
    }
    for each in entities.found_in([text]):
        if (each.kind, each.value) in said:
            yield Finding(Why.REPORTED, each.shown)
    words = set(names.words(text))
    yield from (Finding(Why.REPORTED, name) for name, folded in capitals(persons) if folded <= words)


def _of_justice(session: Session, number: int, own: str) -> Iterator[Finding]:
    """Yield what tells that justice has a case, or may have: word by word as the law says how each begins."""
    said = [(written, word) for written in own.split() for word in names.words(written)]
    if not said or not prosecutor_word.binds_outcome(session, number):
        return
    law = in_use.of(session)
    yield from _among(law, said)
    if joined := [*_set_apart(own)]:
        yield from _among(law, joined)


def _set_apart(own: str) -> Iterator[tuple[str, str]]:
    """Yield the words whose letters or parts stand apart, as one each: “p r o c u r e u r”, “pro-cureur”."""
    for run in _LETTERS_APART.findall(own):
        yield run, "".join(names.words(run))
    for written in own.split():
        if len(parts := names.words(written)) > 1 and _HYPHEN.search(written):
            yield written, "".join(parts)


def _among(law: rules.Law, said: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """Yield the words of justice in a text, except where they only say where to turn.

    A word counts as it begins, so that no inflected form is missed. An exception must stand as the law writes
    it: by its beginning alone, “à la police” would excuse “avec la police”.
    """
    free: set[int] = set()
    for each in (*law.obstacles.spared, *_reaching(law)):
        free.update(*_places(said, each, str.__eq__))
    for each in law.obstacles.justice:
        for place in _places(said, each, str.startswith):
            if not free.issuperset(place):
                run = (said[at][0] for at in place)
                yield Finding(Why.JUSTICE, " ".join(dict.fromkeys(run)))


def _reaching(law: rules.Law) -> Iterator[str]:
    """Yield what the law itself says of whom to reach, in danger, too: who types it tells of no case."""
    for each in (law.reporters.danger, *(known.reach for known in law.authorities.values())):
        yield from (each.fr, each.en)


def _places(
    said: Sequence[tuple[str, str]], words: str, matches: Callable[[str, str], bool]
) -> Iterator[range]:
    """Yield the places of these words in a text, each word as ``matches`` compares it."""
    wanted = names.words(words)
    for first in range(len(said) - len(wanted) + 1):
        place = range(first, first + len(wanted))
        if all(matches(said[at][1], each) for at, each in zip(place, wanted, strict=True)):
            yield place


def _uncompared(own: str) -> Iterator[Finding]:
    """Yield the beginning of what an officer wrote, if anything: whatever it says, nobody can look."""
    if words := own.split():
        yield Finding(Why.SHUT, f"{' '.join(words[:_SHOWN])} …")


def _of_others(session: Session, number: int, own: str) -> Iterator[Finding]:
    yield from (Finding(Why.OTHER, words) for words in other_reports.quoted(session, number, own))
