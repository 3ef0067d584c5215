"""An inbox open at the desk for as long as its officers work at it."""

import socket
from collections.abc import Callable
from pathlib import Path

from inbox.desk import serving
from inbox.desk.app import create_app
from inbox.desk.state import Desk
from inbox.session.inbox import Unlocked


def hold(
    opened: Unlocked,
    listener: socket.socket,
    medium: Path | None,
    greet: Callable[[str], None],
    *,
    same_disk: bool,
) -> None:
    """Serve until somebody locks the desk; Inactive if nobody asks for a page. ``greet`` gets the address.

    What takes long is done here, between two requests, while another thread says how far it is.
    """
    desk = Desk(opened, serving.port_of(listener), medium, same_disk=same_disk)
    app = create_app(desk)
    greet(desk.address)
    with serving.serving(listener, app) as server:
        while not desk.is_over:
            server.answer()
            if job := desk.pending:
                with server.answering():
                    job.run()
