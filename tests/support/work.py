"""Challenges and their solutions for tests: solved by the altcha of PyPI, with next to no work in them."""

import json

from altcha import v2

from crypto import challenge
from crypto.challenge import Purpose
from portal.api.challenges import HEADER
from portal.store import days
from portal.store.quotas import TEXT
from tests.support.builders import INSPECTORATE, Site

INSTANCE_SEED = bytes(range(32))


def solve(made: bytes) -> str:
    """Return the header's value that solves a challenge, as the portal gave it."""
    task = v2.Challenge.from_dict(json.loads(made))
    solution = v2.solve_challenge(task)
    assert solution
    return v2.Payload(task, solution).to_base64()


def work(site: Site, size: int, channel: str = INSPECTORATE) -> dict[str, str]:
    """Return the header that pays for an envelope of ``size`` bytes at a portal that a test has made."""
    return cheap(challenge.key(INSTANCE_SEED, site.deployment), size, channel)


def cheap(key: bytes, size: int, channel: str, cost: int = 1) -> dict[str, str]:
    """Return the header for a portal that signs with ``key``: dear to check as any, and solved at once."""
    purpose = Purpose(channel, "text" if size <= TEXT else "files")
    made = challenge.issue(purpose, cost=cost, expires=days.hour() + 2, prefix="")
    return {HEADER: solve(made.encode(key))}
