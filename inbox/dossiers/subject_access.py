"""What is held on a person who asks for it, without a trace of who said so (GDPR article 15).

Only passages that name the person leave, each by itself: no days, no route, no numbers of cases, nothing of
the author, nothing that must not be repeated.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import strictjson
from crypto.dossier import Purpose
from inbox.access import disclosures, identities
from inbox.access.disclosures import Given, Ground, Unasked
from inbox.casework import exits
from inbox.casework.exits import Asked, Exit
from inbox.dossiers import compose
from inbox.dossiers.compose import Plan
from inbox.language import days
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence
from inbox.language.printed_text import Wording
from inbox.replies import leak_check
from inbox.session import journal
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.system import atomic_files
from inbox.text import names as person_names
from inbox.text import segments
from inbox.text.names import Names
from inbox.text.redaction import Pieces, Redaction, Redactor
from inbox.vault import queries_cases, queries_office

WORDING = Wording(__package__, "access.toml")
# In the ledger, which officers read in English and French alike.
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
class Written:
    """Where an answer is written, and in which form."""

    path: Path
    form: Form


@dataclass(frozen=True, slots=True)
class Held:
    """What is held on a person: of each report the passages that name this one."""

    request: Request
    made: date
    by: str
    reports: tuple[tuple[Pieces, ...], ...]


def preview(
    inbox: Inbox, who: Actor, numbers: Sequence[int], request: Request
) -> tuple[Held, list[Sentence]]:
    """Return what these cases say of a person, and what officers should look at again before it leaves.

    Raises as ``exits.check``; Refused for a name without a word, if nothing is found, or if something was to
    be left out that is not there.
    """
    once = list(dict.fromkeys(numbers))
    first, *others = (action(Code.SHOW, number, view=Viewed.ACCESS) for number in once)
    with inbox.acting(who, first, *others) as session:
        return _held(session, _told(session, once, request, who.today), request, who.today)


def answer(
    inbox: Inbox, who: Actor, numbers: Sequence[int], request: Request, to: Written
) -> tuple[Held, list[Sentence]]:
    """Write what ``preview`` returns into a file, in clear for this person alone; takes two officers.

    The journal notes it of each case, the ledger of each that says something. Raises as ``preview``, and
    Refused if the file is there already.
    """
    once = list(dict.fromkeys(numbers))
    count = len(once) if len(once) > 1 else None
    first, *others = (action(Code.ANSWER_ACCESS, number, cases=count) for number in once)
    # The file gets its name after the entries in the journal are written: there is none without.
    with atomic_files.new(to.path) as file, inbox.acting(who, first, *others) as session:
        told = _told(session, once, request, who.today)
        for number in told:
            disclosures.add(
                session,
                number,
                Given(Unasked.PERSON_CONCERNED, Unasked.ACCESS_ANSWER, Ground.OTHER),
                journal.actor(session),
            )
        held, warnings = _held(session, told, request, who.today)
        file.write(pages(held) if to.form is Form.PDF else machine_readable(held))
    return held, warnings


def _told(
    session: Session, numbers: Sequence[int], request: Request, today: date
) -> dict[int, tuple[Pieces, ...]]:
    """Return the passages that name the person, by case."""
    if not all(map(person_names.words, request.names)):
        raise Refused(
            sentence("a person has a name with a letter or a digit"), sentence("give it with --person")
        )
    for number in numbers:
        exits.check(session, number, Asked(way=Exit.ART15, today=today))
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
    name = office.called(request.language)
    return Held(request, today, name, tuple(told.values())), [*_warnings(session, told)]


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
    # Loading it takes a quarter of the desk's start, and only a PDF needs it.
    from inbox.files.pdf import Sheets  # noqa: PLC0415

    language = held.request.language

    def say(name: str) -> str:
        return WORDING.say(name, language)

    sheets = Sheets(say("title"), language=language, day=held.made, foot=say("page"), removed=say("removed"))
    sheets.subtitle(say("law"))
    sheets.fact(say("by"), held.by)
    sheets.fact(say("person"), ", ".join(held.request.names))
    sheets.fact(say("made"), days.long(language, held.made))
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


def _passages(session: Session, number: int, request: Request, redactor: Redactor) -> Iterator[Pieces]:
    """Yield each sentence of a case that names the person, from what may go into a disciplinary file."""
    plan = Plan(purpose=Purpose.DISCIPLINARY, addressee="", language=request.language)
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
