"""An edition as a page: one file of HTML, without script and style, that loads nothing."""

import re
from functools import cache
from itertools import pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from inbox.figures.published.edition import Edition

# The shortest word that may be broken in the heads and rows of a table, so that it fits on a telephone.
# Headings and captions have a whole line, so their words remain whole.
_LONG = 8
# French: between two syllables, before a consonant (or “ch”, “pr” and the like) and a vowel. A last syllable
# that is not spoken (“-ques”, “-tent”) stays with the one before it.
_VOWEL, _CONSONANT = "aeiouyàâäéèêëîïôöùûüœæ", "bcdfghjklmnpqrstvwzç"
_FRENCH = re.compile(
    rf"(?<=\w\w)(?<![bcdfgptv](?=[hlr]))(?<!g(?=n))(?=(?:[bcdfgptv][hlr]|gn|[{_CONSONANT}])[{_VOWEL}]\w)"
    rf"(?!(?:[{_CONSONANT}]{{1,2}}u?es?|[{_CONSONANT.replace('m', '')}]{{1,2}}ent)\b)",
    re.IGNORECASE,
)
# English has no such rule, so words are broken only where it is certain: before some endings, after some
# beginnings, and between two equal consonants that are seldom the end of a word.
_ENGLISH = re.compile(
    r"(?<=\w{3})(?<!ea)(?=(?:tion|tive|ment|tial|ness)s?\b)|(?<=s)(?=sible\b)|(?<=\w{4})(?=edge)"
    r"|(?<=\bcon)(?=[dstf])|(?<=\bcom)(?=[mp])|(?<=\bover)(?=s)|(?<=\bdis)(?=[cpt])|(?<=\btrans)(?=[mfp])"
    r"|(?<=\w([cmnprt]))(?=\1[aeioulr]\w\w)",
    re.IGNORECASE,
)
_BETWEEN = {"fr": _FRENCH, "en": _ENGLISH}


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


def _breakable(text: str, language: str) -> Markup:
    """Return a text with soft hyphens where its long words may be broken."""
    return Markup().join(
        Markup("&shy;").join(syllables(each, language)) if len(each) >= _LONG else each
        for each in re.split(r"(\s+)", text)
    )


def syllables(word: str, language: str) -> list[str]:
    """Return the pieces of a word between which a line may be broken."""
    places = [match.start() for match in _BETWEEN[language].finditer(word)]
    return [word[start:end] for start, end in pairwise([0, *places, len(word)])]
