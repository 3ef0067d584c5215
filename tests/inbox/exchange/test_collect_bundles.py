"""The inbox collects the next bundle of the confirmed portal.

The inbox refuses all other bundles and gives the reason.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto import base64url, bundle, signing
from crypto.bundle import Link, Withdrawal
from inbox.cli import opening
from inbox.exchange import collect as collecting
from inbox.exchange.bundle_chain import Acceptance
from inbox.exchange.verify import announced, verify
from inbox.language.errors import BundleRefused, Locked, Refused
from inbox.language.messages import sentence
from inbox.session.actions import Actor
from inbox.session.inbox import Unlocked
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Portal, Reporter, Sent, World, first


def test_the_first_bundle_is_collected_only_with_the_confirmed_fingerprint(
    world: World, portal: Portal
) -> None:
    """Without the option, the command shows the fingerprint and changes nothing.

    Officers may type the fingerprint without spaces.
    """
    path = portal.bundle(first(Reporter(world)))
    before = world.office.state()
    said = world.office.run("exchange", "collect", path)
    assert (1, "") == (said.code, said.out)
    assert portal.fingerprint in said.err
    assert "that was printed when the portal was made" in said.err
    stranger = signing.fingerprint(bytes(32))
    assert 1 == world.office.run("exchange", "collect", path, "--confirm-instance", stranger).code
    assert before == world.office.state()
    typed = portal.fingerprint.lower().replace(" ", "")
    assert 0 == world.office.run("exchange", "collect", path, "--confirm-instance", typed).code
    following = portal.bundle()
    said = world.office.run("exchange", "collect", following, "--confirm-instance", stranger)
    assert (1, True) == (said.code, "not the given key" in said.err)
    assert 0 == world.office.run("exchange", "collect", following).code


@pytest.mark.parametrize("option", ["--confirm-instance", "--new-instance"])
def test_a_fingerprint_that_matches_no_bundle_is_refused_before_officers_enter_passphrases(
    world: World, portal: Portal, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command continues if another bundle has that key, or if no bundle can be read."""
    other = Portal(world, portal.folder / "other")
    path, stranger = portal.bundle(first(Reporter(world))), other.bundle()
    (noise := path.with_name("noise.tar")).write_bytes(b"x" * 600)

    def asked(_: Path) -> Any:
        raise Refused(sentence("somebody typed"), sentence("a passphrase"))

    monkeypatch.setattr(opening, "_credentials_at", asked)
    without, beside = ((path,), (noise, path)), ((path, stranger), (noise,))
    for bundles, typed in (*((each, False) for each in without), *((each, True) for each in beside)):
        said = world.office.run("exchange", "collect", *bundles, option, other.fingerprint)
        assert (1, typed) == (said.code, "somebody typed" in said.err)
        assert typed or f"{portal.fingerprint}, not the given key" in said.err


def unreadable(portal: Portal, path: Path, seed: bytes) -> Path:
    """Write a bundle that is signed with ``seed``.

    The part of its manifest before the lists is valid, and the rest is not.
    """
    known, _ = bundle.read([path.read_bytes()])
    own, stranger = (base64url.encode(signing.public_key(each)).encode() for each in (portal.seed, seed))
    raw = known.raw[: known.raw.index(b'"entries":')].replace(own, stranger) + b'"entries":[x'
    manifest = bundle.Manifest(raw, signing.sign(signing.Label.INTAKE, portal.world.deployment, raw, seed))
    spoilt = path.with_name("spoilt.tar")
    spoilt.write_bytes(b"".join(bundle.write(manifest, [])))
    return spoilt


def test_a_bundle_signed_by_a_stranger_is_refused_before_its_lists_are_read(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The refusal names the key.

    The control is the same bundle signed by the portal, which is refused because of its invalid
    manifest.
    """
    collect(portal.bundle(first(Reporter(world))))
    before = world.office.state()
    seed, path = bytes(range(32)), portal.bundle()
    (said,) = world.office.run("exchange", "collect", unreadable(portal, path, seed), "--json").json
    refusal = said["error"]
    assert said["n"] is None
    assert "the bundle is not from the confirmed portal" in refusal
    assert signing.fingerprint(signing.public_key(seed)) in refusal
    own = collect(unreadable(portal, path, portal.seed), code=1)["error"]
    assert "this is not an intake bundle" in own
    assert before == world.office.state()


def test_collecting_the_same_bundle_again_changes_nothing(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    path = portal.bundle(first(Reporter(world), files=[b"x"]))
    assert "collected" == collect(path)["state"]
    before = world.office.state()
    assert "collected-before" == collect(path)["state"]
    assert before == world.office.state()


def test_a_bundle_that_does_not_continue_the_chain_is_refused_with_the_reason(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """After a gap, the refusal names the missing bundle.

    A second start, another chain, and a different bundle with a known number are refused, too.
    """
    one = portal.bundle(first(Reporter(world)))
    two = portal.bundle(first(Reporter(world)))
    three = portal.bundle(first(Reporter(world)))
    collect(one)
    before = world.office.state()
    gap = collect(three, code=1)
    assert "bundle 2 is missing before bundle 3" == gap["error"]
    assert "fanal-portal run export --out DIR --again 2" in gap["hint"]
    portal.last = bundle.NOTHING
    other_one = portal.bundle(first(Reporter(world)))
    assert "a different bundle 1 was collected before" in collect(other_one, code=1)["error"]
    other_two = portal.bundle(first(Reporter(world)))
    assert "does not continue the chain" in collect(other_two, code=1)["error"]
    assert before == world.office.state()
    portal.last = Link(1, bytes(32))
    assert two.name == other_two.name  # The forgery has replaced the real bundle on the medium.


def test_the_first_bundle_of_a_portal_takes_two_officers_but_each_later_bundle_takes_one_officer(
    world: World, portal: Portal
) -> None:
    accepted = Acceptance(portal.fingerprint, None, lambda _: False)
    one, two = portal.bundle(), portal.bundle()
    with world.office.unlocked() as opened:
        alone, both = Actor(opened.present, build.today()), opened.by_opening(build.today())

        def states(who: Actor, path: Path) -> list[str]:
            found = collecting.collect(opened.inbox, who, [path], accepted, progress=lambda *_: None)
            return [each.state for each in found]

        with pytest.raises(Locked):
            states(alone, one)
        assert [["collected"]] * 2 == [states(both, one), states(alone, two)]
    noted = [each["action"] for each in world.office.json("journal", "list")["entries"]]
    assert ["accept-instance", "collect"] == [
        each for each in noted if each in {"accept-instance", "collect"}
    ]


def test_invalid_bundles_do_not_prevent_the_collection_of_valid_bundles(world: World, portal: Portal) -> None:
    """Each file gets its own result.

    Here, one file is not a bundle, one is a bundle that was already collected, and one is missing.
    """
    one, two = portal.bundle(first(Reporter(world))), portal.bundle(first(Reporter(world)))
    noise = one.with_name("holiday.jpg")
    noise.write_bytes(b"\xff\xd8" * 4000)
    missing = one.with_name("missing.tar")
    said = world.office.run(
        "exchange",
        "collect",
        noise,
        one,
        one,
        missing,
        two,
        "--confirm-instance",
        portal.fingerprint,
        "--json",
    )
    assert (1, "") == (said.code, said.err)
    states = [outcome["state"] for outcome in said.json]
    assert ["refused", "refused", "collected", "collected-before", "collected"] == states
    assert 2 == len(world.office.json("case", "list")["cases"])


def test_bundles_are_collected_in_the_order_of_their_numbers_and_not_of_their_file_names(
    world: World, portal: Portal
) -> None:
    """A shell sorts inspection-10 before inspection-2, and a renamed file may have no number."""
    paths = sorted(str(portal.bundle(first(Reporter(world), text=str(n)))) for n in range(1, 12))
    assert "inspection-10.tar" == Path(paths[1]).name
    paths[0] = str(Path(paths[0]).rename(portal.bundle().with_name("zz.tar")))
    cut = Path(paths[0]).with_name("0-cut.tar")
    cut.write_bytes(Path(paths[3]).read_bytes()[:-600])
    said = world.office.run(
        "exchange", "collect", cut, *paths, "--confirm-instance", portal.fingerprint, "--json"
    )
    assert 1 == said.code
    told = [(outcome["n"], outcome["state"]) for outcome in said.json if outcome["state"] != "refused"]
    assert [(n, "collected") for n in range(1, 12)] == told
    (refused,) = [outcome for outcome in said.json if outcome["state"] == "refused"]
    assert ("0-cut.tar", "the bundle ends early") == (refused["bundle"], refused["error"])
    numbers = [int(case["summary"]) for case in world.office.json("case", "list")["cases"]]
    assert list(range(1, 12)) == numbers


def test_the_last_bundle_of_the_old_portal_is_collected_before_the_bundles_of_a_rebuilt_portal(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """The order does not depend on keys or file names.

    Once the rebuilt portal is accepted, no bundle of the old portal is collected.
    """
    collect(portal.bundle())
    for place in range(4):
        old = portal.bundle(first(Reporter(world)))
        portal = Portal(world, tmp_path / f"rebuilt-{place}")
        new = portal.bundle(first(Reporter(world)))
        said = world.office.run(
            "exchange", "collect", new, old, "--new-instance", portal.fingerprint, "--json"
        )
        assert ["collected"] * 2 == [outcome["state"] for outcome in said.json]
        assert [old.name, new.name] == [outcome["bundle"] for outcome in said.json]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda intake: replace(intake, deployment=bytes(16)), "another deployment"),
        (lambda intake: replace(intake, channel="ombudsman"), "for the channel ombudsman"),
        (lambda intake: replace(intake, instance_key=signing.public_key(bytes(32))), "altered"),
        (
            lambda intake: replace(
                intake, entries=tuple(replace(e, size=e.size + 1) for e in intake.entries)
            ),
            "does not have the size",
        ),
        (
            lambda intake: replace(intake, entries=tuple(replace(e, hash=bytes(32)) for e in intake.entries)),
            "altered",
        ),
    ],
    ids=["deployment", "channel", "signer", "size", "digest"],
)
def test_a_bundle_from_another_sender_or_for_another_recipient_is_refused(
    world: World, portal: Portal, collect: Callable[..., Any], edit: Callable[[Any], Any], words: str
) -> None:
    before = world.office.state()
    assert words in collect(portal.bundle(first(Reporter(world)), edit=edit), code=1)["error"]
    assert before == world.office.state()


def test_bundles_of_a_rebuilt_portal_are_collected_only_with_its_fingerprint(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """A rebuilt portal starts at bundle 1.

    The command names the last bundle of the old portal, whose bundles are refused from then on.
    """
    first_path = portal.bundle(first(Reporter(world)))
    collect(first_path)
    rebuilt = Portal(world, tmp_path / "rebuilt")
    one = rebuilt.bundle(first(Reporter(world)))
    before = world.office.state()
    said = world.office.run("exchange", "collect", one)
    assert (1, True) == (said.code, "--new-instance" in said.err)
    assert 1 == world.office.run("exchange", "collect", one, "--new-instance", portal.fingerprint).code
    two = rebuilt.bundle()
    assert 1 == world.office.run("exchange", "collect", two, "--new-instance", rebuilt.fingerprint).code
    assert before == world.office.state()
    said = world.office.run("exchange", "collect", one, two, "--new-instance", rebuilt.fingerprint)
    assert 0 == said.code
    assert "ended with bundle 1" in said.out
    assert 0 == world.office.run("exchange", "collect", first_path).code  # already collected: no change
    said = world.office.run("exchange", "collect", portal.bundle(), "--new-instance", portal.fingerprint)
    assert (1, True) == (said.code, "was replaced" in said.err)


def test_a_bundle_that_is_replaced_while_it_is_read_is_refused(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise officers would confirm one action, and the inbox would carry out another."""
    collect(portal.bundle())
    other = Portal(world, tmp_path / "other")
    path, evil = portal.bundle(first(Reporter(world))), other.bundle(first(Reporter(world)))
    good = path.read_bytes()

    def swapped(*arguments: Any) -> Any:
        path.write_bytes(evil.read_bytes())
        return verify(*arguments)

    accepted = Acceptance(None, other.fingerprint, lambda _: False)
    before = world.office.state()
    with monkeypatch.context() as patch, world.office.unlocked() as opened:
        patch.setattr(collecting, "verify", swapped)
        who = opened.by_opening(build.today())
        (said,) = collecting.collect(opened.inbox, who, [path], accepted, progress=lambda *_: None)
    assert "altered while it was read" in str(said.refused)
    assert before == world.office.state()
    path.write_bytes(good)
    assert "collected" == collect(path)["state"]


@pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.soak)])
def test_a_bundle_with_any_flipped_byte_is_refused(
    world: World, portal: Portal, tmp_path: Path, stride: int
) -> None:
    """The test flips one byte of a small bundle at a time.

    The gate tries every seventh byte, and `make soak bundles` tries every byte.
    """
    path = portal.bundle(Sent(b"x" * 600), withdrawn=[Withdrawal(bytes(32), bytes(32))])
    good = path.read_bytes()
    before = world.office.state()
    copy = tmp_path / "copy.tar"
    with world.office.unlocked() as opened:
        for place in range(0, len(good), stride):
            flipped = bytearray(good)
            flipped[place] ^= 1 << (place % 8)
            copy.write_bytes(flipped)
            with pytest.raises(BundleRefused):
                verify(copy, announced(copy, world.deployment, build.CHANNEL))
            if place % 67 == 0:
                assert refused(opened, copy, portal), place
    assert before == world.office.state()


@pytest.mark.parametrize("change", ["cut", "longer"])
def test_a_truncated_or_lengthened_bundle_is_refused(
    world: World, portal: Portal, tmp_path: Path, change: str
) -> None:
    """The bundle is cut at some point, or blocks of zeros are added to it.

    The original bundle is collected afterwards.
    """
    good = portal.bundle(Sent(b"x" * 600)).read_bytes()
    before = world.office.state()
    copy = tmp_path / "copy.tar"
    lengths = range(0, len(good), 97) if change == "cut" else [len(good) + 512, len(good) + 10_240]
    with world.office.unlocked() as opened:
        for length in lengths:
            copy.write_bytes(good[:length].ljust(length, b"\0"))
            assert refused(opened, copy, portal), length
    assert before == world.office.state()
    copy.write_bytes(good)
    with world.office.unlocked() as opened:
        assert not refused(opened, copy, portal)


def refused(opened: Unlocked, path: Path, portal: Portal) -> bool:
    acceptance = Acceptance(portal.fingerprint, None, lambda _: False)
    who = opened.by_opening(build.today())
    (outcome,) = collecting.collect(opened.inbox, who, [path], acceptance, progress=lambda *_: None)
    return outcome.refused is not None
