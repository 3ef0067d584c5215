"""The portal with which this inbox exchanges bundles, and the state of the exchange."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crypto import base64url
from crypto.signing import fingerprint
from inbox.deadlines import exchange_rhythm
from inbox.deadlines.exchange_rhythm import Missed
from inbox.keys import channel_cards
from inbox.language.views import View
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_exchange, queries_office
from inbox.vault.tables import IntakeBundle, OutboxBundle


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal, with the fingerprint of its instance key. ``last`` is its last collected bundle, or None."""

    fingerprint: str
    last: IntakeBundle | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Our channel, the ``present`` portal, earlier portals (``before``), and the exchanges.

    ``made`` is the last outbox, and ``unconfirmed`` is the number of outboxes that the portal has not
    confirmed. ``missed`` is the exchange that should have taken place by now, if any. ``due`` is the day by
    which the next exchange is due; that day is in the past if an exchange was missed. ``missed`` and ``due``
    are None before the first bundle. ``bodies`` are the channels of outside bodies; None in an inbox that is
    not the root's.
    """

    deployment: str
    channel: str
    present: Portal | None
    before: Sequence[Portal]
    made: OutboxBundle | None
    unconfirmed: int
    missed: Missed | None
    due: date | None
    bodies: Sequence[View] | None


def look(inbox: Inbox, who: Actor) -> Standing:
    """Return the state of the exchange with the portal; raises the same errors as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_CHANNELS)) as session:
        office = queries_office.office(session)
        portals = [
            Portal(fingerprint(each.key), queries_exchange.last_intake(session, each.key))
            for each in queries_exchange.instances(session)
        ]
        return Standing(
            deployment=base64url.encode(office.deployment),
            channel=office.channel,
            present=portals[0] if portals else None,
            before=portals[1:],
            made=queries_exchange.last_outbox(session),
            unconfirmed=len(queries_exchange.unconfirmed_outboxes(session)),
            missed=exchange_rhythm.missed(session, who.today),
            due=exchange_rhythm.due(session),
            bodies=channel_cards.listing(session) if office.root_seed else None,
        )
