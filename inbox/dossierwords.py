"""What a dossier says of its own, in French and English, and what it leaves out by itself (dossier.toml)."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from babel.dates import format_date

from crypto.dossier import Purpose
from crypto.keyring import Texts

_FILE = "dossier.toml"


def source() -> frozenset[str]:
    """Return the questions about the author and not about the facts."""
    return frozenset(_document()["source"])


def title(purpose: Purpose, language: str) -> str:
    """Return what a dossier is called."""
    return _in(_document()["title"][purpose.value], language)


def law(purpose: Purpose, language: str) -> str:
    """Return on what ground a dossier is made."""
    return _in(_document()["law"][purpose.value], language)


def say(name: str, language: str) -> str:
    """Return one of our own texts."""
    return _in(_document()["text"][name], language)


def day(value: date, language: str) -> str:
    """Return a day as people write it."""
    return format_date(value, "long", {"fr": "fr_FR"}.get(language, "en_GB"))


def _in(texts: dict[str, str], language: str) -> str:
    return Texts(**texts).in_(language)


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(files("inbox").joinpath(_FILE).read_text("utf-8"))
