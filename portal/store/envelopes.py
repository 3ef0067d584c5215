"""Store envelopes from their first byte to their last (SPEC 7.1)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, bindparam, exists, insert, or_, select, tuple_, update

from portal import days
from portal.store import cases, expiry, quotas
from portal.store.cases import Report
from portal.store.expiry import Remains
from portal.store.quotas import Kind
from portal.store.schema import chunks, deleted, envelopes, remains, whole


class OffsetMoved(Exception):
    """The bytes do not continue the upload, because another request came first or the client miscounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An envelope as its client sees it: the declared size and the bytes received.

    ``begun`` is the day of the first request or, once the upload is complete, the day of the last byte.
    ``scriptless`` says whether the upload was sent without JavaScript.
    """

    id: bytes
    channel: str
    size: int
    received: int
    begun: date
    scriptless: bool = False

    @property
    def whole(self) -> bool:
        """Whether the upload is complete: all bytes are received."""
        return self.received == self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """An unfinished envelope, with the data that decides whether the envelope keeps its room."""

    id: bytes
    kind: Kind
    size: int
    received: int


_UPLOAD = (
    envelopes.c.id,
    envelopes.c.channel,
    envelopes.c.size,
    envelopes.c.received,
    envelopes.c.day,
    envelopes.c.scriptless,
)
# Built for each request, the statements of this folder would take a quarter of its processor time.
_FOUND = select(*_UPLOAD).where(envelopes.c.id == bindparam("id"))
_BEGUN, _PIECE = insert(envelopes), insert(chunks)
_KNOWN = select(
    or_(
        *(
            exists().where(column == bindparam("id"))
            for column in (envelopes.c.id, remains.c.id, deleted.c.envelope_id)
        )
    )
)


def begin(connection: Connection, upload: Upload, report: Report | None, start: bytes) -> Upload:
    """Reserve room for an upload, store its first piece (possibly empty or whole), and return the upload."""
    begun = replace(upload, received=len(start))
    connection.execute(_BEGUN, _row(begun, report))
    if start:
        connection.execute(_PIECE, {"envelope_id": upload.id, "position": 0, "data": start})
    if begun.whole and report:
        cases.begin(connection, upload.channel, report, upload.begun, collected=False)
    quotas.count(connection, _kind(begun, report), begun.size)
    return begun


def append(connection: Connection, upload: Upload, piece: bytes, today: date) -> Upload:
    """Append ``piece`` to an upload and return the upload.

    Raises OffsetMoved, and stores nothing, if the upload has grown since it was read. With the last byte, the
    envelope is complete, and a first report then opens its case. Until the last byte arrives, the upload
    keeps the day on which it began, so that nobody can hold room forever by sending a byte now and then.
    """
    grown = replace(upload, received=upload.received + len(piece))
    if grown.whole:
        grown = replace(grown, begun=today)
    expected = (
        envelopes.c.id == upload.id,
        envelopes.c.received == upload.received,
        envelopes.c.size >= grown.received,
    )
    values = {"received": grown.received, "day": days.number(grown.begun)}
    if connection.execute(update(envelopes).where(*expected).values(values)).rowcount != 1:
        raise OffsetMoved
    connection.execute(_PIECE, {"envelope_id": upload.id, "position": upload.received, "data": piece})
    if grown.whole:
        _finish(connection, grown)
    return grown


def find(connection: Connection, envelope_id: bytes) -> Upload | None:
    """Return an envelope, or None if it is unknown. A confirmed envelope has an empty channel."""
    row = connection.execute(_FOUND, {"id": envelope_id}).one_or_none()
    if row is None:
        left = expiry.find_remains(connection, envelope_id)
        return None if left is None else _confirmed(left)
    return Upload(
        id=row.id,
        channel=row.channel,
        size=row.size,
        received=row.received,
        begun=days.day(row.day),
        scriptless=row.scriptless,
    )


def is_known(connection: Connection, envelope_id: bytes) -> bool:
    """Return whether an envelope with this id is stored, was confirmed, or still has bytes in the store."""
    known: bool = connection.execute(_KNOWN, {"id": envelope_id}).scalar_one()
    return known


def piece(connection: Connection, envelope_id: bytes, position: int) -> bytes:
    """Return the piece stored at offset ``position``; the piece is empty at the end."""
    at = (chunks.c.envelope_id == envelope_id, chunks.c.position == position)
    return connection.execute(select(chunks.c.data).where(*at)).scalar_one_or_none() or b""


def unfinished(connection: Connection) -> list[Unfinished]:
    """Return every unfinished envelope."""
    return [
        Unfinished(
            id=row.id,
            kind=Kind.of(row.size, begins_case=row.case_id is not None, scriptless=row.scriptless),
            size=row.size,
            received=row.received,
        )
        for row in connection.execute(select(*_UPLOAD, envelopes.c.case_id).where(~whole))
    ]


def forget(connection: Connection, hour: int, envelope_id: bytes, received: int | None = None) -> bool:
    """Delete an unfinished envelope.

    If ``received`` is given, delete the envelope only if it has that many bytes. Returns whether an envelope
    was deleted.
    """
    found = [envelopes.c.id == envelope_id, ~whole]
    if received is not None:
        found.append(envelopes.c.received == received)
    return quotas.delete_envelopes(connection, hour, *found) > 0


def forget_stalled(connection: Connection, hour: int, stalled: Iterable[Unfinished]) -> int:
    """Delete the uploads in ``stalled`` that have not grown meanwhile; return how many."""
    still = tuple_(envelopes.c.id, envelopes.c.received).in_([(each.id, each.received) for each in stalled])
    return quotas.delete_envelopes(connection, hour, ~whole, still)


def forget_unfinished(connection: Connection, hour: int, before: date) -> int:
    """Delete every unfinished envelope begun before the day ``before``; return how many."""
    return quotas.delete_envelopes(connection, hour, ~whole, envelopes.c.day < days.number(before))


def _confirmed(left: Remains) -> Upload:
    return Upload(id=left.id, channel="", size=left.size, received=left.size, begun=days.day(0))


def _finish(connection: Connection, upload: Upload) -> None:
    report = _report(connection, upload.id)
    if report:
        cases.begin(connection, upload.channel, report, upload.begun, collected=False)


def _kind(upload: Upload, report: Report | None) -> Kind:
    return Kind.of(upload.size, begins_case=report is not None, scriptless=upload.scriptless)


def _row(upload: Upload, report: Report | None) -> dict[str, object]:
    row: dict[str, object] = {
        "id": upload.id,
        "channel": upload.channel,
        "size": upload.size,
        "received": upload.received,
        "day": days.number(upload.begun),
        "scriptless": upload.scriptless,
    }
    if report:
        row |= {"case_id": report.case_id, "memo": report.memo, "withdraw_id": report.withdraw_id}
    return row


def _report(connection: Connection, envelope_id: bytes) -> Report | None:
    columns = select(envelopes.c.case_id, envelopes.c.memo, envelopes.c.withdraw_id)
    row = connection.execute(columns.where(envelopes.c.id == envelope_id)).one()
    if row.case_id is None:
        return None
    return Report(case_id=row.case_id, memo=row.memo, withdraw_id=row.withdraw_id)
