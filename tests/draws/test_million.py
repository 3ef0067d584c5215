"""A list of a year, with a million lines, is drawn and verified in seconds."""

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import process_time

import pytest

from crypto import base64url, minisign, signing
from draws import columns, csv_files, freezing, protocol, verify
from draws.cli.lists import CONTROLS
from draws.freezing import Plan
from draws.protocol import Drawn, Party, Reveal, Signed, Statement, Transcript
from tests.support.draw_room import controls
from tests.support.paths import ROOT

CLOCK = ROOT / "tests" / "js" / "draw_clock.mjs"
MILLION = 1_000_000
SECONDS = 5
DAY = date(2026, 12, 1)


def measure(count: int, path: Path) -> dict[str, float]:
    """Return the seconds of a processor that each step takes for a list of ``count`` lines.

    The transcript is written to ``path``.
    """
    raw, taken = controls(count).encode(), {}
    seeds = {name: bytes([n]) * 32 for n, name in enumerate(("a", "b", "c"))}
    parties = tuple(Party(name, signing.public_key(seed)) for name, seed in seeds.items())
    plan = Plan("le-havre", 1, protocol.FIRST, DAY, DAY, DAY, DAY, parties, each=200)

    begun = process_time()
    rows = csv_files.read(raw, columns.columns())
    taken["read"] = process_time() - begun

    begun = process_time()
    of, leaves, _ = freezing.freeze(rows, plan, CONTROLS)
    taken["freeze"] = process_time() - begun

    own = protocol.list_hash(of)
    reveals = tuple(Reveal(of.id, own, name, seed) for name, seed in seeds.items())
    statement = Statement(own, tuple(map(protocol.commitment, reveals)))
    file = protocol.STATEMENT.encode(statement)
    signed = tuple(
        Signed(name, minisign.first_signature(minisign.sign(file, seed, "x"))) for name, seed in seeds.items()
    )
    begun = process_time()
    seed = protocol.seed(own, reveals, None)
    drawn = tuple(
        base64url.encode(b"".join(protocol.drawn(seed, lines, weights, stratum.drawn)))
        for stratum, (lines, weights) in zip(of.strata, leaves.strata(), strict=True)
    )
    taken["draw"] = process_time() - begun
    transcript = protocol.TRANSCRIPT.encode(
        Transcript(
            of,
            leaves.leaves,
            leaves.weights,
            statement,
            signed,
            reveals,
            drawn=drawn,
            end=Drawn(own, seed),
        )
    )
    begun = process_time()
    assert verify.verify(transcript).total == count
    taken["verify"] = process_time() - begun
    path.write_bytes(transcript)
    taken["verify in JavaScript"] = in_javascript(path, count)
    return taken


def in_javascript(path: Path, count: int) -> float:
    """Return the seconds of a processor that the verifier in JavaScript takes for a transcript."""
    found = subprocess.run(["node", CLOCK, path], capture_output=True, text=True, check=True).stdout
    total, seconds = found.split()
    assert int(total) == count
    return float(seconds)


@pytest.mark.slow
def test_a_tenth_of_a_million_lines_takes_no_longer_than_its_share(tmp_path: Path) -> None:
    """Each step has the time of its share, twice, because small machines differ."""
    taken = measure(MILLION // 10, tmp_path / "transcript.json")
    assert all(seconds < 2 * SECONDS / 10 for seconds in taken.values()), taken


@pytest.mark.soak
def test_each_step_for_a_million_lines_takes_less_than_five_seconds(
    record_property: Callable[[str, object], None], tmp_path: Path
) -> None:
    taken = measure(MILLION, tmp_path / "transcript.json")
    told = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in taken.items())
    record_property("a million lines", told)
    assert all(seconds < SECONDS for seconds in taken.values()), taken
