"""Tell French from English by their small words, to find texts that stand in the wrong language."""

import re

# Small words that the other language does not have. A word is left out if it is usual in names, such as “des”
# in “Défenseur des droits”.
_SMALL = {
    "fr": {
        *("le", "les", "une", "et", "est", "sont", "être", "avez", "vous", "nous", "votre", "vos"),
        *("ne", "pas", "dans", "avec", "que", "qui", "ce", "cette", "ces", "il", "elle", "ils", "rien"),
    },
    "en": {
        *("the", "of", "and", "is", "are", "be", "have", "has", "you", "we", "your", "our"),
        *("not", "with", "from", "that", "this", "these", "they", "who", "it", "their", "nothing"),
    },
}
_WORD = re.compile(r"[^\W\d_]+")
# So many different words, without one of the other language, do not occur by chance.
_ENOUGH = 3


def surely(text: str) -> str:
    """Return the language of a text, fr or en, or "" if its small words do not show it."""
    words = {each.lower() for each in _WORD.findall(text)}
    found = {language: len(words & small) for language, small in _SMALL.items()}
    most = max(found, key=lambda each: found[each])
    return most if found[most] >= _ENOUGH and sum(found.values()) == found[most] else ""
