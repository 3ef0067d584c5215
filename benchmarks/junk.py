"""Ten thousand junk reports at a portal with room for a part of them."""

import time

from tests.support.flood import flood
from tests.support.portal_server import Server

COUNT = 10_000
CAPACITY_GB = 0.3


def junk(server: Server) -> str:
    """Flood a portal that holds a true report; return what to say of it.

    Raises if anything was lost, a page did not come meanwhile, or junk was neither taken nor refused for want
    of room.
    """
    with (server.folder / "portal.toml").open("a") as file:
        file.write(f"capacity_gb = {CAPACITY_GB}\n")
    begun = time.perf_counter()
    with server.serving():
        answers = flood(server, COUNT)
    if others := answers.keys() - {201, 507}:
        raise RuntimeError(f"junk was answered {sorted(others)}")
    told = ", ".join(f"{count} answered {status}" for status, count in sorted(answers.items()))
    return f"{COUNT} junk reports in {time.perf_counter() - begun:.0f} s: {told}; 0 reports lost"
