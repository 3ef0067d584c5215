"""Long actions: submitting a form starts the action, and a page then shows the progress.

Until the action ends, every other page says that the inbox is busy, because the vault allows one action at a
time.
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

# Pages that are answered during a long action, because they do not use the vault.
_MEANWHILE = {"jobs.show", "locked.lock", "guard.enter", "signing.ask", "staying.left", "staying.stay"}
_MEANWHILE |= {"style.sheet", "style.script", "style.icon"}
# How long a page waits for the end of a job before it reports progress. Most jobs end within this time.
_PATIENCE_SECONDS = 0.4
# Browsers reload the page automatically after this many seconds.
REFRESH = {"Refresh": "2"}

View = Callable[..., ResponseReturnValue]


def long(work: Work) -> Callable[[View], View]:
    """Run a view as a job of this kind.

    The form is answered with a redirect to the progress page. At the end, that page shows the view's result,
    or why the view refused. The view runs in the context of the original request.
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
    """Make every page wait for the end of a job, except the pages of the job itself."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if here().pending is None or "is_job" in g or request.endpoint in _MEANWHILE:
            return None
        reading = {} if request.form else REFRESH
        return said(is_refused=True), HTTPStatus.SERVICE_UNAVAILABLE, {} if _is_mine() else reading


def said(*, is_refused: bool) -> str:
    """Return the page with the job's kind and progress, and the refused form if there is one.

    Other officers learn only that the inbox is busy.
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
    """Show the progress or the result of a job. Results of earlier jobs are discarded.

    A result that may name a case is also discarded if the officer may no longer read that case.
    """
    job = seat().job
    if job is None or job.number != number:
        abort(HTTPStatus.NOT_FOUND)
    answer = job.answer_within(_PATIENCE_SECONDS)
    pending = here().pending
    if answer is None or pending not in {None, job}:
        return said(is_refused=False), REFRESH
    # While ``pending`` is set, the job has only just ended: nothing has changed since, and the vault must not
    # be read yet.
    if pending is None and not job.seen <= declarations.readable(here().inbox, actor()):
        seat().job = None
        abort(HTTPStatus.NOT_FOUND)
    return answer


def work_goes_on(done: int, total: int) -> None:
    """Record the progress of a job. While the job runs, its officer counts as present."""
    idle_timeout.renew()
    here().seats.acts(seat())
    if job := seat().job:
        job.done, job.total = done, total
