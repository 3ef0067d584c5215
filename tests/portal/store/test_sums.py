"""The total bytes of each kind of envelope. Deleted envelopes count until their hour is over."""

import secrets
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from crypto import age
from portal.store import deletion, envelopes, expiry, quotas
from portal.store.expiry import Term
from portal.store.quotas import TEXT, Kind
from portal.store.schema import envelopes as rows
from portal.store.schema import scriptless
from tests.support.portal_rows import DAY, HOUR, arrived, kept, report

LARGEST_OF_FILES = age.sealed_size(16 * 1_024 * 1_024)


def taken(connection: Connection, hour: int) -> Mapping[Kind, int]:
    """Return the total bytes of each kind of envelope that takes room."""
    return {kind: size for kind, size in quotas.used(connection, hour).items() if size}


def changes(connection: Connection) -> int:
    """Return how many rows this connection has written."""
    made: int = connection.connection.driver_connection.total_changes  # type: ignore[union-attr]
    return made


@pytest.mark.parametrize(
    ("size", "of_report", "of_follow_up"),
    [
        (1, Kind.REPORT, Kind.FOLLOW_UP),
        (TEXT, Kind.REPORT, Kind.FOLLOW_UP),
        (TEXT + 1, Kind.REPORT_WITH_FILES, Kind.FOLLOW_UP_WITH_FILES),
        (LARGEST_OF_FILES, Kind.REPORT_WITH_FILES, Kind.FOLLOW_UP_WITH_FILES),
        (LARGEST_OF_FILES + 1, Kind.REPORT_WITH_LARGE_FILES, Kind.FOLLOW_UP_WITH_LARGE_FILES),
    ],
)
def test_an_envelope_counts_for_its_kind_from_its_beginning_until_its_deletion(
    connection: Connection, size: int, of_report: Kind, of_follow_up: Kind
) -> None:
    """The declared size counts, whether the bytes have arrived or not."""
    arrived(connection, size, 0, of=report())
    for _ in range(2):
        arrived(connection, size, 0)
    arrived(connection, size, 0, of=report(), scriptless=True)
    every = {of_report: size, of_follow_up: 2 * size, Kind.SCRIPTLESS: size}
    assert taken(connection, HOUR) == every
    assert sorted((each.kind.value, each.size) for each in envelopes.unfinished(connection)) == sorted(
        [(of_report.value, size), *[(of_follow_up.value, size)] * 2, (Kind.SCRIPTLESS.value, size)]
    )
    assert quotas.delete_envelopes(connection, HOUR) == 4
    assert taken(connection, HOUR) == every
    assert taken(connection, HOUR + 1) == {}


def test_a_deleted_envelope_counts_until_the_end_of_its_hour(connection: Connection) -> None:
    """The test deletes envelopes in the same hour and in the next one.

    Envelopes that are kept still count.
    """
    first, second, third = (arrived(connection, size) for size in (10, 20, 40))
    arrived(connection, 80)

    def delete(hour: int, id_: bytes) -> None:
        assert quotas.delete_envelopes(connection, hour, rows.c.id == id_) == 1

    delete(HOUR, first)
    delete(HOUR, second)
    assert [taken(connection, hour)[Kind.FOLLOW_UP] for hour in (HOUR, HOUR + 1)] == [150, 120]
    quotas.settle(connection, Kind.FOLLOW_UP, HOUR + 1)
    delete(HOUR + 1, third)
    assert [taken(connection, HOUR + later)[Kind.FOLLOW_UP] for later in (1, 2)] == [120, 80]
    quotas.settle(connection, Kind.FOLLOW_UP, HOUR + 2)
    assert [taken(connection, HOUR + later)[Kind.FOLLOW_UP] for later in (2, 3, 4)] == [80, 80, 80]


@pytest.mark.parametrize("size", [1, 10])
def test_the_sums_count_each_deletion_once_and_only_after_its_hour_has_passed(
    connection: Connection, size: int
) -> None:
    arrived(connection, size)
    arrived(connection, size, of=report())
    quotas.delete_envelopes(connection, HOUR)
    before = changes(connection)
    quotas.settle(connection, Kind.FOLLOW_UP, HOUR)
    quotas.settle(connection, Kind.SCRIPTLESS, HOUR + 1)
    assert changes(connection) == before
    for _ in range(2):
        quotas.settle(connection, Kind.FOLLOW_UP, HOUR + 1)
    assert changes(connection) == before + 1
    # The other kind was not settled in time, so it counts for another hour.
    assert taken(connection, HOUR + 2) == {Kind.REPORT: size}


def test_deletion_is_scheduled_only_for_envelopes_with_bytes(connection: Connection) -> None:
    arrived(connection, 10, 0)
    some, all_ = arrived(connection, 10, 1), arrived(connection)
    assert quotas.delete_envelopes(connection, HOUR) == 3
    assert deletion.count(connection) == 2
    assert envelopes.is_known(connection, some)
    assert envelopes.is_known(connection, all_)
    assert not envelopes.is_known(connection, bytes(16))


def test_an_envelope_is_known_while_it_arrives_and_after_it_was_confirmed(connection: Connection) -> None:
    arriving, confirmed = arrived(connection, 10, 0), secrets.token_bytes(16)
    expiry.leave_remains(connection, [(confirmed, 10)], Term(DAY, 30))
    assert envelopes.is_known(connection, arriving)
    assert envelopes.is_known(connection, confirmed)


def test_reports_without_javascript_are_counted_by_day_with_texts_separate_from_larger_reports(
    connection: Connection,
) -> None:
    add, larger = quotas.add_scriptless, TEXT + 1
    assert [add(connection, DAY, size) for size in (TEXT, larger, 5, larger)] == [
        *(TEXT, larger),
        *(TEXT + 5, 2 * larger),
    ]
    assert add(connection, DAY + timedelta(1), 7) == 7
    assert [row[1:] for row in kept(connection, scriptless, "day", "texts", "larger")] == [(7, 0)]
