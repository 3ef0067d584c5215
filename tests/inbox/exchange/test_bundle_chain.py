"""Each portal has a chain of bundles that begins with number 1.

Officers accept the key of a portal only once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crypto.bundle import NOTHING, Link
from crypto.journal import Presence
from inbox.exchange import collect as collecting
from inbox.exchange.bundle_chain import Acceptance
from inbox.exchange.collect import Outcome
from inbox.exchange.unopened import Item
from inbox.exchange.unseal import Place
from inbox.session.actions import Action, Actor
from inbox.session.inbox import Unlocked
from inbox.vault.tables import Instance, IntakeBundle, OutboxBundle
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Portal, Reporter, World, first, read_outbox, today


def collected(world: World, acceptance: Acceptance, *paths: Path) -> list[Outcome]:
    """Collect bundles as an officer who accepts portal keys as ``acceptance`` specifies."""
    with world.office.unlocked() as opened:
        return collected_by(opened.by_opening(today()), opened, acceptance, *paths)


def collected_by(who: Actor, opened: Unlocked, acceptance: Acceptance, *paths: Path) -> list[Outcome]:
    """Collect bundles in an inbox that is already open."""
    return [*collecting.collect(opened.inbox, who, paths, acceptance, progress=lambda *_: None)]


def rows(world: World, what: Any) -> list[Any]:
    """Return rows of the vault that stay usable after the database session has ended."""
    with world.office.opened() as inbox, inbox.transaction() as session:
        return [*session.scalars(what)]


def test_an_officer_can_decline_or_accept_the_key_of_the_first_portal(world: World, portal: Portal) -> None:
    """The question names the key, and tells officers where to compare it.

    The inbox does not ask again about an accepted key.
    """
    asked: list[str] = []
    answers = [False, True]

    def answer(question: str) -> bool:
        asked.append(question)
        return answers.pop(0)

    asking = Acceptance(None, None, answer)

    path = portal.bundle()
    (declined,) = collected(world, asking, path)
    assert "no portal is confirmed yet" in str(declined.refused)
    (accepted,) = collected(world, asking, path)
    assert (None, 1) == (accepted.refused, accepted.n)
    assert [True] * 2 == [
        portal.fingerprint in each and "that was printed when the portal was made" in each for each in asked
    ]
    assert [None] == [each.refused for each in collected(world, asking, portal.bundle())]
    assert 2 == len(asked)


@pytest.mark.parametrize("option", ["confirmed", "new"])
def test_the_first_portal_key_is_accepted_with_either_option_that_states_the_fingerprint(
    world: World, portal: Portal, option: str
) -> None:
    given = replace(Acceptance(None, None, lambda _: False), **{option: portal.fingerprint})
    assert [None] == [each.refused for each in collected(world, given, portal.bundle())]


def test_the_first_bundle_collected_from_a_portal_must_have_the_number_1(
    world: World, portal: Portal, tmp_path: Path
) -> None:
    """The rule applies to the first portal and to a rebuilt portal, even with the option --after-restore."""
    for place, each in enumerate((portal, Portal(world, tmp_path / "rebuilt"))):
        given = Acceptance(None, each.fingerprint, lambda _: False)
        two = [each.bundle() for _ in range(2)][1]
        for acceptance in (given, replace(given, after_restore=True)):
            (refused,) = collected(world, acceptance, two)
            assert "bundle 1 is missing before bundle 2" in str(refused.refused)
        each.last = Link(0, bytes([1]) * 32)
        (refused,) = collected(world, given, each.bundle())
        assert "does not continue the chain" in str(refused.refused)
        assert place == len(rows(world, select(Instance)))
        each.last = NOTHING
        assert [None] == [said.refused for said in collected(world, given, each.bundle())]


def test_portals_are_numbered_in_the_order_in_which_officers_accepted_them(
    world: World, portal: Portal, tmp_path: Path
) -> None:
    """The first accepted portal is portal 1. Another bundle of a known portal adds no portal."""
    expected = []
    for place in range(3):
        for _ in range(2):
            given = Acceptance(None, portal.fingerprint, lambda _: False)
            assert [None] == [each.refused for each in collected(world, given, portal.bundle())]
        expected.append((place + 1, build.signing.public_key(portal.seed)))
        found = rows(world, select(Instance).order_by(Instance.position))
        assert expected == [(each.position, each.key) for each in found]
        portal = Portal(world, tmp_path / f"rebuilt-{place}")


def test_a_missing_bundle_that_is_found_after_officers_accepted_the_gap_is_refused(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The option --after-restore does not help, because a later bundle now continues the chain."""
    collect(portal.bundle())
    found, later = portal.bundle(first(Reporter(world))), portal.bundle()
    world.office.json("exchange", "collect", later, "--after-restore")
    for words in ([], ["--after-restore"]):
        said = world.office.run("exchange", "collect", found, *words)
        assert (1, True) == (said.code, "does not continue the chain" in said.err)


def test_a_bundle_that_another_officer_collected_in_the_meantime_is_not_collected_twice(
    world: World, portal: Portal
) -> None:
    """The other officer may also collect a bundle that two officers were about to declare lost."""
    given = Acceptance(portal.fingerprint, None, lambda _: False)

    def overtaken(acceptance: Acceptance, late: Path, early: Path) -> Outcome:
        """Collect bundle ``late``.

        Before officers confirm bundle ``late``, another officer collects bundle ``early``.
        """
        with world.office.unlocked() as opened:
            who = opened.by_opening(today())

            def confirm(actions: Sequence[Action], needed: int) -> Mapping[str, Presence]:
                (said,) = collected_by(who, opened, given, early)
                assert "collected" == said.state
                return who.confirm(actions, needed)

            (outcome,) = collected_by(replace(who, confirm=confirm), opened, acceptance, late)
        return outcome

    path = portal.bundle(first(Reporter(world)))
    assert "collected-before" == overtaken(given, path, path).state
    assert 1 == len(world.office.json("case", "list")["cases"])
    early, last = portal.bundle(), portal.bundle()
    refused = overtaken(replace(given, after_restore=True), last, early).refused
    assert "another bundle was collected in the meantime" in str(refused)
    assert [1, 2] == [row.n for row in rows(world, select(IntakeBundle).order_by(IntakeBundle.n))]
    assert ["collected"] == [each.state for each in collected(world, given, last)]


@pytest.mark.usefixtures("correspondent")
def test_a_bundle_confirms_every_outbox_up_to_the_last_outbox_that_the_portal_applied(
    world: World, portal: Portal
) -> None:
    """Each confirmed outbox gets its day of import. An impossible day is replaced, with a warning."""
    links = []
    for _ in range(3):
        made = world.office.json("exchange", "outbox", "--out", world.office.out)
        read, manifest, _ = read_outbox(Path(made["file"]), world)
        links.append(Link(read.n, manifest.hash))

    def confirmed(applied: Link, **changes: Any) -> tuple[list[bool], list[str]]:
        said = world.office.json("exchange", "collect", portal.bundle(applied=applied, **changes))[0]
        found = rows(world, select(OutboxBundle).order_by(OutboxBundle.n))
        assert {today(), None} >= {row.applied for row in found}
        return [row.applied is not None for row in found], said["warnings"]

    assert ([False] * 3, []) == confirmed(NOTHING)
    assert ([True, True, False], []) == confirmed(links[1])
    every, (warning,) = confirmed(links[2], imported=today() + timedelta(9))
    assert [True] * 3 == every
    assert "applied outbox 3 on" in warning


def test_officers_learn_how_many_entries_have_an_impossible_day(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """There is no warning if all days are possible."""
    assert [] == collect(portal.bundle(first(Reporter(world)), first(Reporter(world))))["warnings"]

    def dated(intake: Any) -> Any:
        days = (today(), *[today() + timedelta(9)] * 2)
        entries = (replace(each, day=day) for each, day in zip(intake.entries, days, strict=True))
        return replace(intake, entries=tuple(entries))

    (warning,) = collect(portal.bundle(*(first(Reporter(world)) for _ in range(3)), edit=dated))["warnings"]
    assert "impossible day for some envelopes (number: 2)." in warning


@pytest.mark.parametrize(("size", "few"), [(16 * 1024 * 1024, 64), (16 * 1024 * 1024 + 1, 1)])
def test_up_to_64_envelopes_with_a_total_of_16_mib_are_unsealed_in_one_process(
    monkeypatch: pytest.MonkeyPatch, size: int, few: int
) -> None:
    """The result does not show how many processes were used.

    Therefore a stand-in for `spread` records the limit.
    """
    limits = []

    def spread(*_: Any, few: int) -> Any:
        limits.append(few)
        return iter(["first", "second"])

    monkeypatch.setattr(collecting, "spread", spread)
    items = [Item(Place(Path(), 0, each, bytes(32)), today(), None) for each in (1_000, size - 1_000)]
    how: Any = None
    found = [result for _, result in collecting._read(items, how, lambda *_: None)]
    assert (["first", "second"], [few]) == (found, limits)
