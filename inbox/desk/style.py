"""The style sheet, script and icon of every page, and the degree that each notice shows.

Each notice begins with its degree, as a word, an icon and a colour.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib.resources import files

from flask import Blueprint, Response
from jinja2.ext import Extension
from markupsafe import Markup

sheets = Blueprint("style", __name__)


@sheets.get("/style.css")
def sheet() -> Response:
    """Return the style sheet, also for error pages."""
    return Response(_content("style.css"), content_type="text/css; charset=utf-8")


@sheets.get("/desk.js")
def script() -> Response:
    """Return the script. Without the script, every page works, but drafts are not kept during typing."""
    return Response(_content("desk.js"), content_type="text/javascript; charset=utf-8")


@cache
def integrity() -> str:
    """Return the hash that browsers check before they run the script (W3C Subresource Integrity)."""
    return "sha384-" + b64encode(hashlib.sha384(_content("desk.js")).digest()).decode()


@sheets.get("/icon.svg")
def icon() -> Response:
    """Return the icon."""
    return Response(_content("icon.svg"), content_type="image/svg+xml")


@cache
def _content(name: str) -> bytes:
    return files("inbox.desk").joinpath(name).read_bytes()


# The class of a notice names its degree. Notices with any other class, such as confirmations, have no degree.
_NOTICE = re.compile(r'<(?:p|div|section) class="notice(?: (danger|warning))?"[^>]*>')


class Degree(StrEnum):
    """The degree of a notice. The labels are in labels.toml."""

    DANGER = "danger"
    WARNING = "warning"
    INFORMATION = "information"


_ICONS = {Degree.DANGER: "\u203c", Degree.WARNING: "\u26a0\ufe0e", Degree.INFORMATION: "\u2139\ufe0e"}


class Notices(Extension):
    """Insert the degree into every notice of a template, so that no page can forget it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the template with the degree after the start tag of each notice."""
        del name, filename

        def begin(found: re.Match[str]) -> str:
            return f'{found[0]}{{{{ "{found[1] or Degree.INFORMATION}"|degree }}}} '

        return _NOTICE.sub(begin, source)


def beneath_degree(text: str, words: Iterable[str]) -> str:
    """Return a text without the degree at its beginning, if the degree is one of these words."""
    head, colon, rest = text.partition(":")
    said = rest.strip() if colon and head.strip() in words else text
    return said[:1].upper() + said[1:]


def degree_mark(degree: str, word: str) -> Markup:
    """Return a degree as HTML. The icon is hidden from screen readers."""
    known = Degree(degree)
    return Markup('<strong class="degree"><span aria-hidden="true">{}</span> {}</strong>').format(
        _ICONS[known], word
    )
