"""Delete large data while the portal runs, and measure how long other uploads wait. Also fill the disk."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import func, select

from crypto import age, base64url, padding
from portal.store import envelopes, intakes
from portal.store.database import Database
from portal.store.envelopes import Upload
from portal.store.schema import deleted
from tests.support.builders import INSPECTORATE, make_outbox, make_report_envelope, today
from tests.support.portal_room import BODY, SITE, TUS, declared
from tests.support.portal_server import Server
from tests.support.small_disk import small_disk

COLLECTED = 2 << 30
GIVEN_UP = 1 << 30
DISK = 400 << 20
ON_DISK = 288 << 20
MOST_SECONDS = 2.0

_FILE = age.sealed_size(16 << 20)
_PIECE = 256 << 10
_PAUSE_SECONDS = 0.1
_PATIENCE_SECONDS = 1_200


@dataclass
class Texts:
    """How many seconds it took to send each of the texts. The texts are sent one after the other."""

    seconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.seconds)} texts at the same time, 0 refused, slowest {max(self.seconds):.2f} s"


def deletion(server: Server) -> Iterator[str]:
    """Delete a bundle and then an upload while texts are sent; yield a line of results for each.

    Raise AssertionError if a text was refused or took more than two seconds.
    """
    with server.store() as store:
        for _ in range(COLLECTED // _FILE):
            _keep(store, _FILE, _FILE)
        given_up = _keep(store, age.sealed_size(padding.LARGEST), GIVEN_UP)
    _run(server, "export", "--out", server.folder)
    outbox = _confirming(server, server.folder)
    with server.serving():
        with _texts(server) as sent:
            begun = time.monotonic()
            _run(server, "import", outbox)
            took = time.monotonic() - begun
        yield f"{COLLECTED >> 20} MiB confirmed by the inbox are deleted in {took:.0f} s: {sent}"
        with _texts(server) as sent:
            begun = time.monotonic()
            address = f"/api/envelopes/{base64url.encode(given_up)}"
            assert server.request("DELETE", address, None, TUS)[0] == HTTPStatus.NO_CONTENT
            answered = time.monotonic() - begun
            _wait(server)
            took = time.monotonic() - begun
        yield (
            f"{GIVEN_UP >> 20} MiB of an upload cancelled by its client are deleted in {took:.0f} s, "
            f"the answer comes after {answered:.2f} s: {sent}"
        )


def on_a_full_disk(folder: Path, port: int) -> str:
    """Delete a bundle that is larger than the free space of the disk; return a line of results."""
    disk = folder / "disk"
    with small_disk(disk, str(DISK)):
        server = Server(disk, port, forked=False).make(spare_gb=0)
        with server.store() as store:
            for _ in range(ON_DISK // _FILE):
                _keep(store, _FILE, _FILE)
                store.scrub()
        free = shutil.disk_usage(disk).free
        _run(server, "export", "--out", folder)
        _run(server, "import", _confirming(server, folder))
        size = (disk / "portal.sqlite").stat().st_size
    assert free < ON_DISK - _FILE
    assert size < _FILE
    return f"a bundle of {ON_DISK >> 20} MiB is deleted from a disk that has {free >> 20} MiB left"


def _run(server: Server, *arguments: str | Path) -> None:
    subprocess.run(server.command(*arguments), check=True, timeout=_PATIENCE_SECONDS, capture_output=True)


def _keep(store: Database, size: int, received: int) -> bytes:
    """Store an upload of ``size`` bytes, of which ``received`` random bytes have arrived; return its id."""
    upload = Upload(id=os.urandom(16), channel=INSPECTORATE, size=size, received=0, begun=today())
    with store.write() as connection:
        upload = envelopes.begin(connection, upload, None, os.urandom(_PIECE))
    while upload.received < received:
        with store.write() as connection:
            for _ in range(64):
                piece = os.urandom(min(_PIECE, received - upload.received))
                upload = envelopes.append(connection, upload, piece, today()) if piece else upload
    return upload.id


def _confirming(server: Server, folder: Path) -> Path:
    """Return an outbox bundle that confirms the first intake bundle."""
    with server.store() as store, store.read() as connection:
        link = intakes.last(connection, INSPECTORATE)
    return make_outbox(SITE, collected=[link]).save(folder / "outbox.tar")


@contextmanager
def _texts(server: Server) -> Iterator[Texts]:
    """Send texts while the block runs. Raise an error if a text is not accepted."""
    texts, ended = Texts(), threading.Event()

    def send() -> None:
        while not ended.wait(_PAUSE_SECONDS):
            sealed = make_report_envelope(SITE)
            headers, begun = BODY | declared(sealed), time.monotonic()
            status, _, _ = server.request("POST", "/api/envelopes", sealed.envelope, headers)
            texts.seconds.append(time.monotonic() - begun)
            assert status == HTTPStatus.CREATED, status

    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send)
        try:
            yield texts
        finally:
            ended.set()
        sending.result()
    assert max(texts.seconds) <= MOST_SECONDS, texts


def _wait(server: Server) -> None:
    """Return once the portal has deleted everything that was marked for deletion."""
    end = time.monotonic() + _PATIENCE_SECONDS
    with server.store() as store:
        while True:
            with store.read() as connection:
                if not connection.execute(select(func.count()).select_from(deleted)).scalar_one():
                    return
            assert time.monotonic() < end
            time.sleep(_PAUSE_SECONDS)
