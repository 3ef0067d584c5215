"""Find the words that a text repeats from a protected text, such as the identity of a reporter."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from inbox.text import names

# Shorter words, and the words in _COMMON, are function words.
_LEAST = 4
_NEAR = 3
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    avec cette dans elle elles etaient etait etions jamais leur leurs mais notre nous pour sont votre vous
    been from have never that their them they this were what when with your
        """,
    )
)
_CAPITAL = re.compile(r"[^\W\d_]{3,}")


class Protected:
    """Texts that must never be repeated, analysed once so that many other texts can be checked.

    A repetition is a number, a capitalised word, or two longer words in the same order. At most two other
    words may be between the two words. If a protected text has only one longer word, that word alone is a
    repetition.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._kept = [(*_telling(_content(text)), capitals(text)) for text in texts]

    def repeated(self, text: str) -> Iterator[str]:
        """Yield the repetitions in ``text``, regardless of accents, case and short words in between."""
        said, words = _content(text), set(names.words(text))
        pairs = {pair for gap in range(1, _NEAR + 1) for pair in zip(said, said[gap:], strict=False)}
        for kept, alone, spelled in self._kept:
            yield from (" ".join(pair) for pair in kept if pair in pairs)
            yield from (word for word in alone if word in words and word in said)
            yield from (word for word, folded in spelled if folded <= words)

    def is_repeated(self, texts: Iterable[str]) -> bool:
        """Return whether one of the texts repeats anything from the protected texts."""
        return any(any(self.repeated(text)) for text in texts)


def _telling(words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the pairs of adjacent words, and the words that count as a repetition even alone.

    The result has no duplicates.
    """
    numbers = [word for word in words if len(word) > 1 and not word.isalpha()]
    alone = words if len(words) == 1 else numbers
    return list(dict.fromkeys(pairwise(words))), list(dict.fromkeys(alone))


def _content(text: str) -> list[str]:
    """Return the words with content: longer words, words with a digit, and words after a word with a digit.

    So “3 mai” is a pair of words with content, although each of the two words means little on its own.
    """
    words = names.words(text)
    return [
        word
        for before, word in zip(["", *words], words, strict=False)
        if word not in _COMMON and (len(word) >= _LEAST or _has_digit(word) or _has_digit(before))
    ]


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def capitals(text: str) -> list[tuple[str, set[str]]]:
    """Return each capitalised word of a text with its folded parts. Such a word may be a name."""
    words = dict.fromkeys(match[0] for match in _CAPITAL.finditer(text) if match[0][0].isupper())
    folded = ((word, set(names.words(word))) for word in words if len(word) >= _LEAST)
    return [(word, parts) for word, parts in folded if parts]
