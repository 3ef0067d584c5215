"""What officers do with channels of bodies outside: export a card there, accept and remove others here."""

from pathlib import Path

from crypto import card
from crypto.card import Card
from inbox.keys import channel_cards
from inbox.keys.channel_cards import Offered
from inbox.language.views import View
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import atomic_files


def export_card(inbox: Inbox, who: Actor, out: Path) -> Card:
    """Write the signed card of this channel into the folder ``out``, which is made if it is missing."""
    out.mkdir(exist_ok=True)
    # Written before the vault counts it, named after: what found no room has no number, no two have one.
    with (
        atomic_files.replacing(out / card.CARD) as file,
        atomic_files.replacing(out / card.SIGNATURE) as signature_file,
        inbox.acting(who, action(Code.EXPORT_CARD)) as session,
    ):
        raw, signature = channel_cards.issue(session, who.today)
        for content, into in ((raw, file), (signature, signature_file)):
            into.write(content)
            into.flush()
    return card.parse(raw)


def list_channels(inbox: Inbox, who: Actor) -> list[View]:
    """Return a view of each channel of a body outside that the keyring vouches for."""
    with inbox.acting(who, action(Code.LIST_CHANNELS)) as session:
        return channel_cards.listing(session)


def accept_card(inbox: Inbox, who: Actor, offered: Offered) -> Card:
    """Put the channel of a body outside onto the keyring, or its newer card; return the card.

    Two officers confirm it, once the card is by the key that was typed. Raises Refused as
    ``channel_cards.compare`` and ``channel_cards.accept`` do.
    """
    channel_cards.compare(offered)
    with inbox.acting(who, action(Code.ACCEPT_CARD, **channel_cards.claim(offered.raw))) as session:
        return channel_cards.accept(session, offered, who.today)


def remove_channel(inbox: Inbox, who: Actor, channel: str) -> None:
    """Take the channel of a body outside off the keyring; Refused if it is not there.

    Two officers confirm it.
    """
    channel_cards.check_id(channel)
    with inbox.acting(who, action(Code.REMOVE_CHANNEL, channel=channel)) as session:
        channel_cards.remove(session, channel, who.today)
