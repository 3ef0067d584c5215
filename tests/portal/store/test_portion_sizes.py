"""How much each transaction deletes, and how long the deletion then pauses for other writers."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, insert, make_url, select

from portal.store import database, deletion
from portal.store.database import Database, StoreBusy
from portal.store.schema import chunks
from tests.support.portal_rows import kept

MIB = 1 << 20


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    with closing(database.create(make_url(f"sqlite:///{tmp_path}/portal.sqlite"))) as made:
        yield made


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that the code asks for. The test skips the pauses."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    return made


def deleted(store: Database, count: int, size: int) -> None:
    """Add a deleted envelope and a kept one, each with ``count`` rows of ``size`` bytes."""
    with store.write() as connection:
        deletion.schedule(connection, [bytes(16)])
        for id_ in (bytes(16), b"\xff" * 16):
            rows = [{"envelope_id": id_, "position": at, "data": bytes(size)} for at in range(count)]
            connection.execute(insert(chunks), rows)


def left(store: Database) -> int:
    """Return how many rows of the deleted envelope remain."""
    with store.read() as connection:
        query = select(func.count()).select_from(chunks).where(chunks.c.envelope_id == bytes(16))
        return connection.execute(query).scalar_one()


@pytest.mark.parametrize(
    ("size", "free", "fits"),
    [
        (1, None, 256),
        (MIB, None, 16),
        (MIB, 65 * MIB, 16),
        (1_000, 16_003, 4),
        (1_000, 15_999, 3),
        (1_000, 0, 1),
    ],
)
def test_a_portion_has_at_least_one_row_and_is_limited_in_rows_and_in_bytes_and_by_the_free_disk(
    store: Database, size: int, free: int | None, fits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "free", free)
    deleted(store, fits + 1, size)
    assert deletion.overwrite_portion(store)
    assert left(store) == 1
    assert not deletion.overwrite_portion(store)
    with store.read() as connection:
        assert deletion.count(connection) == 0
        assert len(kept(connection, chunks, "position")) == fits + 1


def test_other_transactions_can_write_in_the_pause_after_each_portion(
    store: Database, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A waiting writer tries every tenth of a second. There is no pause after the last portion."""
    monkeypatch.setattr(Database, "free", 0)
    deleted(store, 3, 10)
    deletion.overwrite(store)
    assert left(store) == 0
    *between, last = slept
    assert [0.1 < pause < 0.5 for pause in between] == [True] * len(between)
    assert (len(between) >= 2, last) == (True, 0)


def test_a_deletion_stops_after_its_time_limit(
    store: Database, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "free", 0)
    deleted(store, 3, 10)
    ticks = iter([100, 100.5, 101.5, 102])
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))
    monkeypatch.setattr(Database, "scrub", lambda _: None)
    deletion.overwrite(store, 2)
    assert (left(store), len(slept)) == (1, 2)


def test_overwriting_is_retried_at_short_intervals_for_ten_seconds(
    store: Database, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, False, True])
    monkeypatch.setattr(Database, "try_to_scrub", lambda _: next(answers))
    store.scrub()
    assert [0 < pause < 0.1 for pause in slept] == [True, True]
    ticks = iter([100.0, 110.0, 110.1])
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))
    monkeypatch.setattr(Database, "try_to_scrub", lambda _: False)
    with pytest.raises(StoreBusy):
        store.scrub()
    assert list(ticks) == []
