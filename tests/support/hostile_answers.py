"""A hostile host that changes the portal's answers about a case."""

import secrets
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Route

from tests.support.page_visitor import Visitor

UNKNOWN = b"\0"  # the first byte of an answer about a case that the portal does not know
_SLOT = "**/api/slot"


def received(answer: bytes, day: date) -> bytes:
    """Return the answer with another day of receipt."""
    return answer[:1] + (day - date(1970, 1, 1)).days.to_bytes(4, "big") + answer[5:]


def without_memo(answer: bytes) -> bytes:
    """Return the answer with random bytes in place of the memo, the note that the reporter's page sealed."""
    return answer[:5] + secrets.token_bytes(60) + answer[65:]


def answering(visitor: Visitor, spoil: Callable[[bytes], bytes]) -> None:
    """Let a hostile host change each answer about a case."""
    visitor.page.unroute(_SLOT)

    def answer(route: Route) -> None:
        route.fulfill(status=200, body=spoil(route.fetch().body()))

    visitor.page.route(_SLOT, answer)
