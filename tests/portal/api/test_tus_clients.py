"""Two unmodified tus clients of other projects, tus-js-client and tuspy, upload to the portal."""

import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tusclient.client import TusClient

from tests.support.builders import INSPECTORATE, Sealed, make_envelope, make_report_envelope
from tests.support.paths import ROOT
from tests.support.portal_room import SITE
from tests.support.portal_server import Server
from tests.support.work import offered

pytestmark = pytest.mark.long

SCRIPT = ROOT / "tests" / "js" / "tus_peer.mjs"
CHUNK = 100_000
ATTACHED = bytes(900_000)


@pytest.fixture
def server(tmp_path: Path, free_port: Callable[[], int]) -> Server:
    return Server(tmp_path, free_port()).make()


def pay(server: Server, envelope: bytes) -> dict[str, str]:
    """Return the header with valid work for an envelope."""
    return offered(server.request("GET", "/api/work")[2], envelope)


class TusJsClient:
    """The npm package tus-js-client, which runs in a node process for each upload."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def send(self, sealed: Sealed, *, stop_at: int | None = None) -> str:
        """Upload a report, or only its bytes before ``stop_at``; return the upload's address."""
        # The client encodes only text as metadata, but these values are bytes.
        return self._run(
            sealed.envelope,
            {
                "headers": {"Upload-Metadata": sealed.metadata, **pay(self._server, sealed.envelope)},
                "stopAt": stop_at,
            },
        )

    def resume(self, sealed: Sealed, address: str) -> None:
        """Continue an upload at its address."""
        self._run(sealed.envelope, {"uploadUrl": address})

    def follow_up(self, envelope: bytes) -> str:
        """Upload an envelope in one request, and return its address."""
        options = {"metadata": {"channel": INSPECTORATE}, "headers": pay(self._server, envelope)}
        return self._run(envelope, {**options, "uploadDataDuringCreation": True, "chunkSize": len(envelope)})

    def _run(self, envelope: bytes, options: dict[str, object]) -> str:
        file = self._server.folder / "envelope.age"
        file.write_bytes(envelope)
        given = {name: value for name, value in options.items() if value is not None}
        asked = {"endpoint": self._server.uploads, "file": str(file), "chunkSize": CHUNK, **given}
        command = ["node", SCRIPT, json.dumps(asked)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        url: str = json.loads(done.stdout)["url"]
        return url


class Tuspy:
    """The PyPI package tuspy."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client = TusClient(server.uploads)

    def send(self, sealed: Sealed, *, stop_at: int | None = None) -> str:
        """Upload a report, or only its bytes before ``stop_at``; return the upload's address."""
        values = {
            "channel": sealed.channel.encode(),
            "case": sealed.case_id,
            "memo": sealed.memo,
            "withdraw": sealed.withdraw_id,
        }
        metadata = {name: value.decode("latin-1") for name, value in values.items()}
        self._client.set_headers(pay(self._server, sealed.envelope))
        return self._upload(sealed.envelope, stop_at, metadata=metadata, metadata_encoding="latin-1")

    def resume(self, sealed: Sealed, address: str) -> None:
        """Continue an upload at its address."""
        self._upload(sealed.envelope, None, url=address)

    def follow_up(self, envelope: bytes) -> str:
        """Upload an envelope, and return its address."""
        self._client.set_headers(pay(self._server, envelope))
        return self._upload(envelope, None, metadata={"channel": INSPECTORATE})

    def _upload(self, envelope: bytes, stop_at: int | None, **options: object) -> str:
        uploader = self._client.uploader(file_stream=io.BytesIO(envelope), chunk_size=CHUNK, **options)
        uploader.upload(stop_at=stop_at)
        return str(uploader.url)


CLIENTS = pytest.mark.parametrize("client", [TusJsClient, Tuspy])


@CLIENTS
def test_an_interrupted_report_is_resumed_after_a_restart(
    server: Server, client: type[TusJsClient] | type[Tuspy]
) -> None:
    """The upload stops at 60 % and continues with other server processes. Every byte arrives."""
    sealed = make_report_envelope(SITE, file=ATTACHED)
    with server.serving():
        cut = len(sealed.envelope) * 6 // 10
        address = client(server).send(sealed, stop_at=cut)
        assert cut <= server.offset(address) < len(sealed.envelope)
        assert server.request("POST", "/api/slot", sealed.keys.locator)[2][0] == 0
    with server.serving():
        client(server).resume(sealed, address)
        assert server.content(address) == sealed.envelope
        assert server.request("POST", "/api/slot", sealed.keys.locator)[2][0] == 1


@CLIENTS
def test_a_follow_up_needs_no_metadata_except_its_channel(
    server: Server, client: type[TusJsClient] | type[Tuspy]
) -> None:
    """The client itself encodes the metadata."""
    envelope = make_envelope(SITE)
    with server.serving():
        assert server.content(client(server).follow_up(envelope)) == envelope
