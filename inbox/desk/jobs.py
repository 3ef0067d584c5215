"""A long action: it begins once its form is answered, and a page says how far it is.

Until it ends every other page says that the inbox is busy: one thing at a time is done to a vault.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    copy_current_request_context,
    current_app,
    g,
    redirect,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from inbox.access import declarations
from inbox.desk import rendering
from inbox.desk.job import Work
from inbox.desk.sessions import witnesses
from inbox.desk.state import actor, here, seat
from inbox.system import idle_timeout

pages = Blueprint("jobs", __name__, url_prefix="/job")

# What is answered meanwhile, as it needs nothing of the vault.
_MEANWHILE = {"jobs.show", "locked.lock", "guard.enter", "signing.ask", "staying.left", "staying.stay"}
_MEANWHILE |= {"style.sheet", "style.script", "style.icon"}
# So long a page waits for the end of a job before it says that there is none yet: most are over by then.
_PATIENCE_SECONDS = 0.4
# Browsers ask again by themselves after so many seconds.
REFRESH = {"Refresh": "2"}

View = Callable[..., ResponseReturnValue]


def long(work: Work) -> Callable[[View], View]:
    """Let a page be a job that does this work.

    Its form is answered by the way to the page that shows how far the job is, and at the end what the view
    returned or what it refused: it runs within the very request that asked for it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def begin(**values: Any) -> ResponseReturnValue:
            if "is_job" in g:
                return view(**values)

            @copy_current_request_context
            def run() -> Response:
                g.is_job = True
                answer = current_app.full_dispatch_request()
                job.seen = declarations.readable(here().inbox, actor())
                return answer

            job = here().begin(work, run, seat())
            return redirect(url_for("jobs.show", number=job.number), 303)

        return begin

    return decorate


def init_app(app: Flask) -> None:
    """Let every page but those of the job itself wait for its end."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if here().pending is None or "is_job" in g or request.endpoint in _MEANWHILE:
            return None
        reading = {} if request.form else REFRESH
        return said(is_refused=True), HTTPStatus.SERVICE_UNAVAILABLE, {} if _is_mine() else reading


def said(*, is_refused: bool) -> str:
    """Return the page that says what is done, how far it is and, for one that was refused, what it had.

    Another officer learns only that the inbox is at work.
    """
    written = witnesses.written() if is_refused else []
    if not _is_mine():
        return rendering.plain("busy.html", written=written)
    shown = {"job": seat().job, "is_locking": here().is_over, "is_refused": is_refused, "written": written}
    return rendering.page("job.html", **shown)


def _is_mine() -> bool:
    return "seat" in g and seat().job is here().pending


@pages.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """Show how far a job is, or what came of it; of those before the last nothing is known any more.

    Nor of one that may name a case which its officer may not read any more.
    """
    job = seat().job
    if job is None or job.number != number:
        abort(HTTPStatus.NOT_FOUND)
    answer = job.answer_within(_PATIENCE_SECONDS)
    pending = here().pending
    if answer is None or pending not in {None, job}:
        return said(is_refused=False), REFRESH
    # One that has only just ended: nobody did anything since, and the vault may not be asked yet.
    if pending is None and not job.seen <= declarations.readable(here().inbox, actor()):
        seat().job = None
        abort(HTTPStatus.NOT_FOUND)
    return answer


def work_goes_on(done: int, total: int) -> None:
    """Note how far a job is; let nobody be taken for absent while the program works."""
    idle_timeout.renew()
    here().seats.acts(seat())
    if job := seat().job:
        job.done, job.total = done, total
