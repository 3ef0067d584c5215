"""The parts of the soak that are measurements. Each part yields one line per figure, or raises an error."""

import functools
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import cases, dialogue, editions
from benchmarks import deletion as deleting
from benchmarks import junk as junk_beside
from benchmarks import large as largest
from benchmarks import onion as through_tor
from benchmarks.__main__ import bare_server
from benchmarks.load import Request, rate
from benchmarks.soak import POSTGRESQL, ROOT
from tests.support import postgres, slot_timing
from tests.support.builders import INSPECTORATE, make_envelope, under_another_header, upload_metadata
from tests.support.installation import free_port
from tests.support.portal_room import BODY, SITE
from tests.support.portal_server import Server
from tests.support.work import work

CLIENTS = (8, 32, 64)
SUBMITS = 600
TURNS = 6
CASES = 100_000
ASKED = 1_000

OfPortal = Callable[[Server], Iterator[str]]


def on_either(part: OfPortal) -> Callable[[], Iterator[str]]:
    """Run a part on a new portal with SQLite, then on one with PostgreSQL in its shipped configuration."""

    @functools.wraps(part)
    def run() -> Iterator[str]:
        for name, database in {"SQLite": _sqlite, "PostgreSQL": _postgresql}.items():
            with tempfile.TemporaryDirectory(prefix="fanal-soak-") as folder, database() as url:
                for line in part(Server(Path(folder), free_port(), forked=False).make(database=url)):
                    yield f"{name}: {line}"

    return run


@on_either
def submits(server: Server) -> Iterator[str]:
    """Measure how fast many clients send reports, relative to a bare insert.

    Any error ends the run.
    """
    envelope = make_envelope(SITE)
    headers = {"Upload-Length": str(len(envelope))}
    headers["Upload-Metadata"] = upload_metadata(channel=INSPECTORATE.encode())
    sent = [under_another_header(envelope) for _ in range(SUBMITS * len(CLIENTS))]
    bodies = [(each, {**BODY, **headers, **work(SITE, each)}) for each in sent]
    submit = Request("/api/envelopes", 201, iter(bodies))
    insert = Request.same("/insert", 201, envelope)
    with server.serving(), _beside(server) as bare_database, bare_server(bare_database) as bare:
        peers = ((server.port, submit), (bare, insert))
        for clients in CLIENTS:
            rates = [
                [rate(port, each, SUBMITS // TURNS, clients) for port, each in peers] for _ in range(TURNS)
            ]
            ours = statistics.median(speed for speed, _ in rates)
            part = statistics.median(speed / theirs for speed, theirs in rates)
            yield (
                f"{SUBMITS} submits by {clients} clients: 0 failures, {ours:.0f} per second, "
                f"{part:.2f} of a bare insert, medians of {TURNS} turns"
            )


@on_either
def answers(server: Server) -> Iterator[str]:
    """Measure slot answers for cases in different states.

    A difference that reveals the state ends the run.
    """
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
    times = ", ".join(f"{name} {median:.2f} ms" for name, median in found.items())
    yield f"slot answers among {CASES} cases: {times}; {slot_timing.spread(found):.1%} apart"
    if not slot_timing.alike(found) and slot_timing.told(taken):
        raise RuntimeError("the time of an answer reveals the state of a case")


@on_either
def junk(server: Server) -> Iterator[str]:
    """Flood a portal that holds a genuine report. A lost report ends the run."""
    yield junk_beside.junk(server)


@on_either
def large(server: Server) -> Iterator[str]:
    """Send an envelope of the largest size. A byte that differs, or too much memory, ends the run."""
    yield largest.large(server)


def deletion() -> Iterator[str]:
    """Delete data while texts are sent, and while the disk is full.

    A text that waits too long ends the run.
    """
    yield from _deletion_beside_texts()
    with tempfile.TemporaryDirectory(prefix="fanal-soak-") as folder:
        yield f"SQLite: {deleting.on_a_full_disk(Path(folder), free_port())}"


@on_either
def _deletion_beside_texts(server: Server) -> Iterator[str]:
    yield from deleting.deletion(server)


@on_either
def onion(server: Server) -> Iterator[str]:
    """Use the onion service through real circuits. A report that does not arrive ends the run."""
    yield through_tor.onion(server)


def queue() -> Iterator[str]:
    """Measure the queue with many cases, the page of a long case, and the removal of a destroyed case."""
    with tempfile.TemporaryDirectory(prefix="fanal-soak-") as folder:
        yield from cases.figures(Path(folder))
        (other := Path(folder) / "dialogue").mkdir()
        yield from dialogue.figures(other)


def edition() -> Iterator[str]:
    """Measure how long it takes to make the annual figures of many cases."""
    with tempfile.TemporaryDirectory(prefix="fanal-soak-") as folder:
        yield from editions.figures(Path(folder))


@contextmanager
def _sqlite() -> Iterator[str]:
    yield "sqlite:///portal.sqlite"


@contextmanager
def _postgresql() -> Iterator[str]:
    with postgres.serving((), (ROOT / POSTGRESQL).read_text()) as cluster:
        yield cluster.url


@contextmanager
def _beside(server: Server) -> Iterator[str]:
    """Yield the address of a database of the same kind as the server's, for the bare insert."""
    database = server.settings.database
    if database.startswith("sqlite"):
        yield f"sqlite:///{server.folder}/bare.sqlite"
    else:
        with postgres.database(database) as url:
            yield url
