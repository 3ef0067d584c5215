"""`make demo` prints its steps when both servers answer, and keeps the data of an earlier run."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.installation import free_port

ROOT = Path(__file__).parent.parent
LAST_LINE = "Ctrl-C ends the demo. Its data stays in demo/.\n"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a copy of the script in a folder of its own, because the demo writes beside the project."""
    script = tmp_path / "deploy" / "demo.sh"
    script.parent.mkdir()
    shutil.copy(ROOT / "deploy" / "demo.sh", script)
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    return script


@contextmanager
def demo(script: Path, port: int, desk_port: int) -> Iterator[str]:
    """Run the demo, yield what it printed up to its last line, and end it with Ctrl-C."""
    ports = {"PORT": str(port), "DESK_PORT": str(desk_port)}
    with subprocess.Popen(
        [script],
        env=os.environ | ports,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None
        lines = []
        for line in running.stdout:
            lines.append(line)
            if line == LAST_LINE:
                break
        try:
            yield "".join(lines)
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGINT)


def answers(address: str) -> bool:
    """Say whether an address gives a page to a browser, which keeps cookies."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(address) as page:
        return bool(page.status == 200)


@pytest.mark.long
def test_the_demo_prints_its_steps_when_both_addresses_answer_and_continues_with_its_data(
    copied: Path,
) -> None:
    port, desk_port = free_port(), free_port()
    with demo(copied, port, desk_port) as printed:
        assert "Creating the inbox" in printed
        assert answers(f"http://127.0.0.1:{port}/en/")
        (desk,) = re.findall(rf"^ +(http://127\.0\.0\.1:{desk_port}/\S+)$", printed, re.MULTILINE)
        assert answers(desk)
    carried = subprocess.run(
        [copied.parents[1] / "demo" / "bin" / "carry"], capture_output=True, text=True, check=True
    )
    assert "0 envelopes" in carried.stdout
    with demo(copied, port, desk_port) as printed:
        assert "Continuing with the data of an earlier run" in printed
        assert "Creating the inbox" not in printed
        assert answers(f"http://127.0.0.1:{port}/fr/")


def test_a_demo_on_a_port_that_another_program_uses_makes_nothing(copied: Path) -> None:
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            with demo(copied, port, free_port()) as printed:
                assert f"127.0.0.1:{port}: another program listens there" in printed
                assert "hint: PORT=8081 DESK_PORT=8091 make demo" in printed
        finally:
            other.terminate()
    assert not (copied.parents[1] / "demo").exists()
