"""What an officer may choose from who writes to a reporter or closes a case."""

from collections.abc import Mapping
from dataclasses import dataclass

from inbox.replies import referrals, templates
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from templates.law.rules import Authority, Reply


@dataclass(frozen=True, slots=True)
class Choices:
    """The templates, also filled in for the case, and authorities to direct a reporter to, by their ids."""

    templates: Mapping[str, Reply]
    filled: Mapping[str, str]
    authorities: Mapping[str, Authority]


def offered(inbox: Inbox, who: Actor, number: int) -> Choices:
    """Return them for a case that is being read: of it they tell no more than its page, which is noted."""
    with inbox.vault.transaction(who.officers) as session:
        known = templates.known(session)
        filled = templates.for_case(session, number, who.today, known)
        return Choices(known, filled, referrals.offered(session))
