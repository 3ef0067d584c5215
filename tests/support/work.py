"""Proof of work for tests: almost none, or as much as a portal requires."""

import secrets
from dataclasses import dataclass

from crypto import age
from crypto import work as puzzles
from crypto.work import OFFER, Payment, Puzzle
from portal import days
from portal.api.work import HEADER
from tests.support.builders import INSPECTORATE, Site

INSTANCE_SEED = bytes(range(32))
COSTS = (1, 1, 1)


@dataclass(frozen=True)
class Sized:
    """An envelope that exists only as a header, or that declares a size other than its own."""

    header: bytes
    size: int


def unsent(size: int) -> Sized:
    """Return an envelope that is only declared, not sent."""
    return Sized(secrets.token_bytes(age.ENVELOPE_HEADER), size)


def work(
    site: Site, envelope: bytes | Sized, channel: str = INSPECTORATE, hour: int | None = None
) -> dict[str, str]:
    """Return the header with the proof of work for an envelope, at a portal that a test has made."""
    seed = puzzles.seed(INSTANCE_SEED, site.deployment, days.hour() if hour is None else hour)
    return paid(seed, envelope, channel)


def offered(raw: bytes, envelope: bytes | Sized, channel: str = INSPECTORATE) -> dict[str, str]:
    """Return the header with the proof of work for an envelope, from a portal's offer."""
    offer = OFFER.parse(raw)
    return paid(offer.seed, envelope, channel, offer.cost)


def paid(seed: bytes, envelope: bytes | Sized, channel: str, cost: int = COSTS[0]) -> dict[str, str]:
    """Return the header with the proof of work for an envelope, with this seed, at a test portal's cost."""
    header, size = (
        (envelope.header, envelope.size) if isinstance(envelope, Sized) else (envelope, len(envelope))
    )
    header_hash = puzzles.header_hash(header)
    puzzle = Puzzle(seed, header_hash, channel, puzzles.size_class(size), cost)
    return {HEADER: Payment(seed, header_hash, puzzle.solve()).encode()}
