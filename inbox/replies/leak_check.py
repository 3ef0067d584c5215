"""Find words in a reply that could identify somebody, and show them to officers before the reply is sent."""

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

# The number of words shown to identify a text.
_SHOWN = 4
# A word with at least this many letters identifies a place in the text; a shorter word may occur anywhere.
_TELLING = 4
# The domain is optional, so a run of letters without a domain matches, too. Therefore, the pattern is tried
# only once for each run. If the pattern were tried at each letter, a long word would take seconds.
_MAIL = re.compile(r"[\w.+-]++(@[\w-]+(?:\.[\w-]+)+)?")
# Three or more single letters with spaces or full stops between them.
_LETTERS_APART = re.compile(r"(?<!\w)(?:\w[\s.]+){2,}\w(?!\w)")
_HYPHEN = re.compile(f"[{HYPHENS}]")
_ANYWHERE = {Kind.PHONE}
_IF_REPORTED = {Kind.CONTAINER, Kind.PLATE, Kind.NAME}


class Why(StrEnum):
    """Why a reply should not contain certain words."""

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
    """Words that should not be in a reply, and why; ``words`` is empty if one officer may not see them."""

    why: Why
    words: str


@dataclass(slots=True, eq=False)
class Place:
    """A place in a text that gets one warning: all words found there, and all reasons."""

    words: list[str]
    whys: list[Why]
    known: set[str]

    @classmethod
    def of(cls, finding: Finding) -> "Place":
        """Return the place of one finding."""
        return cls([finding.words] if finding.words else [], [finding.why], set(names.words(finding.words)))

    def holds(self, finding: Finding) -> bool:
        """Return whether a finding shares a distinctive word with this place, and so belongs to it.

        Protected words are found in pairs, and the next pair begins with the last word of the previous pair.
        Two e-mail addresses that share only the domain are two places.
        """
        words = set(names.words(finding.words))
        if Why.CONTACT in (finding.why, *self.whys):
            return bool(words) and (words <= self.known or self.known <= words)
        return any(len(each) >= _TELLING or not each.isalpha() for each in words & self.known)

    def add(self, other: "Place") -> None:
        """Add the words and reasons of another finding at this place."""
        self.words += [each for each in _apart(other.words) if not {*names.words(each)} <= self.known]
        self.whys += [each for each in other.whys if each not in self.whys]
        self.known |= other.known

    @property
    def said(self) -> str:
        """The words as they are shown; empty for a single officer who may not see them."""
        return " ".join(self.words)


def _apart(texts: Iterable[str]) -> Iterator[str]:
    for each in texts:
        yield from each.split()


def places(findings: Iterable[Finding]) -> list[Place]:
    """Merge findings at the same place, so that officers read only one warning about each place."""
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
    """A reply contains words that could identify somebody, and no reason was given for sending them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            sentence("the text could identify somebody: {findings}", findings=told(findings)),
            sentence("use other words; to use these words anyway, give a reason: --despite-warning REASON"),
        )
        self.findings = tuple(findings)
        self.fields = ("text", "sent", "despite")


def told(findings: Sequence[Finding]) -> Sentence:
    """Return the findings in words; there must be at least one."""
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
    """Return whether a finding concerns the reporter's identity, so that only two officers may see its words.

    A single officer cannot set this warning aside with a reason, because nobody can judge words without
    seeing them.
    """
    return any(not each.words for each in findings)


def check(session: Session, number: int, text: str, own: str, despite: str) -> None:
    """Raise Cautioned if a text to a reporter has warnings, unless ``despite`` is a reason to set them aside.

    ``own`` is the part of the text that an officer wrote.

    Also raises the same errors as ``warnings``. For messages that end a case, ``casework.exits`` decides
    instead of this function.
    """
    findings = warnings(session, number, text, own, despite)
    if findings and (is_for_two(findings) or not despite.strip()):
        raise Cautioned(findings)


def warnings(session: Session, number: int, text: str, own: str, despite: str) -> list[Finding]:
    """Return the findings in ``text`` that could identify somebody, even if a reason could set them aside.

    Raises Undeclared if an officer who has not declared the case wrote any of the words. Such an officer
    could test names against the report. Raises CaseRefused if the reason itself repeats words that could
    identify somebody, because the journal records the reason.
    """
    if (own.strip() or despite.strip()) and not declarations.is_shut(session, number):
        declarations.check(session, number)
    findings = find(session, number, text, own)
    if despite.strip() and (find(session, number, despite, "") or [*_of_others(session, number, despite)]):
        raise unsaid.says_itself()
    return findings


def find(session: Session, number: int, text: str, own: str) -> list[Finding]:
    """Return the findings in ``text`` that could identify somebody, without duplicates.

    ``own`` is the part of the text that an officer wrote. Only the part in ``own`` is checked for quotations
    and names from another report. While the prosecutor's word is missing, this part is also checked for words
    about the judiciary. The law's own texts are the same for everybody, so they need no check for quotations,
    names or words about the judiciary. The text is not compared with a report that the signed-in officers may
    not read. Raises CaseRefused for an unknown case.
    """
    country = in_use.of(session).calendar.country
    found = [*_contacts(text, country), *_officers(session, text)]
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


def _contacts(text: str, country: str) -> Iterator[Finding]:
    yield from (Finding(Why.CONTACT, match[0]) for match in _MAIL.finditer(text) if match[1])
    yield from (
        Finding(Why.CONTACT, each.shown)
        for each in entities.found_in([text], country)
        if each.kind in _ANYWHERE
    )


def _officers(session: Session, text: str) -> Iterator[Finding]:
    named = conflicts.names(session)
    yield from (Finding(Why.OFFICER, name) for name in sorted(named.meant_in([text])))


def _of_report(session: Session, report: Report, text: str) -> Iterator[Finding]:
    kept = protected.of_report(session, report)
    yield from (Finding(Why.PROTECTED, words) for words in kept.repeated(text))
    country = in_use.of(session).calendar.country
    persons = "\n".join(answers.several(report.answers.get(scoring.questions().persons, ())))
    said = {
        (each.kind, each.value): each.shown
        for each in entities.found_in(answers.texts(report.answers), country, persons)
        if each.kind in _IF_REPORTED
    }
    for each in entities.found_in([text], country):
        if (each.kind, each.value) in said:
            yield Finding(Why.REPORTED, each.shown)
    words = set(names.words(text))
    yield from (Finding(Why.REPORTED, name) for name, folded in capitals(persons) if folded <= words)


def _of_justice(session: Session, number: int, own: str) -> Iterator[Finding]:
    """Yield words that reveal that the judiciary has or may have a case; the law lists their prefixes."""
    said = [(written, word) for written in own.split() for word in names.words(written)]
    if not said or not prosecutor_word.binds_outcome(session, number):
        return
    law = in_use.of(session)
    yield from _among(law, said)
    if joined := [*_set_apart(own)]:
        yield from _among(law, joined)


def _set_apart(own: str) -> Iterator[tuple[str, str]]:
    """Yield words that are split into letters or parts (“p r o c u r e u r”, “pro-cureur”) as one word."""
    for run in _LETTERS_APART.findall(own):
        yield run, "".join(names.words(run))
    for written in own.split():
        if len(parts := names.words(written)) > 1 and _HYPHEN.search(written):
            yield written, "".join(parts)


def _among(law: rules.Law, said: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """Yield words that the law lists for the judiciary, except in phrases that only say whom to contact."""
    free: set[int] = set()
    for each in (*law.obstacles.spared, *_reaching(law)):
        free.update(*_places(said, each, str.__eq__))
    for each in law.obstacles.justice:
        for place in _places(said, each, str.startswith):
            if not free.issuperset(place):
                run = (said[at][0] for at in place)
                yield Finding(Why.JUSTICE, " ".join(dict.fromkeys(run)))


def _reaching(law: rules.Law) -> Iterator[str]:
    """Yield the law's texts on how to reach authorities, which reveal nothing about a case."""
    for known in law.authorities.values():
        yield from (known.reach.fr, known.reach.en)


def _places(
    said: Sequence[tuple[str, str]], words: str, matches: Callable[[str, str], bool]
) -> Iterator[range]:
    """Yield the places of ``words`` in a text; ``matches`` compares two words."""
    wanted = names.words(words)
    for first in range(len(said) - len(wanted) + 1):
        place = range(first, first + len(wanted))
        if all(matches(said[at][1], each) for at, each in zip(place, wanted, strict=True)):
            yield place


def _uncompared(own: str) -> Iterator[Finding]:
    """Yield the start of an officer's text, if any: the text cannot be compared with the report."""
    if words := own.split():
        yield Finding(Why.SHUT, f"{' '.join(words[:_SHOWN])} …")


def _of_others(session: Session, number: int, own: str) -> Iterator[Finding]:
    yield from (Finding(Why.OTHER, words) for words in other_reports.quoted(session, number, own))
