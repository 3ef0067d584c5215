"""Unfiled envelopes: a row with the reason, the unchanged envelope, and later retries."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from crypto import age, padding
from inbox.exchange import unopened_numbers
from inbox.exchange.unseal import Changed, Place
from inbox.system import atomic_files
from inbox.system.home import Home
from inbox.vault.destroyed_tables import Leaving
from inbox.vault.tables import Unopened
from inbox.vault.tombstones import Tombstones
from inbox.vault.unopened_reasons import Kind

# A larger file in the home, such as a huge sparse file, is damaged or planted, and must not be read.
_LARGEST = age.sealed_size(padding.LARGEST)


@dataclass(frozen=True, slots=True)
class Item:
    """An envelope with the portal's data about it, and its ``row`` if it was set aside before.

    The envelope arrived on ``day``. ``doubted`` is the portal's day if that day is impossible.
    """

    place: Place
    day: date
    case_id: bytes | None
    row: Unopened | None = None
    doubted: date | None = None


class Shelf:
    """The changes that one bundle makes to the list: numbers of ``added`` and ``resolved`` rows.

    ``tried`` identifies the intake keys that were tried on its envelopes. ``n`` is the number of the bundle.
    """

    def __init__(self, session: Session, home: Home, *, n: int, today: date, tried: bytes) -> None:
        self._session = session
        self._home = home
        self._n, self._today, self._tried = n, today, tried
        self._number = unopened_numbers.last(session)
        self._tombstones = Tombstones(session)
        self.added: list[int] = []
        self.resolved: list[int] = []

    def keep(self, item: Item, kind: Kind, case_id: bytes | None = None) -> None:
        """Keep the envelope unchanged, because the portal deletes its own copy once we confirm the bundle.

        An envelope that already has a row keeps that row. Raises Changed if a new envelope has changed since
        it was verified.
        """
        self._keep(item, kind, case_id or item.case_id)

    def has_tombstone(self, known_by: bytes | None) -> bool:
        """Return whether this id or hash belonged to a case that was destroyed."""
        return self._tombstones.has(known_by)

    def keep_if_destroyed(
        self, item: Item, case_id: bytes | None = None, follow_up: bytes | None = None
    ) -> bool:
        """Return whether an envelope belongs to a destroyed case; if so, keep it without naming the case.

        If the envelope was itself part of the destroyed case, only the fact that it arrived is kept.
        """
        if self.has_tombstone(item.place.hash) or self.has_tombstone(follow_up):
            self._drop(item)
        elif self.has_tombstone(case_id):
            self._keep(item, Kind.DESTROYED, None)
        else:
            return False
        return True

    def _drop(self, item: Item) -> None:
        if item.row is None:
            self.note(Kind.DESTROYED_AGAIN, item.day)
            return
        item.row.kind, item.row.case_id, item.row.envelope = Kind.DESTROYED_AGAIN.value, None, None
        name = self._home.name_of(self._home.envelope(item.place.hash))
        self._session.merge(Leaving(name=name))

    def _keep(self, item: Item, kind: Kind, case_id: bytes | None) -> None:
        if item.row is not None:
            self._explain(item.row, item.place, kind, case_id)
            return
        place = self._home.envelope(item.place.hash)
        atomic_files.write(self._home.on_its_way(place), item.place.pieces())
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
                collected=self._today,
                intake=self._n,
                tried=self._tried,
                envelope=envelope,
                case_id=case_id,
            )
        )

    def _explain(self, row: Unopened, place: Place, kind: Kind, case_id: bytes | None) -> None:
        """Record the current reason in the row, unless our own copy of the envelope is damaged."""
        with suppress(Changed):
            for _ in place.pieces():
                pass
            row.tried = self._tried
            if row.kind != kind:
                row.kind, row.case_id = kind.value, case_id

    def resolve(self, item: Item, case: int) -> None:
        """Remove an envelope from the list, because its case is now known."""
        if item.row is not None:
            self._session.flush()  # The row refers to the case, which must exist first.
            item.row.case = case
            self.resolved.append(item.row.number)


def kept(home: Home, rows: Iterable[Unopened]) -> list[Item]:
    """Return the items of rows that still have their envelope, except files that are too large."""
    items = []
    for row in rows:
        path = home.envelope(row.envelope or b"")
        if row.envelope is not None and path.exists() and (size := path.stat().st_size) <= _LARGEST:
            place = Place(path, 0, size, row.envelope)
            items.append(Item(place, row.received, row.case_id, row))
    return items
