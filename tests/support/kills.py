"""Kill a portal at random points of uploads, exports and imports, and check that nothing is lost."""

import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path

from sqlalchemy import func, select, union_all

from crypto import base64url, bundle
from crypto.bundle import FIRST, INTAKE, Link, Manifest
from portal.exchange import expire
from portal.store import intakes
from portal.store.schema import cases, chunks, deleted, envelopes, whole
from tests.support.builders import INSPECTORATE, Sealed, make_outbox, make_report_envelope, make_slot, today
from tests.support.portal_room import BODY, SITE
from tests.support.portal_server import Server

CLIENTS = 4
_PREPARED = 60
_HALF = 30_000
_SECONDS = 0.5
_PATIENCE_SECONDS = 60
# The command loads its modules and then waits, so that the kill hits it while it works.
_COMMAND = "import sys; from portal.ops.cli import main; print('ready', flush=True); input(); main()"


@dataclass
class Campaign:
    """Rounds of kills against one portal. Raises AssertionError if anything acknowledged is lost."""

    server: Server
    kills: int = 0
    compared: int = 0
    acknowledged: dict[str, Sealed] = field(default_factory=dict)
    delivered: int = 0
    _partial: dict[str, int] = field(default_factory=dict)
    _refused: list[AssertionError] = field(default_factory=list)
    _sent: dict[bytes, Sealed] = field(default_factory=dict)
    _answered: threading.Event = field(default_factory=threading.Event)
    _outbox: Link = field(default_factory=lambda: Link(0, FIRST))
    _longest: dict[str, float] = field(default_factory=lambda: {"export": 0.4, "import": 0.4})

    def round(self) -> None:
        """Kill the server under load, then an export, then an import. Check the data after each kill."""
        self._upload_and_kill()
        self._check_store()
        self._kill_command("export", "--out", self._folder, "--channel", INSPECTORATE)
        self._finish_export()
        self._check_store()
        outbox = self._prepare_outbox()
        self._kill_command("import", outbox)
        self.server.run("import", outbox)
        self._check_answers()
        self._give_up()

    @property
    def _folder(self) -> Path:
        folder = self.server.folder / "medium"
        folder.mkdir(exist_ok=True)
        return folder

    def _upload_and_kill(self) -> None:
        prepared = [make_report_envelope(SITE) for _ in range(_PREPARED)]
        self._sent |= {each.case_id: each for each in prepared}
        with self.server.serving():
            assert self.server.request("GET", "/keyring.json")[0] == 200
            clients = [
                threading.Thread(target=self._upload, args=[prepared[first::CLIENTS]])
                for first in range(CLIENTS)
            ]
            self._answered.clear()
            for client in clients:
                client.start()
            # Wait for an answer first, so that the kill hits uploads even on a slow machine.
            assert self._answered.wait(_PATIENCE_SECONDS)
            time.sleep(_up_to(_SECONDS))
            self.server.kill()
            for client in clients:
                client.join()
        # An assertion in a thread would not fail the test.
        assert not self._refused, self._refused
        self.kills += 1

    def _upload(self, prepared: list[Sealed]) -> None:
        """Send reports, some in halves, until the server has died. Record what the server acknowledged."""
        try:
            for number, sealed in enumerate(prepared):
                if number % 2:
                    self.acknowledged[self.server.send(sealed)] = sealed
                else:
                    self._upload_in_halves(sealed)
                self._answered.set()
        except (OSError, HTTPException):
            return  # the server was killed meanwhile
        except AssertionError as error:
            self._refused.append(error)
            self._answered.set()

    def _upload_in_halves(self, sealed: Sealed) -> None:
        address = self.server.begin(sealed)
        self._partial[address] = 0
        for offset, piece in ((0, sealed.envelope[:_HALF]), (_HALF, sealed.envelope[_HALF:])):
            headers = {**BODY, "Upload-Offset": str(offset)}
            status, _, _ = self.server.request("PATCH", address, piece, headers)
            assert status == 204
            self._partial[address] = offset + len(piece)
        del self._partial[address]
        self.acknowledged[address] = sealed

    def _check_store(self) -> None:
        """Check that every acknowledged byte is stored, and that all rows are consistent."""
        for address, sealed in self.acknowledged.items():
            assert self.server.content(address) == sealed.envelope
        for address, offset in self._partial.items():
            assert len(self.server.content(address)) >= offset
        with self.server.store() as store, store.read() as connection:
            held = func.coalesce(func.sum(func.length(chunks.c.data)), 0)
            rows = (
                select(envelopes.c.received, held)
                .outerjoin(chunks, chunks.c.envelope_id == envelopes.c.id)
                .group_by(envelopes.c.id, envelopes.c.received)
            )
            assert all(received == sum_ for received, sum_ in connection.execute(rows))
            owned = union_all(select(envelopes.c.id), select(deleted.c.envelope_id))
            lost = select(chunks.c.position).where(chunks.c.envelope_id.not_in(owned))
            assert connection.scalars(lost).first() is None
            arrived = select(envelopes.c.case_id).where(whole)
            opened = select(cases.c.case_id).where(~cases.c.collected)
            assert set(connection.scalars(arrived)) == set(connection.scalars(opened))

    def _give_up(self) -> None:
        """Delete the abandoned uploads as if days had passed; otherwise the portal would fill up."""
        settings = self.server.settings
        with self.server.store() as store:
            expire.expire(store, settings, today() + timedelta(days=settings.upload_days + 1))
            with store.read() as connection:
                left = select(func.count()).select_from(envelopes).where(~whole)
                assert connection.scalar(left) == 0
        self._partial.clear()

    def _kill_command(self, *arguments: str | Path) -> None:
        """Kill a command of the portal after a random time: at most its longest run so far, plus a fifth."""
        with self._waiting_command(*arguments) as command:
            begun = time.monotonic()
            assert command.stdin
            command.stdin.write(b"\n")
            command.stdin.flush()
            name = str(arguments[0])
            with suppress(subprocess.TimeoutExpired):
                command.wait(_up_to(self._longest[name] * 1.2))
                self._longest[name] = time.monotonic() - begun
        self.kills += 1

    @contextmanager
    def _waiting_command(self, *arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-c", _COMMAND, *self.server.command(*arguments)[1:]]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            try:
                assert process.stdout
                assert process.stdout.readline() == b"ready\n"
                yield process
            finally:
                process.kill()

    def _finish_export(self) -> None:
        """Export the rest.

        Check that the bundles contain everything acknowledged. Missing bundles are made again.
        """
        self.server.run("export", "--out", self._folder, "--channel", INSPECTORATE)
        found: set[str] = set()
        for link in self._links():
            path = self._folder / f"{INSPECTORATE}-{link.n}.tar"
            if not path.exists():
                self.server.run(
                    "export", "--out", self._folder, "--channel", INSPECTORATE, "--again", str(link.n)
                )
            found |= self._check_bundle(path, link)
        assert self.acknowledged.keys() <= found
        # The upload was complete, although the connection was lost before the client learned this.
        for address in found & self._partial.keys():
            del self._partial[address]

    def _links(self) -> list[Link]:
        """Return the intake bundles that were made but not confirmed."""
        with self.server.store() as store, store.read() as connection:
            numbers = range(1, intakes.last(connection, INSPECTORATE).n + 1)
            manifests = {n: intakes.manifest(connection, INSPECTORATE, n) for n in numbers}
        return [Link(n, manifest.hash) for n, manifest in manifests.items() if manifest]

    def _check_bundle(self, path: Path, link: Link) -> set[str]:
        """Return the addresses of the envelopes in a bundle, each compared with what was sent.

        An address is returned even if the client did not learn that its envelope was complete.
        """
        found = set()
        with path.open("rb") as file:
            manifest, members = bundle.read(iter(lambda: file.read(1 << 18), b""))
            assert manifest.hash == link.hash
            for entry, content in zip(
                INTAKE.parse(manifest.raw).entries, _contents(manifest, members), strict=True
            ):
                address = f"/api/envelopes/{base64url.encode(entry.id)}"
                found.add(address)
                assert entry.case_id
                assert self._sent[entry.case_id].envelope == content
                self.compared += 1
        return found

    def _prepare_outbox(self) -> Path:
        """Return an outbox that confirms everything exported and answers every acknowledged report."""
        slots = {each.case_id: make_slot(each.keys) for each in self.acknowledged.values()}
        n = self._outbox.n + 1
        made = make_outbox(SITE, n=n, previous=self._outbox.hash, collected=self._links(), slots=slots)
        self._outbox = Link(n, made.manifest.hash)
        return made.save(self._folder / f"outbox-{n}.tar")

    def _check_answers(self) -> None:
        """Check that every report is answered, and its envelope deleted."""
        answered = {each.case_id for each in self.acknowledged.values()}
        with self.server.store() as store, store.read() as connection:
            rows = select(cases.c.case_id).where(cases.c.collected, cases.c.slot.is_not(None))
            assert answered <= set(connection.scalars(rows))
        assert not any(map(self.server.content, self.acknowledged))
        self.delivered += len(self.acknowledged)
        self.acknowledged.clear()
        self._sent.clear()


def _contents(manifest: Manifest, members: Iterator[bundle.Member]) -> Iterator[bytes]:
    for member in bundle.checked(members, INTAKE.parse(manifest.raw).files()):
        yield b"".join(member.data)


def _up_to(seconds: float) -> float:
    return secrets.randbelow(1_000_000) / 1_000_000 * seconds
