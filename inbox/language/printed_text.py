"""What printed pages say of their own, in French and English; the words stand in files of TOML."""

from functools import cache
from importlib.resources import files
from typing import Any

from crypto.keyring import Texts
from crypto.toml_schema import Schema, map_of, table, texts

FILE = Schema("wording", table({"text": map_of(texts())}))


class Wording:
    """The texts of one file of a package, each under ``[text]`` by its name."""

    def __init__(self, package: str, file: str) -> None:
        self._package, self._file = package, file

    def say(self, name: str, language: str) -> str:
        """Return a text in ``fr``, or for any other language in English."""
        return Texts(**self.document["text"][name]).in_(language)

    @property
    def document(self) -> dict[str, Any]:
        """Everything in the file."""
        return _document(self._package, self._file)


@cache
def _document(package: str, file: str) -> dict[str, Any]:
    return FILE.parse(files(package).joinpath(file).read_bytes())
