"""An edition as a page: one file of HTML, without script and style, that loads nothing."""

import math
import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from inbox.figures.published.edition import Edition

# A word longer than this many letters may be broken, so that a table fits on a telephone.
_LONGEST = 12


def page(edition: Edition) -> bytes:
    """Return the page. It obeys the portal's Content-Security-Policy, which forbids style in a page."""
    return _environment().get_template("edition.html").render(edition=edition).encode()


@cache
def _environment() -> Environment:
    templates = Environment(
        loader=PackageLoader("templates", "figures"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["breakable"] = _breakable
    return templates


def _breakable(text: str) -> Markup:
    """Return a text with soft hyphens in its long words, at equal distances."""
    return Markup().join(_hyphenated(each) for each in re.split(r"(\s+)", text))


def _hyphenated(word: str) -> Markup:
    size = math.ceil(len(word) / max(math.ceil(len(word) / _LONGEST), 1))
    pieces = [word[start : start + size] for start in range(0, len(word), max(size, 1))]
    return Markup("&shy;").join(pieces)
