"""What the vectors do not test of keyrings: which are not signed, and which key of a channel is chosen."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from crypto import keyring, signing
from crypto.errors import Malformed
from crypto.keyring import ClockBehind, IntakeKey, KeyringExpired, KeyringOlder
from tests.support.builders import Site, make_keyring
from tests.vectors.fixtures import ROOT_SEED, fixed

DAY = date(2026, 11, 24)
VALUE = make_keyring(Site()).value


@pytest.mark.parametrize(
    "changed",
    [
        replace(VALUE, valid_until=VALUE.issued + timedelta(36)),
        replace(VALUE, valid_until=VALUE.issued - timedelta(1)),
        replace(VALUE, channels=VALUE.channels[:1] * 2),
    ],
    ids=["too-long", "ends-before-it-begins", "channel-twice"],
)
def test_a_keyring_that_a_reader_would_refuse_is_not_signed(changed: keyring.Keyring) -> None:
    """Otherwise the signer would see no error, and every reporter would see one."""
    keyring.sign(VALUE, ROOT_SEED)
    with pytest.raises(Malformed):
        keyring.sign(changed, ROOT_SEED)


def test_envelopes_are_sealed_to_the_newest_valid_key() -> None:
    """A key is valid on its first and last day.

    If an older key expires later than its successor, the older key is used again after the successor.
    """

    def key(name: str, first: int, last: int) -> IntakeKey:
        days = [DAY + timedelta(each) for each in (first, last)]
        return IntakeKey(fixed(name, 16), "age1pq1", *days)

    older, newer = key("older", -9, 9), key("newer", -1, 2)
    channel = replace(VALUE.channels[0], intake_keys=(newer, older))
    expected = {-10: None, -9: older, -2: older, -1: newer, 2: newer, 3: older, 9: older, 10: None}
    assert expected == {day: channel.intake_key(DAY + timedelta(day)) for day in expected}


def test_a_reply_key_is_kept_as_long_as_a_valid_keyring_can_name_it() -> None:
    """A keyring is valid for 35 days, so a reply key can be needed for 35 days after its last day."""
    key = VALUE.channels[0].reply_keys[0]
    channel = replace(VALUE.channels[0], reply_keys=(key,))
    last = key.not_after + timedelta(35)
    assert (key,) == channel.at(last).reply_keys
    assert () == channel.at(last + timedelta(1)).reply_keys


def test_an_intake_key_is_kept_through_its_last_day() -> None:
    """If all keys have expired, the last key to expire is kept, because it shows when the channel closed."""

    def key(name: str, last: int) -> IntakeKey:
        return IntakeKey(fixed(name, 16), "age1pq1", DAY - timedelta(99), DAY + timedelta(last))

    first, second = key("first", 1), key("second", 4)
    channel = replace(VALUE.channels[0], intake_keys=(first, second))
    expected = {1: (first, second), 2: (second,), 4: (second,), 5: (second,), 999: (second,)}
    assert expected == {day: channel.at(DAY + timedelta(day)).intake_keys for day in expected}
    assert () == replace(channel, intake_keys=()).at(DAY).intake_keys


@pytest.mark.parametrize("days", [0, 35])
def test_a_keyring_may_be_valid_only_on_its_first_day_or_for_35_days_after_it(days: int) -> None:
    limit = replace(VALUE, valid_until=VALUE.issued + timedelta(days))
    raw, signature = keyring.sign(limit, ROOT_SEED)
    opened = keyring.open_keyring(
        raw, signature, root_key=signing.public_key(ROOT_SEED), deployment=VALUE.deployment
    )
    assert opened == limit


def test_a_keyring_is_valid_from_its_first_day_through_its_last_day() -> None:
    one = timedelta(1)
    for day, error in ((VALUE.issued - one, ClockBehind), (VALUE.valid_until + one, KeyringExpired)):
        with pytest.raises(error):
            VALUE.check_day(day)
    for day in (VALUE.issued, VALUE.valid_until):
        VALUE.check_day(day)


def test_a_keyring_is_older_than_a_known_keyring_only_if_its_serial_is_lower() -> None:
    with pytest.raises(KeyringOlder):
        VALUE.check_serial(VALUE.serial + 1)
    VALUE.check_serial(VALUE.serial)
