"""Locking: a process that never had a key replaces the process that had the keys."""

import os
import signal
import socket
import sys
from http import HTTPStatus
from typing import NoReturn

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug import Request, Response

from inbox.desk import headers, jobs, rendering, serving, style
from inbox.desk.rendering import environment
from inbox.desk.sessions import confirming
from inbox.desk.state import here, seat
from templates.catalogues import LANGUAGES

_TYPE = "text/html; charset=utf-8"
# The process without keys serves the style sheet here, because it does not know the desk's secret path.
_SHEET = "/locked.css"

pages = Blueprint("locked", __name__)


@pages.post("/lock")
def lock() -> ResponseReturnValue:
    """Return the last page of this process; the process then ends, and its keys are gone.

    The page asks for confirmation first, because locking ends all sessions, and nobody can open the inbox
    again from a page. A running job is finished first, so that no action is left half done.
    """
    others = [each for each in here().seats.officers if each != seat().officer]
    lost = confirming.at_stake()
    if "all" not in request.form:
        return rendering.page("signing/lock.html", others=others, lost=lost, quorum=here().inbox.quorum)
    here().lock()
    return (jobs.said(is_refused=False), jobs.REFRESH) if here().pending else _page()


def become(listener: socket.socket, mark: str = "") -> NoReturn:
    """Replace this process and its memory with a process that only says that the desk is locked.

    ``mark`` is the mark of an exercise, or "".
    """
    # Otherwise the idle timeout of this process would end the new process.
    signal.setitimer(signal.ITIMER_REAL, 0)
    os.set_inheritable(listener.fileno(), True)  # noqa: FBT003 - a positional-only parameter
    command = [sys.executable, "-P", "-m", "inbox.desk.locked", str(listener.fileno()), *filter(None, [mark])]
    os.execv(command[0], command)  # noqa: S606 - the command uses no shell and no outside input


def main(descriptor: int, mark: str = "") -> None:
    """Serve on an inherited socket until Ctrl-C. ``mark`` is the mark of an exercise, or ""."""
    signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    page = (rendering.marked(_page(), rendering.FIRST) if mark else _page()).encode()

    @Request.application
    def answer(asked: Request) -> Response:
        if asked.path == _SHEET:
            styled = style.sheet()
            styled.headers.update(headers.ALWAYS)
            return styled
        return Response(page, HTTPStatus.SERVICE_UNAVAILABLE, headers.ALWAYS, content_type=_TYPE)

    try:
        with serving.serving(socket.socket(fileno=descriptor), answer) as server:
            while True:
                server.answer()
    except KeyboardInterrupt:
        return


def _page() -> str:
    parts = {each: environment(each).get_template("desk/locked_in.html").module for each in LANGUAGES}
    return environment("en").get_template("desk/locked.html").render(parts=parts, sheet=_SHEET)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
