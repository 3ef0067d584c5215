"""Envelopes from their first byte to their last, and what they wait for (SPEC 7.1)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, insert, select, tuple_, update

from portal import days
from portal.store import expiry, quotas
from portal.store.expiry import Remains
from portal.store.inserts import insert_new
from portal.store.quotas import Kind
from portal.store.schema import cases, chunks, envelopes, whole


class OffsetMoved(Exception):
    """The bytes do not continue what is there: another request was first, or the client miscounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a first report says of its case beside the envelope: case id (32), memo (60), withdraw id (32)."""

    case_id: bytes
    memo: bytes
    withdraw_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An envelope as its sender sees it: size declared, bytes received.

    ``begun`` is the day on which it was declared, and once it is whole, that of its last byte. ``scriptless``
    is whether it came by the way without script.
    """

    id: bytes
    channel: str
    size: int
    received: int
    begun: date
    scriptless: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is kept: its last byte is there."""
        return self.received == self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """An envelope that is not whole, as far as its room matters."""

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


def begin(connection: Connection, upload: Upload, report: Report | None, start: bytes) -> Upload:
    """Return the upload with room made for it and its first piece kept, which may be none of it or all."""
    begun = replace(upload, received=len(start))
    connection.execute(insert(envelopes).values(_row(begun, report)))
    if start:
        connection.execute(insert(chunks).values(envelope_id=upload.id, position=0, data=start))
    if begun.whole and report:
        _open_case(connection, upload.channel, report, upload.begun)
    quotas.count(connection, _kind(begun, report), begun.size)
    return begun


def append(connection: Connection, upload: Upload, piece: bytes, today: date) -> Upload:
    """Return the upload with ``piece`` kept at its end; OffsetMoved, and nothing kept, if it has grown since.

    With the last byte the envelope is whole, and a first report opens its case. Until then its day stays that
    of its beginning, so that nobody holds room for good by a byte now and then.
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
    connection.execute(insert(chunks).values(envelope_id=upload.id, position=upload.received, data=piece))
    if grown.whole:
        _finish(connection, grown)
    return grown


def find(connection: Connection, envelope_id: bytes) -> Upload | None:
    """Return what is known of an envelope, or None; of one that the inbox has, the channel is forgotten."""
    row = connection.execute(select(*_UPLOAD).where(envelopes.c.id == envelope_id)).one_or_none()
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


def piece(connection: Connection, envelope_id: bytes, position: int) -> bytes:
    """Return the bytes that were received together at ``position``; none at the end."""
    at = (chunks.c.envelope_id == envelope_id, chunks.c.position == position)
    return connection.execute(select(chunks.c.data).where(*at)).scalar_one_or_none() or b""


def unfinished(connection: Connection) -> list[Unfinished]:
    """Return every envelope that is not whole."""
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
    """Delete an unfinished envelope, if it has ``received`` bytes where that is given.

    Returns whether there was one.
    """
    found = [envelopes.c.id == envelope_id, ~whole]
    if received is not None:
        found.append(envelopes.c.received == received)
    return quotas.delete_envelopes(connection, hour, *found) > 0


def forget_stalled(connection: Connection, hour: int, stalled: Iterable[Unfinished]) -> int:
    """Delete those of the envelopes that have grown no further; return how many."""
    still = tuple_(envelopes.c.id, envelopes.c.received).in_([(each.id, each.received) for each in stalled])
    return quotas.delete_envelopes(connection, hour, ~whole, still)


def forget_unfinished(connection: Connection, hour: int, before: date) -> int:
    """Delete every envelope that was begun before ``before`` and not finished; return how many."""
    return quotas.delete_envelopes(connection, hour, ~whole, envelopes.c.day < days.number(before))


def _confirmed(left: Remains) -> Upload:
    return Upload(id=left.id, channel="", size=left.size, received=left.size, begun=days.day(0))


def _finish(connection: Connection, upload: Upload) -> None:
    report = _report(connection, upload.id)
    if report:
        _open_case(connection, upload.channel, report, upload.begun)


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


def _open_case(connection: Connection, channel: str, report: Report, today: date) -> None:
    # A second envelope under the same case id changes nothing: it may be somebody else's.
    insert_new(
        connection,
        cases,
        case_id=report.case_id,
        channel=channel,
        memo=report.memo,
        withdraw_id=report.withdraw_id,
        day=days.number(today),
        collected=False,
    )
