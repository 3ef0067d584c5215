"""Acknowledge many reports in one action, each in its own language (décret 2022-1284, article 4)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.replies import drafts, templates
from inbox.replies.drafts import Draft
from inbox.session import bulk
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Workflow


class LeftOut(StrEnum):
    """Why a case is omitted when many cases are acknowledged; the labels are in labels.toml.

    A person who may be in danger gets an individual answer from somebody who has read the report.
    """

    DANGER = "danger"
    OVER = "over"
    MUTE = "mute"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The cases that were acknowledged, in order, and the cases that were omitted, each with the reason."""

    done: tuple[int, ...]
    left_out: Mapping[int, LeftOut]


@dataclass(frozen=True, slots=True)
class Text:
    """A text for the reporters of these cases, in the language of their reports."""

    language: str
    text: str
    cases: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ToRead:
    """What officers must know before they acknowledge cases.

    ``texts`` contains each text to send once. ``unopened`` lists the cases that nobody has opened yet.
    ``left_out`` lists the cases to omit, each with the reason.
    """

    texts: tuple[Text, ...]
    unopened: tuple[int, ...]
    left_out: Mapping[int, LeftOut]

    @property
    def count(self) -> int:
        """How many cases will be acknowledged."""
        return sum(len(each.cases) for each in self.texts)


def preview(inbox: Inbox, who: Actor, numbers: Iterable[int]) -> ToRead:
    """Return what the reporters of these cases would read, and which cases would be omitted.

    Changes nothing. Raises the same errors as ``declarations.check`` and ``templates.fill``.
    """
    with inbox.vault.transaction(who.officers) as session:
        reasons = _reasons(session, sorted(set(numbers)))
        wanted = [queries_cases.case(session, number) for number, why in reasons.items() if why is None]
        chosen = templates.acknowledging(session)
        by_text: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for case in wanted:
            text = templates.fill(session, case.number, chosen, "", who.today)
            by_text[case.language, text].append(case.number)
        texts = tuple(Text(language, text, tuple(cases)) for (language, text), cases in by_text.items())
        unopened = tuple(case.number for case in wanted if case.new)
    return ToRead(texts, unopened, {number: why for number, why in reasons.items() if why})


def acknowledge(inbox: Inbox, who: Actor, numbers: Iterable[int]) -> Acknowledged:
    """Acknowledge cases with the text of the law or the office.

    A case is omitted if it is closed, junk or already acknowledged, or if its reporter cannot be answered. A
    case is also omitted if an answer or an officer's assessment says that somebody is in danger.

    Raises the same errors as ``declarations.check``, ``drafts.add`` and ``Inbox.acting``. If an error is
    raised, no case is acknowledged.
    """
    chosen = sorted(set(numbers))
    with inbox.vault.transaction(who.officers) as session:
        reasons = _reasons(session, chosen)
        draft = Draft(template=templates.acknowledging(session))
    wanted = [number for number, why in reasons.items() if why is None]
    if wanted:
        noted = action(Code.REPLY, template=draft.template, acknowledges=True)
        bulk.do(inbox, who, noted, wanted, partial(_acknowledge, who, draft))
    return Acknowledged(tuple(wanted), {number: why for number, why in reasons.items() if why})


def _acknowledge(who: Actor, draft: Draft, session: Session, number: int) -> None:
    drafts.add(session, number, draft, who.today)


def _reasons(session: Session, numbers: Iterable[int]) -> Mapping[int, LeftOut | None]:
    """Return, for each case, the reason why it is omitted, or None if it is not omitted.

    Raises the same errors as ``declarations.check``.
    """
    chosen = list(numbers)
    for number in chosen:
        declarations.check(session, number)
    return {number: _left_out(session, number) for number in chosen}


def _left_out(session: Session, number: int) -> LeftOut | None:
    case, work = queries_cases.case(session, number), session.get_one(Workflow, number)
    if work.has_ended:
        return LeftOut.OVER
    if case.mailbox is None:
        return LeftOut.MUTE
    if queries_cases.is_acknowledged(session, number):
        return LeftOut.ACKNOWLEDGED
    return LeftOut.DANGER if work.in_danger else None
