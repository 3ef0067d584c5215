"""The law folders of a home: each lies there whole, under its SHA-256, and is never changed."""

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
    """Return the files of a law that comes with the program, by its name, or of a folder, by its path.

    Raises Refused if the folder has other files than a law; OSError.
    """
    comes_with_us = {each.name: each for each in shipped.JURISDICTIONS.iterdir()}
    place = comes_with_us.get(name, Path(name))
    try:
        return folder.read(place)
    except BadDocument as error:
        raise _no_law(place, error) from error


def _no_law(place: Path, error: BadDocument) -> Refused:
    """Return the refusal of a folder that is no law: its files, and none of them in particular."""
    lacking = [each for each in folder.NAMES if not (place / each).exists()]
    lacks = sentence("{place} is no law: it lacks {files}", place=place, files=", ".join(lacking))
    return Refused(
        lacks if place.is_dir() and lacking else toml_files.refused(error).what,
        sentence(
            "a law is a folder with these files and nothing else: {files}; start from a copy of the one in"
            " use",
            files=", ".join(folder.NAMES),
        ),
    )


def read(files: Mapping[str, bytes]) -> Law:
    """Return the law of the files of a folder, by their names; Refused names the first mistake."""
    try:
        return _parsed(tuple(sorted(files.items())))
    except BadDocument as error:
        raise toml_files.refused(error) from error


# Each unlocking asks, and a law takes as long to read as the whole vault to open.
@lru_cache(maxsize=4)
def _parsed(files: tuple[tuple[str, bytes], ...]) -> Law:
    return reader.parse(dict(files))


@dataclass(frozen=True, slots=True)
class Folders:
    """The law folders of a home, within ``root``."""

    root: Path

    def place(self, sha256: bytes) -> Path:
        """Where the folder of a law lies, by its hash (32 bytes)."""
        return self.root / sha256.hex()

    def paths(self, sha256: bytes) -> list[Path]:
        """Return the files of a law, by its hash, whether or not they are there."""
        return [self.place(sha256) / name for name in folder.NAMES]

    def law(self, sha256: bytes) -> Law:
        """Return the law of a hash (32 bytes); HomeRefused as ``files``."""
        return read(self.files(sha256))

    def files(self, sha256: bytes) -> Mapping[str, bytes]:
        """Return the files of the law of a hash; HomeRefused if its folder is missing, or not as it was."""
        place = self.place(sha256)
        files = _found(place)
        if folder.sha256(files) != sha256:
            raise HomeRefused(
                sentence("the law of this inbox is missing or was changed: {place}", place=place),
                sentence(
                    "put that folder back as it was adopted, from a backup; then find out who changed it"
                ),
            )
        return files

    def keep(self, files: Mapping[str, bytes]) -> Law:
        """Put the files of a law in place, all of them and on disk or none; return it. Refused as ``read``.

        One that is there and was changed is put back as it was.
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
    """Return the files of the folder there, none if it is not one of a law."""
    try:
        return folder.read(place)
    except (BadDocument, OSError):
        return {}
