"""How hard a French sentence for reporters is to read.

The measure is Flesch's, with the numbers of Kandel and Moles (1958) for French: 100 is very easy, and 0 is as
hard as a statute. Pyphen counts the syllables, as it does for the library textstat. A sentence with a score
below `LIMIT` fails. The limit is the strictest that lets every sentence of a reading book for ten-year-olds
pass (`tests/golden/reading_levels.toml`). This limit was set before any text of the portal was measured.

A sentence of more than `MOST_WORDS` words fails even if the words are short, because GOV.UK's guidance for
content allows no longer sentences. A sentence of fewer than `WORDS` words is not judged. One more syllable
changes the score of such a sentence by more than seven points, so the score would depend more on a single
word than on the sentence.
"""

import re
import tomllib
from collections.abc import Iterator

from pyphen import Pyphen

from tests.support.paths import ROOT

LEVELS = ROOT / "tests" / "golden" / "reading_levels.toml"
LIMIT = 62
WORDS = 10
MOST_WORDS = 25
# A sentence does not end at ";" or ":", because the reader has to keep its beginning in mind.
_END = re.compile(r"(?<=[.!?…])\s+|\n\s*\n")
_SYLLABLES = Pyphen(lang="fr")
_WORD = re.compile(r"\w[\w\N{RIGHT SINGLE QUOTATION MARK}'-]*")


def ease(sentence: str) -> float:
    """Return how easy a French sentence is to read: the higher, the easier."""
    words = _WORD.findall(sentence.lower())
    syllables = sum(len(_SYLLABLES.positions(word)) + 1 for word in words)
    return 207 - 1.015 * len(words) - 73.6 * syllables / len(words)


def length(sentence: str) -> int:
    """Return the number of words."""
    return len(_WORD.findall(sentence))


def fails(sentence: str) -> bool:
    """Return whether a sentence is too hard or too long."""
    return ease(sentence) < LIMIT or length(sentence) > MOST_WORDS


def judged(text: str) -> Iterator[str]:
    """Yield the sentences of a text that are long enough to be judged, each on one line."""
    for sentence in _END.split(text):
        if length(sentence) >= WORDS:
            yield " ".join(sentence.split())


def known(*levels: str) -> list[str]:
    """Return the sentences of known level: "easy", "school" or "law"."""
    texts = tomllib.loads(LEVELS.read_text("utf-8"))["text"]
    return [each for text in texts if text["level"] in levels for each in judged(text["text"])]
