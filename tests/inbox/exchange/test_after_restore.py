"""After a restore from a backup, the inbox continues with a portal that has newer bundles and outboxes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crypto.bundle import NOTHING, Applied, Import, Link
from inbox.exchange import after_restore, bundle_chain
from inbox.exchange.verify import announced
from inbox.vault import queries_exchange, queries_office
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import Case, IntakeBundle, Message, OutboxBundle
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Portal, Reporter, World, read_outbox, today

FOREIGN = bytes(32)


def outbox(world: World) -> Link:
    """Make the next outbox. Return the number and the hash of the outbox, as the portal reports them."""
    made = Path(world.office.json("exchange", "outbox", "--out", world.office.out)["file"])
    read, manifest, _ = read_outbox(made, world)
    return Link(read.n, manifest.hash)


def gap(world: World, path: Path) -> dict[str, int]:
    """Return the bundles and outboxes that are missing before a bundle, as the journal names them."""
    with world.office.opened() as inbox, inbox.transaction() as session:
        return after_restore.gap(session, announced(path, world.deployment, build.CHANNEL).head)


def go_on(world: World, path: Path) -> list[str]:
    """Collect a bundle with --after-restore and return the actions in the journal."""
    world.office.json("exchange", "collect", path, "--after-restore")
    return [each["action"] for each in world.office.json("journal", "list")["entries"]]


def rows(world: World, what: Any) -> list[Any]:
    """Return rows of the vault that stay usable after the database session has ended."""
    with world.office.opened() as inbox, inbox.transaction() as session:
        return [*session.scalars(what)]


@pytest.mark.usefixtures("correspondent")
def test_there_is_no_gap_if_the_portal_applied_only_outboxes_of_this_inbox(
    world: World, portal: Portal
) -> None:
    """The portal may have applied all, some or none of the outboxes of this inbox.

    If there is no gap, one officer can collect, and no serial number is skipped.
    """
    first, last = outbox(world), outbox(world)
    for applied in (NOTHING, first, last):
        path = portal.bundle(applied=applied)
        assert {} == gap(world, path)
        assert "accept-gap" not in go_on(world, path)
    assert [1, 2] == [row.n for row in rows(world, select(OutboxBundle))]
    assert [2] == [case.serial for case in rows(world, select(Case))]


@pytest.mark.usefixtures("correspondent")
def test_the_journal_names_the_bundles_and_outboxes_that_are_missing_in_a_gap(
    world: World, portal: Portal
) -> None:
    """A gap in the outboxes begins after the last outbox that this inbox made.

    At the first gap, this inbox has not made an outbox yet. Before the second gap, it makes outbox 1.
    """
    ahead = portal.bundle(applied=Link(4, FOREIGN))
    assert {"outbox": 4, "after_outbox": 0} == gap(world, ahead)
    portal.bundle()
    later = portal.bundle(applied=Link(5, FOREIGN))
    outbox(world)
    assert {"bundle": 4, "after_bundle": 1, "outbox": 5, "after_outbox": 1} == gap(world, later)
    only_bundles = portal.bundle()
    assert {"bundle": 5, "after_bundle": 1} == gap(world, only_bundles)


def test_there_is_no_gap_before_a_known_bundle_or_a_bundle_of_an_unknown_portal(
    world: World, portal: Portal, tmp_path: Path
) -> None:
    """Collecting the first bundle changes no serial number, whatever the portal applied.

    Collecting a bundle a second time changes no serial number.
    """
    path = portal.bundle(applied=Link(4, FOREIGN))
    assert {} == gap(world, path)
    world.office.json("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    assert {} == gap(world, path)
    assert {} == gap(world, Portal(world, tmp_path / "other").bundle(applied=Link(4, FOREIGN)))


@pytest.mark.usefixtures("correspondent")
def test_after_a_restore_the_next_bundle_must_still_continue_the_chain(world: World, portal: Portal) -> None:
    """The option --after-restore allows nothing except a gap, and there is no gap between bundles 1 and 2."""
    path = portal.bundle(edit=lambda intake: replace(intake, previous=bytes(32)))
    before = world.office.state()
    said = world.office.run("exchange", "collect", path, "--after-restore")
    assert (1, True) == (said.code, "does not continue the chain" in said.err)
    assert before == world.office.state()


def test_there_is_a_gap_only_if_a_bundle_does_not_continue_the_chain(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    one, two, three = (portal.bundle() for _ in range(3))

    def is_gap(path: Path) -> bool:
        with world.office.opened() as inbox, inbox.transaction() as session:
            return bundle_chain.is_gap(session, announced(path, world.deployment, build.CHANNEL).head)

    assert [False] * 3 == [is_gap(path) for path in (one, two, three)]
    collect(one)
    assert [False, False, True] == [is_gap(path) for path in (one, two, three)]


@pytest.mark.parametrize(("days", "made"), [(-3, -3), (5, 0)], ids=["past", "future"])
@pytest.mark.usefixtures("correspondent")
def test_an_outbox_of_the_lost_inbox_gets_the_day_of_its_import_but_never_a_day_in_the_future(
    world: World, portal: Portal, days: int, made: int
) -> None:
    """The portal also lists the imports of earlier outboxes, and its clock may be ahead of ours."""

    def day(after: int) -> date:
        return today() + timedelta(after)

    imports = (Import(3, day(-9)), Import(4, day(-6)), Import(5, day(days)))
    path = portal.bundle(edit=lambda intake: replace(intake, applied=Applied(5, FOREIGN, imports)))
    go_on(world, path)
    (row,) = rows(world, select(OutboxBundle))
    assert (5, FOREIGN, day(made)) == (row.n, row.hash, row.made)


@pytest.mark.usefixtures("correspondent")
def test_after_a_restore_the_inbox_skips_all_serial_numbers_that_the_lost_inbox_may_have_used(
    world: World, portal: Portal
) -> None:
    """An outbox fills each slot at most once, so a slot skips one serial number for each missing outbox.

    The keyring and the card each skip 1,000 serial numbers.
    """

    def serials() -> tuple[int, int, int, int]:
        with world.office.opened() as inbox, inbox.transaction() as session:
            office, newest = queries_office.office(session), queries_office.newest_keyring(session)
            assert newest is not None
            reply = session.scalars(select(Message)).one()
            return session.get_one(Case, 1).serial, reply.serial, newest.serial, office.card_serial

    applied = outbox(world)
    world.office.json("message", "reply", "1", "--text", "attend")
    slot, reply, keyring, card = serials()
    assert slot < reply
    go_on(world, portal.bundle(applied=Link(applied.n + 6, FOREIGN)))
    assert (slot + 7, reply + 7, keyring + 1_001, card + 1_000) == serials()


@pytest.mark.usefixtures("correspondent")
def test_an_external_body_issues_no_keyring_after_a_restore(world: World, portal: Portal) -> None:
    with world.office.opened() as inbox, inbox.transaction() as session:
        queries_office.office(session).root_seed = None
    (before,) = {row.serial for row in rows(world, select(queries_office.KeyringFile))}
    go_on(world, portal.bundle(applied=Link(3, FOREIGN)))
    assert [before] == [row.serial for row in rows(world, select(queries_office.KeyringFile))]


def test_after_a_restore_the_contents_of_outboxes_that_the_portal_never_applied_are_sent_again(
    world: World, portal: Portal, correspondent: Reporter, collect: Callable[..., Any]
) -> None:
    """Outboxes confirmed by the portal remain unchanged."""
    world.office.json("message", "reply", "1", "--template", "acknowledgement")
    collect(portal.bundle(applied=outbox(world)))
    world.office.close("1")
    closing = outbox(world)
    assert 2 == closing.n
    assert [1, 2] == [row.outbox for row in rows(world, select(IntakeBundle).order_by(IntakeBundle.n))]
    go_on(world, portal.bundle(applied=Link(7, FOREIGN)))
    assert [1, 7] == [row.n for row in rows(world, select(OutboxBundle).order_by(OutboxBundle.n))]
    assert [1, None, None] == [
        row.outbox for row in rows(world, select(IntakeBundle).order_by(IntakeBundle.n))
    ]
    (case,) = rows(world, select(Case))
    assert (None, None) == (case.closed_in, case.closed_on)
    (work,) = rows(world, select(Workflow))
    assert (1, today()) == (work.acknowledged_in, work.acknowledged)
    made = Path(world.office.json("exchange", "outbox", "--out", world.office.out)["file"])
    read, _, _ = read_outbox(made, world)
    assert (8, FOREIGN, [2, 3]) == (read.n, read.previous, [link.n for link in read.collected])
    assert (correspondent.keys.case_id,) == read.closed


@pytest.mark.usefixtures("correspondent")
def test_the_outbox_that_the_portal_applied_replaces_our_outbox_with_the_same_number(
    world: World, portal: Portal
) -> None:
    """Therefore our outbox no longer counts as the outbox that acknowledged the report."""
    world.office.json("message", "reply", "1", "--template", "acknowledgement")
    outbox(world)
    (work,) = rows(world, select(Workflow))
    assert 1 == work.acknowledged_in
    go_on(world, portal.bundle(applied=Link(1, FOREIGN)))
    (row,) = rows(world, select(OutboxBundle))
    assert (1, FOREIGN, today()) == (row.n, row.hash, row.applied)
    (work,) = rows(world, select(Workflow))
    assert (None, None) == (work.acknowledged_in, work.acknowledged)
    with world.office.opened() as inbox, inbox.transaction() as session:
        assert [1] == [*queries_exchange.confirmed_outboxes(session)]
