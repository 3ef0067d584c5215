"""Read form values. A value that no page of the desk would send is a bad request."""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

from flask import abort, request

from crypto.journal import LONGEST_REASON
from crypto.strictjson import LARGEST
from inbox.desk.translate import LANGUAGES
from inbox.language import days
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.text.lines import one_line

Choice = TypeVar("Choice", bound=StrEnum)


def choice(name: str, choices: type[Choice]) -> Choice:
    """Return the chosen value."""
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


def cases() -> list[int]:
    """Return the chosen cases without duplicates, in order. Raises Refused if no case was chosen."""
    given = sorted(set(request.form.getlist("case", int)))
    if given and given[-1] > LARGEST:
        abort(HTTPStatus.BAD_REQUEST)
    if not given:
        raise Refused(
            sentence("no case was chosen"), sentence("tick cases in the queue, then press the button again")
        )
    return given


def text(name: str) -> str:
    """Return a text of several lines, each ending with LF, whatever line ends the browser sent."""
    return request.form.get(name, "").replace("\r\n", "\n")


def lines(name: str) -> tuple[str, ...]:
    """Return the non-empty lines of a text."""
    return tuple(each.strip() for each in text(name).splitlines() if each.strip())


def language(name: str) -> str:
    """Return the chosen language of the desk."""
    given = request.form.get(name, "")
    if given not in LANGUAGES:
        abort(HTTPStatus.BAD_REQUEST)
    return given


def line(name: str) -> str:
    """Return a text of one line. Raises Refused if the text is longer than a reason in the journal may be."""
    given = one_line(request.form.get(name, ""))
    if len(given) > LONGEST_REASON:
        raise Refused(
            sentence("a line may have at most {most} characters", most=LONGEST_REASON),
            sentence("use fewer words"),
        ).at(name)
    return given


def path(name: str) -> Path:
    """Return the path of a folder or a file. Raises Refused unless the path is absolute."""
    given = Path(line(name))
    if not given.is_absolute():
        raise Refused(
            sentence("this is not an absolute path"), sentence("begin the path with a slash: /")
        ).at(name)
    return given


def day(name: str) -> date | None:
    """Return a day, or None for an empty field. Abort with status 400 for other values.

    Before this call, the check of the form has reported invalid values to the officer.
    """
    given = request.form.get(name, "").strip()
    try:
        return days.read(given) if given else None
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def required_day(name: str) -> date:
    """Return the day that was typed in a required field."""
    given = day(name)
    if given is None:
        abort(HTTPStatus.BAD_REQUEST)
    return given


@dataclass(frozen=True, slots=True)
class Chosen:
    """A passage at a place, or the complete place if there is no passage.

    ``code`` encodes the passage and the place exactly.
    """

    place: str
    passage: str | None

    @property
    def code(self) -> str:
        """Return the place and the passage in ASCII characters, whatever the passage contains."""
        return json.dumps([self.place, self.passage])


def passage(code: str) -> Chosen:
    """Return the passage that an officer picked on a page."""
    try:
        place, words = json.loads(code)
    except (ValueError, TypeError):
        abort(HTTPStatus.BAD_REQUEST)
    if not isinstance(place, str) or not isinstance(words, str | None):
        abort(HTTPStatus.BAD_REQUEST)
    return Chosen(place, words)
