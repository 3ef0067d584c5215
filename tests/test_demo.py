"""`make demo`, as a newcomer meets it: what it prints is typed, and leads from a report to its answer."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.installation import START_SECONDS, free_port
from tests.page_visitor import Visitor

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder in which the demo can make its own, with this project installed."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parent.parent)
    return tmp_path


def start(checkout: Path, port: int) -> subprocess.Popen[bytes]:
    with (checkout / "printed").open("w") as printed:
        environment = os.environ | {"PORT": str(port)}
        return subprocess.Popen(
            ["deploy/demo.sh"], cwd=checkout, env=environment, stdout=printed, stderr=subprocess.STDOUT
        )


@contextmanager
def demo(checkout: Path, port: int) -> Iterator[str]:
    """Run the demo and yield what it has printed by the time it serves."""
    process = start(checkout, port)
    try:
        for _ in range(START_SECONDS * 10):
            printed = (checkout / "printed").read_text("utf-8")
            if "serving on" in printed or process.poll() is not None:
                break
            time.sleep(0.1)
        assert "serving on" in printed, printed
        yield printed
    finally:
        process.terminate()
        assert process.wait(timeout=START_SECONDS) == 0


def typed(checkout: Path, command: str) -> str:
    """Return what a command prints that a newcomer types; it must succeed."""
    done = subprocess.run(
        ["sh", "-c", command], cwd=checkout, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_demo_leads_from_a_report_to_its_answer(checkout: Path, chromium: Browser) -> None:
    """Every line that it prints is typed as it stands; a second demo goes on where the first one was."""
    port = free_port()
    context = chromium.new_context()
    visitor = Visitor(context.new_page(), f"http://127.0.0.1:{port}", "en")
    with demo(checkout, port) as printed:
        assert visitor.address in printed
        visitor.report("Someone asked me for a container number.")
        commands = re.findall(r"^ +(demo/bin/.*)$", printed, re.MULTILINE)
        assert len(commands) == 8
        said = "".join(typed(checkout, command) for command in commands)
        assert "Someone asked me for a container number." in said
        visitor.open()
        visitor.opened()
        expect(visitor.page.locator("#messages")).to_contain_text("When did it begin?")
    with demo(checkout, port) as printed:
        assert "Going on with the data" in printed
        assert "Someone asked me" in typed(checkout, "demo/bin/inbox list")
        visitor.open()
        visitor.opened()
    context.close()


def test_a_port_in_use_is_named(checkout: Path) -> None:
    """The other program is left alone, and nothing is lost."""
    port = free_port()
    with demo(checkout, port):
        second = start(checkout, port)
        assert second.wait(timeout=START_SECONDS) == 1
        assert f"127.0.0.1:{port} cannot be served on" in (checkout / "printed").read_text("utf-8")
