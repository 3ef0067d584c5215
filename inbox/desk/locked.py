"""A desk that is locked: a process that never had a key answers in the place of the one that had."""

import os
import signal
import socket
import sys
from http import HTTPStatus
from typing import NoReturn

from werkzeug import Request, Response

from inbox.desk import headers, serving
from inbox.desk.rendering import environment

_TYPE = "text/html; charset=utf-8"


def become(listener: socket.socket) -> NoReturn:
    """Replace this process, and all that it has in memory, by one that only says that the desk is locked."""
    # The end that was set for a process in which nobody is active would meet the new one.
    signal.setitimer(signal.ITIMER_REAL, 0)
    os.set_inheritable(listener.fileno(), True)  # noqa: FBT003 - it has no name there
    command = [sys.executable, "-P", "-m", "inbox.desk.locked", str(listener.fileno())]
    os.execv(command[0], command)  # noqa: S606 - no shell, nothing from outside


def main(descriptor: int) -> None:
    """Answer on an inherited socket until Ctrl-C."""
    signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    page = environment("en").get_template("desk/locked.html").render(language="en").encode()

    @Request.application
    def answer(_: Request) -> Response:
        return Response(page, HTTPStatus.SERVICE_UNAVAILABLE, headers.ALWAYS, content_type=_TYPE)

    try:
        with serving.serving(socket.socket(fileno=descriptor), answer) as server:
            while True:
                server.answer()
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main(int(sys.argv[1]))
