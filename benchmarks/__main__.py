"""Compare the project's speed with that of minimal reference programs: `make bench`.

Each reference program does only the essential part of the same job. Measurements of the project and of the
reference program alternate within one run, so that the ratio is meaningful on any machine.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import cases, dialogue, editions, journal, page, reports
from benchmarks.load import Request, rate
from crypto import age, padding
from tests.support.builders import under_another_header
from tests.support.installation import COMMANDS, Inbox, Installation, Portal, free_port
from tests.support.work import offered

ROUNDS = 5
PAGE_ROUNDS = 5
SUBMITS = 300
CHECKS = 600
REPORTS = 2_000
ENTRIES = 20_000


def main() -> None:
    """Measure the page, the portal and the inbox."""
    with tempfile.TemporaryDirectory(prefix="fanal-bench-") as folder:
        installation = Installation(Path(folder), port=free_port(), inbox=Inbox, portal=Portal)
        measure_page(installation, Path(folder))
        measure_portal(installation, Path(folder))
        measure_inbox(installation, Path(folder))
        measure_journal(Path(folder) / "journal")
        measure_queue(Path(folder))
        measure_dialogue(Path(folder) / "dialogue")
        measure_edition(Path(folder) / "edition")


def measure_page(installation: Installation, folder: Path) -> None:
    """Compare the page's longest task during sending (without JIT) with a pause that nobody notices."""
    with installation.portal.serving() as portal:
        runs = [page.longest_task(portal.address, folder) for _ in range(PAGE_ROUNDS)]
    ratios = [longest / page.LIMIT_MILLISECONDS for longest, _ in runs]
    seconds = statistics.median(seconds for _, seconds in runs)
    sys.stdout.write(
        f"longest task without JIT: {statistics.median(ratios):.2f} of {page.LIMIT_MILLISECONDS} ms "
        f"({min(ratios):.2f} to {max(ratios):.2f} in {PAGE_ROUNDS} rounds), "
        f"{seconds:.1f} s for a submit of 3 MiB\n"
    )
    sys.stdout.flush()


def measure_portal(installation: Installation, folder: Path) -> None:
    """Compare the sending of reports with a bare insert, and slot checks with a bare answer of equal size."""
    envelope = age.seal_bytes(bytes(padding.SMALLEST), [reports.stranger()])
    metadata = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
    metadata |= {"Upload-Length": str(len(envelope)), "Upload-Metadata": "channel aW5zcGVjdGlvbg=="}
    sent = [under_another_header(envelope) for _ in range(ROUNDS * SUBMITS)]
    with installation.portal.config.open("a") as file:
        file.write("work_cost = [1, 1, 1]\n")
    check = Request.same("/api/slot", 200, bytes(32))
    with installation.portal.serving() as portal, bare_server(f"sqlite:///{folder}/bare.sqlite") as bare:
        port = int(portal.address.rsplit(":", 1)[1])
        submit = Request("/api/envelopes", 201, paid(installation, portal.address, sent, metadata))
        compare("submits", SUBMITS, (port, submit), (bare, Request.same("/insert", 201, envelope)))
        compare("slot checks", CHECKS, (port, check), (bare, Request.same("/answer", 200, bytes(32))))


def paid(
    installation: Installation, address: str, sent: Iterable[bytes], headers: Mapping[str, str]
) -> Iterator[tuple[bytes, Mapping[str, str]]]:
    """Return envelopes, each with headers that prove its work. The work is done before the measurement."""
    with closing(HTTPConnection(urlsplit(address).netloc)) as connection:
        connection.request("GET", "/api/work")
        offer = connection.getresponse().read()
    channel = installation.inbox.channel
    return iter([(each, {**headers, **offered(offer, each, channel)}) for each in sent])


def compare(what: str, count: int, ours: tuple[int, Request], bare: tuple[int, Request]) -> None:
    """Run ``ours`` and ``bare`` alternately. Print the median ratio with its range."""
    rates = [[rate(port, request, count) for port, request in (ours, bare)] for _ in range(ROUNDS)]
    show(what, rates, "of a bare Flask and SQLAlchemy")


def measure_inbox(installation: Installation, folder: Path) -> None:
    """Compare the collection of reports with a program that only decrypts and verifies, on all cores."""
    made = reports.Office(installation)
    rates = []
    for number in range(1, ROUNDS + 1):
        bundle = folder / f"inspection-{number}.tar"
        bundle.write_bytes(made.intake(number, REPORTS))
        collect = timed(partial(made.collect, bundle))
        rates.append([REPORTS / collect, REPORTS / reports.open_bare(REPORTS)])
    show("reports collected", rates, "of bare HPKE, ChaCha20-Poly1305 and Ed25519 on all cores")


def measure_queue(folder: Path) -> None:
    """Print how long officers wait in a vault of 100,000 cases."""
    for line in cases.figures(folder):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def measure_dialogue(folder: Path) -> None:
    """Print how long officers wait for a case with many messages."""
    folder.mkdir()
    for line in dialogue.figures(folder):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def measure_edition(folder: Path) -> None:
    """Print how long it takes to make the annual figures of 100,000 cases."""
    folder.mkdir()
    for line in editions.figures(folder):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def measure_journal(folder: Path) -> None:
    """Compare the verification of a journal with the same number of bare Ed25519 verifications."""
    folder.mkdir()
    with journal.opened(folder, ENTRIES) as made:
        signed = made.signed()
        work = [(made.verify, lambda: made.verify_bare(signed)) for _ in range(ROUNDS)]
        rates = [[ENTRIES / timed(each) for each in pair] for pair in work]
    show("journal entries verified", rates, "of bare Ed25519 verification")


def timed(work: Callable[[], object]) -> float:
    """Run ``work`` and return the seconds that it took."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def show(what: str, rates: list[list[float]], peer: str) -> None:
    """Print one line with the rate, the ratio to the reference program, and the range of the ratio."""
    ratios = [ours / bare for ours, bare in rates]
    ours = statistics.median(rate[0] for rate in rates)
    sys.stdout.write(
        f"{what:18} {ours:8.0f} per second, {statistics.median(ratios):.3f} {peer} "
        f"({min(ratios):.3f} to {max(ratios):.3f} in {len(ratios)} rounds)\n"
    )
    sys.stdout.flush()


@contextmanager
def bare_server(database: str) -> Iterator[int]:
    """Serve the reference program like the portal (gunicorn, two sync workers) and yield its port."""
    port = free_port()
    options = ["--workers", "2", "--preload", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    options += ["--env", f"BARE_DATABASE={database}"]
    server = subprocess.Popen([str(COMMANDS / "gunicorn"), *options, "benchmarks.bare:create_app()"])
    try:
        wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait(port: int) -> None:
    """Return once the reference server answers. Raise RuntimeError if the server does not start."""
    for _ in range(100):
        try:
            rate(port, Request.same("/answer", 200, bytes(32)), 1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the bare server did not start")


if __name__ == "__main__":
    main()
