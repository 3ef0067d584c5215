"""Officers are warned of a missed exchange before they see anything else."""

from dataclasses import replace
from datetime import date, timedelta

from inbox.deadlines import exchange_rhythm
from inbox.deadlines.exchange_rhythm import Missed
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Portal, World, today
from tests.support.inbox_clock import Clock
from tests.support.laws import FRANCE

DAY = timedelta(1)
# In French law, an exchange is due on the next working day after the previous exchange.
FRIDAY = FRANCE.after(today(), 1)
MONDAY = FRANCE.after(FRIDAY, 1)


def exchanged(world: World, portal: Portal, day: date) -> None:
    bundle = portal.bundle(edit=lambda intake: replace(intake, exported=day))
    world.office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)


def due(world: World) -> date | None:
    with world.office.opened() as inbox, inbox.transaction() as session:
        return exchange_rhythm.due(session)


def missed(world: World, day: date) -> Missed | None:
    with world.office.opened() as inbox, inbox.transaction() as session:
        return exchange_rhythm.missed(session, day)


def test_an_exchange_counts_as_missed_from_the_day_after_its_deadline(
    world: World, portal: Portal, clock: Clock
) -> None:
    assert missed(world, FRIDAY) is None, "nothing was ever exchanged"
    assert due(world) is None
    clock.day = FRIDAY
    exchanged(world, portal, FRIDAY)
    assert missed(world, FRIDAY) is missed(world, MONDAY) is None
    assert due(world) == MONDAY
    assert missed(world, MONDAY + DAY) == Missed(FRIDAY, MONDAY)


def test_a_missed_exchange_is_reported_even_if_the_office_had_a_day_off(
    world: World, portal: Portal, clock: Clock
) -> None:
    """Reporters do not know of the office's days off."""
    clock.day = FRIDAY
    exchanged(world, portal, FRIDAY)
    world.office.json("office", "day-off", "add", MONDAY.isoformat())
    assert missed(world, MONDAY + DAY) == Missed(FRIDAY, MONDAY)


def test_an_exchange_counts_on_the_day_of_its_export_and_not_on_the_day_of_its_collection(
    world: World, portal: Portal, clock: Clock
) -> None:
    """A bundle exported on Friday and collected on Monday contains nothing that arrived after the export.

    If the portal gives a day in the future, today is used instead.
    """
    clock.day = MONDAY
    exchanged(world, portal, FRIDAY)
    assert missed(world, MONDAY + DAY) == Missed(FRIDAY, MONDAY)
    exchanged(world, portal, MONDAY + timedelta(300))
    assert missed(world, MONDAY + DAY) is None
    tuesday = FRANCE.after(MONDAY, 1)
    assert missed(world, tuesday + DAY) == Missed(MONDAY, tuesday)


def test_a_missed_exchange_is_the_first_line_at_the_terminal_and_at_the_desk(
    world: World, portal: Portal, clock: Clock
) -> None:
    exchanged(world, portal, today())
    with sitting(world.office) as client:
        assert [] == [path for path in ("/fr/today", "/fr/") if "notice warning" in client.page(path)]
    assert world.office.json("queue", "list")["missed"] is None
    clock.wait(10)
    assert world.office.run("queue", "list").out.startswith("EXCHANGE MISSED: due on ")
    assert world.office.json("queue", "list")["missed"]["until"] == today().isoformat()
    with sitting(world.office) as client:
        # The first page after signing in, and the queue.
        pages = [client.page(path).partition("<main")[2] for path in ("/fr/today", "/fr/")]
    assert [] == [page for page in pages if not 0 <= page.find("Un échange a été manqué") < page.index("<h1")]


def test_an_office_that_never_collected_a_bundle_is_warned_after_its_first_outbox(
    world: World, clock: Clock
) -> None:
    """After the first outbox, people can report, and some may be in danger.

    A later outbox does not postpone the warning.
    """
    world.office.json("exchange", "outbox", "--out", world.office.out)
    made = clock.day
    assert missed(world, FRANCE.after(made, 1)) is None
    clock.wait(10)
    world.office.json("exchange", "outbox", "--out", world.office.out)
    assert world.office.json("queue", "list")["missed"] == {
        "until": made.isoformat(),
        "due": FRANCE.after(made, 1).isoformat(),
    }
    assert world.office.run("queue", "list").out.startswith("EXCHANGE MISSED: due on ")
    with sitting(world.office) as client:
        pages = [client.page(path).partition("<main")[2] for path in ("/fr/today", "/fr/")]
    assert [] == [page for page in pages if not 0 <= page.find("Un échange a été manqué") < page.index("<h1")]
