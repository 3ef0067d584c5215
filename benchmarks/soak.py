"""Long runs against a real portal: kills, many clients, times of answers (`make soak`)."""

import sys
import tempfile
from pathlib import Path

from benchmarks.__main__ import bare_server
from benchmarks.load import Request, rate
from tests import slot_timing
from tests.builders import INSPECTORATE, make_envelope, upload_metadata
from tests.installation import free_port
from tests.kills import Campaign
from tests.portal_room import BODY, SITE
from tests.portal_server import Server

ROUNDS = 67
CLIENTS = (8, 32, 64)
SUBMITS = 600
CASES = 100_000
ASKED = 1_000


def main() -> None:
    """Run each part on a portal of its own."""
    for part in (submits, answers, kills):
        with tempfile.TemporaryDirectory(prefix="fanal-soak-") as folder:
            part(Server(Path(folder), free_port()).make())


def submits(server: Server) -> None:
    """Submits by more and more clients at once, beside the bare insert; any failure ends the run."""
    envelope = make_envelope(SITE)
    headers = {"Upload-Length": str(len(envelope))}
    headers["Upload-Metadata"] = upload_metadata(channel=INSPECTORATE.encode())
    submit = Request("/api/envelopes", envelope, 201, {**BODY, **headers})
    insert = Request("/insert", envelope, 201, {})
    with server.serving(), bare_server(server.folder) as bare:
        for clients in CLIENTS:
            ours, theirs = (
                rate(port, request, SUBMITS, clients)
                for port, request in ((server.port, submit), (bare, insert))
            )
            say(
                f"{SUBMITS} submits by {clients} clients: 0 failures, {ours:.0f} per second, "
                f"{ours / theirs:.2f} of a bare insert"
            )


def answers(server: Server) -> None:
    """The time of slot answers by state, among many cases."""
    with server.store() as store:
        locators = slot_timing.fill(store, CASES)
    with server.serving():
        found = slot_timing.medians(lambda each: server.request("POST", "/api/slot", each), locators, ASKED)
    told = ", ".join(f"{name} {median:.2f} ms" for name, median in found.items())
    say(f"slot answers among {CASES} cases: {told}; {slot_timing.spread(found):.1%} apart")


def kills(server: Server) -> None:
    """Kills during uploads, exports, imports; a report that is lost ends the run."""
    campaign = Campaign(server)
    for _ in range(ROUNDS):
        campaign.round()
    say(f"{campaign.kills} kills: {len(campaign.delivered)} reports acknowledged, 0 lost")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
