"""Passages of a case, picked on a page and given back with a form."""

import json
from dataclasses import dataclass
from http import HTTPStatus

from flask import abort


@dataclass(frozen=True, slots=True)
class Chosen:
    """A passage at a place, all that stands there for None; ``code`` carries it letter by letter."""

    place: str
    passage: str | None

    @property
    def code(self) -> str:
        """Return it as plain characters, whatever it holds."""
        return json.dumps([self.place, self.passage])


def read(code: str) -> Chosen:
    """Return what was picked."""
    try:
        place, passage = json.loads(code)
    except (ValueError, TypeError):
        abort(HTTPStatus.BAD_REQUEST)
    if not isinstance(place, str) or not isinstance(passage, str | None):
        abort(HTTPStatus.BAD_REQUEST)
    return Chosen(place, passage)
