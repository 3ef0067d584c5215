"""Find words that mix look-alike letters of several alphabets."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from crypto import unseen

_MOST = 10
_LONGEST = 60
# Alphabets with letters that look alike, by the first word of the Unicode names of their letters.
_ALIKE = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "MATHEMATICAL", "FULLWIDTH"}
_WORD = re.compile(r"[^\W\d_]+")


def mixed(texts: Iterable[str]) -> list[str]:
    """Return the first words that mix letters of several of these alphabets.

    In each of these words, the letters of the less frequent alphabets are spelled out, just as
    ``printable.visible`` spells out invisible characters.
    """
    words = dict.fromkeys(
        word[:_LONGEST] for text in texts if not text.isascii() for word in _WORD.findall(text)
    )
    found = dict.fromkeys(spelled for word in words if (spelled := _spelled(word)) != word)
    return list(islice(found, _MOST))


def _spelled(word: str) -> str:
    alphabets = [_alphabet(letter) for letter in word]
    usual = [alphabet for alphabet, _ in Counter(filter(None, alphabets)).most_common(1)]
    return "".join(
        letter if alphabet in ("", *usual) else unseen.spelled(letter)
        for letter, alphabet in zip(word, alphabets, strict=True)
    )


def _alphabet(letter: str) -> str:
    """Return the alphabet of a letter if other alphabets have look-alike letters, otherwise ""."""
    name = re.split("[ -]", unicodedata.name(letter, ""), maxsplit=1)[0]
    return name if name in _ALIKE else ""
