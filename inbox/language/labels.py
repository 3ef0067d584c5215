"""What the codes of the work on a case are called, in French and in English.

The codes of the program have theirs in labels.toml. Those of the law come with the law in use: whoever reads
it from the home calls ``learn``.
"""

from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from crypto.questionnaire import Texts
from crypto.toml_schema import BARE_KEY, Schema, map_of, texts
from inbox.language.messages import Sentence

FILE = Schema("labels", map_of(map_of(texts(), BARE_KEY)))
# The lists of codes that the law has; in some of them the program has codes, too. "decided" says of a
# decision what it decides.
OF_THE_LAW = frozenset(
    {
        *("authority", "clock", "decided", "decision", "decision_ground", "duty", "letter", "measure"),
        *("outcome", "regime", "reply", "rule"),
    }
)
_law: dict[str, Mapping[str, Texts]] = {}


def learn(words: Mapping[str, Mapping[str, Texts]]) -> None:
    """Take these labels for the codes of ``OF_THE_LAW`` from now on: those of the law in use."""
    _law.update({codes: dict(words[codes]) for codes in OF_THE_LAW})


def of(codes: str) -> Mapping[str, Texts]:
    """Return the labels of a list of codes, such as ``measure``, by code, in their order.

    Codes of the law have labels once an inbox is open: those of the law in use.
    """
    if codes in OF_THE_LAW:
        return {**_law.get(codes, {}), **(_own(codes) if codes in _labels() else {})}
    return _own(codes)


def tables() -> Collection[str]:
    """Return the lists of codes that have labels."""
    return {*_labels(), *OF_THE_LAW}


@cache
def _own(codes: str) -> Mapping[str, Texts]:
    return {code: Texts(**label) for code, label in _labels()[codes].items()}


@cache
def _labels() -> dict[str, Any]:
    return FILE.parse(files("inbox.language").joinpath("labels.toml").read_bytes())


def english(codes: str, code: str) -> str:
    """Return what the command line calls a code; a code of an earlier law is its own label."""
    found = of(codes)
    return code if codes in OF_THE_LAW and code not in found else found[code].en


class Labelled(Sentence):
    """What a code is called, with its ``{name}`` places filled; ``texts`` says it in each language."""

    texts: Texts


def said(codes: str, code: str, /, **values: object) -> Labelled:
    """Return what a code is called, to stand in a sentence; KeyError if no label has it."""
    texts = of(codes)[code]
    made = Labelled(texts.en.format(**values))
    made.template, made.values, made.texts = texts.en, values, texts
    return made


def named(codes: str, code: str) -> Labelled:
    """Return a code to be typed at the command line, which pages say by its label; KeyError as ``said``."""
    return typed(code, of(codes)[code])


def typed(code: str, texts: Texts) -> Labelled:
    """Return what is typed as a code at the command line, and what pages call it; texts have no places."""
    made = Labelled(code)
    made.template, made.values = code, {}
    made.texts = Texts(*(each.replace("{", "{{").replace("}", "}}") for each in (texts.fr, texts.en)))
    return made
