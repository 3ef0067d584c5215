"""Unfiled envelopes are listed in pages and kept for two months.

After two months, two officers can discard an envelope.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, update

from crypto.bundle import Intake
from inbox.deadlines import retention_schedule
from inbox.exchange import unopened_list
from inbox.language.errors import Refused
from inbox.retention import discard_unopened
from inbox.vault.tables import IntakeBundle, Unopened
from tests.support.desk_room import sitting
from tests.support.gate import steps
from tests.support.inbox_builders import PASSPHRASE, Office, Portal, Reporter, Sent, World, first, today
from tests.support.inbox_circles import opened_by
from tests.support.inbox_clock import Clock
from tests.support.inbox_kills import killed_everywhere

UNTIL = today() + relativedelta(months=2)
NOISE = Sent(b"noise" * 400)
ACTION = "discard-unopened"


def kinds(office: Office) -> dict[int, str]:
    return {row["number"]: row["kind"] for row in office.json("exchange", "unopened", "list")["unopened"]}


def envelopes(office: Office) -> list[Path]:
    return sorted((office.root / "unopened").iterdir())


def past_its_term(clock: Clock, office: Office) -> None:
    """Move both clocks to the day on which the retention period ends. The period begins today."""
    clock.day = UNTIL
    by_portal(office, UNTIL)


def by_portal(office: Office, day: date) -> None:
    """Set both the export day and the collection day of all bundles to this day."""
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(update(IntakeBundle).values(exported=day, collected=day))


def refused(office: Office) -> str:
    """Return the reason why nothing can be discarded, and check that nothing has changed."""
    before = office.state()
    said = office.run("exchange", "unopened", "discard")
    assert (1, before) == (said.code, office.state())
    return said.err


def test_an_envelope_is_not_discarded_before_its_day(
    world: World, portal: Portal, collect: Callable[..., Any], clock: Clock
) -> None:
    """The period is two months from the collection, whatever day the portal states.

    The list shows the last day.
    """
    assert "there are no unfiled envelopes to discard" in refused(world.office)
    long_ago = today() - relativedelta(years=1)

    def backdated(intake: Intake) -> Intake:
        return replace(intake, entries=tuple(replace(each, day=long_ago) for each in intake.entries))

    collect(portal.bundle(NOISE, edit=backdated))
    (row,) = world.office.json("exchange", "unopened", "list")["unopened"]
    assert (long_ago.isoformat(), UNTIL.isoformat()) == (row["received"], row["kept_until"])
    clock.day = UNTIL - relativedelta(days=1)
    by_portal(world.office, UNTIL)  # The clock of this machine was set back, or had been ahead.
    assert f"may be discarded before {UNTIL}" in refused(world.office)
    assert {"discardable": 0, "more_from": UNTIL.isoformat()} == world.office.json("retention", "list")[
        "unopened"
    ]
    past_its_term(clock, world.office)
    assert {"discardable": 1, "more_from": None} == world.office.json("retention", "list")["unopened"]
    assert {"discarded": 1} == world.office.json("exchange", "unopened", "discard")


def test_an_envelope_is_not_discarded_if_only_the_clock_of_this_machine_says_that_it_has_expired(
    world: World, collect_all: Callable[..., Any], clock: Clock
) -> None:
    """An empty reason does not help.

    A bundle that the portal exported on that day confirms the day once the bundle is collected.
    """
    collect_all(NOISE)
    clock.day = UNTIL
    by_portal(world.office, UNTIL - relativedelta(days=1))
    for words in ([], ["--reason", " "]):
        before = world.office.state()
        said = world.office.run("exchange", "unopened", "discard", *words)
        assert (1, before) == (said.code, world.office.state())
        assert "only this machine's clock shows that the unfiled envelopes have expired" in said.err
    with world.office.unlocked() as opened:
        who = opened.by_opening(UNTIL)
        for reason, count in (("", 1), (" ", 1), ("drill", 2)):
            with pytest.raises(Refused, match="may be discarded have changed"):
                discard_unopened.discard(opened.inbox, who, count, reason)
    assert {"discardable": 0, "more_from": None} == world.office.json("retention", "list")["unopened"]
    assert "expired only according to this machine's clock: 1" in world.office.run("retention", "list").out
    by_portal(world.office, UNTIL)
    with world.office.unlocked() as opened, pytest.raises(Refused, match="have changed"):
        discard_unopened.discard(opened.inbox, opened.by_opening(UNTIL), 0)
    assert {"discarded": 1} == world.office.json("exchange", "unopened", "discard", "--reason", "drill")
    noted = [each for each in world.office.json("journal", "list")["entries"] if each.get("action") == ACTION]
    assert [("", {"entries": 1})] == [(each["reason"], each["values"]) for each in noted]


def test_before_the_first_export_nothing_confirms_that_an_envelope_has_expired(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """Only an export can confirm the day, however long ago an envelope arrived."""
    collect_all(NOISE)
    day = UNTIL + relativedelta(years=9)
    with world.office.unlocked() as opened:
        with opened.inbox.transaction() as session:
            session.execute(delete(IntakeBundle))
            found = retention_schedule.unopened(session, day)
        assert (0, 1) == (found.due, found.by_one_clock)
        with pytest.raises(Refused, match="may be discarded have changed"):
            discard_unopened.discard(opened.inbox, opened.by_opening(day), 1)


def test_without_a_portal_two_officers_can_vouch_for_the_day(
    world: World, collect_all: Callable[..., Any], clock: Clock
) -> None:
    """At the desk and with the command, two officers can vouch for the day.

    The journal keeps the reason, and the oversight report counts the action.
    """
    collect_all(NOISE)
    clock.day = UNTIL
    by_portal(world.office, UNTIL - relativedelta(days=1))
    with world.office.unlocked() as opened:
        assert 1 == discard_unopened.plan(opened.inbox, opened.by_opening(UNTIL), "closed in 2031")
    two = {"passphrase-officer": PASSPHRASE}
    with sitting(world.office) as client:
        assert 'name="reason"' in client.page("/en/unopened/1")
        assert 409 == client.send("/en/retention/discard", entries=1, **two).status_code
        form = {"entries": 1, "reason": "closed in 2031"}
        assert 303 == client.send("/en/retention/discard", **form, **two).status_code
    noted = [each for each in world.office.json("journal", "list")["entries"] if each.get("action") == ACTION]
    assert [("closed in 2031", {"entries": 1, "by_one_clock": True})] == [
        (each["reason"], each["values"]) for each in noted
    ]
    assert 1 == world.office.json("office", "oversight")["actions"]["destroyed-by-one-clock"]
    assert [] == envelopes(world.office)


def test_expired_envelopes_are_removed_from_the_list_and_the_disk_and_are_counted(
    world: World, collect_all: Callable[..., Any], clock: Clock
) -> None:
    """Later envelopes, cases and their files remain."""
    collect_all(NOISE, Sent(Reporter(world).follow_up()), first(Reporter(world), files=[b"x"]))
    past_its_term(clock, world.office)
    collect_all(Sent(b"later" * 400))
    assert 3 == len(envelopes(world.office))
    before = world.office.state()
    assert {"discarded": 2} == world.office.json("exchange", "unopened", "discard")
    after = world.office.state()
    assert {3: "malformed"} == kinds(world.office)
    assert 1 == len(envelopes(world.office))
    assert {"unopened", "settings", "files"} == {name for name in before if before[name] != after[name]}
    entries = world.office.json("journal", "list")["entries"]
    assert [{"entries": 2}] == [
        each["values"] for each in entries if each.get("action") == "discard-unopened"
    ]
    assert 1 == world.office.json("office", "oversight")["actions"]["discard-unopened"]
    assert "no unfiled envelope may be discarded" in refused(world.office)


def test_the_number_of_a_discarded_envelope_is_not_reused(
    world: World, collect_all: Callable[..., Any], clock: Clock
) -> None:
    collect_all(NOISE, Sent(b"other" * 400))
    past_its_term(clock, world.office)
    world.office.json("exchange", "unopened", "discard")
    assert [3] == collect_all(NOISE)["unopened"]


def test_an_envelope_that_arrived_again_is_kept(
    world: World, collect_all: Callable[..., Any], clock: Clock
) -> None:
    """The same bytes arrived again after the first envelope had expired."""
    collect_all(NOISE)
    past_its_term(clock, world.office)
    collect_all(NOISE)
    world.office.json("exchange", "unopened", "discard")
    (path,) = envelopes(world.office)
    assert NOISE.envelope == path.read_bytes()


def test_an_unfiled_envelope_that_names_a_case_is_not_discarded(
    world: World, collect_all: Callable[..., Any], clock: Clock
) -> None:
    """A follow-up with a false signature may be evidence, so it is kept as long as its case.

    The control is an envelope that names no case.
    """
    reporter = Reporter(world)
    collect_all(first(reporter))
    collect_all(Sent(reporter.follow_up(seed=bytes(32))), NOISE)
    past_its_term(clock, world.office)
    assert {"discarded": 1} == world.office.json("exchange", "unopened", "discard")
    assert ["false-signature"] == list(kinds(world.office).values())


@pytest.mark.copy_of("founded_three")
def test_one_officer_cannot_discard_envelopes(office: Office, tmp_path: Path, clock: Clock) -> None:
    """Nobody will ever answer the senders of discarded envelopes.

    The share sheet of a colleague does not replace the second officer.
    """
    both = office.of("alice", "bruno")
    portal = Portal(World(both), tmp_path / "medium")
    both.json("exchange", "collect", portal.bundle(NOISE), "--confirm-instance", portal.fingerprint)
    past_its_term(clock, both)
    said = opened_by(office, "alice", sheets=["bruno"]).run("exchange", "unopened", "discard")
    assert (1, True, 1) == (said.code, "two officers must each enter" in said.err, len(envelopes(office)))
    assert {"discarded": 1} == both.json("exchange", "unopened", "discard")


def test_the_list_of_unfiled_envelopes_is_divided_into_pages_newest_first(
    world: World, collect_all: Callable[..., Any]
) -> None:
    more = unopened_list.PAGE + 2
    collect_all(*(Sent(b"%05d" % n * 400) for n in range(more)))
    assert more == world.office.json("case", "list")["unopened"]
    pages = [world.office.json("exchange", "unopened", "list", "--page", str(n)) for n in (1, 2, 3)]
    numbers = [[row["number"] for row in page["unopened"]] for page in pages]
    assert [[*range(more, 2, -1)], [2, 1], []] == numbers
    assert [more] * 3 == [page["count"] for page in pages]
    assert (
        f"{more} in all; older ones: inbox exchange unopened list --page 2\n"
        in world.office.run("exchange", "unopened", "list").out
    )
    assert "--page 3" not in world.office.run("exchange", "unopened", "list", "--page", "2").out


@steps(5)
def test_a_power_cut_while_envelopes_are_discarded_loses_nothing_else(
    world: World, collect_all: Callable[..., Any], clock: Clock, tmp_path: Path, stride: int
) -> None:
    """The process is killed at one step after another.

    Afterwards, an expired envelope is either complete or deleted. Everything else remains.
    """
    collect_all(NOISE, first(Reporter(world), files=[b"x"]))
    past_its_term(clock, world.office)
    collect_all(Sent(b"later" * 400))
    gone = []
    for each in killed_everywhere(
        world.office, tmp_path / "killed", clock.day, "exchange", "unopened", "discard", stride=stride
    ):
        listed = each.json("exchange", "unopened", "list")["unopened"]
        assert {each.root / row["file"] for row in listed} == set(envelopes(each))
        assert 1 == len(list((each.root / "attachments").iterdir()))
        gone.append(len(listed) == 1)
        assert {"malformed"} == {row["kind"] for row in listed}
    assert sorted(gone) == gone
    assert (False, True) == (gone[0], gone[-1])


def test_an_expired_envelope_is_discarded_while_another_still_waits_for_the_clock_of_the_portal(
    world: World, collect_all: Callable[..., Any], clock: Clock
) -> None:
    collect_all(NOISE, Sent(b"later" * 400))
    clock.day = UNTIL
    by_portal(world.office, UNTIL - relativedelta(days=1))
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Unopened, 1).collected -= relativedelta(days=9)
    assert {"discarded": 1} == world.office.json("exchange", "unopened", "discard")
    assert [2] == list(kinds(world.office))
