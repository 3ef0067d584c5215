"""A portal that serves in this process, and its inspectorate, for tests of the pages."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, QueuePool, select
from werkzeug.serving import WSGIRequestHandler, make_server

from crypto import age, container, keyring, messages, padding, receipt, signing
from crypto.hybrid import HybridIdentity, HybridRecipient
from crypto.keyring import Keyring
from crypto.messages import FollowUp, Received, Reply, Report, Slot, Status
from crypto.receipt import Receipt
from crypto.signing import Label
from portal.store import keyrings, outboxes
from portal.store.schema import chunks, envelopes
from tests.support.builders import SignedKeyring, Site, today
from tests.support.portal_room import Room

_PATIENCE_SECONDS = 120
_POLL_SECONDS = 0.05
REPLY = "Merci, nous vous lisons.\nWhere was it?"


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Print nothing."""


class PortalSite(Room):
    """A portal for a test, which browsers can visit."""

    address = ""
    more_intake: Sequence[HybridIdentity] = ()  # keys of other epochs

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve at ``address`` while the block runs."""
        server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=_Quiet)
        self.address = f"http://127.0.0.1:{server.port}"
        # How often the server checks whether it should end. With the default, every test would wait half a
        # second.
        thread = threading.Thread(target=server.serve_forever, args=[_POLL_SECONDS])
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            self._finish()

    def _finish(self) -> None:
        """Wait until the requests of a browser that was closed have released their database connections."""
        pool = self.database._engine.pool
        assert isinstance(pool, QueuePool)
        end = time.monotonic() + _PATIENCE_SECONDS
        while pool.checkedout():
            assert time.monotonic() < end
            time.sleep(0.01)

    def received(self) -> list[tuple[Report | FollowUp, dict[int, bytes]]]:
        """Return every complete message with its files, opened as the inbox does."""
        with self.database.read() as connection:
            found = select(envelopes.c.id, envelopes.c.channel)
            rows = connection.execute(found.where(envelopes.c.received == envelopes.c.size)).all()
            return [self._opened(_sealed(connection, row.id), row.channel) for row in rows]

    def report(self) -> tuple[Report, dict[int, bytes]]:
        """Return the only report that has arrived, with its files."""
        (found,) = [(message, files) for message, files in self.received() if isinstance(message, Report)]
        return found

    def _opened(self, sealed: bytes, channel: str) -> tuple[Report | FollowUp, dict[int, bytes]]:
        files: dict[int, bytes] = {}

        def keep(number: int, data: Iterable[bytes]) -> None:
            files[number] = b"".join(data)

        identities = [self.site.bodies[channel].intake, *self.more_intake]
        opened = age.unseal_envelope([sealed], identities)
        signed = container.read(opened, keep)
        assert isinstance(signed, container.Signed)
        return messages.open_message(self.site.deployment, signed), files

    def answer(self, report: Report, slot: Slot, seed: bytes | None = None) -> None:
        """Store a slot for the case, signed by the reply key of the slot's channel or by another key."""
        raw = messages.SLOT.encode(slot)
        seed = seed or self.site.bodies[slot.channel].reply_seed
        signature = signing.sign(Label.SLOT, self.site.deployment, raw, seed)
        plain = b"".join(container.write([], lambda _: raw, lambda _: signature, padding.slot))
        sealed = age.seal_bytes(plain, [HybridRecipient(report.reply_recipient)])
        with self.database.write() as connection:
            outboxes.put_slot(connection, report.channel, report.case_id, sealed)

    @property
    def keyring(self) -> Keyring:
        """The keyring that is currently served."""
        with self.database.read() as connection:
            files = keyrings.current(connection)
        assert files
        return keyring.KEYRING.parse(files.raw)

    def publish_changed(self, value: Keyring, root_seed: bytes | None = None) -> None:
        """Publish a keyring that differs from the usual one, signed by the root key or another key."""
        raw, signature = keyring.sign(value, root_seed or self.site.root_seed)
        self.publish(SignedKeyring(value, raw, signature))


def slot_for(report: Report) -> Slot:
    """Return a reply to a report, as its inspectorate would write it today."""
    return Slot(
        channel=report.channel,
        case_id=report.case_id,
        serial=1,
        issued=today(),
        next_by=today() + timedelta(14),
        status=Status.ASSESSING,
        measures_disclosed=(),
        earlier=0,
        messages=(Reply(1, today(), REPLY),),
        received=Received(0, (), None),
    )


def closed(value: Keyring) -> Keyring:
    """Return the keyring with every intake key expired."""
    yesterday = today() - timedelta(1)
    channels = (
        replace(each, intake_keys=tuple(replace(key, not_after=yesterday) for key in each.intake_keys))
        for each in value.channels
    )
    return replace(value, channels=tuple(channels))


def without(value: Keyring, channel: str) -> Keyring:
    """Return the next keyring, without one of the channels."""
    left = tuple(each for each in value.channels if each.id != channel)
    return replace(value, serial=value.serial + 1, channels=left)


def _sealed(connection: Connection, envelope_id: bytes) -> bytes:
    rows = select(chunks.c.data).where(chunks.c.envelope_id == envelope_id).order_by(chunks.c.position)
    return b"".join(connection.execute(rows).scalars())


def with_receipt(slot: Slot, report: Report, site: Site, **changes: Any) -> Slot:
    """Return the slot with a receipt for the reporter, changed by ``changes`` and then signed today."""
    seed = site.bodies[slot.channel].reply_seed
    statement = Receipt(
        deployment=site.deployment,
        author=receipt.author_hash(report.author_key),
        day=today(),
        key_id=keyring.reply_key_id(signing.public_key(seed)),
    )
    return replace(slot, receipt=receipt.sign(replace(statement, **changes), seed))
