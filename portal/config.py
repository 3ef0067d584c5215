"""The settings of a portal, from one TOML file."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from crypto import base64url, exercise, signing
from crypto.errors import Malformed
from crypto.keyring import Texts
from crypto.toml_schema import Expected, Fault, Mismatch, Node, Schema, list_of, number, table, texts
from crypto.work import MOST_COST
from portal.errors import BadConfiguration, why
from templates import shipped

_ROOM = Path(str(files("portal")))
_ADDRESS = re.compile(r"(?P<host>[\w.-]+|\[[\da-f:.]+\]):(?P<port>\d{1,5})", re.ASCII)
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last part begins with a letter, so that no address in digits is a name.
_HOST = re.compile(rf"(?:{_LABEL}\.)*(?=[a-z]){_LABEL}", re.ASCII)
_LONGEST_HOST = 100
_ONION = re.compile(r"http://[a-z2-7]{56}\.onion", re.ASCII)
_ELSEWHERE = re.compile(r"https://[\w.-]+(:\d{1,5})?(/[\w./~-]*)?", re.ASCII)
# 160 bits in base 32 (SPEC 6). People type fingerprints, so spaces and lower case do not matter.
_FINGERPRINT = re.compile(r"\s*(?:[A-Z2-7]\s*){32}", re.ASCII | re.IGNORECASE)
_CODE = re.compile(r"[a-z0-9_]{1,32}")
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)
LONGEST_NAME = 80
_LARGEST_PORT = 65_535
_LARGEST_AMOUNT = 1_000_000
_HINT = "config.example.toml shows every setting"
_DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}


@dataclass(frozen=True, slots=True)
class Colour:
    """An accent colour such as #1b5675 for each colour scheme; both are empty for the shipped colours."""

    light: str = ""
    dark: str = ""


# Square brackets mark a text that the inspectorate still has to fill in; `portal doctor` lists such texts.
UNNAMED = Texts(fr="[nom de l\N{RIGHT SINGLE QUOTATION MARK}Inspection]", en="[name of the inspectorate]")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. config.example.toml explains each setting.

    ``deployment`` and ``root_key`` are base64url, and empty until the inbox has made them. Relative paths are
    resolved against ``folder``.
    """

    deployment: str = ""
    root_key: str = ""
    database: str = field(default="sqlite:///portal.sqlite", repr=False)  # the address may hold a password
    listen: str = "127.0.0.1:8080"
    workers: int = 2
    upload_days: int = 3
    collected_days: int = 14
    closed_days: int = 180
    capacity_gb: float = 20
    spare_gb: float = 2
    work_cost: tuple[int, ...] = (4_000, 12_000, 32_000)
    name: Texts = UNNAMED
    logo: str = ""
    colour: Colour = Colour()
    questionnaire: str = ""
    jurisdiction: str = ""
    regime: str = ""
    guide: str = ""
    figures: str = ""
    figures_key: str = ""
    leave_to: str = "https://www.wikipedia.org/"
    manifest: str = ""
    onion: str = ""
    host: str = ""
    folder: Path = Path()

    @property
    def deployment_id(self) -> bytes:
        """The 16 bytes of ``deployment``; raises BadConfiguration if it is empty."""
        return _made(self.deployment, "deployment")

    @property
    def root_public(self) -> bytes:
        """The 32 bytes of ``root_key``; raises BadConfiguration if it is empty."""
        return _made(self.root_key, "root_key")

    @property
    def database_url(self) -> URL:
        """The URL of the database. The path of a SQLite file is relative to ``folder``."""
        url = make_url(self.database)
        backend = url.get_backend_name()
        if backend == "sqlite":
            url = url.set(database=str((self.folder / str(url.database)).resolve()))
        return url.set(drivername=f"{backend}+{_DRIVERS[backend]}")

    @property
    def logo_path(self) -> Path | None:
        """The file of the logo, or None."""
        return self.folder / self.logo if self.logo else None

    @property
    def questionnaire_path(self) -> Path:
        """The questionnaire file: the shipped file unless another file is set."""
        return self.folder / self.questionnaire if self.questionnaire else shipped.QUESTIONNAIRE

    @property
    def law_folder(self) -> Path:
        """The folder of the law: the shipped law of France unless another folder is set."""
        return self.folder / self.jurisdiction if self.jurisdiction else shipped.JURISDICTIONS / "fr"

    @property
    def guide_folder(self) -> Path:
        """The folder of the guides, one file per language: the shipped folder, or the folder in ``guide``."""
        return self.folder / self.guide if self.guide else _ROOM

    @property
    def figures_folder(self) -> Path | None:
        """The folder with the published editions of the annual figures, or None."""
        return self.folder / self.figures if self.figures else None

    @property
    def manifest_path(self) -> Path | None:
        """The folder with the signed manifest of the pages, or None."""
        return self.folder / self.manifest if self.manifest else None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of ``listen``."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def load(path: Path) -> Settings:
    """Return the settings of a file; raises BadConfiguration, which names the first mistake."""
    try:
        document = _FILE.read(path.read_bytes())
    except OSError as error:
        raise BadConfiguration(
            f"configuration {path} was not read: {why(error)}",
            "name another file with --config, or copy config.example.toml there",
        ) from error
    except Mismatch as error:
        raise _refused(error, path) from error
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in document.value.items()
    }
    for name, made in (("name", Texts), ("colour", Colour)):
        if name in values:
            values[name] = made(**values[name])
    settings = Settings(**values, folder=path.resolve().parent)
    check_real(settings.deployment, str(path))
    if bool(settings.colour.light) != bool(settings.colour.dark):
        both = Expected("a colour for light and one for dark, or both empty")
        raise _refused(document.mismatch(("colour",), Fault.WRONG, both), path)
    if list(settings.work_cost) != sorted(settings.work_cost):
        rising = Expected("a list of numbers, each at least as large as the one before it")
        raise _refused(document.mismatch(("work_cost",), Fault.WRONG, rising), path)
    return settings


def check_real(deployment: str, where: str) -> None:
    """Raise BadConfiguration if this deployment id (base64url, or empty) is of an exercise (SPEC 1.5)."""
    if exercise.is_exercise(base64url.decode(deployment)):
        raise BadConfiguration(
            f"{where}: this is the deployment id of an exercise ({exercise.WORDS})",
            "no portal serves an exercise: take the keyring of the real inbox",
        )


def listening(settings: Settings, address: str) -> Settings:
    """Return ``settings`` with a new ``listen``; raises BadConfiguration unless ``address`` is HOST:PORT."""
    if not _listen(address):
        raise BadConfiguration(
            f"--listen has a wrong value: {address}", f"it must be {SETTINGS['listen']['description']}"
        )
    return replace(settings, listen=address)


def _refused(error: Mismatch, path: Path) -> BadConfiguration:
    where = path if error.line is None else f"{path}, line {error.line}"
    match error.fault:
        case Fault.NOT_TOML:
            return BadConfiguration(f"configuration {path} is not TOML: {error.expected.text}", _HINT)
        case Fault.UNKNOWN:
            return BadConfiguration(f"{where}: unknown setting {error.key!r}", _HINT)
        case _:
            said = f"{where}: setting {error.key!r} has a wrong value"
            return BadConfiguration(said, f"it must be {error.expected.text}")


def _made(text: str, name: str) -> bytes:
    if not text:
        raise BadConfiguration(
            f"setting {name!r} is empty", "copy the value that `inbox init` printed into the configuration"
        )
    return base64url.decode(text)


def _binary(size: int) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        try:
            return len(base64url.decode(value)) in {0, size}
        except Malformed:
            return False

    return check


def _database(value: str) -> bool:
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        return False
    backend, _, driver = url.drivername.partition("+")
    if not url.database or "\0" in value or backend not in _DRIVERS:
        return False
    return driver in {"", _DRIVERS[backend]}


def _listen(value: str) -> bool:
    found = _ADDRESS.fullmatch(value)
    return found is not None and int(found["port"]) <= _LARGEST_PORT


def is_host(value: str) -> bool:
    """Return whether a text is the name of a host, without a scheme, a port or a path."""
    return len(value) <= _LONGEST_HOST and _HOST.fullmatch(value) is not None


def _text(form: str, described: str) -> Node:
    return {"type": "string", "format": form, "description": described}


def _amount(described: str, **least: object) -> Node:
    return {"type": "number", "maximum": _LARGEST_AMOUNT, "description": described, **least}


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "deployment": _binary(signing.DEPLOYMENT),
    "root-key": _binary(signing.PUBLIC),
    "database": _database,
    "listen": _listen,
    "onion": lambda value: not value or _ONION.fullmatch(value) is not None,
    "host": lambda value: not value or is_host(value),
    "elsewhere": lambda value: _ELSEWHERE.fullmatch(value) is not None,
    "colour": lambda value: not value or _COLOUR.fullmatch(value) is not None,
    "path": lambda value: "\0" not in value,
    "fingerprint": lambda value: not value or _FINGERPRINT.fullmatch(value) is not None,
    "regime": lambda value: not value or _CODE.fullmatch(value) is not None,
}
SETTINGS: Node = {
    "deployment": _text("deployment", "16 bytes in base64url, or empty"),
    "root_key": _text("root-key", "32 bytes in base64url, or empty"),
    "database": _text("database", "a text such as sqlite:///portal.sqlite or postgresql://user@host/name"),
    "listen": _text("listen", "a text such as 127.0.0.1:8080"),
    "workers": number(2, 256),
    "upload_days": number(1, 365),
    "collected_days": number(1, 365),
    "closed_days": number(1, 3_650),
    "capacity_gb": _amount("a number above 0, such as 20 or 0.5", minimum=0, exclusiveMinimum=True),
    "spare_gb": _amount("a number such as 2 or 0.5, or 0", minimum=0),
    "work_cost": list_of(
        number(1, MOST_COST),
        least=3,
        maxItems=3,
        description=f"a list of three numbers from 1 to {MOST_COST}",
    ),
    "name": texts(LONGEST_NAME),
    "logo": _text("path", "the path of a file, or empty"),
    "colour": table(dict.fromkeys(("light", "dark"), _text("colour", "a colour such as #1b5675, or empty"))),
    "questionnaire": _text("path", "the path of a file, or empty"),
    "jurisdiction": _text("path", "the path of a folder, or empty"),
    "regime": _text("regime", "the code of a regime of the law, or empty"),
    "guide": _text("path", "the path of a folder, or empty"),
    "figures": _text("path", "the path of a folder, or empty"),
    "figures_key": _text("fingerprint", "a fingerprint of 8 groups of 4 letters and digits, or empty"),
    "leave_to": _text("elsewhere", "an address that begins with https:// and has no query"),
    "manifest": _text("path", "the path of a folder, or empty"),
    "onion": _text("onion", "a text such as http://….onion with 56 letters and digits, or empty"),
    "host": _text("host", "a name such as report.example, without https:// and in small letters, or empty"),
}
_FILE = Schema("configuration", table({}, SETTINGS), FORMATS)
