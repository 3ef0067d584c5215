"""What the codes of the work on a case are called, in French and in English."""

from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from crypto.questionnaire import Texts
from crypto.toml_schema import BARE_KEY, Schema, map_of, texts
from inbox.language.messages import Sentence

FILE = Schema("labels", map_of(map_of(texts(), BARE_KEY)))


@cache
def of(codes: str) -> Mapping[str, Texts]:
    """Return the labels of a list of codes, such as ``measure``, by code, in their order."""
    return {code: Texts(**label) for code, label in _labels()[codes].items()}


def tables() -> Collection[str]:
    """Return the lists of codes that have labels."""
    return _labels().keys()


@cache
def _labels() -> dict[str, Any]:
    return FILE.parse(files("inbox.language").joinpath("labels.toml").read_bytes())


def english(codes: str, code: str) -> str:
    """Return what the command line calls a code."""
    return of(codes)[code].en


class Labelled(Sentence):
    """What a code is called, with its ``{name}`` places filled; ``texts`` says it in each language."""

    texts: Texts


def said(codes: str, code: str, /, **values: object) -> Labelled:
    """Return what a code is called, to stand in a sentence; KeyError if no label has it."""
    texts = of(codes)[code]
    made = Labelled(texts.en.format(**values))
    made.template, made.values, made.texts = texts.en, values, texts
    return made
