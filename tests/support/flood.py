"""A flood of junk at a portal that holds a valid report, and the checks afterwards."""

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import islice

from crypto import age, bundle
from crypto.bundle import INTAKE
from tests.support.builders import (
    INSPECTORATE,
    make_envelope,
    make_report_envelope,
    under_another_header,
    upload_metadata,
)
from tests.support.portal_room import BODY, SITE, TUS
from tests.support.portal_server import Server
from tests.support.work import Sized, offered, unsent, work

CLIENTS = 8
DECLARED = age.sealed_size(16 << 20)


def flood(server: Server, count: int) -> Counter[int]:
    """Send ``count`` junk reports to a portal that holds one report. Return how often each status occurred.

    Raises AssertionError unless a page is answered during the flood. Afterwards, the report must be
    unchanged, and the site must answer and accept a follow-up.
    """
    report = make_report_envelope(SITE)
    address = server.send(report)
    envelope = make_envelope(SITE)
    kinds = [lambda: _text(envelope), lambda: _text(envelope), _declaration]
    with ThreadPoolExecutor(CLIENTS) as pool:
        coming = pool.map(lambda number: _post(server, *kinds[number % 3]()), range(count))
        answers = Counter(islice(coming, count // 2))
        assert server.request("GET", "/fr/report")[0] == 200
        answers.update(coming)
    assert server.content(address) == report.envelope
    assert server.request("GET", "/fr/report")[0] == 200
    assert server.request("POST", "/api/slot", report.keys.locator)[2][0] == 1
    _follow_up(server, envelope)
    assert report.envelope in _exported(server)
    return answers


def _text(envelope: bytes) -> tuple[bytes, dict[str, str]]:
    junk = under_another_header(envelope)
    return junk, {**BODY, **_declared(junk)}


def _declaration() -> tuple[bytes, dict[str, str]]:
    return b"", {**TUS, **_declared(unsent(DECLARED))}


def _declared(junk: bytes | Sized) -> dict[str, str]:
    size = junk.size if isinstance(junk, Sized) else len(junk)
    metadata = upload_metadata(
        channel=INSPECTORATE.encode(), case=secrets.token_bytes(32), memo=bytes(60), withdraw=bytes(32)
    )
    return {"Upload-Length": str(size), "Upload-Metadata": metadata, **work(SITE, junk)}


def _post(server: Server, body: bytes, headers: dict[str, str]) -> int:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("POST", "/api/envelopes", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _follow_up(server: Server, envelope: bytes) -> None:
    """Send a follow-up with the proof of work that is required now."""
    status, _, offer = server.request("GET", "/api/work")
    assert status == 200
    headers = {"Upload-Length": str(len(envelope)), **offered(offer, envelope)}
    headers["Upload-Metadata"] = upload_metadata(channel=INSPECTORATE.encode())
    status, _, _ = server.request("POST", "/api/envelopes", envelope, {**BODY, **headers})
    assert status == 201


def _exported(server: Server) -> list[bytes]:
    """Return every envelope of the next bundle."""
    server.run("export", "--out", server.folder, "--channel", INSPECTORATE)
    with (server.folder / f"{INSPECTORATE}-1.tar").open("rb") as file:
        manifest, members = bundle.read(iter(lambda: file.read(1 << 18), b""))
        files = INTAKE.parse(manifest.raw).files()
        return [b"".join(member.data) for member in bundle.checked(members, files)]
