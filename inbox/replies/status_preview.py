"""Preview what the reporter of a case will read on the status page, in the page's own words.

Facts that come from the portal, such as the day of arrival, are omitted.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from crypto.messages import Received, Reply, Status
from inbox.access import declarations
from inbox.language import catalogue, days
from inbox.language.views import View
from inbox.law import in_use
from inbox.replies import leak_check, replies
from inbox.replies.leak_check import Finding
from inbox.session.actions import Action, Code, Viewed, action
from inbox.vault import queries_cases, queries_office
from templates.law.rules import Law

# These are the same texts as in texts_case.html; a test compares them.
TEXTS = {
    "confirmed": "Signature verified: {name}.",
    "earlier": "Earlier messages that no longer fit here: {count}",
    "follow-ups-none": "Your report has been opened. If you have written since, those messages were not"
    " open yet at this update.",
    "follow-ups-received": "Later messages of yours that have been opened: {count}. The last was written on"
    " {day}.",
    "issued": "Updated on {day}.",
    "message-them": "From: {name}",
    "next-by": "Next update by {day}, even if nothing has changed.",
    "no-messages": "No message yet.",
    "measures": "What was done: {list}.",
    "status-received": "Received",
    "status-acknowledged": "Acknowledged",
    "status-assessing": "Under assessment",
    "status-info_requested": "More information requested",
    "status-in_follow_up": "Follow-up under way",
    "status-closed": "Closed",
    "means-received": "{name}: we could open your report.",
    "means-acknowledged": "{name}: we have your report and are dealing with it.",
    "means-assessing": "{name}: we are looking at the facts, at how urgent they are, and at how to protect"
    " you.",
    "means-info_requested": "{name}: we have a question for you. Answer below if you can do so safely. You do"
    " not have to.",
    "means-in_follow_up": "{name}: we are acting on your report. Not all of it can be told here.",
    "means-closed": "{name}: we have finished with your report. Read the last message. You can still write"
    " while your words open this page.",
}


@dataclass(frozen=True, slots=True)
class Page:
    """The page in the language of a report, with the name of the office that answers."""

    language: str
    name: str

    def say(self, code: str, **values: object) -> str:
        """Return a text of the page by its code."""
        text = catalogue.public(self.language, TEXTS[code])
        return text.format(**{"name": self.name} | values)

    def day(self, value: date) -> str:
        """Return a day in the format of the page."""
        return days.full(self.language, value)


def page_of(session: Session, number: int) -> Page:
    """Return the page that the reporter of a case sees; raises CaseRefused for an unknown case."""
    language = "fr" if queries_cases.case(session, number).language == "fr" else "en"
    office = queries_office.office(session)
    return Page(language, office.called(language))


def noted(number: int, found: Sequence[Finding] | None) -> Action:
    """Return the action to record for a preview.

    If officers were already shown the warnings in ``found``, the action is recorded as viewing the case.
    """
    if found is None:
        return action(Code.PREVIEW_REPLY, number)
    return action(Code.SHOW, number, view=Viewed.REPLY)


def preview(session: Session, number: int, text: str, found: Sequence[Finding], today: date) -> View:
    """Return what the next slot will show, with ``text`` as an additional message unless it is empty.

    The result also contains the text, and the words ``found`` in it that could identify somebody. Changes
    nothing. Raises CaseRefused if the reporter cannot be answered, or if ``text`` would not fit. Also raises
    the same errors as ``declarations.check``.
    """
    declarations.check(session, number)
    return as_read(session, number, text, today) | beside(number, text, found)


def beside(number: int, text: str, found: Sequence[Finding]) -> View:
    """Return what officers see next to a page: the text, and the warnings ``found`` in it."""
    return {
        "case": number,
        "text": text,
        "findings": [{"why": str(each.why), "words": each.words} for each in found],
        "places": [
            {"words": each.said, "whys": list(map(str, each.whys))} for each in leak_check.places(found)
        ],
        "warnings": [leak_check.told(found)] if found else [],
    }


def digest(page: View) -> str:
    """Return the SHA-256 of a page in hexadecimal.

    It serves to check that officers have seen exactly the page that is sent.
    """
    return hashlib.sha256(json.dumps(page, sort_keys=True).encode()).hexdigest()


def as_read(session: Session, number: int, text: str, today: date) -> View:
    """Return what the page will say with the next slot, with ``text`` as an additional message.

    Raises CaseRefused if the reporter cannot be answered, or if ``text`` would not fit.
    """
    page = page_of(session, number)
    slot = replies.next_slot(session, number, text, today)
    seen = queries_cases.case(session, number).serial
    closed = slot.status is Status.CLOSED
    return {
        "language": page.language,
        "status": page.say(f"status-{slot.status}"),
        "means": page.say(f"means-{slot.status}"),
        "measures": _measures(page, in_use.of(session), slot.measures_disclosed),
        "earlier": page.say("earlier", count=slot.earlier) if slot.earlier else "",
        # The newest message is first, as on the page.
        "messages": [_message(page, reply, seen) for reply in reversed(slot.messages)],
        "no_messages": "" if slot.messages else page.say("no-messages"),
        "next_by": "" if closed else page.say("next-by", day=page.day(slot.next_by)),
        "received": _received(page, slot.received),
        "confirmed": page.say("confirmed"),
        "issued": page.say("issued", day=page.day(slot.issued)),
        "nobody": "",
        "hidden": False,
    }


def of_shut(page: View, text: str) -> View:
    """Return the page for officers who may not read the case; its only message is ``text``."""
    mine = page["messages"][:1] if text.strip() else []
    none_of = dict.fromkeys(("measures", "earlier", "no_messages", "received"), "")
    return page | none_of | {"messages": mine, "hidden": True}


def nobody(session: Session, number: int) -> View:
    """For a case whose reporter has no page, return a page that contains only the reason."""
    case = queries_cases.case(session, number)
    page = page_of(session, number)
    why = replies.unanswerable(case).what
    return {"language": page.language, "messages": [], "nobody": why, "hidden": False}


def _measures(page: Page, law: Law, kinds: Sequence[str]) -> str:
    told = ", ".join(law.measures[kind].name.in_(page.language) for kind in kinds)
    return page.say("measures", list=told) if told else ""


def _message(page: Page, reply: Reply, seen: int) -> View:
    return {
        "head": f"{page.say('message-them')}, {page.day(reply.day)}",
        "text": reply.text,
        "new": reply.serial > seen,
    }


def _received(page: Page, received: Received) -> str:
    if received.last_day is None:
        return page.say("follow-ups-none")
    return page.say("follow-ups-received", count=received.count, day=page.day(received.last_day))
