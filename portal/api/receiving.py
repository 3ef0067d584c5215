"""Receive the bytes of an envelope in pieces, and store each piece as it arrives (SPEC 7.1)."""

from collections.abc import Callable, Iterable, Iterator
from typing import IO

from sqlalchemy import Connection

from crypto import age, work
from crypto.errors import Malformed
from portal.api import work as paying
from portal.api.context import Context
from portal.api.problems import Problem
from portal.exchange import keyrings
from portal.store import envelopes
from portal.store.cases import Report
from portal.store.envelopes import OffsetMoved, Upload

PIECE = 256 << 10
_BLOCK = 64 << 10


def read(stream: IO[bytes], most: int) -> tuple[bytes, bool]:
    """Return up to ``most`` bytes, or fewer at the end, and whether the connection broke after them."""
    found = bytearray()
    try:
        while len(found) < most and (more := stream.read(min(_BLOCK, most - len(found)))):
            found += more
    except Exception:  # noqa: BLE001 - each server has its own errors for a truncated or malformed body
        return bytes(found), True
    return bytes(found), False


def pieces(stream: IO[bytes], room: int) -> Iterator[bytes]:
    """Yield at most ``room`` bytes in pieces of 256 KiB; the last piece may be smaller.

    If the connection breaks, yields the bytes received so far, then raises a Problem. If the body is larger
    than ``room``, raises a Problem before the last piece.
    """
    while room:
        piece, broken = read(stream, min(PIECE, room))
        room -= len(piece)
        if not room and read(stream, 1)[0]:
            raise Problem(413, "too_large")
        if piece:
            yield piece
        if broken:
            raise Problem(400, "broken_off")
        if not piece:
            return


def check_channel(connection: Connection, channel: str) -> None:
    """Raise a Problem if the keyring does not list the channel."""
    keyring = keyrings.current(connection)
    if keyring is None:
        raise Problem(503, "no_keyring")
    if keyring.channel(channel) is None:
        raise Problem(400, "channel_unknown")


def keep(
    context: Context,
    upload: Upload,
    report: Report | None,
    envelope: bytes,
    admit: Callable[[Connection], None],
) -> None:
    """Store a complete envelope in one transaction; raises a Problem if it is not sealed.

    ``admit`` is called after the first piece is stored. ``admit`` raises a Problem to refuse the envelope.
    """
    if not _sealed(envelope):
        raise Problem(400, "not_sealed")
    with context.database.write() as connection:
        upload = envelopes.begin(connection, upload, report, envelope[:PIECE])
        admit(connection)
        for start in range(PIECE, len(envelope), PIECE):
            piece = envelope[start : start + PIECE]
            upload = envelopes.append(connection, upload, piece, upload.begun)


def first(body: Iterator[bytes], header_hash: bytes) -> bytes:
    """Return the first piece; raises a Problem if the proof of work is for another header.

    The piece is empty if nothing arrived.
    """
    start = next(body, b"")
    if len(start) >= age.ENVELOPE_HEADER and (
        fault := _fault(start, is_paid=work.header_hash(start) == header_hash)
    ):
        raise fault
    return start


def extend(context: Context, upload: Upload, body: Iterable[bytes]) -> Upload:
    """Append ``body`` to the upload and return the upload.

    Each piece is stored before the next piece is read.
    """
    for piece in body:
        upload = _append(context, upload, piece)
    return upload


def drop(context: Context, upload: Upload) -> bool:
    """Delete an unfinished upload; return whether there was one."""
    with context.database.write() as connection:
        return envelopes.forget(connection, context.hour(), upload.id)


def _append(context: Context, upload: Upload, piece: bytes) -> Upload:
    with context.database.write() as connection:
        fault = _header_fault(connection, context, upload, piece)
        if not fault:
            try:
                return envelopes.append(connection, upload, piece, context.today())
            except OffsetMoved:
                raise Problem(409, "offset_moved") from None
        # If the upload has grown since it was read, only this piece is outdated, and the upload is kept.
        if not envelopes.forget(connection, context.hour(), upload.id, received=upload.received):
            raise Problem(409, "offset_moved")
    raise fault


def _header_fault(connection: Connection, context: Context, upload: Upload, piece: bytes) -> Problem | None:
    """Return what is wrong with the header that ``piece`` completes, or None."""
    if not upload.received < age.ENVELOPE_HEADER <= upload.received + len(piece):
        return None
    start = _start(connection, upload) + piece
    return _fault(start, is_paid=paying.upload_id(connection, context, work.header_hash(start)) == upload.id)


def _fault(start: bytes, *, is_paid: bool) -> Problem | None:
    if not _sealed(start):
        return Problem(400, "not_sealed")
    return None if is_paid else Problem(400, "header_differs")


def _start(connection: Connection, upload: Upload) -> bytes:
    start = b""
    while len(start) < upload.received and (piece := envelopes.piece(connection, upload.id, len(start))):
        start += piece
    return start


def _sealed(start: bytes) -> bool:
    try:
        age.check_profile(start)
    except Malformed:
        return False
    return True
