"""What officers give with a form; what no page of ours would send is no request."""

from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from flask import abort, request

from crypto.journal import LONGEST_REASON
from inbox.errors import Refused

Choice = TypeVar("Choice", bound=StrEnum)


def choice(name: str, choices: type[Choice]) -> Choice:
    """Return the one of these that was chosen."""
    given = request.form.get(name, "")
    if given not in list(choices):
        abort(HTTPStatus.BAD_REQUEST)
    return choices(given)


def number(name: str, most: int) -> int:
    """Return a number from 0 to ``most``."""
    given = request.form.get(name, type=int)
    if given is None or not 0 <= given <= most:
        abort(HTTPStatus.BAD_REQUEST)
    return given


def reason() -> str:
    """Return the reason for the journal; Refused without one, and for one that it could not hold."""
    given = " ".join(request.form.get("reason", "").split())
    if not given:
        raise Refused("a reason is needed", "say in a few words why; nothing of the report")
    if len(given) > LONGEST_REASON:
        raise Refused(f"a reason has at most {LONGEST_REASON} characters", "say it in fewer words")
    return given
