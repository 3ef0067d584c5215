"""Send ten thousand junk reports to a portal that has room for only some of them."""

import time

from tests.support.flood import flood
from tests.support.portal_server import Server

COUNT = 10_000
CAPACITY_GB = 0.3


def junk(server: Server) -> str:
    """Flood a portal that holds a genuine report; return a line of results.

    Raise an error if anything was lost, if a page did not load during the flood, or if junk was refused for
    any reason except lack of room.
    """
    with (server.folder / "portal.toml").open("a") as file:
        file.write(f"capacity_gb = {CAPACITY_GB}\n")
    begun = time.perf_counter()
    with server.serving():
        answers = flood(server, COUNT)
    if others := answers.keys() - {201, 507}:
        raise RuntimeError(f"the portal's answers to junk have unexpected status codes: {sorted(others)}")
    counts = ", ".join(f"{count} answered {status}" for status, count in sorted(answers.items()))
    return f"{COUNT} junk reports in {time.perf_counter() - begun:.0f} s: {counts}; 0 reports lost"
