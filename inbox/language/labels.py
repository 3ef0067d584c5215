"""What the codes of the work on a case are called, in French and in English."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from crypto.questionnaire import Texts
from inbox.language.messages import Sentence


@cache
def of(codes: str) -> Mapping[str, Texts]:
    """Return the labels of a list of codes, such as ``measure``, by code, in their order."""
    table = tomllib.loads(files("inbox.language").joinpath("labels.toml").read_text("utf-8"))
    return {code: Texts(**label) for code, label in table[codes].items()}


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
