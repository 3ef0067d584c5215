"""What every page loads (style sheet, script, icon), and how grave what it points out is.

Each notice begins with its degree, in a word, an icon and a colour.
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
    """Return the style sheet; pages of errors have it, too."""
    return Response(_content("style.css"), content_type="text/css; charset=utf-8")


@sheets.get("/desk.js")
def script() -> Response:
    """Return the script; without it every page works, and nothing is kept while one types."""
    return Response(_content("desk.js"), content_type="text/javascript; charset=utf-8")


@cache
def integrity() -> str:
    """Return what the script must be, by its hash, for a browser to run it (W3C Subresource Integrity)."""
    return "sha384-" + b64encode(hashlib.sha384(_content("desk.js")).digest()).decode()


@sheets.get("/icon.svg")
def icon() -> Response:
    """Return the icon."""
    return Response(_content("icon.svg"), content_type="image/svg+xml")


@cache
def _content(name: str) -> bytes:
    return files("inbox.desk").joinpath(name).read_bytes()


# The class of a notice says its degree; of what was done, and of what is marked otherwise, none is said.
_NOTICE = re.compile(r'<(?:p|div|section) class="notice(?: (danger|warning))?"[^>]*>')


class Degree(StrEnum):
    """How grave it is; labels stand in labels.toml."""

    DANGER = "danger"
    WARNING = "warning"
    INFORMATION = "information"


_ICONS = {Degree.DANGER: "\u203c", Degree.WARNING: "\u26a0\ufe0e", Degree.INFORMATION: "\u2139\ufe0e"}


class Notices(Extension):
    """Begin every notice of a template with its degree: a page that points something out cannot forget it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the template with the degree behind the tag that begins each notice."""
        del name, filename

        def begin(found: re.Match[str]) -> str:
            return f'{found[0]}{{{{ "{found[1] or Degree.INFORMATION}"|degree }}}} '

        return _NOTICE.sub(begin, source)


def beneath_degree(text: str, words: Iterable[str]) -> str:
    """Return a text without the degree with which it begins, if one of these words says it already."""
    head, colon, rest = text.partition(":")
    said = rest.strip() if colon and head.strip() in words else text
    return said[:1].upper() + said[1:]


def degree_mark(degree: str, word: str) -> Markup:
    """Return a degree as a page shows it; the icon is for the eye alone."""
    known = Degree(degree)
    return Markup('<strong class="degree"><span aria-hidden="true">{}</span> {}</strong>').format(
        _ICONS[known], word
    )
