"""A body compares the keys on its card with those that the site serves for its channel."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crypto import base64url, card, signing
from crypto.card import Card
from crypto.keyring import Channel
from portal.errors import Refused
from portal.site import verify
from tests.support.builders import OUTSIDE, Body, today
from tests.support.provable import Provable


def card_of(channel: Channel, deployment: bytes, folder: Path) -> Path:
    """Write the signed card of a body that has this channel; return the folder of the card."""
    seed = bytes(range(32))
    raw, signature = card.sign(
        Card(
            deployment=deployment,
            key=signing.public_key(seed),
            serial=1,
            issued=today(),
            channel=channel,
        ),
        seed,
    )
    folder.mkdir(exist_ok=True)
    (folder / card.CARD).write_bytes(raw)
    (folder / card.SIGNATURE).write_bytes(signature)
    return folder


def test_a_body_notices_when_the_keyring_has_other_keys_for_its_channel(
    provable: Provable, tmp_path: Path
) -> None:
    """A missing key, an extra key, and a key with changed dates are named."""
    channel = provable.site.outside.channel(today())
    folder = card_of(channel, provable.site.deployment, tmp_path / "card")
    for place in (folder, folder / card.CARD):
        assert provable.found(verify.read_card(place, provable.settings)) == []
    (key,) = channel.intake_keys
    other = Body(OUTSIDE).channel(today()).intake_keys[0]
    names = {each: base64url.encode(each.id) for each in (key, other)}
    assert provable.found(replace(channel, intake_keys=(other,))) == [
        f"keyring: channel {OUTSIDE} lacks its key {names[other]}",
        f"keyring: channel {OUTSIDE} lists a key {names[key]} that is not its own",
    ]
    longer = replace(key, not_after=key.not_after + timedelta(1))
    assert provable.found(replace(channel, intake_keys=(longer,))) == [
        f"keyring: channel {OUTSIDE} has other days for its key {names[key]}"
    ]
    assert len(provable.found(replace(channel, id="elsewhere"))) == 2


def test_expired_keys_on_a_card_need_not_be_served(provable: Provable) -> None:
    channel = provable.site.outside.channel(today())
    past = Body(OUTSIDE).channel(today() - timedelta(days=200))
    both = replace(
        channel,
        intake_keys=past.intake_keys + channel.intake_keys,
        reply_keys=past.reply_keys + channel.reply_keys,
    )
    assert provable.found(both) == []


def test_a_body_notices_a_foreign_key_that_could_sign_receipts_in_the_name_of_the_body(
    provable: Provable,
) -> None:
    """A key with changed dates is also named, because it could sign receipts with false dates."""
    channel = provable.site.outside.channel(today())
    (key,) = channel.reply_keys
    named = f"keyring: channel {OUTSIDE} has a receipt key {base64url.encode(key.id)} that is not its own"
    later = replace(key, not_before=key.not_before + timedelta(1))
    for own in ((), (later,)):
        assert named in provable.found(replace(channel, reply_keys=own))
    assert named not in provable.found(channel)


def test_a_file_that_is_not_a_card_of_this_deployment_is_refused(provable: Provable, tmp_path: Path) -> None:
    channel = provable.site.outside.channel(today())
    foreign = card_of(channel, bytes(16), tmp_path / "foreign")
    altered = card_of(channel, provable.site.deployment, tmp_path / "altered")
    raw = (altered / card.CARD).read_bytes()
    (altered / card.CARD).write_bytes(raw.replace(b'"serial":1', b'"serial":2'))
    for wrong in (foreign, altered, tmp_path / "absent"):
        with pytest.raises(Refused, match="not a valid card"):
            verify.read_card(wrong, provable.settings)
