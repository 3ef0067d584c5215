"""The settings of a portal, from one TOML file."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from crypto import base64url, signing
from crypto.errors import Malformed
from portal.errors import BadConfiguration

_ROOM = Path(__file__).parent
_SHIPPED = _ROOM / "questionnaire.toml"
_ADDRESS = re.compile(r"(?P<host>[\w.-]+|\[[\da-f:.]+\]):(?P<port>\d{1,5})", re.ASCII)
_ONION = re.compile(r"http://[a-z2-7]{56}\.onion", re.ASCII)
_ELSEWHERE = re.compile(r"https://[\w.-]+(:\d{1,5})?(/[\w./~-]*)?", re.ASCII)
_LARGEST_PORT = 65_535
_LARGEST_AMOUNT = 1_000_000
_HINT = "config.example.toml shows every setting"
_DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default, as config.example.toml explains them.

    ``deployment`` and ``root_key`` are base64url, empty until the inbox has made them.
    ``folder`` is where relative paths begin.
    """

    deployment: str = ""
    root_key: str = ""
    database: str = field(default="sqlite:///portal.sqlite", repr=False)  # may hold a password
    listen: str = "127.0.0.1:8080"
    workers: int = 2
    upload_days: int = 3
    collected_days: int = 14
    closed_days: int = 180
    capacity_gb: float = 20
    spare_gb: float = 2
    unfinished_uploads: int = 100
    questionnaire: str = ""
    guide: str = ""
    leave_to: str = "https://www.wikipedia.org/"
    manifest: str = ""
    onion: str = ""
    folder: Path = field(default=Path(), compare=False)

    @property
    def deployment_id(self) -> bytes:
        """The 16 bytes of ``deployment``; BadConfiguration while it is empty."""
        return _made(self.deployment, "deployment")

    @property
    def root_public(self) -> bytes:
        """The 32 bytes of ``root_key``; BadConfiguration while it is empty."""
        return _made(self.root_key, "root_key")

    @property
    def database_url(self) -> URL:
        """The database's address, a relative SQLite file taken from ``folder``."""
        url = make_url(self.database)
        backend = url.get_backend_name()
        if backend == "sqlite":
            url = url.set(database=str((self.folder / str(url.database)).resolve()))
        return url.set(drivername=f"{backend}+{_DRIVERS[backend]}")

    @property
    def questionnaire_path(self) -> Path:
        """The file of the questions: the shipped one unless another is set."""
        return self.folder / self.questionnaire if self.questionnaire else _SHIPPED

    @property
    def guide_folder(self) -> Path:
        """The folder of the guides, one file for each language: the shipped ones unless another is set."""
        return self.folder / self.guide if self.guide else _ROOM

    @property
    def manifest_path(self) -> Path | None:
        """The folder of the signed manifest of the pages, or None."""
        return self.folder / self.manifest if self.manifest else None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of ``listen``."""
        found = _ADDRESS.fullmatch(self.listen)
        if not found:
            raise _wrong("listen")
        return found["host"].strip("[]"), int(found["port"])


def load(path: Path) -> Settings:
    """Return the settings of a file; BadConfiguration names the first mistake."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise BadConfiguration(
            f"configuration {path} was not read: {reason.lower()}",
            "name another with --config, or copy config.example.toml there",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"configuration {path} is not TOML: {error}", _HINT) from error
    return parse(document, path.resolve().parent)


def parse(document: Mapping[str, Any], folder: Path) -> Settings:
    """Return the settings of a TOML document whose relative paths begin at ``folder``."""
    for name, value in _named(document):
        if name not in _RULES:
            raise BadConfiguration(f"unknown setting {name!r}", _HINT)
        check, _ = _RULES[name]
        if not check(value):
            raise _wrong(name)
    return Settings(**document, folder=folder)


def _named(document: Mapping[str, Any], section: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if isinstance(value, dict) and value:
            yield from _named(value, f"{section}{name}.")
        else:
            yield section + name, value


def _made(text: str, name: str) -> bytes:
    if not text:
        raise BadConfiguration(
            f"setting {name!r} is empty", "`inbox init` prints it: copy it into the configuration"
        )
    return base64url.decode(text)


def _binary(size: int) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        try:
            return isinstance(value, str) and len(base64url.decode(value)) in {0, size}
        except Malformed:
            return False

    return check


def _number(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _amount(value: Any) -> bool:
    return type(value) in {int, float} and 0 < value < _LARGEST_AMOUNT


def _database(value: Any) -> bool:
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        return False
    backend, _, driver = url.drivername.partition("+")
    if not url.database or "\0" in value or backend not in _DRIVERS:
        return False
    return driver in {"", _DRIVERS[backend]}


def _listen(value: Any) -> bool:
    found = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
    return found is not None and int(found["port"]) <= _LARGEST_PORT


def _onion(value: Any) -> bool:
    return isinstance(value, str) and (not value or _ONION.fullmatch(value) is not None)


def _elsewhere(value: Any) -> bool:
    return isinstance(value, str) and _ELSEWHERE.fullmatch(value) is not None


def _path(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


_RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "deployment": (_binary(signing.DEPLOYMENT), "16 bytes in base64url, or empty"),
    "root_key": (_binary(signing.PUBLIC), "32 bytes in base64url, or empty"),
    "database": (_database, "a text such as sqlite:///portal.sqlite or postgresql://user@host/name"),
    "listen": (_listen, "a text such as 127.0.0.1:8080"),
    "workers": (_number(2, 256), "a number from 2 to 256"),
    "upload_days": (_number(1, 365), "a number from 1 to 365"),
    "collected_days": (_number(1, 365), "a number from 1 to 365"),
    "closed_days": (_number(1, 3_650), "a number from 1 to 3650"),
    "capacity_gb": (_amount, "a number above 0, such as 20 or 0.5"),
    "spare_gb": (lambda value: _amount(value) or _number(0, 0)(value), "a number such as 2 or 0.5, or 0"),
    "unfinished_uploads": (_number(1, 100_000), "a number from 1 to 100000"),
    "questionnaire": (_path, "the path of a file, or empty"),
    "guide": (_path, "the path of a folder, or empty"),
    "leave_to": (_elsewhere, "an address that begins with https:// and has no query"),
    "manifest": (_path, "the path of a folder, or empty"),
    "onion": (_onion, "a text such as http://….onion with 56 letters and digits, or empty"),
}


def _wrong(name: str) -> BadConfiguration:
    return BadConfiguration(f"setting {name!r} has a wrong value", f"it is {_RULES[name][1]}")
