"""The sheets on data processing that the GDPR requires (articles 30 and 35).

The texts of the sheets come from the law in use, and the program fills in its own facts. So the sheets
contradict neither the law in use nor the program. The sheets say nothing about any case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from inbox.deadlines import office
from inbox.law import in_use
from inbox.registers import consultations
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import apart
from inbox.vault import queries_office
from inbox.vault.casework_tables import Consultation
from templates.law import rules


class Sheet(StrEnum):
    """The sheets; labels are in labels.toml."""

    PROCESSING = "processing"
    IMPACT = "impact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The facts that the program fills in on a given day, in one language ("fr" or "en")."""

    law: rules.Law
    regime: str
    office: str
    officers: int
    quorum: int
    consulted: Sequence[Consultation]
    language: str
    day: date


def write(inbox: Inbox, who: Actor, sheet: Sheet, to: Path, language: str) -> None:
    """Write a sheet into a new file as a PDF.

    Raises the same errors as ``apart.new`` and ``Inbox.acting``.
    """
    # Loading the PDF code would take a quarter of the desk's startup time, and only a PDF needs it.
    from inbox.registers import sheet_pages  # noqa: PLC0415

    # The file gets its name only once the journal has the entry, so that there is no file without an entry.
    with (
        apart.new(inbox.home, to) as file,
        inbox.acting(who, action(Code.WRITE_SHEET, sheet=sheet)) as session,
    ):
        law = in_use.of(session)
        known = Known(
            law=law,
            regime=office.of(session).regime,
            office=queries_office.office(session).called(language),
            officers=len(queries_office.officers(session)),
            quorum=inbox.quorum,
            consulted=consultations.given(session),
            language=language,
            day=who.today,
        )
        file.write(sheet_pages.pages(law.processing if sheet is Sheet.PROCESSING else law.impact, known))
