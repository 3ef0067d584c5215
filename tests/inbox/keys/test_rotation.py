"""Key rotation: when the next keys are made, which keys the keyring lists, and the state of each key."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto import base64url, bundle, keyring
from crypto.keyring import Channel
from inbox.keys import key_store
from inbox.keys.rotation import EPOCH
from tests.support import inbox_builders as build
from tests.support.gate import steps
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World
from tests.support.inbox_clock import Clock
from tests.support.inbox_kills import killed_everywhere


def channel_of(office: Office) -> Channel:
    office.json("exchange", "keyring", "--out", office.out / "keyring")
    return office.keyring()[0].channels[0]


def days(keys: Any) -> list[tuple[int, int]]:
    """Return the first and last day of each key, counted from today."""
    return [((key.not_before - build.today()).days, (key.not_after - build.today()).days) for key in keys]


def states(office: Office) -> list[tuple[str, str]]:
    return [(key["kind"], key["state"]) for key in office.json("key", "list")["keys"]]


def held(office: Office) -> set[str]:
    """Return the ids of the intake keys in the key store."""
    with office.opened() as inbox, inbox.transaction() as session:
        return {base64url.encode(secret.id) for secret in key_store.load(inbox.home, session).intake}


def test_the_next_keys_can_be_made_no_earlier_than_thirty_days_before_the_current_keys_expire(
    office: Office, clock: Clock
) -> None:
    clock.wait(59)
    before = office.state()
    said = office.run("key", "rotate")
    assert 1 == said.code
    assert f"can be made from {build.today() + timedelta(60)}" in said.err
    assert before == office.state()
    clock.wait(1)
    assert 0 == office.run("key", "rotate").code
    assert f"can be made from {build.today() + timedelta(151)}" in office.run("key", "rotate").err


def test_the_next_keys_are_published_early_and_become_valid_the_day_after_the_current_keys_expire(
    office: Office, clock: Clock
) -> None:
    """The keyring lists old and new keys, and the key store opens envelopes sealed to any of these keys."""
    clock.wait(60)
    made = office.json("key", "rotate")
    channel = channel_of(office)
    assert [(0, 90), (91, 181)] == days(channel.intake_keys) == days(channel.reply_keys)
    assert made["intake"]["id"] == base64url.encode(channel.intake_keys[1].id)
    assert {base64url.encode(key.id) for key in channel.intake_keys} == held(office)
    assert [("intake", "valid"), ("intake", "next"), ("reply", "valid"), ("reply", "next")] == states(office)
    assert [] == office.json("case", "list")["warnings"]


def test_the_keyring_lists_an_intake_key_until_its_last_day_and_a_reply_key_for_35_days_longer(
    office: Office, clock: Clock
) -> None:
    clock.wait(60)
    office.json("key", "rotate")
    expected = {30: (2, 2), 31: (1, 2), 65: (1, 2), 66: (1, 1)}
    begun = clock.day
    for after, counts in expected.items():
        clock.day = begun + timedelta(after)
        channel = channel_of(office)
        assert counts == (len(channel.intake_keys), len(channel.reply_keys))


def test_the_keyring_keeps_the_last_expired_intake_key_of_a_closed_channel(
    office: Office, clock: Clock
) -> None:
    """The page needs this key to state when the channel was closed."""
    clock.wait(200)
    assert [(0, 90)] == days(channel_of(office).intake_keys)
    assert [("intake", "awaited"), ("reply", "destroyable")] == states(office)


def test_keys_made_late_are_valid_from_the_day_on_which_they_are_made(office: Office, clock: Clock) -> None:
    clock.wait(200)
    assert 0 == office.run("key", "rotate").code
    assert [(200, 290)] == days(channel_of(office).intake_keys)
    assert 0 == office.run("exchange", "outbox", "--out", office.out).code


def test_officers_can_choose_how_long_keys_are_valid(office: Office, clock: Clock) -> None:
    clock.wait(60)
    for wrong in ("30", "367"):
        assert 2 == office.run("key", "rotate", "--days", wrong).code
    office.json("key", "rotate", "--days", "40")
    assert [(0, 90), (91, 131)] == days(channel_of(office).intake_keys)


def test_the_newest_valid_reply_key_signs_each_outbox(office: Office, clock: Clock) -> None:
    world = World(office)
    clock.wait(60)
    office.json("key", "rotate")
    office.json("exchange", "outbox", "--out", office.out)
    clock.wait(31)
    office.json("exchange", "outbox", "--out", office.out)
    outboxes = [office.out / f"outbox-{build.CHANNEL}-{n}.tar" for n in (1, 2)]
    keys = [key.key for key in office.keyring()[0].channels[0].reply_keys]
    signers = []
    for path in outboxes:
        manifest, _ = bundle.read([path.read_bytes()])
        for place, key in enumerate(keys):
            try:
                bundle.open_outbox(manifest, world.deployment, [key])
            except bundle.Tampered:
                continue
            signers.append(place)
    assert [0, 1] == signers


def test_keys_are_replaced_immediately_if_somebody_else_may_know_them(office: Office, tmp_path: Path) -> None:
    """The keyring no longer lists the old keys or the keys made in advance.

    Envelopes sealed to these keys can still be opened.
    """
    world = World(office)
    portal, reporter = Portal(world, tmp_path / "medium"), Reporter(world)
    sent = Sent(reporter.report(), reporter.keys.case_id)
    made = office.json("key", "rotate", "--now", "--reason", "a laptop was stolen")
    channel = channel_of(office)
    assert [made["intake"]["id"]] == [base64url.encode(key.id) for key in channel.intake_keys]
    assert [made["reply"]["id"]] == [base64url.encode(key.id) for key in channel.reply_keys]
    assert [
        ("intake", "valid"),
        ("intake", "withdrawn"),
        ("reply", "destroyable"),
        ("reply", "valid"),
    ] == sorted(states(office))
    collected = office.json(
        "exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint
    )
    assert [1] == collected[0]["cases"]


def test_an_immediate_rotation_also_withdraws_keys_that_were_made_in_advance(
    office: Office, clock: Clock
) -> None:
    clock.wait(60)
    office.json("key", "rotate")
    office.json("key", "rotate", "--now")
    assert [(60, 150)] == days(channel_of(office).intake_keys)
    clock.wait(60)
    assert 0 == office.run("key", "rotate").code
    assert [(60, 150), (151, 241)] == days(channel_of(office).intake_keys)


def test_after_an_immediate_rotation_a_closed_case_gets_a_slot_signed_by_the_new_key(
    office: Office, tmp_path: Path
) -> None:
    """The withdrawn key signed the earlier slot of this case, and nobody should trust this key any more."""
    world = World(office)
    portal, reporter = Portal(world, tmp_path / "medium"), Reporter(world)
    report = Sent(reporter.report(), reporter.keys.case_id)
    office.json("exchange", "collect", portal.bundle(report), "--confirm-instance", portal.fingerprint)
    office.close("1")
    first = office.json("exchange", "outbox", "--out", office.out)
    link = bundle.Link(1, build.read_outbox(Path(first["file"]), world)[1].hash)
    office.json("exchange", "collect", portal.bundle(applied=link))
    office.json("key", "rotate", "--now")
    second = office.json("exchange", "outbox", "--out", office.out)
    world.reply_key = office.keyring()[0].channels[0].reply_keys[0].key
    outbox, _, files = build.read_outbox(Path(second["file"]), world)
    assert (reporter.keys.case_id,) == outbox.closed
    assert "closed" == build.read_slot(files[bundle.slot_name(reporter.keys.case_id)], reporter).status


@pytest.mark.parametrize(
    "words", [["key", "rotate", "--now"], ["exchange", "keyring", "--out", "x"]], ids=str
)
def test_no_key_changes_if_the_clock_was_set_back(office: Office, clock: Clock, words: list[str]) -> None:
    clock.wait(10)
    office.json("case", "list")
    clock.wait(-1)
    before = office.state()
    said = office.run(*words)
    assert (1, True) == (said.code, "if the clock is behind, set it" in said.err)
    assert before == office.state()


def test_warnings_about_expiring_keys_name_the_command_and_the_time_left(
    office: Office, clock: Clock
) -> None:
    expected = {59: None, 60: "expires in 30 days", 76: "soon: ", 83: "urgent: ", 91: "expired on"}
    begun = clock.day
    for day, words in expected.items():
        clock.day = begun + timedelta(day)
        told = office.json("case", "list")["warnings"]
        assert (2 if words else 0) == len(told)
        assert all("inbox key rotate" in each for each in told)
        assert words is None or words in told[0]


@pytest.mark.parametrize(
    "options", [pytest.param((), id="due"), pytest.param(("--now",), id="at-once", marks=pytest.mark.soak)]
)
@steps(5)
def test_a_power_loss_during_key_rotation_leaves_both_new_keys_or_neither(
    office: Office, tmp_path: Path, clock: Clock, options: tuple[str, ...], stride: int
) -> None:
    """The test kills the command at different steps, one after another.

    Each key has its secret, and the command can be repeated.
    """
    clock.wait(70)
    words = ("key", "rotate", *options)
    killed = killed_everywhere(office, tmp_path / "killed", clock.day, *words, stride=stride)
    counts = []
    for each in killed:
        listed = states(each)
        counts.append(len(listed))
        assert len(listed) in {2, 4}
        assert len(listed) // 2 == len(held(each))
        assert 1 == len(list(each.root.glob("keystore-*")))
        if len(listed) == 2:
            assert 0 == each.run(*words).code
    assert sorted(counts) == counts
    assert {2, 4} == set(counts)
    assert counts.count(2) * stride > 3


def test_a_key_is_valid_for_ninety_days(office: Office) -> None:
    (first,) = channel_of(office).intake_keys
    assert (build.today(), timedelta(90)) == (first.not_before, EPOCH)
    assert date.min < first.not_after == build.today() + EPOCH
    assert keyring.LONGEST == timedelta(35)
