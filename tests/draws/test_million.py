"""A list of a year, with a million lines: each whole command takes seconds."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from inbox.system import clock
from tests.support.draw_room import Answer, Room, quick_passphrases
from tests.support.paths import ROOT

CLOCK = ROOT / "tests" / "js" / "draw_clock.mjs"
MILLION = 1_000_000
SECONDS = 5
# The columns of the guide: what a draw needs, and what the register and the deviation test need.
HEADING = "conteneur;unité;contrôle;risque origine;résultat;équipe;vacation;déclarant;transporteur"
MEASURED = (
    ("list", "strata"),
    ("list", "freeze"),
    ("ceremony", "draw"),
    ("ceremony", "result"),
    ("ceremony", "transcript"),
    ("team", "open"),
    ("verify",),
)


def controls(count: int) -> Iterator[str]:
    """Yield the lines of a list as long as that of a year, with an accent in every third line."""
    yield HEADING
    for n in range(count):
        what = ("RAS", "drugs", "rien à signaler")[n % 3]
        where = f"le-havre-{n % 2};scanner;{'high' if n % 5 else 'low'};{what}"
        yield f"MSCU{n:07};{where};e{n % 41};{'jour' if n % 7 else 'nuit'};d{n * n % 997};t{n * n % 1999}"


@dataclass
class Timed(Room):
    """A room that runs measured commands as programs; ``taken`` has the seconds of a processor of each."""

    taken: dict[str, float] = field(default_factory=dict)

    def run(self, *words: object) -> Answer:
        """Run a command, from the start of its program to its end if it is measured."""
        name = next((each for each in MEASURED if each == words[: len(each)]), None)
        if name is None:
            return super().run(*words)
        program = [sys.executable, "-c", "from draws.cli import main; main.main()", "--language", "en"]
        with subprocess.Popen(
            [*program, *map(str, words)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            assert process.stderr
            # What these commands print fits into a pipe.
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.taken[" ".join(name)] = used.ru_utime + used.ru_stime
            return Answer(process.returncode, process.stdout.read(), process.stderr.read())


def measure(count: int, folder: Path) -> dict[str, float]:
    """Return the seconds of a processor that each command takes for a list of ``count`` lines."""
    room, file, today = Timed(folder).founded(), folder / "controls.csv", str(clock.today())
    file.write_text("\n".join(controls(count)) + "\n", "utf-8")
    assert room.done("list", "strata", file)["count"] == count
    days = ("--until", today, "--publish", today)
    draw = room.freeze(None, *days, "--each", "50", csv=file.read_text("utf-8"))
    draw.reveal_all()
    draw.write("draw")
    result = draw.write("result")
    transcript = draw.write("transcript")
    own = ("--key", folder / "team.key", "--out", room.new("drawn.csv"))
    opened = room.done("team", "open", draw.folder / "private.age", result, *own)
    assert opened == {"count": 400, "total": count}
    assert room.done("verify", transcript)["draws"][0]["drawn"] == opened["count"]
    return room.taken | {"verify in JavaScript": in_javascript(transcript, count)}


def in_javascript(path: Path, count: int) -> float:
    """Return the seconds of a processor that the verifier in JavaScript takes for a transcript."""
    found = subprocess.run(["node", CLOCK, path], capture_output=True, text=True, check=True).stdout
    total, seconds = found.split()
    assert int(total) == count
    return float(seconds)


@pytest.mark.slow
def test_a_tenth_of_a_million_lines_takes_no_longer_than_its_share(tmp_path: Path) -> None:
    """Each command has the time of its share, three times, because it also starts and machines differ."""
    with quick_passphrases():
        taken = measure(MILLION // 10, tmp_path)
    assert all(seconds < 3 * SECONDS / 10 for seconds in taken.values()), taken


@pytest.mark.soak
def test_each_whole_command_for_a_million_lines_takes_less_than_five_seconds(
    record_property: Callable[[str, object], None], tmp_path: Path
) -> None:
    with quick_passphrases():
        taken = measure(MILLION, tmp_path)
    told = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in taken.items())
    record_property("a million lines, nine columns", told)
    assert taken.keys() >= {" ".join(each) for each in MEASURED}
    assert all(seconds < SECONDS for seconds in taken.values()), taken
