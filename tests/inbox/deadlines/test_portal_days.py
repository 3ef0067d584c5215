"""A text counts as delivered when the portal applies its outbox, even after a slow exchange."""

import html
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.bundle import Import, Intake, Link
from inbox.deadlines import portal_days
from inbox.deadlines.portal_days import Between, ImportDay, Receipt
from inbox.language import days
from inbox.vault import queries_exchange
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Portal, Reporter, World, first, read_outbox, today
from tests.support.inbox_clock import moved
from tests.support.inbox_ending import tell_portal

START = date(2026, 12, 1)
# The deadlines for texts to the reporter.
TOLD = ("ack_eu", "ack_fr", "feedback")
OFFSETS = st.integers(0, 60)


def after(days: int) -> date:
    return START + timedelta(days)


@example(made=0, previous=3, exported=3, now=3, said=2)
@example(made=0, previous=3, exported=5, now=5, said=3)
@example(made=0, previous=3, exported=5, now=5, said=5)
@given(OFFSETS, OFFSETS, OFFSETS, OFFSETS, st.integers(-60, 120))
def test_an_impossible_import_day_is_replaced_by_the_first_possible_day(
    made: int, previous: int, exported: int, now: int, said: int
) -> None:
    """The first possible day is the day of the outbox or of the previous export, whichever is later.

    The last possible day is the day of this export or today, whichever is earlier.
    """
    known = Between(after(previous), after(exported), after(now))
    found = portal_days.of(3, after(made), [Import(3, after(said))], known)
    earliest = max(made, previous) if previous <= now else made
    if earliest <= said <= min(exported, now):
        assert found == ImportDay(3, after(said))
    else:
        assert found == ImportDay(3, after(earliest), after(said))


@example(previous=3, exported=5, now=5, said=3)
@example(previous=3, exported=5, now=5, said=5)
@given(OFFSETS, OFFSETS, OFFSETS, st.integers(-60, 120))
def test_a_day_of_receipt_that_is_too_late_is_replaced_and_a_day_that_is_too_early_causes_a_warning(
    previous: int, exported: int, now: int, said: int
) -> None:
    """A report must have arrived between two exports.

    A day that is too late is replaced by the day of the previous export. A day that is too early is used,
    with a warning.
    """
    known = Between(after(previous), after(exported), after(now))
    found = portal_days.receipt(after(said), known)
    latest = min(exported, now)
    if said > latest:
        assert found == Receipt(after(min(previous, latest)), after(said))
    else:
        assert found == Receipt(after(said), after(said) if said < previous else None)
    assert found.day <= after(latest)


@example(exported=3, now=5, said=3)
@given(OFFSETS, OFFSETS, st.integers(-60, 120))
def test_without_a_previous_export_a_day_of_receipt_in_the_future_becomes_the_day_of_the_export(
    exported: int, now: int, said: int
) -> None:
    latest = min(exported, now)
    expected = Receipt(after(latest), after(said)) if said > latest else Receipt(after(said))
    assert portal_days.receipt(after(said), Between(None, after(exported), after(now))) == expected


@given(OFFSETS, st.lists(OFFSETS, min_size=1, max_size=5))
def test_if_an_outbox_is_lost_its_texts_count_from_the_import_of_the_next_outbox(
    made: int, days: list[int]
) -> None:
    """The next outbox contains the same texts again. A rebuilt portal never had the lost outbox."""
    imports = [Import(n, after(60 + day)) for n, day in enumerate(sorted(days), 5)]
    known = Between(None, after(200), after(200))
    assert portal_days.of(3, after(made), imports, known) == ImportDay(3, imports[0].day)


@given(OFFSETS, OFFSETS)
def test_the_first_possible_day_counts_if_the_portal_does_not_report_the_import(
    made: int, previous: int
) -> None:
    known = Between(after(previous), after(200), after(200))
    assert portal_days.of(70, after(made), [], known) == ImportDay(70, after(max(made, previous)))


def clocks(world: World) -> dict[str, Any]:
    return {row["clock"]: row for row in world.office.json("case", "show", "1")["work"]["clocks"]}


def state(row: dict[str, Any]) -> tuple[str | None, str | None]:
    return row["done"], row["sent"]


def answered(world: World) -> None:
    """Acknowledge case 1 and give feedback about it."""
    for choice in ("admissible", "no_transmission"):
        world.office.json("case", "decide", "1", choice, "--reason", "x")
    world.office.json("message", "acknowledge", "1")
    world.office.json(
        "message", "reply", "1", "--template", "feedback", "--text", "Voici ce qui a été fait.", "--feedback"
    )


@pytest.mark.usefixtures("correspondent")
def test_a_sent_text_meets_its_deadline_only_once_the_portal_has_applied_its_outbox(
    world: World, portal: Portal
) -> None:
    """Until the outbox is applied, the terminal and the desk show that the text is sent but not confirmed."""
    day = today().isoformat()
    answered(world)
    assert {state(clocks(world)[name]) for name in TOLD} == {(None, None)}
    world.office.json("exchange", "outbox", "--out", world.office.out)
    assert {state(clocks(world)[name]) for name in TOLD} == {(None, day)}
    assert world.office.run("case", "show", "1").out.count(f", sent {day}, not confirmed\n") == 3
    with sitting(world.office) as client:
        assert client.page("/fr/case/1/work").count(", pas encore confirmé</span>") == 3
    told = tell_portal(world.office, portal)
    assert told["warnings"] == []
    assert {state(clocks(world)[name]) for name in TOLD} == {(day, None)}


@pytest.mark.usefixtures("correspondent")
def test_if_an_exchange_is_slow_the_acknowledgement_is_late_but_feedback_is_not_postponed(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.office.json("message", "acknowledge", "1")
    before = (
        world.office.json("exchange", "outbox", "--out", world.office.out)
        and clocks(world)["feedback"]["day"]
    )
    clock = moved(monkeypatch)
    late = clock.wait(9)
    assert clocks(world)["ack_eu"]["late"]
    tell_portal(world.office, portal, imported=late, exported=late)
    found = clocks(world)
    assert (found["ack_eu"]["done"], found["ack_eu"]["late"]) == (late.isoformat(), True)
    assert found["feedback"]["day"] == before


@pytest.mark.usefixtures("correspondent")
@pytest.mark.parametrize("said", [-3, 5])
def test_officers_are_warned_of_an_impossible_import_day_and_told_which_day_is_used(
    world: World, portal: Portal, said: int
) -> None:
    """The reported day is before the outbox was made, or after the bundle was exported."""
    world.office.json("message", "acknowledge", "1")
    wrong = today() + timedelta(said)
    (warning,) = tell_portal(world.office, portal, imported=wrong)["warnings"]
    assert (
        f"applied outbox 1 on {wrong}, which is impossible; the first possible day, {today()}, is used"
        in warning
    )
    assert clocks(world)["ack_eu"]["done"] == today().isoformat()


@pytest.mark.usefixtures("correspondent")
def test_during_collection_the_desk_warns_of_impossible_days_of_imports_and_reports(
    world: World, portal: Portal
) -> None:
    """The warning about the import says which day is used instead."""
    office, wrong = world.office, today() + timedelta(5)
    office.json("message", "acknowledge", "1")
    office.json("exchange", "outbox", "--out", office.out)
    _, made, _ = read_outbox(office.out / "outbox-inspection-1.tar", world)
    path = portal.bundle(
        first(Reporter(world)),
        applied=Link(1, made.hash),
        imported=wrong,
        edit=lambda intake: replace(
            intake, entries=tuple(replace(each, day=wrong) for each in intake.entries)
        ),
    )
    with sitting(office, path.parent) as client:
        said = html.unescape(client.send("/fr/medium/collect", bundle=path.name).text)
    of_import, of_report = re.findall('<p class="notice warning">(.*?)</p>', said)
    for day in (wrong, today()):
        assert days.short("fr", day) in of_import
    assert "ce jour est impossible" in of_import
    assert "un jour impossible pour des enveloppes (nombre\u00a0: 1). " in of_report
    assert clocks(world)["ack_eu"]["done"] == today().isoformat()


@pytest.mark.usefixtures("correspondent")
def test_closing_a_case_does_not_stop_the_deadlines_of_texts_for_the_reporter(
    world: World, portal: Portal
) -> None:
    """The next outbox contains these texts.

    The deadlines are met on the first day on which the reporter can read the texts.
    """
    world.office.tell_no_prosecutor(1)
    world.office.settle(1)
    world.office.json("message", "acknowledge", "1")
    world.office.json(
        "message",
        "reply",
        "1",
        "--template",
        "feedback",
        "--text",
        "Rien de plus ne sera fait.",
        "--feedback",
    )
    world.office.close("1", "moot", "--disclosure", "full")
    assert {(row["done"], row["dropped"]) for row in map(clocks(world).get, TOLD) if row} == {(None, None)}
    tell_portal(world.office, portal)
    assert {clocks(world)[name]["done"] for name in TOLD} == {today().isoformat()}


@pytest.mark.usefixtures("correspondent")
def test_a_text_meets_its_deadline_on_the_day_on_which_the_portal_applies_its_outbox(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this test, the portal applies the outbox late. Collecting the same bundle again changes nothing."""
    world.office.json("message", "acknowledge", "1")
    world.office.json("exchange", "outbox", "--out", world.office.out)
    late = moved(monkeypatch).wait(4)
    bundle_of = tell_portal(world.office, portal, imported=late, exported=late)
    assert bundle_of["state"] == "collected"
    done = clocks(world)
    assert done["ack_eu"]["done"] == late.isoformat()
    again = world.office.json("exchange", "collect", portal.folder / bundle_of["bundle"])[0]
    assert (again["state"], clocks(world)) == ("collected-before", done)


@pytest.mark.usefixtures("correspondent")
def test_texts_in_an_outbox_that_the_portal_never_had_are_sent_again(world: World, portal: Portal) -> None:
    """As after a restore, the portal has applied a different outbox with the same number."""
    world.office.settle(1)
    world.office.tell_no_prosecutor(1)
    world.office.json("message", "acknowledge", "1")
    world.office.json(
        "message", "reply", "1", "--template", "feedback", "--text", "Voici ce qui a été fait.", "--feedback"
    )
    world.office.json("exchange", "outbox", "--out", world.office.out)
    other = portal.bundle(applied=Link(1, bytes(32)))
    world.office.json("exchange", "collect", other, "--after-restore")
    assert {state(clocks(world)[name]) for name in TOLD} == {(None, None)}
    tell_portal(world.office, portal)
    assert {clocks(world)[name]["done"] for name in TOLD} == {today().isoformat()}


def test_an_outbox_from_before_a_restore_is_never_dated_in_the_future(world: World, portal: Portal) -> None:
    """After a restore, only the portal knows the day of that outbox. A day in the future becomes today."""
    world.office.json("exchange", "collect", portal.bundle(), "--confirm-instance", portal.fingerprint)
    bundle = portal.bundle(applied=Link(1, bytes(32)), imported=today() + timedelta(300))
    world.office.json("exchange", "collect", bundle, "--after-restore")
    with world.office.opened() as inbox, inbox.transaction() as session:
        row = queries_exchange.last_outbox(session)
        assert row is not None
        assert (1, today(), today()) == (row.n, row.made, row.applied)


@pytest.mark.usefixtures("correspondent")
def test_if_two_outboxes_contain_the_same_text_the_first_outbox_counts(world: World, portal: Portal) -> None:
    """The second outbox is made before the portal confirms the first outbox."""
    answered(world)
    world.office.json("exchange", "outbox", "--out", world.office.out)
    _, first, _ = read_outbox(world.office.out / "outbox-inspection-1.tar", world)
    world.office.json("exchange", "outbox", "--out", world.office.out)
    world.office.json("exchange", "collect", portal.bundle(applied=Link(1, first.hash)))
    assert {clocks(world)[name]["done"] for name in TOLD} == {today().isoformat()}


@pytest.mark.usefixtures("correspondent")
def test_an_export_without_a_mention_of_an_import_proves_that_the_import_came_later(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.office.json("message", "acknowledge", "1")
    world.office.json("exchange", "outbox", "--out", world.office.out)
    clock = moved(monkeypatch)
    exported = clock.wait(3)
    world.office.json(
        "exchange", "collect", portal.bundle(edit=lambda intake: replace(intake, exported=exported))
    )
    before, now = exported - timedelta(1), clock.wait(4)
    _, made, _ = read_outbox(world.office.out / "outbox-inspection-1.tar", world)
    told = portal.bundle(
        applied=Link(1, made.hash), imported=before, edit=lambda intake: replace(intake, exported=now)
    )
    (warning,) = world.office.json("exchange", "collect", told)[0]["warnings"]
    assert f"on {before}, which is impossible; the first possible day, {exported}, is used" in warning
    assert clocks(world)["ack_eu"]["done"] == exported.isoformat()


@pytest.mark.parametrize(("said", "counts"), [(40, 0), (-3, -3)])
def test_an_impossible_day_of_receipt_causes_a_warning_in_the_case_and_during_collection(
    world: World, portal: Portal, collect: Any, said: int, counts: int
) -> None:
    """The deadlines run from the day that replaces the impossible day.

    A day in the future would make the deadlines later, so the first possible day replaces it. A day before
    the previous export makes the deadlines earlier, so this day is not replaced.
    """
    collect(portal.bundle())
    claimed, counted = (today() + timedelta(each) for each in (said, counts))

    def edit(intake: Intake) -> Intake:
        return replace(intake, entries=tuple(replace(each, day=claimed) for each in intake.entries))

    (warning,) = collect(portal.bundle(first(Reporter(world)), edit=edit))["warnings"]
    assert "gives an impossible day for some envelopes (number: 1). " in warning
    assert "A day before the previous export still counts" in warning
    assert "If the day is after this export, the inbox uses the first possible day instead" in warning
    shown = world.office.json("case", "show", "1")
    assert (shown["received"], shown["received_doubted"]) == (counted.isoformat(), claimed.isoformat())
    told = world.office.run("case", "show", "1").out
    assert f"the portal says that it arrived on {claimed}, which is impossible\n" in told
    assert clocks(world)["ack_eu"]["day"] == (counted + timedelta(7)).isoformat()
    with sitting(world.office) as client:
        assert "ce qui est impossible" in client.page("/fr/case/1")
