"""The law folders of a home. Each folder is stored completely, under its SHA-256, and never changes."""

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crypto.toml_schema import BadDocument
from inbox.language import toml_files
from inbox.language.errors import HomeRefused, Refused
from inbox.language.messages import sentence
from inbox.system import atomic_files
from templates import shipped
from templates.law import folder, reader
from templates.law.rules import Law


def given(name: str) -> Mapping[str, bytes]:
    """Return the files of a law.

    ``name`` is the name of a law that comes with the program, or the path of a folder. Raises Refused if the
    folder does not contain exactly the files of a law. Raises OSError if a file cannot be read.
    """
    comes_with_us = {each.name: each for each in shipped.JURISDICTIONS.iterdir()}
    place = comes_with_us.get(name, Path(name))
    try:
        return folder.read(place)
    except BadDocument as error:
        raise _no_law(place, error) from error


def _no_law(place: Path, error: BadDocument) -> Refused:
    """Return the error for a folder that is not a law."""
    lacking = [each for each in folder.NAMES if not (place / each).exists()]
    lacks = sentence("{place} is not a law: it lacks {files}", place=place, files=", ".join(lacking))
    return Refused(
        lacks if place.is_dir() and lacking else toml_files.refused(error).what,
        sentence(
            "a law is a folder with exactly these files: {files}; start from a copy of the law in use",
            files=", ".join(folder.NAMES),
        ),
    )


def read(files: Mapping[str, bytes]) -> Law:
    """Return the law in these files, given by name; raises Refused with the first mistake."""
    try:
        return _parsed(tuple(sorted(files.items())))
    except BadDocument as error:
        raise toml_files.refused(error) from error


# Each unlocking reads the law, and reading it takes as long as opening the vault.
@lru_cache(maxsize=4)
def _parsed(files: tuple[tuple[str, bytes], ...]) -> Law:
    return reader.parse(dict(files))


@dataclass(frozen=True, slots=True)
class Folders:
    """The law folders of a home, within ``root``."""

    root: Path

    def place(self, sha256: bytes) -> Path:
        """Return the path of the folder of a law, by its hash (32 bytes)."""
        return self.root / sha256.hex()

    def paths(self, sha256: bytes) -> list[Path]:
        """Return the paths of the files of a law, by its hash, whether or not they exist."""
        return [self.place(sha256) / name for name in folder.NAMES]

    def law(self, sha256: bytes) -> Law:
        """Return the law with this hash (32 bytes); raises HomeRefused if it is missing or altered."""
        return read(self.files(sha256))

    def files(self, sha256: bytes) -> Mapping[str, bytes]:
        """Return the files of the law with this hash. Raise HomeRefused if the law is missing or altered."""
        place = self.place(sha256)
        files = _found(place)
        if folder.sha256(files) != sha256:
            raise HomeRefused(
                sentence("the law of this inbox is missing or was changed: {place}", place=place),
                sentence("restore that folder from a backup, then find out who changed it"),
            )
        return files

    def keep(self, files: Mapping[str, bytes]) -> Law:
        """Store the files of a law on disk, completely or not at all; return the law.

        If the folder of the law exists but was altered, the folder is restored. Raises Refused if the files
        have a mistake.
        """
        law = read(files)
        place = self.place(law.sha256)
        if _found(place) == files:
            return law
        for left in self.root.glob(f".{place.name}.*{atomic_files.PART}"):
            shutil.rmtree(left)
        aside = self.root / f".{place.name}.{secrets.token_hex(8)}{atomic_files.PART}"
        try:
            atomic_files.make_folder(aside)
            for name, content in files.items():
                atomic_files.write(aside / name, [content])
            if place.exists():
                shutil.rmtree(place)
            aside.replace(place)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        atomic_files.sync_folder(self.root)
        return law


def _found(place: Path) -> Mapping[str, bytes]:
    """Return the files of the folder; empty if it is not the folder of a law."""
    try:
        return folder.read(place)
    except (BadDocument, OSError):
        return {}
