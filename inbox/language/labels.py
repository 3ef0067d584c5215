"""Labels of the codes that casework uses, in French and English.

Labels of the program's own codes are in labels.toml. Labels of legal codes come with the law in use.
``learn`` receives these legal labels when the law is read from the home.
"""

from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from crypto.questionnaire import Texts
from crypto.toml_schema import BARE_KEY, Schema, map_of, texts
from inbox.language.messages import Sentence

FILE = Schema("labels", map_of(map_of(texts(), BARE_KEY)))
# The law defines the codes of these lists. The program adds codes of its own to some lists. The texts of
# "decided" state the effect of a decision.
OF_THE_LAW = frozenset(
    {
        *("authority", "clock", "decided", "decision", "decision_ground", "duty", "letter", "measure"),
        *("goal", "outcome", "regime", "reply", "rhythm", "rule"),
    }
)
_law: dict[str, Mapping[str, Texts]] = {}


def learn(words: Mapping[str, Mapping[str, Texts]]) -> None:
    """Use these labels, which come from the law in use, for the codes of ``OF_THE_LAW`` from now on."""
    _law.update({codes: dict(words[codes]) for codes in OF_THE_LAW})


def of(codes: str) -> Mapping[str, Texts]:
    """Return the labels of a list of codes, such as ``measure``, in the order of the list.

    The result maps each code to its label. Legal codes have labels only once an inbox is open, because the
    labels come from its law in use.
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
    """Return the label of a code for the command line, or the code itself if an earlier law defined it."""
    found = of(codes)
    return code if codes in OF_THE_LAW and code not in found else found[code].en


class Labelled(Sentence):
    """The label of a code, with its ``{name}`` placeholders filled.

    ``texts`` has the label in each language.
    """

    texts: Texts


def said(codes: str, code: str, /, **values: object) -> Labelled:
    """Return the label of a code for use in a sentence. Raise KeyError if the code has no label."""
    texts = of(codes)[code]
    made = Labelled(texts.en.format(**values))
    made.template, made.values, made.texts = texts.en, values, texts
    return made


def named(codes: str, code: str) -> Labelled:
    """Return a code, which officers type at the command line and which pages show as its label.

    Raises KeyError if the code has no label.
    """
    return typed(code, of(codes)[code])


def typed(code: str, texts: Texts) -> Labelled:
    """Return a code that officers type at the command line, with these texts for the pages.

    Braces in the texts are shown as they are; they are not placeholders.
    """
    made = Labelled(code)
    made.template, made.values = code, {}
    made.texts = Texts(*(each.replace("{", "{{").replace("}", "}}") for each in (texts.fr, texts.en)))
    return made
