"""Send a report of the largest size, export it in a bundle, and measure the memory of the portal."""

import hashlib
import io
import subprocess
import tarfile
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import chain, repeat
from pathlib import Path

from crypto import age, padding
from tests.support.builders import INSPECTORATE, upload_metadata
from tests.support.portal_room import BODY, SITE, TUS
from tests.support.portal_server import Server
from tests.support.server_state import peak
from tests.support.work import Sized, work

PIECE = 1 << 20
MOST_MEMORY = 256 << 20
_EXPORT_SECONDS = 1_800


def large(server: Server) -> str:
    """Send, export and compare an envelope of the largest size; return a line of results.

    Raise AssertionError if a byte differs, or if a serving process took more than 256 MiB.
    """
    size, begun = age.sealed_size(padding.LARGEST), time.perf_counter()
    with server.serving():
        sent = _send(server, size)
        took, memory = time.perf_counter() - begun, peak(server)
    assert memory <= MOST_MEMORY, f"a process took {memory >> 20} MiB"
    assert _exported(server) == (size, sent)
    return (
        f"{size / 10**9:.2f} GB in pieces of 1 MiB: {size / took / 10**6:.0f} MB per second, "
        f"at most {memory >> 20} MiB in a process; exported byte for byte"
    )


def _send(server: Server, size: int) -> bytes:
    """Send an envelope of zeros piece by piece; return its hash."""
    digest, offset = hashlib.sha256(), 0
    declared = {"Upload-Length": str(size), "Upload-Metadata": upload_metadata(channel=INSPECTORATE.encode())}
    pieces = _pieces()
    first = next(pieces)
    paid = work(SITE, Sized(first, size))
    status, headers, _ = server.request("POST", "/api/envelopes", b"", TUS | declared | paid)
    assert status == HTTPStatus.CREATED, status
    for piece in chain([first], pieces):
        digest.update(piece)
        _patch(server, headers["Location"], offset, piece)
        offset += len(piece)
    assert offset == size
    return digest.digest()


def _patch(server: Server, address: str, offset: int, piece: bytes) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=300)
    try:
        connection.request("PATCH", address, piece, {**BODY, "Upload-Offset": str(offset)})
        status = connection.getresponse().status
        assert status == HTTPStatus.NO_CONTENT, status
    finally:
        connection.close()


def _pieces() -> Iterator[bytes]:
    """Yield the envelope in pieces of the size that the page sends."""
    zeros = chain(repeat(bytes(PIECE), padding.LARGEST // PIECE), [bytes(padding.LARGEST % PIECE)])
    held = bytearray()
    for part in age.seal(zeros, [SITE.inspectorate.intake.recipient()]):
        held += part
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)


def _exported(server: Server) -> tuple[int, bytes]:
    """Export a bundle; return the size and hash of its only envelope."""
    subprocess.run(
        server.command("export", "--out", server.folder, "--channel", INSPECTORATE),
        check=True,
        capture_output=True,
        timeout=_EXPORT_SECONDS,
    )
    with tarfile.open(_bundle(server.folder)) as bundle:
        (member,) = [each for each in bundle if each.name.endswith(".age")]
        content = bundle.extractfile(member)
        assert isinstance(content, io.BufferedReader)
        return member.size, hashlib.file_digest(content, "sha256").digest()


def _bundle(folder: Path) -> Path:
    (path,) = folder.glob(f"{INSPECTORATE}-*.tar")
    return path
