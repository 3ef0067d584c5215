"""A message is shown as a QR code that a scanner reads, or the program says why it cannot show it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from draws import messages, protocol
from draws.messages import Signature
from draws.protocol import Commitment, Reveal
from draws.qr_codes import modules
from tests.support.draw_room import Room
from tests.support.paths import ROOT

HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
LONGEST = "a" * 40
DRAWS = (sys.executable, "-P", "-c", "from draws.cli.main import main; main()")
DARK_ON_LIGHT = "\x1b[30;107m"


def picture(rows: Sequence[Sequence[int]]) -> Image.Image:
    """Return dark and light modules as a picture with five pixels for each module."""
    made = Image.new("L", (len(rows[0]), len(rows)), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            made.putpixel((x, y), 0 if dark else 255)
    return made.resize((made.width * 5, made.height * 5), Image.Resampling.NEAREST)


def scanned(printed: str) -> list[str]:
    """Return what a scanner reads from a code in printed text. Inverted codes are not read."""
    lines = [line for line in printed.splitlines() if line.strip(" ▀▄█") == "" and line]
    rows = [[HALVES[each][half] for each in line] for line in lines for half in (0, 1)]
    found = zxingcpp.read_barcodes(picture(rows), try_invert=False)
    return [each.text for each in found]


def message(room: Room) -> Path:
    """Return the file of a commitment."""
    return room.freeze().commitment("union")


def shown(file: Path, columns: int, **variables: str) -> tuple[int, str]:
    """Show a message on a real terminal of this width; return the status and the output."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 60, columns, 0, 0))
    environment = {name: each for name, each in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    with subprocess.Popen(
        [*DRAWS, "--language", "en", "party", "code", str(file)],
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment, "PYTHONIOENCODING": "utf-8", **variables},
    ) as program:
        os.close(theirs)
        parts = []
        try:
            while part := os.read(ours, 4096):
                parts.append(part)
        except OSError:  # The program has ended, and the terminal is closed.
            pass
        os.close(ours)
        status = program.wait()
    return status, b"".join(parts).decode().replace("\r\n", "\n")


def test_a_scanner_at_a_terminal_reads_the_line_that_the_office_accepts(room: Room) -> None:
    draw = room.freeze()
    status, printed = shown(draw.commitment("union"), 80)
    assert status == 0
    *code, line = printed.splitlines()
    assert all(each.startswith(DARK_ON_LIGHT) and each.endswith("\x1b[0m") for each in code)
    assert scanned(re.sub(r"\x1b\[[0-9;]*m", "", printed)) == [line]
    room.done("ceremony", "accept", draw.folder, "--line", line)


def test_a_code_in_a_file_has_no_colours_and_can_be_read(room: Room) -> None:
    printed = room.run("party", "code", message(room)).out
    assert "\x1b" not in printed
    assert scanned(printed) == [printed.splitlines()[-1]]


def test_a_code_with_a_changed_module_pattern_is_not_read(room: Room) -> None:
    """The control: the scanner of this test reads neither a damaged code nor an inverted one."""
    printed = room.run("party", "code", message(room)).out
    assert scanned(printed.replace("█", " ")) == []
    assert scanned(printed.translate(str.maketrans(" █▀▄", "█ ▄▀"))) == []


def test_a_window_that_is_too_narrow_for_the_code_is_named(room: Room) -> None:
    file = message(room)
    columns = len(modules(messages.to_line(file.read_bytes()))[0])
    status, printed = shown(file, columns - 1)
    assert (status, "▀" in printed) == (1, False)
    assert "error: the window is too narrow for the QR code\n" in printed
    assert f"hint: make it {columns} columns wide\n" in printed
    assert shown(file, columns)[0] == 0


def test_a_terminal_without_block_characters_is_named(room: Room) -> None:
    status, printed = shown(message(room), 80, PYTHONIOENCODING="ascii")
    assert (status, printed.splitlines()[0]) == (1, "error: this terminal cannot show QR codes")


def test_a_file_that_is_no_message_has_no_code(room: Room) -> None:
    error = room.refused("party", "code", room.freeze().file)
    assert error == "this is not a commitment, a signature, a reveal or a later value"


@pytest.mark.parametrize(
    "raw",
    [
        protocol.COMMITMENT.encode(Commitment(bytes(32), LONGEST, bytes(32))),
        protocol.REVEAL.encode(Reveal(bytes(16), bytes(32), LONGEST, bytes(32))),
        messages.SIGNATURE.encode(Signature(bytes(32), "statement", LONGEST, bytes(64))),
    ],
)
def test_the_longest_message_fits_into_80_columns(raw: bytes) -> None:
    rows = modules(messages.to_line(raw))
    assert len(rows) == len(rows[0]) <= 80
    assert not any(map(any, [*rows[:4], *rows[-4:]]))
    assert scanned_rows(rows) == [messages.to_line(raw)]


def scanned_rows(rows: Sequence[Sequence[bool]]) -> list[str]:
    return [each.text for each in zxingcpp.read_barcodes(picture(rows))]
