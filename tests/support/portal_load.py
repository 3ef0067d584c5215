"""Clients that send reports to a portal that may fail, and the answers that they then get."""

import json
import threading
import time
from collections.abc import Iterator, Sized
from contextlib import contextmanager

from tests.support.builders import Sealed, anew, make_report_envelope
from tests.support.portal_room import BODY, SITE, TUS, declared
from tests.support.portal_server import Server

HALF = 30_000
CLIENTS = 4
PATIENCE_SECONDS = 60
Answer = tuple[int, dict[str, str], bytes]


def post(server: Server, sealed: Sealed) -> Answer:
    """Send a report, and accept any answer."""
    return server.request("POST", "/api/envelopes", sealed.envelope, {**BODY, **declared(sealed)})


def patch(server: Server, address: str, sealed: Sealed, offset: int, end: int) -> Answer:
    headers = {**BODY, "Upload-Offset": str(offset)}
    return server.request("PATCH", address, sealed.envelope[offset:end], headers)


def told_to_wait(answer: Answer) -> bool:
    """Tell whether an answer is a problem that says when to retry."""
    status, headers, body = answer
    if headers.get("Content-Type") != "application/problem+json" or int(headers.get("Retry-After", 0)) <= 0:
        return False
    # The answer to HEAD has no body.
    return status in {503, 507} and (not body or json.loads(body)["status"] == status)


def _grows(taken: Sized, more: int) -> None:
    end, enough = time.monotonic() + PATIENCE_SECONDS, len(taken) + more
    while len(taken) < enough:
        assert time.monotonic() < end
        time.sleep(0.05)


class Load:
    """Clients that send reports, whole and in halves, until they are stopped."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._prepared = [make_report_envelope(SITE) for _ in range(CLIENTS * 4)]
        self._ended = threading.Event()
        self.kept: dict[str, Sealed] = {}
        self.refused: list[Answer] = []

    @contextmanager
    def running(self) -> Iterator["Load"]:
        clients = [
            threading.Thread(target=self._send, args=[self._prepared[first::CLIENTS]])
            for first in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        try:
            yield self
        finally:
            self._ended.set()
            for client in clients:
                client.join()

    def goes_on(self) -> None:
        """Wait until some more reports have been stored."""
        _grows(self.kept, 2 * CLIENTS)

    def is_refused(self) -> None:
        """Wait until the number of refused requests has grown by at least the number of clients."""
        _grows(self.refused, CLIENTS)

    def _send(self, prepared: list[Sealed]) -> None:
        number = 0
        while not self._ended.is_set():
            sealed = anew(prepared[number % len(prepared)])
            address = self._whole(sealed) if number % 2 else self._in_halves(sealed)
            if address:
                self.kept[address] = sealed
            number += 1

    def _whole(self, sealed: Sealed) -> str:
        return self._taken(post(self._server, sealed), 201).get("Location", "")

    def _in_halves(self, sealed: Sealed) -> str:
        headers = {**TUS, **declared(sealed)}
        begun = self._taken(self._server.request("POST", "/api/envelopes", b"", headers), 201)
        address = begun.get("Location", "")
        offset = 0
        while address and offset < len(sealed.envelope) and not self._ended.is_set():
            end = HALF if offset < HALF else len(sealed.envelope)
            self._taken(patch(self._server, address, sealed, offset, end), 204)
            told = self._taken(self._server.request("HEAD", address, None, TUS), 200)
            offset = int(told.get("Upload-Offset", offset))
        return address if offset == len(sealed.envelope) else ""

    def _taken(self, answer: Answer, status: int) -> dict[str, str]:
        if answer[0] == status:
            return answer[1]
        self.refused.append(answer)
        return {}
