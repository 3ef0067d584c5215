"""The two possible answers to an access request, as a PDF.

One answer states what data is held. The other answer neither confirms nor denies anything. It is used if
the request is refused, and also if no data is held. Then the letter is the same, except for the names and
the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from inbox.dossiers import letter_paper
from inbox.dossiers.letter_paper import Paper
from inbox.files.pdf import Sheets
from inbox.language import days
from inbox.language.printed_text import Wording
from templates.law.rules import AccessAnswers

WORDING = Wording(__package__, "access.toml")


@dataclass(frozen=True, slots=True)
class Letter:
    """The content of an answer: the person's names, the office, the day, and the language ("fr" or "en").

    ``says`` contains the texts that the law prescribes for each answer.
    """

    names: Sequence[str]
    by: str
    made: date
    language: str
    says: AccessAnswers


def neither(to: Letter) -> bytes:
    """Return the answer that neither confirms nor denies anything."""
    sheets = _begun(to)
    sheets.heading(_say(to, "answer"))
    _paragraphs(sheets, to.says.neither.in_(to.language))
    return sheets.output()


def told(to: Letter, text: str) -> bytes:
    """Return the answer that states what data is held, in the officers' words."""
    sheets = _begun(to)
    sheets.heading(_say(to, "held"))
    sheets.quote((text,))
    sheets.heading(_say(to, "why"))
    _paragraphs(sheets, to.says.told.in_(to.language))
    return sheets.output()


def _begun(to: Letter) -> Sheets:
    facts = {"by": to.by, "person": ", ".join(to.names), "made": days.long(to.language, to.made)}
    paper = Paper(
        title=_say(to, "title"),
        law=to.says.law.in_(to.language),
        facts=[(_say(to, name), value) for name, value in facts.items()],
        foot=_say(to, "page"),
        language=to.language,
        made=to.made,
    )
    return letter_paper.begun(paper)


def _paragraphs(sheets: Sheets, text: str) -> None:
    for paragraph in text.strip().split("\n\n"):
        sheets.text(paragraph)


def _say(to: Letter, name: str) -> str:
    return WORDING.say(name, to.language)
