"""What came in and became no case: a row that says why, the envelope as it came, another try later."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inbox import disk, records
from inbox.home import Home
from inbox.reasons import Kind
from inbox.schema import Unopened
from inbox.unsealing import Changed, Place


@dataclass(frozen=True, slots=True)
class Item:
    """An envelope with what the portal said of it; with its ``row`` if it was set aside before."""

    place: Place
    day: date
    case_id: bytes | None
    row: Unopened | None = None


class Shelf:
    """What one bundle adds to the rows and takes away: numbers of ``added`` and ``resolved`` rows."""

    def __init__(self, session: Session, home: Home, n: int) -> None:
        self._session = session
        self._home = home
        self._n = n
        self._number = records.last_unopened_number(session)
        self.added: list[int] = []
        self.resolved: list[int] = []

    def keep(self, item: Item, kind: Kind, case_id: bytes | None = None) -> None:
        """Keep the envelope as it came: once we confirm the bundle, the portal forgets it.

        One that was kept before stays in its row. Raises Changed if a new one does not read as verified.
        """
        case_id = case_id or item.case_id
        if item.row is not None:
            _explain(item.row, item.place, kind, case_id)
            return
        place = self._home.envelope(item.place.hash)
        disk.write(self._home.on_its_way(place), item.place.pieces())
        self.note(kind, item.day, envelope=item.place.hash, case_id=case_id)

    def note(
        self, kind: Kind, day: date, *, envelope: bytes | None = None, case_id: bytes | None = None
    ) -> None:
        """Add a row."""
        self._number += 1
        self.added.append(self._number)
        self._session.add(
            Unopened(
                number=self._number,
                kind=kind.value,
                received=day,
                intake=self._n,
                envelope=envelope,
                case_id=case_id,
            )
        )

    def resolve(self, item: Item, case: int) -> None:
        """Take an envelope that was set aside before off the list: it belongs to a case now."""
        if item.row is not None:
            self._session.flush()  # the row refers to the case
            item.row.case = case
            self.resolved.append(item.row.number)


def kept(home: Home, rows: Iterable[Unopened]) -> list[Item]:
    """Return what was set aside before, as far as its envelope is still there."""
    items = []
    for row in rows:
        path = home.envelope(row.envelope or b"")
        if row.envelope is not None and path.exists():
            place = Place(path, 0, path.stat().st_size, row.envelope)
            items.append(Item(place, row.received, row.case_id, row))
    return items


def _explain(row: Unopened, place: Place, kind: Kind, case_id: bytes | None) -> None:
    """Give the present reason in the row, unless it is our copy of the envelope that was damaged."""
    if row.kind == kind:
        return
    with suppress(Changed):
        for _ in place.pieces():
            pass
        row.kind, row.case_id = kind.value, case_id
