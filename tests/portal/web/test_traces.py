"""After reporters have left, the portal's disk and memory contain no trace of them."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support import postgres, traces
from tests.support.forwarding import coming_from
from tests.support.page_visitor import Visitor
from tests.support.paths import ROOT
from tests.support.portal_room import STRICTER
from tests.support.portal_server import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

CANARY = "zibeline-quartz-7319"
ADDRESS = "127.83.17.5"
FORWARDED = "198.51.100.77"
AGENT = "Mozilla/5.0 (Ornithorynque; rv:5512)"
NAME = "IMG_20261124_voisin.jpg"
SHIPPED = ROOT / "deploy" / "postgresql.conf"
_HOLD = "import sys; held = sys.stdin.readline(); print('held', flush=True); sys.stdin.readline()"
_OPEN = (
    "import sys, tempfile; file = tempfile.TemporaryFile(); file.write(sys.stdin.readline().encode());"
    "file.flush(); print('held', flush=True); sys.stdin.readline()"
)


@pytest.fixture(params=STRICTER)
def server(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    free_port: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Server]:
    """A portal with a separate folder for temporary files and with all files of its database."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    made = Server(tmp_path, free_port(), forked=False)
    if request.param == "sqlite":
        yield made.make()
        return
    with postgres.serving((), SHIPPED.read_text()) as cluster:
        (tmp_path / "postgresql").symlink_to(cluster.folder)
        yield made.make(database=cluster.url)


@contextmanager
def holding(program: str, texts: Sequence[str]) -> Iterator[int]:
    """Run a program that keeps the texts in memory or in an open file; yield its process id."""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(" | ".join(texts) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "held\n"
        yield process.pid
        process.stdin.close()


def reporting(chromium: Browser, port: int, file: Path) -> list[str]:
    """Report, read the status and send a follow-up; return all texts that must not be found."""
    context = chromium.new_context(user_agent=AGENT, extra_http_headers={"X-Forwarded-For": FORWARDED})
    visitor = Visitor(context.new_page(), f"http://127.0.0.1:{port}")
    visitor.report(f"Il s'appelle {CANARY}.", [file])
    visitor.open()
    visitor.opened()
    visitor.follow_up(f"Encore {CANARY}.", [file])
    context.close()
    token = visitor.words
    words = [" ".join(token), "-".join(token), " ".join(token[:2]), " ".join(token[-2:])]
    return [CANARY, *words, file.stem, ADDRESS, FORWARDED, AGENT]


@pytest.mark.slow
def test_the_portal_keeps_no_trace_of_a_reporter(
    chromium: Browser, server: Server, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The test searches files and memory for the text, token, file name, address and browser."""
    file = tmp_path_factory.mktemp("reporter") / NAME
    file.write_bytes(CANARY.encode() * 20_000)
    server.environment = {}
    with server.serving():
        with coming_from(ADDRESS, server.port) as port:
            secrets = reporting(chromium, port, file)
        assert server.process
        processes = [server.process.pid, *server.workers()]
        assert traces.found_in_memory(processes, secrets) == []
        assert traces.found_in_open_files(processes, secrets) == []
        assert traces.found_in_files(tmp_path, secrets) == []
        assert traces.found_in_files(tmp_path / "postgresql", secrets) == []
        # Controls: the same searches find data that must be there.
        deployment = server.settings.deployment
        assert traces.found_in_memory(processes, [deployment]) != []
        assert traces.found_in_files(tmp_path, [deployment]) != []
        assert traces.found_in_files(database(server), ["age-encryption.org/v1"]) != []
    assert traces.found_in_files(tmp_path, secrets) == []
    with holding(_HOLD, secrets) as process:
        assert [text for _, text in sorted(traces.found_in_memory([process], secrets))] == sorted(secrets)
    with holding(_OPEN, secrets) as process:
        assert [text for _, text in traces.found_in_open_files([process], secrets)] == secrets
    (tmp_path / "temporary" / "upload").write_text(" | ".join(secrets))
    assert [text for _, text in traces.found_in_files(tmp_path, secrets)] == secrets


def database(server: Server) -> Path:
    """Return the folder that contains the database's files."""
    folder = server.folder / "postgresql"
    return folder if folder.exists() else server.folder
