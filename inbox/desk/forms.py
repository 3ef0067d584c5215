"""What officers give with a form; what no page of ours would send is no request."""

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


def cases() -> list[int]:
    """Return the cases that were chosen, each once, in order; Refused if none was."""
    given = sorted(set(request.form.getlist("case", int)))
    if given and given[-1] > LARGEST:
        abort(HTTPStatus.BAD_REQUEST)
    if not given:
        raise Refused(sentence("no case was chosen"), sentence("tick some in the queue, then press again"))
    return given


def text(name: str) -> str:
    """Return a text of several lines, which browsers send with line ends of their own."""
    return request.form.get(name, "").replace("\r\n", "\n")


def lines(name: str) -> tuple[str, ...]:
    """Return the lines of a text that say something."""
    return tuple(each.strip() for each in text(name).splitlines() if each.strip())


def language(name: str) -> str:
    """Return a language of the desk that was chosen."""
    given = request.form.get(name, "")
    if given not in LANGUAGES:
        abort(HTTPStatus.BAD_REQUEST)
    return given


def line(name: str) -> str:
    """Return a text of one line; as a reason it must fit into the journal, else Refused."""
    given = one_line(request.form.get(name, ""))
    if len(given) > LONGEST_REASON:
        raise Refused(
            sentence("a line has at most {most} characters", most=LONGEST_REASON),
            sentence("say it in fewer words"),
        ).at(name)
    return given


def path(name: str) -> Path:
    """Return the path of a folder; Refused unless it is absolute."""
    given = Path(line(name))
    if not given.is_absolute():
        raise Refused(
            sentence("the folder is not an absolute path"), sentence("begin it with a slash: /")
        ).at(name)
    return given


def day(name: str) -> date | None:
    """Return a day, None if none was given; 400 for anything else: the form's check has already named it."""
    given = request.form.get(name, "").strip()
    try:
        return days.read(given) if given else None
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def required_day(name: str) -> date:
    """Return a day of a field that cannot be left empty."""
    given = day(name)
    if given is None:
        abort(HTTPStatus.BAD_REQUEST)
    return given


@dataclass(frozen=True, slots=True)
class Chosen:
    """A passage at a place, all that stands there for None; ``code`` carries it letter by letter."""

    place: str
    passage: str | None

    @property
    def code(self) -> str:
        """Return it as plain characters, whatever it holds."""
        return json.dumps([self.place, self.passage])


def passage(code: str) -> Chosen:
    """Return the passage of a case that was picked on a page."""
    try:
        place, words = json.loads(code)
    except (ValueError, TypeError):
        abort(HTTPStatus.BAD_REQUEST)
    if not isinstance(place, str) or not isinstance(words, str | None):
        abort(HTTPStatus.BAD_REQUEST)
    return Chosen(place, words)
