"""The words by which officers find cases again."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.deadlines import legal_duties, workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.vault.casework_tables import Handling, Tag

_TAG = re.compile(r"\w[\w-]{0,31}")


def add(session: Session, number: int, names: Iterable[str], today: date) -> list[str]:
    """Add tags to a case, return all that it has; CaseRefused for an unknown case, and for what is no tag."""
    work = workflow.of(session, number)
    wanted = {folded(name) for name in names}
    session.add_all(Tag(case=number, name=name) for name in wanted - set(of(session, number)))
    _asked_for(session, work, today)
    return of(session, number)


def remove(session: Session, number: int, names: Iterable[str], today: date) -> list[str]:
    """Remove tags from a case and return what is left; CaseRefused for one that it has not."""
    work = workflow.of(session, number)
    for name in {folded(name) for name in names}:
        row = session.get(Tag, (number, name))
        if row is None:
            raise CaseRefused(
                sentence("case {number} has no such tag", number=number),
                sentence("see: inbox show {number}", number=number),
            )
        session.delete(row)
    _asked_for(session, work, today)
    return of(session, number)


def of(session: Session, number: int) -> list[str]:
    """Return the tags of a case in their order."""
    return list(session.scalars(select(Tag.name).filter_by(case=number).order_by(Tag.name)))


def folded(name: str) -> str:
    """Return a tag as it is kept: in small letters; CaseRefused if it is none."""
    found = unicodedata.normalize("NFC", name).casefold()
    if not _TAG.fullmatch(found):
        raise CaseRefused(
            sentence("this is no tag"),
            sentence("a tag is one word of letters, digits and hyphens, 32 characters at most"),
        )
    return found


def of_all(session: Session, numbers: Iterable[int]) -> Mapping[int, list[str]]:
    """Return the tags of these cases by their numbers."""
    found: dict[int, list[str]] = {number: [] for number in numbers}
    for row in session.scalars(select(Tag).where(Tag.case.in_(found)).order_by(Tag.name)):
        found[row.case].append(row.name)
    return found


def _asked_for(session: Session, work: Handling, today: date) -> None:
    """Let a tag that says so ask for the decision of article 40, or no longer."""
    legal_duties.keep_in_step(session, work, today)
    workflow.keep_in_step(session, work.case)
