"""Clients that send complete, cheap requests without proof of work, as fast as they are answered."""

import asyncio
import multiprocessing
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from tests.support.bad_requests import head
from tests.support.builders import INSPECTORATE, make_envelope, upload_metadata
from tests.support.portal_nginx import HOST
from tests.support.portal_room import BODY, SITE
from tests.support.slow_flood import Source, line, trusting

_START_SECONDS = 120


def requests() -> list[bytes]:
    """Return the most expensive requests that need no proof of work: a text, a slot, and a page."""
    envelope = make_envelope(SITE)
    told = {**BODY, "Upload-Length": len(envelope), "Content-Length": len(envelope)}
    told["Upload-Metadata"] = upload_metadata(channel=INSPECTORATE.encode())
    lines = [f"{name}: {value}" for name, value in told.items()]
    return [
        head("POST /api/envelopes HTTP/1.1", *lines) + envelope,
        head("POST /api/slot HTTP/1.1", "Content-Length: 32") + bytes(32),
        head("GET /fr/report HTTP/1.1"),
    ]


@contextmanager
def hammering(sources: Sequence[Source], count: int) -> Iterator[Counter[int]]:
    """Keep ``count`` connections busy from a separate process. At the end, count the answers by status."""
    context = multiprocessing.get_context("spawn")
    begun, ended = context.Event(), context.Event()
    receiver, sender = context.Pipe(duplex=False)
    clients = [sources[n % len(sources)] for n in range(count)]
    process = context.Process(target=_hammer, args=(clients, requests(), begun, ended, sender))
    found: Counter[int] = Counter()
    process.start()
    try:
        assert begun.wait(_START_SECONDS)
        yield found
    finally:
        ended.set()
        found.update(receiver.recv())
        process.join(_START_SECONDS)


def _hammer(
    clients: Sequence[Source], sent: Sequence[bytes], begun: Event, ended: Event, sender: Connection
) -> None:
    sender.send(asyncio.run(_until(clients, sent, begun, ended)))


async def _until(
    clients: Sequence[Source], sent: Sequence[bytes], begun: Event, ended: Event
) -> Counter[int]:
    found: Counter[int] = Counter()
    # Each connection begins with a different request.
    turns = [[*sent[n:], *sent[:n]] for n in range(len(sent))]
    tasks = [
        asyncio.create_task(_client(source, turns[n % len(turns)], found)) for n, source in enumerate(clients)
    ]
    begun.set()
    await asyncio.to_thread(ended.wait)
    for each in tasks:
        each.cancel()
    return found


async def _client(source: Source, sent: Sequence[bytes], found: Counter[int]) -> None:
    """Send requests forever, over a new connection whenever one was closed."""
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            await _connection(source, sent, found)


async def _connection(source: Source, sent: Sequence[bytes], found: Counter[int]) -> None:
    secure = None if source.is_onion else trusting()
    where = (source.address, 0)
    reader, writer = await asyncio.open_connection(HOST, source.port, ssl=secure, local_addr=where)
    try:
        if source.named:
            writer.write(line(source.named))
        while True:
            for each in sent:
                writer.write(each)
                await writer.drain()
                found[await _status(reader)] += 1
    finally:
        writer.close()


async def _status(reader: asyncio.StreamReader) -> int:
    """Read an answer to its end; return its status."""
    lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    sizes = [int(each.split(b":")[1]) for each in lines if each.startswith(b"content-length:")]
    await reader.readexactly(sizes[0])
    return int(lines[0].split()[1])
