"""Words that are not what they seem: letters that look alike, from several alphabets."""

import re
import unicodedata

_MOST = 10
_LONGEST = 60
# The alphabets that share shapes, by the first word of the names that Unicode gives to their letters.
_ALIKE = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "MATHEMATICAL", "FULLWIDTH"}
_WORD = re.compile(r"[^\W\d_]+")


def mixed(text: str) -> list[str]:
    """Return the first words in which letters of several of these alphabets stand side by side."""
    found = dict.fromkeys(
        word[:_LONGEST] for word in _WORD.findall(text) if not word.isascii() and len(_alphabets(word)) > 1
    )
    return list(found)[:_MOST]


def _alphabets(word: str) -> set[str]:
    return {unicodedata.name(letter, "").split(" ")[0].split("-")[0] for letter in word} & _ALIKE
