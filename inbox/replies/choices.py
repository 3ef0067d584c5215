"""What an officer may choose from who writes to a reporter or closes a case."""

from collections.abc import Mapping
from dataclasses import dataclass

from inbox.replies import referrals, templates
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from templates.law.rules import Authority, Reply


@dataclass(frozen=True, slots=True)
class Choices:
    """The templates and authorities to direct a reporter to, by their ids."""

    templates: Mapping[str, Reply]
    authorities: Mapping[str, Authority]


def offered(inbox: Inbox, who: Actor) -> Choices:
    """Return them without an entry in the journal: nothing of any case is in them."""
    with inbox.vault.transaction(who.officers) as session:
        return Choices(templates.known(session), referrals.offered(session))
