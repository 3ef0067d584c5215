"""What is held on a person who asks for it, without a trace of who said so (GDPR article 15, L-18).

Only passages that name the person leave, each by itself: no days, no route, no numbers of cases, nothing of
the author, nothing that must not be repeated.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from crypto import strictjson
from crypto.dossier import Purpose
from inbox.access import declarations, disclosures, identities
from inbox.access.disclosures import Given, Ground
from inbox.deadlines.legal_duties import Choice, Kind
from inbox.dossiers import compose
from inbox.dossiers.compose import Plan
from inbox.files.pdf import Sheets
from inbox.language import printed_text
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import Sentence, sentence
from inbox.language.printed_text import Wording
from inbox.replies import leak_check
from inbox.session.actions import Action, Actor, Code, action
from inbox.text import names as person_names
from inbox.text import segments
from inbox.text.names import Names
from inbox.text.redaction import Pieces, Redaction, Redactor
from inbox.vault import queries_cases, queries_office
from inbox.vault.casework_tables import Duty

WORDING = Wording(__package__, "access.toml")
# In the ledger, which officers read in English and French alike.
_RECIPIENT = "the person concerned"
_WHAT = "answer to a request for access"
_ONE = "person"
_DATE = re.compile(
    r"\d\s?(?:h|:)\s?\d|\b\d{1,4}[./-]\d{1,2}\b|\b\d{1,2}(?:er|st|nd|rd|th)?\s+[^\W\d]{3,9}\b"
    r"|\b(?:lun|mar|mercre|jeu|vendre|same|diman)di\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    re.IGNORECASE,
)


class Form(StrEnum):
    """For people or for machines."""

    PDF = "pdf"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks: a person by all names that may stand in reports; what officers leave out; the language."""

    names: tuple[str, ...]
    redactions: tuple[Redaction, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Held:
    """What is held on a person: of each report the passages that name this one."""

    request: Request
    made: date
    by: str
    reports: tuple[tuple[Pieces, ...], ...]


def find(
    session: Session, numbers: Sequence[int], request: Request, by: Actor
) -> tuple[Held, list[Sentence]]:
    """Return what is given to a person, as ``look`` does; the ledger notes it of each case that says it."""
    told = _told(session, numbers, request, by.today)
    for number in told:
        disclosures.add(session, number, Given(_RECIPIENT, _WHAT, Ground.OTHER), by)
    return _held(session, told, request, by.today)


def look(
    session: Session, numbers: Sequence[int], request: Request, today: date
) -> tuple[Held, list[Sentence]]:
    """Return what these cases say of a person, and what officers should look at again before it leaves.

    Raises CaseRefused if there is no such case, or while it is put off to inform the persons concerned
    (article 14); Refused for a name without a word, if nothing is found, or if something was to be left out
    that is not there; and as ``declarations.check``.
    """
    return _held(session, _told(session, numbers, request, today), request, today)


def _told(
    session: Session, numbers: Sequence[int], request: Request, today: date
) -> dict[int, tuple[Pieces, ...]]:
    """Return the passages that name the person, by case."""
    if not all(map(person_names.words, request.names)):
        raise Refused(
            sentence("a person has a name with a letter or a digit"), sentence("give it with --person")
        )
    for number in numbers:
        declarations.check(session, number)
        _check_deferral(session, number, today)
    redactor = Redactor(request.redactions)
    found = {number: tuple(_passages(session, number, request, redactor)) for number in numbers}
    told = {number: passages for number, passages in found.items() if passages}
    if not told:
        raise Refused(
            sentence("nothing in these cases names this person"),
            sentence("try other names: --person, once for each"),
        )
    redactor.check([])
    return told


def _held(
    session: Session, told: Mapping[int, tuple[Pieces, ...]], request: Request, today: date
) -> tuple[Held, list[Sentence]]:
    office = queries_office.office(session)
    name = office.name_fr if request.language == "fr" else office.name_en
    return Held(request, today, name, tuple(told.values())), [*_warnings(session, told)]


def deeds(numbers: Iterable[int]) -> list[Action]:
    """Return what the journal notes of an answer from these cases, of each; who confirms reads how many."""
    once = list(dict.fromkeys(numbers))
    count = len(once) if len(once) > 1 else None
    return [action(Code.ANSWER_ACCESS, number, count=count) for number in once]


def written(held: Held, form: Form) -> bytes:
    """Return it as a file of this form."""
    return pages(held) if form is Form.PDF else machine_readable(held)


def machine_readable(held: Held) -> bytes:
    """Return it as strict JSON; a passage is a list of pieces, between each two something was removed."""
    return strictjson.encode(
        {
            "v": 1,
            "language": held.request.language,
            "made": held.made.isoformat(),
            "by": held.by,
            "person": list(held.request.names),
            "reports": [[list(passage) for passage in passages] for passages in held.reports],
        }
    )


def pages(held: Held) -> bytes:
    """Return it as a PDF."""
    language = held.request.language

    def say(name: str) -> str:
        return WORDING.say(name, language)

    sheets = Sheets(say("title"), language=language, day=held.made, foot=say("page"), removed=say("removed"))
    sheets.subtitle(say("law"))
    sheets.fact(say("by"), held.by)
    sheets.fact(say("person"), ", ".join(held.request.names))
    sheets.fact(say("made"), printed_text.day(held.made, language))
    sheets.heading(say("held"))
    sheets.text(say("passages"))
    for number, passages in enumerate(held.reports, 1):
        sheets.label(f"{say('report')} {number}")
        for passage in passages:
            sheets.quote(passage)
    sheets.heading(say("why"))
    for name in ("purpose", "source", "files", "rights"):
        sheets.text(say(name))
    return sheets.output()


def _check_deferral(session: Session, number: int, today: date) -> None:
    row = session.get(Duty, (number, Kind.ART14.value))
    if row is not None and row.decision == Choice.DEFER and today < row.due:
        raise CaseRefused(
            sentence(
                "to inform the persons concerned of case {number} is put off until {day}",
                number=number,
                day=row.due,
            ),
            sentence(
                "leave it out, or decide anew: inbox decide {number} informed --reason TEXT", number=number
            ),
        )


def _passages(session: Session, number: int, request: Request, redactor: Redactor) -> Iterator[Pieces]:
    """Yield each sentence of a case that names the person, from what may go into a disciplinary file."""
    plan = Plan(purpose=Purpose.DISCIPLINARY, addressee=_RECIPIENT, language=request.language)
    names = Names({_ONE: request.names})
    author = Redactor((), identities.passages(session, number))
    for entry in compose.entries(session, queries_cases.case(session, number), plan, Redactor(())):
        for (text,) in entry.texts:
            for said in segments.split(text):
                if names.meant_in([said]):
                    yield _without(author, redactor.pieces(entry.place, said))


def _without(author: Redactor, passage: Pieces) -> Pieces:
    """Return a passage without what is known of who the author is."""
    return tuple(piece for each in passage for piece in author.pieces("", each))


def _warnings(session: Session, told: Mapping[int, Sequence[Pieces]]) -> Iterator[Sentence]:
    yield sentence(
        "read it before it leaves: the author's own words can tell who wrote them; remove such passages"
    )
    for place, (number, passages) in enumerate(told.items(), 1):
        if any(_DATE.search(piece) for passage in passages for piece in passage):
            yield sentence(
                "report {place} seems to name a day or an hour: could it tell who was there?", place=place
            )
        protected = leak_check.protected(session, number)
        if protected.is_repeated(piece for passage in passages for piece in passage):
            yield sentence(
                "report {place} repeats words of what the author asked never to repeat", place=place
            )
