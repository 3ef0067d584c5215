"""Fixed texts of printed pages, in French and English, read from TOML files."""

from functools import cache
from importlib.resources import files
from typing import Any

from crypto.keyring import Texts
from crypto.toml_schema import Schema, map_of, table, texts

FILE = Schema("wording", table({"text": map_of(texts())}))


class Wording:
    """The texts of one TOML file in a package, by their names in its table ``[text]``."""

    def __init__(self, package: str, file: str) -> None:
        self._package, self._file = package, file

    def say(self, name: str, language: str) -> str:
        """Return a text in French if ``language`` is ``fr``, otherwise in English."""
        return Texts(**self.document["text"][name]).in_(language)

    @property
    def document(self) -> dict[str, Any]:
        """The parsed file."""
        return _document(self._package, self._file)


@cache
def _document(package: str, file: str) -> dict[str, Any]:
    return FILE.parse(files(package).joinpath(file).read_bytes())
