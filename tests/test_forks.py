"""A program that the tests fork behaves like one that they start."""

import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.support.forks import Fork
from tests.support.installation import free_port
from tests.support.portal_server import Server
from tests.support.typist import typing, typing_to_fork

# Everything that a program of this project may read from its environment.
ASKING = """
import os, signal, sys
for file in (sys.stdin, sys.stdout, sys.stderr):
    waits_for_no_more = file.writable() and (file.line_buffering or file.write_through)
    print(file.fileno(), file.isatty(), file.encoding, file.errors, file.mode, waits_for_no_more)
print("leads its session:", os.getsid(0) == os.getpid() == os.tcgetpgrp(os.open("/dev/tty", os.O_RDWR)))
print([(each, signal.getsignal(each)) for each in sorted(signal.valid_signals())])
print(signal.pthread_sigmask(signal.SIG_BLOCK, []), oct(os.umask(0)), os.getcwd(), sys.argv[1:])
print(sorted(os.environ.items()), sys.flags, os.nice(0))
"""


def test_a_forked_program_has_the_same_environment_as_a_started_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANTERN", "lit")
    with typing([sys.executable, "-c", ASKING, "list", "é"], tmp_path) as at:
        assert 0 == at.waits()
        started = at.shown
    assert "leads its session: True" in started
    with typing_to_fork(["list", "é"], tmp_path, ASKING) as at:
        assert 0 == at.waits()
    assert started == at.shown


def test_a_forked_portal_sends_the_same_responses_as_a_started_one(tmp_path: Path) -> None:
    """Bodies and headers are equal, and so is the number of processes. Both programs stop cleanly."""
    found = []
    for forked in (False, True):
        server = Server(tmp_path, free_port(), forked=forked)
        (server.configure if forked else server.make)()
        with server.serving():
            answers = [server.request("GET", path) for path in ("/fr/", "/keyring.json", "/nowhere")]
            for _, headers, _ in answers:
                del headers["Date"]
            found.append((answers, len(server.workers())))
    assert found[0] == found[1]


WRITING = "import sys, time; sys.stderr.write('a line\\n'); time.sleep(9)"


def test_the_output_of_a_forked_program_can_be_read_while_it_runs(tmp_path: Path) -> None:
    """The output goes to a pipe here, not to a terminal."""
    ours, theirs = os.pipe()
    with os.fdopen(ours) as said, Connection(theirs) as output:
        fork = Fork([], tmp_path, output, WRITING)
        assert "a line\n" == said.readline()
        fork.kill()
        assert -signal.SIGKILL == fork.wait()


@pytest.mark.parametrize("ending", ["import sys; sys.exit(3)", "import os; os.kill(os.getpid(), 9)", "1 / 0"])
def test_a_forked_program_ends_with_the_same_status_as_a_started_one(tmp_path: Path, ending: str) -> None:
    with typing([sys.executable, "-c", ending], tmp_path) as at:
        status = at.waits()
    with typing_to_fork([], tmp_path, ending) as at:
        assert status == at.waits()


@pytest.mark.parametrize(
    ("key", "number"), [(b"\x03", signal.SIGINT), (b"\x1c", signal.SIGQUIT)], ids=["ctrl-c", "ctrl-backslash"]
)
def test_a_key_ends_a_started_program_even_if_the_typist_runs_in_the_background(
    tmp_path: Path, key: bytes, number: signal.Signals
) -> None:
    """A shell lets programs that it starts in the background ignore both keys."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with typing(["sh", "-c", "echo begun; exec sleep 60"], tmp_path) as at:
            at.sees("begun")
            at.presses(key)
            assert -number == at.waits(20)
    finally:
        signal.signal(number, before)
