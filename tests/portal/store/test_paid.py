"""Each header can be paid for only once. Refusals of paid envelopes raise the cost; other days lower it."""

from datetime import timedelta

from sqlalchemy import Connection

from portal.store import work
from portal.store.schema import refusals, spent
from tests.support.portal_rows import DAY, kept


def levels(connection: Connection, first: int, last: int) -> list[int]:
    return [work.level(connection, DAY + timedelta(later)) for later in range(first, last + 1)]


def test_a_header_can_be_paid_for_only_once(connection: Connection) -> None:
    assert work.secret(connection) == bytes(32)
    assert work.spend(connection, bytes(32), DAY)
    assert not work.spend(connection, bytes(32), DAY + timedelta(1))
    assert work.spend(connection, b"\xff" * 32, DAY)
    assert work.count(connection) == 2


def test_a_used_header_is_remembered_today_and_tomorrow(connection: Connection) -> None:
    """Afterwards, the header is deleted."""
    for later in range(3):
        work.spend(connection, bytes([later]) * 32, DAY + timedelta(later))
    work.forget(connection, DAY + timedelta(1))
    assert work.count(connection) == 3
    work.forget(connection, DAY + timedelta(2))
    assert {id_ for (id_,) in kept(connection, spent, "id")} == {b"\x01" * 32, b"\x02" * 32}


def test_a_refusal_raises_the_cost_on_the_next_day(connection: Connection) -> None:
    assert levels(connection, 0, 3) == [0] * 4
    assert not work.had_refusal(connection, DAY)
    for _ in range(2):
        work.note_refusal(connection, DAY)
    assert work.had_refusal(connection, DAY)
    assert not work.had_refusal(connection, DAY + timedelta(1))
    assert levels(connection, -1, 3) == [0, 0, 1, 0, 0]


def test_the_cost_rises_by_a_level_for_each_day_of_refusals_and_falls_again_at_the_same_pace(
    connection: Connection,
) -> None:
    for later in range(4):
        work.note_refusal(connection, DAY + timedelta(later))
    assert levels(connection, 0, 7) == [0, 1, 2, 2, 2, 1, 0, 0]
    assert [level for _, level in kept(connection, refusals, "day", "level")] == [0, 1, 2, 2]
    work.note_refusal(connection, DAY + timedelta(5))
    assert levels(connection, 5, 8) == [1, 2, 1, 0]


def test_a_refusal_is_remembered_as_long_as_it_affects_the_cost(connection: Connection) -> None:
    for later in range(3):
        work.note_refusal(connection, DAY + timedelta(later))
    now = [levels(connection, 2, 6)]
    for day in (2, 3, 4):
        work.forget(connection, DAY + timedelta(day))
        now.append(levels(connection, 2, 6))
    assert now == [[2, 2, 1, 0, 0]] * 4
    work.forget(connection, DAY + timedelta(5))
    assert len(kept(connection, refusals, "day")) == 1
    work.forget(connection, DAY + timedelta(6))
    assert kept(connection, refusals, "day") == []
