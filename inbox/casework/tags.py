"""Tags: words that help officers find cases again."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import date
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.deadlines import legal_duties, workflow
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import sentence
from inbox.session import bulk
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Tag, Workflow

_TAG = re.compile(r"\w[\w-]{0,31}")

Left: TypeAlias = Mapping[int, list[str]]
"""The tags that cases have after a change."""


def add(inbox: Inbox, who: Actor, numbers: Sequence[int], names: Collection[str]) -> Left:
    """Add tags to one or more cases: to all of them or to none.

    The journal does not record the tags, because they may repeat what the report says. Raises CaseRefused for
    an unknown case or an invalid tag. Raises Refused if no tag is given. Also raises the same errors as
    ``Inbox.acting``.
    """
    return _change(inbox, who, numbers, names, removed=False)


def remove(inbox: Inbox, who: Actor, numbers: Sequence[int], names: Collection[str]) -> Left:
    """Remove tags from cases.

    Raises the same errors as ``add``. Raises CaseRefused for a case that lacks one of the tags.
    """
    return _change(inbox, who, numbers, names, removed=True)


def _change(
    inbox: Inbox, who: Actor, numbers: Sequence[int], names: Collection[str], *, removed: bool
) -> Left:
    if not names:
        raise Refused(sentence("no tag was given"), sentence("type at least one tag")).at("names")
    left: dict[int, list[str]] = {}

    def on(session: Session, number: int) -> None:
        left[number] = (take_off if removed else _add)(session, number, names, who.today)

    bulk.do(inbox, who, action(Code.TAG, removed=removed), numbers, on)
    return left


def _add(session: Session, number: int, names: Iterable[str], today: date) -> list[str]:
    work = workflow.of(session, number)
    wanted, before = {folded(name) for name in names}, legal_duties.offence_of(session, work)
    session.add_all(Tag(case=number, name=name) for name in wanted - set(of(session, number)))
    _asked_for(session, work, today, before)
    return of(session, number)


def take_off(session: Session, number: int, names: Iterable[str], today: date) -> list[str]:
    """Remove tags from a case and return its other tags; raises CaseRefused for a tag that the case lacks."""
    work = workflow.of(session, number)
    before = legal_duties.offence_of(session, work)
    for name in {folded(name) for name in names}:
        row = session.get(Tag, (number, name))
        if row is None:
            raise CaseRefused(
                sentence("case {number} has no such tag", number=number),
                sentence("see: inbox case show {number}", number=number),
            )
        session.delete(row)
    _asked_for(session, work, today, before)
    return of(session, number)


def of(session: Session, number: int) -> list[str]:
    """Return the tags of a case in order."""
    return list(session.scalars(select(Tag.name).filter_by(case=number).order_by(Tag.name)))


def folded(name: str) -> str:
    """Return a tag in its stored form, in lower case; raises CaseRefused if the tag is invalid."""
    found = unicodedata.normalize("NFC", name).casefold()
    if not _TAG.fullmatch(found):
        raise CaseRefused(
            sentence("invalid tag"),
            sentence("a tag is one word of letters, digits and hyphens, with at most 32 characters"),
        ).at("names")
    return found


def of_all(session: Session, numbers: Iterable[int]) -> Mapping[int, list[str]]:
    """Return the tags of these cases by case number."""
    found: dict[int, list[str]] = {number: [] for number in numbers}
    for row in session.scalars(select(Tag).where(Tag.case.in_(found)).order_by(Tag.name)):
        found[row.case].append(row.name)
    return found


def _asked_for(session: Session, work: Workflow, today: date, before: Set[str]) -> None:
    """Add the duties for an offence if a tag shows that the case is about an offence."""
    legal_duties.keep_in_step(session, work, today, before)
    workflow.keep_in_step(session, work.case)
