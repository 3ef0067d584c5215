"""A copy of the database file does not reveal the order in which reports arrived."""

from itertools import pairwise
from pathlib import Path

import pytest

from portal.exchange import expire
from portal.ops.checks import doctor
from templates.findings import Level
from tests.support.builders import make_report_envelope
from tests.support.portal_room import SITE, Room

REPORTS = 30


def steps_forward(room: Room, pieces: list[bytes]) -> int:
    """Return how many pairs of successive reports are in the file in their order of arrival."""
    room.database.scrub()
    raw = (room.folder / "portal.sqlite").read_bytes()
    places = [raw.index(piece) for piece in pieces]
    return sum(one < other for one, other in pairwise(places))


def test_rewriting_the_database_removes_the_order_of_arrival(tmp_path: Path) -> None:
    """The control: before the rewrite, the file shows the order. Afterwards, the order is random."""
    room = Room(tmp_path, "sqlite:///portal.sqlite")
    reports = [make_report_envelope(SITE) for _ in range(REPORTS)]
    for report in reports:
        room.send(report)
    pieces = [report.envelope[30_000:30_040] for report in reports]
    assert steps_forward(room, pieces) > 0.9 * (REPORTS - 1)
    expire.tidy(room.database)
    # There are 29 steps between 30 reports. In a random order, more than 25 steps go forward in only one of
    # many millions of runs.
    assert steps_forward(room, pieces) <= 25
    room.close()


def test_doctor_warns_if_the_database_is_too_large_to_be_rewritten_automatically(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test lowers the limit below the size of an empty database. The warning does not name the size."""
    room = Room(tmp_path, "sqlite:///portal.sqlite")

    def warned() -> list[str]:
        told = doctor.examine(room.settings, tmp_path / "portal.toml", room.day)
        return [each.hint for each in told if each.level is Level.WARNING and "order in which" in each.what]

    assert warned() == []
    monkeypatch.setattr(expire, "SMALL", 1)
    (hint,) = warned()
    assert "run `portal expire --rewrite` in a quiet hour" in hint
    room.close()
