"""An inbox open at the desk for as long as its officers work at it."""

import socket
from collections.abc import Callable

from inbox.desk import serving
from inbox.desk.app import create_app
from inbox.desk.sessions import seats
from inbox.desk.sessions.seats import Limits
from inbox.desk.state import Desk
from inbox.system import idle_timeout

# So often is looked whether the inbox has to lock: the system's own timer stands still while a laptop sleeps.
_TICK_SECONDS = 5.0


def limits(*, minutes: int, short_minutes: int) -> Limits:
    """Return after how long a session ends, and the inbox locks with too few officers signed in."""
    return Limits(idle=minutes * seats.MINUTE, short=short_minutes * seats.MINUTE)


def hold(desk: Desk, listener: socket.socket, greet: Callable[[str], None]) -> None:
    """Serve until somebody locks the desk. ``greet`` gets an address.

    Raises Inactive, saying why, once the inbox has to lock by itself. What takes long is done here, between
    two requests, while another thread says how far it is.
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
