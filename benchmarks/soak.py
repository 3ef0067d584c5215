"""Long runs against a real portal: kills, many clients, times of answers (`make soak`).

`python -m benchmarks.soak PART…` runs some parts alone: submits, answers, junk, large, kills, fuzz, onion.
"""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.__main__ import bare_server
from benchmarks.junk import junk as flood_with_junk
from benchmarks.large import large as send_large
from benchmarks.load import Request, rate
from benchmarks.onion import onion as send_through_tor
from crypto import challenge
from portal.web.challenges import COST
from tests.support import postgres, slot_timing
from tests.support.builders import INSPECTORATE, make_envelope, upload_metadata
from tests.support.installation import free_port
from tests.support.kills import Campaign
from tests.support.portal_room import BODY, SITE
from tests.support.portal_server import Server
from tests.support.work import INSTANCE_SEED, cheap

ROUNDS = 67
CLIENTS = (8, 32, 64)
SUBMITS = 600
TURNS = 6
CASES = 100_000
ASKED = 1_000
ROOT = Path(__file__).parent.parent
POSTGRESQL = ROOT / "deploy" / "postgresql.conf"
FUZZ = "tests/portal/web/test_fuzz.py"


def main() -> None:
    """Run each part on a portal of its own, on either database."""
    for name in sys.argv[1:] or PARTS:
        for database in (_sqlite, _postgresql):
            with tempfile.TemporaryDirectory(prefix="fanal-soak-") as folder, database() as url:
                say(f"{name}, {url.partition(':')[0].partition('+')[0]}:")
                PARTS[name](Server(Path(folder), free_port()).make(database=url))


def submits(server: Server) -> None:
    """Submits by more and more clients at once, beside the bare insert; any failure ends the run."""
    envelope = make_envelope(SITE)
    headers = {"Upload-Length": str(len(envelope))}
    headers["Upload-Metadata"] = upload_metadata(channel=INSPECTORATE.encode())
    key = challenge.key(INSTANCE_SEED, SITE.deployment)
    paid = [cheap(key, len(envelope), INSPECTORATE, COST) for _ in range(SUBMITS * len(CLIENTS))]
    submit = Request("/api/envelopes", envelope, 201, {**BODY, **headers}, iter(paid))
    insert = Request("/insert", envelope, 201, {})
    with server.serving(), _beside(server) as bare_database, bare_server(bare_database) as bare:
        peers = ((server.port, submit), (bare, insert))
        for clients in CLIENTS:
            rates = [
                [rate(port, each, SUBMITS // TURNS, clients) for port, each in peers] for _ in range(TURNS)
            ]
            ours = statistics.median(speed for speed, _ in rates)
            part = statistics.median(speed / theirs for speed, theirs in rates)
            say(
                f"  {SUBMITS} submits by {clients} clients: 0 failures, {ours:.0f} per second, "
                f"{part:.2f} of a bare insert, medians of {TURNS} turns"
            )


def answers(server: Server) -> None:
    """The time of slot answers by state, among many cases; a difference that could be seen ends the run."""
    with server.store() as store:
        locators = slot_timing.fill(store, CASES)
    with server.serving():
        taken = slot_timing.measured(
            lambda each: server.request("POST", "/api/slot", each),
            locators,
            ASKED,
            lambda times: slot_timing.alike(slot_timing.medians(times)),
        )
    found = slot_timing.medians(taken)
    told = ", ".join(f"{name} {median:.2f} ms" for name, median in found.items())
    say(f"  slot answers among {CASES} cases: {told}; {slot_timing.spread(found):.1%} apart")
    if not slot_timing.alike(found) and slot_timing.told(taken):
        raise RuntimeError("the time of an answer tells the state of a case")


def kills(server: Server) -> None:
    """Kills during uploads, exports, imports; a report that is lost ends the run."""
    campaign = Campaign(server)
    for _ in range(ROUNDS):
        campaign.round()
    say(
        f"  {campaign.kills} kills: {campaign.delivered} reports acknowledged, 0 lost; "
        f"{campaign.compared} compared byte by byte"
    )


def junk(server: Server) -> None:
    """A flood beside a true report; a report that is lost ends the run."""
    say(f"  {flood_with_junk(server)}")


def large(server: Server) -> None:
    """An envelope of the largest size; a byte that differs, or too much memory, ends the run."""
    say(f"  {send_large(server)}")


def onion(server: Server) -> None:
    """The onion service through real circuits; a report that does not arrive ends the run."""
    say(f"  {send_through_tor(server)}")


def fuzz(server: Server) -> None:
    """The requests of `make test` as nobody should send them, and many more; a failure ends the run."""
    kind = server.settings.database_url.get_backend_name()
    command = [sys.executable, "-m", "pytest", "--quiet", "--hypothesis-profile=thorough", "-k", kind, FUZZ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout)
    for line in done.stdout.splitlines():
        if f"requests to {kind}" in line:
            say(f"  {line}")


PARTS: Mapping[str, Callable[[Server], None]] = {
    "submits": submits,
    "answers": answers,
    "junk": junk,
    "large": large,
    "kills": kills,
    "fuzz": fuzz,
    "onion": onion,
}


@contextmanager
def _sqlite() -> Iterator[str]:
    yield "sqlite:///portal.sqlite"


@contextmanager
def _postgresql() -> Iterator[str]:
    with postgres.serving((), POSTGRESQL.read_text()) as cluster:
        yield cluster.url


@contextmanager
def _beside(server: Server) -> Iterator[str]:
    """Yield a database of the same kind as the server's, for the bare insert."""
    database = server.settings.database
    if database.startswith("sqlite"):
        yield f"sqlite:///{server.folder}/bare.sqlite"
    else:
        with postgres.database(database) as url:
            yield url


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
