"""Answers to refusals, to actions that need two officers, and to faults of the program."""

from http import HTTPStatus
from typing import Any

from flask import Flask, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from crypto.errors import CryptoError
from inbox.desk import rendering
from inbox.desk.fields import again
from inbox.desk.sessions import witnesses, writing
from inbox.desk.sessions.confirmations import may_be_asked, said
from inbox.desk.translate import LANGUAGES
from inbox.language import library_errors
from inbox.language.errors import Locked, Refused, Undeclared, WrongPassphrase
from inbox.language.messages import sentence
from inbox.session import journal_view
from inbox.system import terminal


def init_app(app: Flask) -> None:
    """Turn every error of ``app`` into a page that says what happened and what to do."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Locked, _unconfirmed)
    app.register_error_handler(Undeclared, _undeclared)
    app.register_error_handler(WrongPassphrase, _unconfirmed)
    app.register_error_handler(CryptoError, _damaged)
    app.register_error_handler(OSError, _no_file)
    app.register_error_handler(HTTPException, _no_page)
    app.register_error_handler(Exception, _fault)


def _refused(refused: Refused) -> ResponseReturnValue:
    """Show a refusal on the page of its form, or on a separate page if that form cannot be found."""
    if page := again.shown(refused):
        return page, HTTPStatus.CONFLICT
    shown = {"what": refused.what, "hint": refused.hint, **_what_was_written()}
    return rendering.page("refused.html", **shown), HTTPStatus.CONFLICT


def _what_was_written() -> dict[str, Any]:
    """Return the officer's input and its case, if the input is kept as a draft."""
    case = (request.view_args or {}).get("case")
    return {"written": witnesses.written(), "back": writing.way_back(), "case": case}


def _undeclared(refused: Undeclared) -> ResponseReturnValue:
    asked = {"cases": refused.cases, "names": refused.names, "is_act": request.method not in ("GET", "HEAD")}
    return rendering.page(
        "access/declare.html", **asked, field_of_way=again.LED_FROM, led_from=again.led_from()
    )


def _unconfirmed(refused: Refused) -> ResponseReturnValue:
    """Ask for the passphrases that an action needs, with a form that sends the same input again."""
    actions = g.get("actions")
    if actions is None:
        return _refused(refused)
    path, written = g.get("apart", (request.path, witnesses.written()))
    shown = {"names": g.names, "needed": g.needed, "path": path, "undeclared": g.undeclared}
    shown |= {"acts": journal_view.together(actions), "why_two": actions[0].why_two}
    shown |= witnesses.change()
    if "asked" in g:
        return redirect(url_for("confirmations.show"), 303)
    shown["left_out"] = g.is_left_out
    wrong = refused.what if g.was_asked and not g.is_left_out else ""
    shown["may_be_asked"] = may_be_asked(actions)
    shown["confirmed"] = said(written, actions)
    page = rendering.page("confirm.html", **shown, wrong=wrong, written=written, is_apart="apart" in g)
    return page, HTTPStatus.UNAUTHORIZED


def confirm_apart(path: str, written: list[tuple[str, str]]) -> None:
    """Make the next action ask for confirmation in a separate form with these fields.

    The second officer then need not confirm the actions that the first officer has already taken alone.
    Passphrases that came with this request do not confirm the next action.
    """
    g.apart = path, written
    witnesses.spend()


def confirm_change(template: str, /, **values: Any) -> None:
    """If the next action asks for confirmation, show its changes with this template, not as form fields."""
    g.change = {"change": f"desk/{template}", **values}


def _damaged(error: CryptoError) -> ResponseReturnValue:
    return _refused(
        Refused(
            sentence("{error}", error=library_errors.of_crypto(error)),
            sentence("a file, the vault or the program is at fault: restore a copy of the file or vault"),
        )
    )


def _no_file(error: OSError) -> ResponseReturnValue:
    name = error.filename or sentence("a file")
    what = sentence("{what}: {error}", what=name, error=library_errors.of_system(error))
    return _refused(Refused(what, sentence("check the path, the medium and the free space")))


def _no_page(error: HTTPException) -> ResponseReturnValue:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    # The path of an unknown page has no values, but it begins with a language.
    g.language = next((each for each in LANGUAGES if f"/{each}/" in request.path), "en")
    return _page("nothing.html", status=status.value), status


def _fault(error: Exception) -> ResponseReturnValue:
    """On the terminal, report a fault and its place in the code, without values.

    Unfinished work has been rolled back.
    """
    terminal.crash(type(error), error, error.__traceback__)
    return _page("fault.html"), HTTPStatus.INTERNAL_SERVER_ERROR


def _page(template: str, /, **values: Any) -> str:
    """Return a page.

    For unauthenticated requests, the page reveals nothing about the desk, not even its path.
    """
    return rendering.page(template, **values) if "seat" in g else rendering.outside()
