"""Keep the inbox open at the desk while its officers work."""

import socket
from collections.abc import Callable

from inbox.desk import serving
from inbox.desk.app import create_app
from inbox.desk.sessions import seats
from inbox.desk.sessions.seats import Limits
from inbox.desk.state import Desk
from inbox.system import idle_timeout

# How often to check whether the inbox must lock. The system's own timer stops while a laptop sleeps.
_TICK_SECONDS = 5.0


def limits(*, minutes: int, short_minutes: int) -> Limits:
    """Return the time limits of sessions, and of the inbox while too few officers are signed in."""
    return Limits(idle=minutes * seats.MINUTE, short=short_minutes * seats.MINUTE)


def hold(desk: Desk, listener: socket.socket, greet: Callable[[str], None]) -> None:
    """Serve until an officer locks the desk. ``greet`` is called with an address.

    Raises Inactive, with the reason, when the inbox must lock automatically. Long actions run here between
    two requests, while another thread reports their progress.
    """
    app = create_app(desk)
    greet(desk.address())
    try:
        with serving.serving(listener, app) as server:
            while not desk.is_over:
                idle_timeout.end_in(desk.seats.locks_in())
                server.answer(_TICK_SECONDS)
                if job := desk.pending:
                    with desk.beside(), server.answering():
                        job.run()
    except idle_timeout.Inactive:
        raise idle_timeout.Inactive(desk.seats.why_it_locks) from None
