"""The inbox tries an unfiled envelope again when the attempt may succeed.

The inbox then reports each success to officers.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto.recipients import HybridIdentity
from inbox.exchange import collect as collecting
from inbox.exchange.filing import Filing
from inbox.exchange.unseal import Place, Unsealer
from inbox.keys import key_store
from inbox.keys.stored_secrets import IntakeSecret
from inbox.session import reconcile
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World, first, stranger, today


def rows(office: Office) -> dict[int, str]:
    return {row["number"]: row["kind"] for row in office.json("exchange", "unopened", "list")["unopened"]}


def kept(office: Office) -> list[Path]:
    return list((office.root / "unopened").iterdir())


def elsewhere(world: World, identity: HybridIdentity) -> Reporter:
    """Return a reporter whose messages are sealed to a key that the inbox does not have."""
    other = World(world.office)
    other.recipient = identity.recipient()
    return Reporter(other)


def seed_of(office: Office, identity: HybridIdentity, seed: bytes) -> None:
    """Put an intake key into the key store."""
    with office.opened() as inbox, inbox.transaction() as session:
        contents = key_store.load(inbox.home, session)
        secret = IntakeSecret(identity.recipient().key_id, seed, today(), today())
        key_store.save(inbox.home, session, replace(contents, intake=(*contents.intake, secret)))


def test_a_follow_up_from_an_earlier_bundle_joins_its_case_once_the_report_is_collected(
    world: World, collect_all: Callable[..., Any], tmp_path: Path
) -> None:
    """The follow-up keeps its attachment, and precedes later messages. No other unfiled entry disappears."""
    reporter, other = Reporter(world), Reporter(world)
    collect_all(Sent(reporter.follow_up(text="one", files=[b"data"])), Sent(other.follow_up()))
    assert ["unknown-case"] * 2 == list(rows(world.office).values())
    assert 2 == len(kept(world.office))
    outcome = collect_all(first(reporter), Sent(reporter.follow_up(text="two")))
    assert ([1], [1, 1], []) == (outcome["cases"], outcome["follow_ups"], outcome["unopened"])
    (row,) = outcome["resolved"]
    assert {1, 2} - {row} == set(rows(world.office))
    assert 1 == len(kept(world.office))
    assert ["one", "two"] == [each["text"] for each in world.office.json("case", "show", "1")["follow_ups"]]
    assert 0 == world.office.run("file", "export", "1", "1", "--out", tmp_path / "out", "--reason", "x").code
    assert b"data" == (tmp_path / "out").read_bytes()
    assert [] == collect_all()["resolved"]


def test_the_collect_command_names_the_earlier_envelopes_that_it_has_now_filed(
    world: World, portal: Portal, collect_all: Callable[..., Any]
) -> None:
    reporter = Reporter(world)
    collect_all(Sent(reporter.follow_up()))
    said = world.office.run("exchange", "collect", portal.bundle(first(reporter)))
    assert "filed at last, and no longer listed as unfiled: 1\n" in said.out


def test_an_unfiled_report_becomes_a_case_once_the_inbox_has_its_key(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """One follow-up for the same missing key arrived earlier, and another one arrives in the next bundle."""
    seed = bytes(range(32))
    late = elsewhere(world, HybridIdentity.from_seed(seed))
    collect_all(Sent(late.follow_up(text="one")), first(elsewhere(world, stranger())))
    collect_all(first(late))
    assert {1: "not-for-us", 2: "not-for-us", 3: "not-for-us"} == rows(world.office)
    seed_of(world.office, HybridIdentity.from_seed(seed), seed)
    outcome = collect_all(Sent(late.follow_up(text="two")), first(Reporter(world)))
    assert (2, 2) == (len(outcome["cases"]), len(outcome["resolved"]))
    assert ["not-for-us"] == list(rows(world.office).values())
    number = outcome["follow_ups"][0]
    assert ["one", "two"] == [
        each["text"] for each in world.office.json("case", "show", str(number))["follow_ups"]
    ]
    assert 1 == len(kept(world.office))


def test_an_envelope_that_still_cannot_be_filed_keeps_its_unfiled_entry_unchanged(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """In the inbox, only the list of collected bundles grows."""
    tampered = bytearray(first(Reporter(world)).envelope)
    tampered[-1] ^= 1
    collect_all(Sent(Reporter(world).follow_up(files=[b"x"])), Sent(b"noise" * 400), Sent(bytes(tampered)))
    before = world.office.state()
    assert ([], []) == tuple(collect_all()[name] for name in ("unopened", "resolved"))
    after = world.office.state()
    assert {"intakes"} == {name for name in before if before[name] != after[name]}


def test_the_reason_of_an_unfiled_entry_is_updated_at_each_collect(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """Entry 1 is a follow-up with a false signature. The case of the follow-up has now arrived.

    Entry 2 can now be opened, but has a wrong address.
    """
    reporter, seed = Reporter(world), bytes(range(32))
    late = elsewhere(world, HybridIdentity.from_seed(seed))
    collect_all(Sent(reporter.follow_up(seed=bytes(32))))
    collect_all(Sent(late.report(edit=lambda report: replace(report, channel="ombudsman"))))
    collect_all(Sent(late.follow_up(text="waits")))
    seed_of(world.office, HybridIdentity.from_seed(seed), seed)
    outcome = collect_all(first(reporter))
    assert ([], []) == (outcome["unopened"], outcome["resolved"])
    assert {1: "false-signature", 2: "wrong-address", 3: "unknown-case"} == rows(world.office)
    assert [3] == collect_all(first(late))["resolved"]


def test_an_unfiled_envelope_is_removed_from_the_list_if_its_message_was_already_filed(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """One follow-up was sealed twice, once to a key that the inbox got later. One envelope arrives twice."""
    seed, text = bytes(range(32)), "Encore"
    late = elsewhere(world, HybridIdentity.from_seed(seed))
    report = first(late)
    collect_all(report, report)
    assert 2 == len(rows(world.office))
    seed_of(world.office, HybridIdentity.from_seed(seed), seed)
    outcome = collect_all(Sent(late.follow_up(text=text)))
    assert ([1, 2], 1) == (sorted(outcome["resolved"]), outcome["repeated"])
    assert ({}, []) == (rows(world.office), kept(world.office))


def test_an_envelope_is_kept_while_another_unfiled_entry_needs_it(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """The same bytes arrived once with the true case id and once with another case id."""
    seed = bytes(range(32))
    late = elsewhere(world, HybridIdentity.from_seed(seed))
    report = first(late)
    collect_all(report, Sent(report.envelope, bytes(32)))
    seed_of(world.office, HybridIdentity.from_seed(seed), seed)
    assert 1 == len(collect_all()["resolved"])
    assert ["wrong-case"] == list(rows(world.office).values())
    assert 1 == len(kept(world.office))


def test_the_number_of_an_unfiled_entry_is_never_used_again(
    world: World, collect_all: Callable[..., Any]
) -> None:
    reporter = Reporter(world)
    collect_all(Sent(reporter.follow_up()))
    assert [1] == collect_all(first(reporter))["resolved"]
    assert [2] == collect_all(Sent(b"noise" * 400))["unopened"]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("damage", ["missing", "cut", "flipped", "longer", "pipe", "terabyte"])
def test_a_damaged_stored_envelope_does_not_stop_a_collect_or_change_an_unfiled_entry(
    world: World, collect_all: Callable[..., Any], damage: str
) -> None:
    reporter = Reporter(world)
    collect_all(Sent(reporter.follow_up(files=[b"x"])))
    (path,) = kept(world.office)
    whole = path.read_bytes()
    changed = {"cut": whole[:-1], "flipped": whole[:-1] + bytes([whole[-1] ^ 1]), "longer": whole + b"\0"}
    match damage:
        case "missing":
            path.unlink()
        case "pipe":
            path.unlink()
            os.mkfifo(path)
        case "terabyte":
            os.truncate(path, 1 << 40)
        case _:
            path.write_bytes(changed[damage])
    outcome = collect_all(first(reporter))
    assert ([1], []) == (outcome["cases"], outcome["resolved"])
    assert {1: "unknown-case"} == rows(world.office)
    assert [] == list((world.office.root / "arriving").iterdir())
    path.unlink(missing_ok=True)
    path.write_bytes(whole)
    assert [1] == collect_all()["resolved"]


def test_an_envelope_that_no_key_opens_is_tried_again_only_with_new_keys(
    world: World, collect_all: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise, anybody could make each collection take minutes, with thousands of such envelopes.

    As a control, the test adds a key.
    """
    tried: list[bytes] = []
    unseal = Unsealer.__call__

    def seen(self: Unsealer, place: Place) -> Any:
        tried.append(place.hash)
        return unseal(self, place)

    monkeypatch.setattr(Unsealer, "__call__", seen)
    sent = [first(elsewhere(world, stranger())) for _ in range(3)]
    hashes = sorted(hashlib.sha256(each.envelope).digest() for each in sent)
    collect_all(*sent)
    assert hashes == sorted(tried)
    tried.clear()
    collect_all()
    collect_all(first(Reporter(world), files=[b"a new generation of the key store, not of its keys"]))
    assert 1 == len(tried)
    tried.clear()
    seed_of(world.office, HybridIdentity.from_seed(bytes(32)), bytes(32))
    collect_all()
    collect_all()
    assert hashes == sorted(tried)


def test_an_unfiled_follow_up_is_not_opened_again_before_its_case_exists(
    world: World, collect_all: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise large follow-ups to unknown cases would cost time and disk space at every collect."""
    reporter, told = Reporter(world), []

    def spread(start: Any, context: Any, jobs: Any, *, few: int) -> Any:
        told.append((len(jobs), few))
        return map(start(context), jobs)

    collect_all(Sent(reporter.follow_up()))
    monkeypatch.setattr(collecting, "spread", spread)
    collect_all()
    assert [] == told
    collect_all(first(reporter))
    assert [1, 1] == [jobs for jobs, _ in told]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_collect_that_is_killed_around_the_commit_has_either_no_effect_or_its_full_effect(
    world: World,
    portal: Portal,
    collect_all: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    reporter = Reporter(world)
    collect_all(Sent(reporter.follow_up(files=[b"data"])))
    before = world.office.state()
    path = portal.bundle(first(reporter))

    class Killed(BaseException):
        pass

    def stop(*_: Any) -> None:
        raise Killed

    finish = Filing.finish

    def finish_and_stop(filing: Filing) -> None:
        finish(filing)
        raise Killed

    # The first call comes from the unlocking of the inbox, and runs normally. The process is killed at the
    # next call.
    moves = iter([reconcile.settle])

    def settle_once(*arguments: Any) -> Any:
        return next(moves, stop)(*arguments)

    with monkeypatch.context() as patch:
        if moment == "before":
            patch.setattr(Filing, "finish", finish_and_stop)
        else:
            patch.setattr(reconcile, "settle", settle_once)
        with pytest.raises(Killed):
            world.office.run("exchange", "collect", path)
    if moment == "before":
        assert before == world.office.state()
        assert [1] == world.office.json("exchange", "collect", path)[0]["resolved"]
    assert ({}, []) == (rows(world.office), kept(world.office))
    assert 1 == len(world.office.json("case", "show", "1")["follow_ups"])
    assert 1 == len(list((world.office.root / "attachments").iterdir()))


def test_trying_an_unreadable_envelope_repeatedly_does_no_harm(
    world: World, collect_all: Callable[..., Any]
) -> None:
    late = elsewhere(world, stranger())
    collect_all(first(late))
    for _ in range(3):
        assert [] == collect_all()["unopened"]
    assert {1: "not-for-us"} == rows(world.office)
