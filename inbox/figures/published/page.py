"""An edition as a page: one file of HTML, without script and style, that loads nothing."""

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from inbox.figures.published.edition import Edition

# The shortest word that may be broken, so that a table fits on a telephone.
_LONG = 8
# Between two syllables of French or English: before a consonant (or “ch”, “pr” and the like) and a vowel.
_VOWEL, _CONSONANT = "aeiouyàâäéèêëîïôöùûüœæ", "bcdfghjklmnpqrstvwxzç"
_BETWEEN = re.compile(
    rf"(?<=\w\w)(?<![bcdfgptv](?=[hlr]))(?<!g(?=n))(?=(?:[bcdfgptv][hlr]|gn|[{_CONSONANT}])[{_VOWEL}]\w)",
    re.IGNORECASE,
)


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
    """Return a text with soft hyphens between the syllables of its long words."""
    return Markup().join(
        Markup("&shy;").join(_BETWEEN.split(each)) if len(each) >= _LONG else each
        for each in re.split(r"(\s+)", text)
    )
