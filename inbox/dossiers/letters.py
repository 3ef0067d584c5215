"""Letters to print for a legal decision: to a prosecutor, an authority or a person concerned.

The texts of letters come with the law. Text that officers add is checked like a reply. A person concerned
knows how colleagues write, so text in a letter to that person is checked like an answer to an access request.
A letter has to wait as long as its decision, and requires the same number of officers. Writing the letter
does not take the decision.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from inbox.access import addressees, declarations, disclosures, named
from inbox.access.disclosures import LONGEST, Given, Ground, Unasked
from inbox.casework import decisions
from inbox.casework.decisions import Decision
from inbox.deadlines import workflow
from inbox.dossiers import restating
from inbox.language import days, labels
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import Sentence, sentence
from inbox.language.printed_text import Wording
from inbox.law import in_use
from inbox.replies import leak_check
from inbox.replies.leak_check import Cautioned, Why
from inbox.session import chosen_action, journal
from inbox.session.actions import Action, Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.system import apart
from inbox.text.lines import one_line
from inbox.text.names import family
from inbox.vault import queries_cases, queries_office
from templates.law.rules import OWN, Addressee, Authority, Letter

WORDING = Wording(__package__, "letters.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A letter, identified by its code.

    ``to`` is the code of an authority in the law, or the name of a person. ``address`` is printed on the
    letter; if it is empty, the law's address of the authority is printed. ``text`` is the officers' own text.
    ``despite`` is the reason to override warnings. ``seen`` is the digest of the words that officers were
    shown, or None to skip this check.
    """

    letter: str
    to: str
    address: str = ""
    text: str = ""
    language: str = "fr"
    despite: str = ""
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a letter; ``is_own`` is true if it is the officers' own text."""

    text: str
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The complete text of a letter, in order: the office, the labelled ``facts``, and the paragraphs.

    Space for a signature follows. ``page`` is the word before the page number at the foot of each page.
    """

    by: str
    facts: Sequence[tuple[str, str]]
    paragraphs: Sequence[Paragraph]
    sign: str
    page: str
    language: str
    made: date

    @property
    def digest(self) -> str:
        """The SHA-256 of the text in hexadecimal, which shows whether officers have seen the same text."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A letter that can be written about a case, and the number of ``officers`` that it requires.

    ``waits`` says why the letter cannot be written yet, and what to do; it is empty if the letter can be
    written.
    """

    rule: Letter
    officers: int
    authorities: Mapping[str, Authority]
    waits: Sequence[Sentence]


def offered(inbox: Inbox, who: Actor, number: int) -> Mapping[str, Offered]:
    """Return the letters of the law by code.

    Raises the same errors as ``declarations.check`` and ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.SHOW, number, view=Viewed.LETTER)) as session:
        law = in_use.of(session)
        return {
            code: Offered(
                rule=each,
                officers=decisions.officers(session, each.decision),
                authorities=law.addressees(each),
                waits=_waits(session, number, each, who.today),
            )
            for code, each in law.letters.items()
        }


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview of a letter; ``warned`` says why ``write`` would refuse it, and what to do.

    ``warned`` is empty if everything that officers entered is accepted. ``warned`` does not say whether the
    letter has to wait. ``takes_reason`` is true if a reason may set the warning aside.
    """

    words: Words
    warned: Sequence[Sentence]
    takes_reason: bool


def preview(inbox: Inbox, who: Actor, number: int, wanted: Wanted) -> Preview:
    """Return the text of a possible letter about a case, and the reason if ``write`` would refuse it.

    Raises Undeclared. Also raises the same errors as ``words``.
    """
    with inbox.acting(who, action(Code.SHOW, number, view=Viewed.LETTER)) as session:
        _check_form(session, wanted)
        said, refused = _words(session, number, wanted, who.today), _refused(session, number, wanted)
    if refused is None:
        return Preview(said, (), takes_reason=False)
    return Preview(said, (refused.what, refused.hint), takes_reason="despite" in refused.fields)


def words(inbox: Inbox, who: Actor, number: int, wanted: Wanted) -> Words:
    """Return the text that a letter about a case would have today, without checking or writing it.

    Raises the same errors as ``write`` if the letter, the addressee or the text is unsuitable, or if the case
    lacks a value. Also raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.SHOW, number, view=Viewed.LETTER)) as session:
        _check_form(session, wanted)
        return _words(session, number, wanted, who.today)


def write(inbox: Inbox, who: Actor, number: int, wanted: Wanted, out: Path) -> None:
    """Write an unencrypted letter about a case to a new file. The journal and the ledger record the letter.

    Raises Refused if the words differ from the words shown, or if the law has no such letter or addressee.
    Raises CaseRefused if the letter has to wait, if the officers' own text is missing, or if the case lacks a
    value that the letter names. Raises CaseRefused for a person whom the case does not name, unless a reason
    is given. Also raises the same errors as ``decisions.check_way``, ``leak_check.check`` and
    ``restating.check``. All these errors are raised before anybody is asked to confirm. After that, raises
    the same errors as ``chosen_action.acting`` and ``apart.new``.
    """

    def choose(session: Session) -> Action:
        rule = _rule(session, wanted.letter)
        _check(session, number, wanted, who.today)
        _check_seen(_words(session, number, wanted, who.today), wanted.seen)
        despite = bool(wanted.despite.strip())
        noted = action(Code.WRITE_LETTER, number, wanted.despite, letter=wanted.letter, despite=despite)
        return noted.by(decisions.officers(session, rule.decision))

    # The file is named only after the journal entry is written, so no file exists without an entry.
    with apart.new(inbox.home, out) as file, chosen_action.acting(inbox, who, number, choose) as session:
        file.write(_pages(_words(session, number, wanted, who.today)))
        _note(session, number, wanted)


def example(session: Session, letter: Letter, language: str) -> str:
    """Return the text of a letter as an addressee would read it, with placeholders for values of a case."""
    values = {each: f"[{label.in_(language)}]" for each, label in labels.of("place").items()}
    values["name"] = queries_office.office(session).called(language)
    return letter.text.in_(language).strip().format_map(values)


def _rule(session: Session, code: str) -> Letter:
    return in_use.rule(in_use.of(session).letters, code)


def _check(session: Session, number: int, wanted: Wanted, today: date) -> None:
    declarations.check(session, number)
    _check_way(session, number, _rule(session, wanted.letter), today)
    _check_form(session, wanted)
    _check_given(session, number, wanted)


def _refused(session: Session, number: int, wanted: Wanted) -> Refused | None:
    """Return the error for entries that are refused, or None if they are accepted."""
    try:
        _check_given(session, number, wanted)
    except Refused as refused:
        return refused
    return None


def _check_given(session: Session, number: int, wanted: Wanted) -> None:
    """Raise an error if officers' entries must not be sent, or lack the reason that they require."""
    rule = _rule(session, wanted.letter)
    if rule.to is Addressee.PERSON:
        _check_concerned(session, number, wanted)
        to = f"{one_line(wanted.to)}\n{wanted.address}"
        addressees.check_unsaid(session, number, to, wanted.despite)
    else:
        addressees.check(session, number, wanted.address, wanted.despite)
    # The journal records the reason.
    leak_check.warnings(session, number, "", "", wanted.despite)
    if rule.to is Addressee.PERSON and OWN in rule.fields:
        restating.check(session, [number], [one_line(wanted.to)], wanted.text, wanted.despite)
    else:
        _check_words(session, number, wanted)


def _check_form(session: Session, wanted: Wanted) -> None:
    """Raise an error for entries that do not suit the letter.

    Raises Refused if the law has no such letter or addressee, if the name is missing, or if the name or the
    address is too long. Raises CaseRefused if the officers' own text is missing, or is given although the
    letter has none.
    """
    rule = _rule(session, wanted.letter)
    if max(len(wanted.to), len(wanted.address)) > LONGEST or not one_line(wanted.to):
        raise Refused(
            sentence(
                "a name is required, and name and address can each have at most {most} characters",
                most=LONGEST,
            ),
            sentence("correct the name and the address"),
        ).at("to", "address")
    if rule.to is not Addressee.PERSON:
        in_use.rule(in_use.of(session).addressees(rule), wanted.to)
    if (OWN in rule.fields) is not bool(wanted.text.strip()):
        raise CaseRefused(*_OWN_WORDS[OWN in rule.fields])


def _check_seen(words: Words, seen: str | None) -> None:
    if seen is not None and seen != words.digest:
        raise Refused(
            sentence("the letter has changed since you read the preview, or you have not read a preview"),
            sentence("read the preview, then write the letter"),
        )


def _check_concerned(session: Session, number: int, wanted: Wanted) -> None:
    """Raise CaseRefused for a person whom the case does not name, unless officers give a reason."""
    known = filter(None, (one_line(wanted.to), family(wanted.to)))
    if not wanted.despite.strip() and not named.names(session, number, [*known]):
        raise CaseRefused(
            sentence("case {number} does not name this person", number=number),
            sentence("to send the letter anyway, give a reason: --despite-warning REASON"),
        ).at("to", "despite")


def _check_words(session: Session, number: int, wanted: Wanted) -> None:
    """Raise the errors of ``leak_check.check`` and ``restating.check_unnamed`` for a text to an authority.

    Persons and things that the report names are allowed, because a letter to an authority is about them.
    """
    restating.check_unnamed(session, number, wanted.text)
    # An authority may learn that the judiciary has the case.
    found = leak_check.warnings(session, number, wanted.text, "", wanted.despite)
    findings = [each for each in found if each.why is not Why.REPORTED]
    if findings and (leak_check.is_for_two(findings) or not wanted.despite.strip()):
        raise Cautioned(findings)


def _check_way(session: Session, number: int, rule: Letter, today: date) -> None:
    """Raise CaseRefused while a letter has to wait.

    Until officers decide whether to inform the prosecutor, letters may go only to the prosecutor. Even then,
    a measure must first record that the prosecutor is informed. Otherwise, a letter could warn the persons
    concerned too early.
    """
    if rule.to is Addressee.PROSECUTOR:
        disclosures.check_justice(session, number)
    else:
        decisions.check_prosecutor(session, number)
    decisions.check_way(session, number, Decision(choice=rule.decision, reason=""), today)


def _waits(session: Session, number: int, rule: Letter, today: date) -> Sequence[Sentence]:
    try:
        _check_way(session, number, rule, today)
    except CaseRefused as refused:
        return refused.what, refused.hint
    return ()


def _pages(words: Words) -> bytes:
    # This import takes a quarter of the desk's start-up time, and only the PDF needs it.
    from inbox.dossiers import letter_paper  # noqa: PLC0415

    paper = letter_paper.Paper(
        title=words.by, facts=words.facts, foot=words.page, language=words.language, made=words.made
    )
    sheets = letter_paper.begun(paper)
    sheets.gap()
    for paragraph in words.paragraphs:
        sheets.gap()
        if paragraph.is_own:
            sheets.quote((paragraph.text,))
        else:
            sheets.text(paragraph.text)
    letter_paper.sign(sheets, words.sign)
    return sheets.output()


def _words(session: Session, number: int, wanted: Wanted, today: date) -> Words:
    """Return the text of a letter; raises CaseRefused if the case lacks a value."""
    rule, language = _rule(session, wanted.letter), wanted.language
    facts = {
        "to": _addressee(session, wanted),
        "address": _address(session, wanted),
        "made": days.long(language, today),
        "reference": "" if rule.to is Addressee.PERSON else f"{_say(wanted, 'case')} {number}",
        "subject": rule.name.in_(language),
        "law": rule.law.in_(language),
    }
    return Words(
        by=queries_office.office(session).called(language),
        facts=tuple((_say(wanted, name), value) for name, value in facts.items() if value),
        paragraphs=tuple(_paragraphs(rule.text.in_(language), _values(session, number, wanted))),
        sign=_say(wanted, "sign"),
        page=_say(wanted, "page"),
        language=language,
        made=today,
    )


def _paragraphs(text: str, values: Mapping[str, str]) -> Iterator[Paragraph]:
    for each in text.strip().split("\n\n"):
        is_own = each.strip() == f"{{{OWN}}}"
        yield Paragraph(values[OWN] if is_own else each.format_map(values), is_own)


def _values(session: Session, number: int, wanted: Wanted) -> Mapping[str, str]:
    """Return the values that a letter inserts; raises CaseRefused if the case lacks one of them."""
    case, rule = queries_cases.case(session, number), _rule(session, wanted.letter)
    outcome = workflow.of(session, number).outcome
    outcomes = in_use.of(session).outcomes
    values = {
        "name": queries_office.office(session).called(wanted.language),
        "case": str(number),
        "received": days.long(wanted.language, case.received),
        "outcome": outcomes[outcome].name.in_(wanted.language) if outcome else "",
        OWN: wanted.text.strip(),
    }
    for field in rule.fields:
        if not values[field]:
            raise CaseRefused(
                sentence(
                    "the letter names {field}, which this case does not have yet",
                    field=labels.named("place", field),
                ),
                sentence("record the missing detail in the case, then write the letter"),
            )
    return values


def _addressee(session: Session, wanted: Wanted) -> str:
    found = in_use.of(session).addressees(_rule(session, wanted.letter)).get(wanted.to)
    return found.name.in_(wanted.language) if found else one_line(wanted.to)


def _address(session: Session, wanted: Wanted) -> str:
    found = in_use.of(session).addressees(_rule(session, wanted.letter)).get(wanted.to)
    known = found.address.in_(wanted.language) if found and found.address else ""
    return wanted.address.strip() or known


def _note(session: Session, number: int, wanted: Wanted) -> None:
    """Record the disclosure in the ledger of the case, without the name of a person concerned."""
    rule = _rule(session, wanted.letter)
    is_person = rule.to is Addressee.PERSON
    recipient = Unasked.PERSON_CONCERNED if is_person else _addressee(session, wanted)
    ground = Ground.JUDICIAL if rule.to is Addressee.PROSECUTOR else Ground.OTHER
    disclosures.add(session, number, Given(recipient, Unasked.LETTER, ground), journal.actor(session))


def _say(wanted: Wanted, name: str) -> str:
    return WORDING.say(name, wanted.language)


_OWN_WORDS = {
    True: (
        sentence("this letter needs a text of your own"),
        sentence("give the text with --text or --text-file"),
    ),
    False: (
        sentence("this letter has no place for a text of your own"),
        sentence("omit the text"),
    ),
}
