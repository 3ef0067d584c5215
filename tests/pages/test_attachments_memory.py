"""The page reads a large film twice in pieces, so the memory of the tab does not grow with the file."""

import os
import struct
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, expect

from tests.support import page_modules
from tests.support.boxed_films import Film
from tests.support.page_visitor import SLOW, Visitor

pytestmark = pytest.mark.browser

MIB = 1 << 20
FILE = 130 * MIB
HEADER = 8
MOST = 100 * MIB
PAUSE = 0.05

# Seals a chosen file but does not send it, because Playwright would keep a copy of the request in memory.
SEAL = """async (whole) => {
  const { age, attachments, container, keyrings } = modules;
  const { keyring } = await keyrings.fetchKeyring();
  const blob = globalThis.chosen;
  const held = whole ? [await blob.arrayBuffer()] : [];
  const source = { size: blob.size, pieces: attachments.pieces({ blob, patches: [], shown: "" }) };
  const archive = container.write([source], () => new Uint8Array(9), () => new Uint8Array(64));
  let size = 0;
  const { recipient } = keyring.channels[0].intake_keys[0];
  for await (const piece of age.seal(archive, recipient)) size += piece.length;
  return [size, held.length];
}"""
REMEMBER = """() => document.addEventListener(
  "change", (event) => { globalThis.chosen = event.target.files[0]; }, { capture: true, once: true })"""


def resident(pid: int) -> int:
    """Return the resident memory of a process in bytes."""
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def renderers(chromium: Browser) -> list[int]:
    told = chromium.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    return [each["id"] for each in told["processInfo"] if each["type"] == "renderer"]


@contextmanager
def watching(pids: list[int]) -> Iterator[Future[int]]:
    """Yield a future for the largest growth in memory of any of these processes during the block."""
    before = {pid: resident(pid) for pid in pids}
    ended = Event()

    def watch() -> int:
        grown = 0
        while not ended.is_set():
            grown = max(grown, *(resident(pid) - size for pid, size in before.items()))
            time.sleep(PAUSE)
        return grown

    with ThreadPoolExecutor(1) as pool:
        growth = pool.submit(watch)
        try:
            yield growth
        finally:
            ended.set()


@pytest.mark.parametrize(
    "whole", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["stream", "control"]
)
def test_sealing_a_large_file_takes_little_memory(
    chromium: Browser,
    visitor: Visitor,
    tmp_path: Path,
    whole: bool,  # noqa: FBT001 - the control
) -> None:
    """The control holds the whole file in memory, and the measurement must show this."""
    film = tmp_path / "film.mp4"
    size = film.write_bytes(Film(appended=struct.pack(">I4s", FILE, b"free")).built())
    os.truncate(film, size - HEADER + FILE)
    visitor.visit("en/report")
    page_modules.load(visitor.page, "age", "attachments", "container", "keyrings")
    visitor.page.evaluate(REMEMBER)
    with watching(renderers(chromium)) as growth:
        visitor.page.set_input_files("#files", [film])
        expect(visitor.page.locator("#files-list > li[aria-busy=false]")).to_have_count(1, timeout=SLOW)
        expect(visitor.page.locator("#files-list")).to_contain_text("removed from what will be sent")
        size, _ = visitor.page.evaluate(SEAL, whole)
    assert size > FILE
    assert (growth.result() > MOST) is whole
