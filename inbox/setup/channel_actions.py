"""Actions on channels: an outside body exports its card; the root's officers accept or remove its channel."""

from pathlib import Path

from crypto import card
from crypto.card import Card
from inbox.keys import channel_cards
from inbox.keys.channel_cards import Offered
from inbox.language.views import View
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import atomic_files, media


def export_card(inbox: Inbox, who: Actor, out: Path, *, same_disk: bool) -> Card:
    """Write the signed card of this channel into the folder ``out``; create the folder if needed.

    Raises Refused if ``out`` is not on a medium, unless ``same_disk`` is set.
    """
    media.check_carried(out, inbox.home.root, same_disk=same_disk)
    out.mkdir(exist_ok=True)
    # The files are written before the vault commits the number, and get their names afterwards. If a card
    # does not fit on the disk, its number is not used up. No two cards share a number.
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
    """Return a view of each outside body's channel on the keyring."""
    with inbox.acting(who, action(Code.LIST_CHANNELS)) as session:
        return channel_cards.listing(session)


def accept_card(inbox: Inbox, who: Actor, offered: Offered) -> Card:
    """Add the channel of an outside body to the keyring, or replace its older card; return the card.

    If a fingerprint was typed, it is compared first; then two officers confirm. Raises the same errors as
    ``channel_cards.compare`` and ``channel_cards.accept``.
    """
    channel_cards.compare(offered)
    with inbox.acting(who, action(Code.ACCEPT_CARD, **channel_cards.claim(offered.raw))) as session:
        return channel_cards.accept(session, offered, who.today)


def remove_channel(inbox: Inbox, who: Actor, channel: str) -> None:
    """Remove the channel of an outside body from the keyring; raise Refused if the channel is not listed.

    Two officers confirm.
    """
    channel_cards.check_id(channel)
    with inbox.acting(who, action(Code.REMOVE_CHANNEL, channel=channel)) as session:
        channel_cards.remove(session, channel, who.today)
