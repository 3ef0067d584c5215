"""Preview the files of a case in the sandbox: their type, their text, and the pixels of a page."""

from http import HTTPStatus

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from inbox.access import declarations
from inbox.desk import rendering
from inbox.desk.state import actor, here, seat
from inbox.files import previews
from inbox.files.attachments import Which

pages = Blueprint("files", __name__, url_prefix="/case/<int:case>/file/<int:file>")


@pages.get("")
def first(case: int, file: int) -> ResponseReturnValue:
    """Preview a file."""
    return look(case, file, 1)


@pages.get("/<int:page>")
def look(case: int, file: int, page: int) -> ResponseReturnValue:
    """Preview one page of a file in the sandbox. Keep the page's pixels until the browser requests them."""
    desk = here()
    seen = previews.preview(desk.inbox, actor(), Which(case, file), page)
    seat().picture = (case, file, page), seen.picture
    desk.kinds[case, file] = seen.view["true_type"], bool(seen.view["warnings"])
    return rendering.page("files/file.html", number=case, view=seen.view)


@pages.get("/<int:page>/pixels")
def pixels(case: int, file: int, page: int) -> ResponseReturnValue:
    """Return the pixels of the page that was previewed last, if the officer may still read the case.

    The pixels are returned only once.
    """
    which, picture = seat().picture
    if which != (case, file, page) or picture is None:
        abort(HTTPStatus.NOT_FOUND)
    seat().picture = (0, 0, 0), None
    if not declarations.may_read(here().inbox, actor(), [case]):
        abort(HTTPStatus.NOT_FOUND)
    return Response(picture, content_type="image/png")
