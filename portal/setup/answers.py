"""The answers of the administrator: from a file, or asked at the terminal."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crypto import base64url, signing
from crypto.errors import Malformed
from crypto.keyring import ROOT, ROOT_FILE, Root, Texts
from crypto.toml_schema import YES_OR_NO, Mismatch, Node, Schema, table
from portal import config, files, terminal
from portal.errors import BadConfiguration, Refused, why

FILE = "/etc/fanal/setup.toml"
# The typed answers, until setup writes FILE. The file is in memory, so setup can offer the answers again even
# if /etc is read-only. An abandoned installation leaves nothing on the disk.
DRAFT = "/run/fanal-setup-answers.toml"
SQLITE, POSTGRESQL = _DATABASES = ("sqlite", "postgresql")
FILES, ACME_HTTP, ACME_DNS = _CERTIFICATES = ("files", "acme-http", "acme-dns")
_AUTHORITY = "https://acme-v02.api.letsencrypt.org/directory"
# In certbot's file, a space, a line end or a quote would begin another setting.
_WORD = re.compile(r"[\w./:~-]*", re.ASCII)
_HINT = "`fanal-portal setup --help` names the page that explains the file"
_NAME = f"enter a name of at most {config.LONGEST_NAME} characters"
_NO_FILE = "there is no such file: enter its full path"


@dataclass(frozen=True, slots=True)
class Answers:
    """The information that setup needs. ``keyring`` is the folder from the inbox.

    ``certificate`` and ``certificate_key`` are files; they are empty without a clearnet site, or with a
    certificate by ACME. ``host`` is the name of the clearnet site, or empty if setup need not check it.
    ``acme_hook`` is a program that changes the DNS.
    """

    deployment: str
    root_key: str
    keyring: str
    name: Texts
    database: str = SQLITE
    onion: bool = True
    clearnet: bool = True
    certificate: str = ""
    certificate_key: str = ""
    host: str = ""
    certificate_by: str = FILES
    acme_server: str = _AUTHORITY
    acme_hook: str = ""

    @property
    def root(self) -> Root:
        """The deployment id and the root key as bytes."""
        return Root(base64url.decode(self.deployment), base64url.decode(self.root_key))

    @property
    def by_acme(self) -> bool:
        """Whether setup gets the certificate of the clearnet site by ACME."""
        return self.clearnet and self.certificate_by != FILES

    def encode(self) -> bytes:
        """Return the answers as a file that ``read`` accepts."""
        return "".join(f"{name} = {toml(value)}\n" for name, value in asdict(self).items()).encode()


def toml(value: object) -> str:
    """Return a text, a boolean or a table of texts as TOML.

    The portal has no library that writes TOML, and needs no such library for these three types.
    """
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml(each)}" for name, each in value.items()) + " }"
    # JSON strings are also TOML strings, except for the character DEL. JSON's true and false are also TOML.
    return json.dumps(value, ensure_ascii=False).replace(chr(127), "\\u007f")


def read(path: Path) -> Answers:
    """Return the answers in a file. Raises BadConfiguration, which names the first mistake."""
    try:
        found = _FILE.read(path.read_bytes()).value
    except OSError as error:
        raise BadConfiguration(f"answers {path} were not read: {why(error)}", _HINT) from error
    except Mismatch as error:
        raise BadConfiguration(f"answers {path}: {error}", _HINT) from error
    answers = Answers(**{**found, "name": Texts(**found["name"])})
    config.check_real(answers.deployment, f"answers {path}")
    if not (answers.clearnet or answers.onion):
        raise BadConfiguration(f"answers {path}: neither a clearnet site nor an onion service", _HINT)
    if answers.by_acme and not answers.host:
        raise BadConfiguration(f"answers {path}: a certificate by ACME needs `host`", _HINT)
    if answers.by_acme and answers.certificate_by == ACME_DNS and not answers.acme_hook:
        raise BadConfiguration(
            f"answers {path}: a certificate by DNS needs `acme_hook`",
            'name a program that changes the DNS, or set certificate_by = "acme-http"',
        )
    if answers.clearnet and not (answers.by_acme or (answers.certificate and answers.certificate_key)):
        raise BadConfiguration(
            f"answers {path}: a clearnet site needs `certificate` and `certificate_key`",
            "name both files, or set clearnet = false: an onion service needs no certificate",
        )
    return answers


def ask(draft: Path) -> Answers:
    """Ask at the terminal, and keep the answers in ``draft``.

    The answers that are in this file already are offered as defaults. The fingerprint of the root key must be
    confirmed each time. Raises Refused if there is no terminal.
    """
    if not terminal.is_interactive():
        raise Refused("there is no terminal to ask questions at", "name a file with --answers")
    offered = read_draft(draft) or Answers(deployment="", root_key="", keyring="", name=Texts("", ""))
    keyring = terminal.ask(
        "Folder with the keyring from the inbox",
        _is_keyring,
        "this folder has no keyring.json: enter the folder that `inbox exchange keyring` wrote",
        offered.keyring,
    )
    given: dict[str, Any] = {
        "keyring": keyring,
        **_confirmed_root(Path(keyring), offered),
        "name": Texts(
            fr=terminal.ask("Name of the inspectorate in French", _is_name, _NAME, offered.name.fr),
            en=terminal.ask("Name of the inspectorate in English", _is_name, _NAME, offered.name.en),
        ),
        "database": _ask_for_one("Database", _DATABASES, offered.database),
        "onion": terminal.confirm("Onion service?", default=offered.onion),
    }
    given["clearnet"] = not given["onion"] or terminal.confirm("Clearnet site?", default=offered.clearnet)
    if given["clearnet"]:
        given |= _ask_for_certificate(offered)
    answers = Answers(**given)
    with suppress(OSError):  # If they cannot be kept, the next run asks again.
        files.write(draft, [answers.encode()])
    return answers


def read_draft(file: Path) -> Answers | None:
    """Return the answers that ``ask`` kept in a file, or None if there is no such file or it is damaged."""
    try:
        return read(file)
    except BadConfiguration:
        return None


def root_on(folder: Path) -> Root | None:
    """Return the deployment id and the root key from the medium, or None if their file is missing.

    Earlier versions of the inbox did not write this file. Raises Refused if it is damaged.
    """
    file = folder / ROOT_FILE
    if not file.exists():
        return None
    try:
        return ROOT.parse(files.read(file, signing.LARGEST_FILE))
    except OSError as error:
        raise Refused(f"{file} was not read: {why(error)}", "insert the medium again") from error
    except Malformed as error:
        hint = "have the officers write it again: inbox exchange keyring"
        raise Refused(f"{file}: {error}", hint) from error


def _confirmed_root(folder: Path, offered: Answers) -> dict[str, str]:
    """Return the deployment id and the root key from the medium, once a person has compared the fingerprint.

    If the file is missing on the medium, the person types both. Raises Refused if the file is damaged, or if
    the fingerprint differs from the expected fingerprint.
    """
    found = root_on(folder)
    if found is None:
        deployment = terminal.ask(
            "Deployment id, from the inbox",
            config.FORMATS["deployment"],
            "enter the 22 characters after `deployment` that `inbox exchange keyring` printed",
            offered.deployment,
        )
        config.check_real(deployment, "the deployment id")
        return {
            "deployment": deployment,
            "root_key": terminal.ask(
                "Root key, from the inbox",
                config.FORMATS["root-key"],
                "enter the 43 characters after `root_key` that `inbox exchange keyring` printed",
                offered.root_key,
            ),
        }
    config.check_real(base64url.encode(found.deployment), str(folder / ROOT_FILE))
    terminal.say(f"Fingerprint of the root key on the medium: {signing.fingerprint(found.root_key)}")
    if not terminal.confirm("Do the papers of the officers show the same fingerprint?", default=None):
        raise Refused(
            "the root key on the medium differs from the key on the papers; nothing was changed",
            "do not use this medium; ask the officers for another one",
        )
    return {
        "deployment": base64url.encode(found.deployment),
        "root_key": base64url.encode(found.root_key),
    }


def _ask_for_certificate(offered: Answers) -> dict[str, str]:
    given = {
        "host": terminal.ask(
            "Host name of the clearnet site, such as report.example",
            config.is_host,
            "enter a name in small letters such as report.example, without https://",
            offered.host,
        ),
        "certificate_by": _ask_for_one("Certificate", _CERTIFICATES, offered.certificate_by),
    }
    if given["certificate_by"] == FILES:
        given["certificate"] = terminal.ask(
            "File with the certificate and its chain", _is_file, _NO_FILE, offered.certificate
        )
        given["certificate_key"] = terminal.ask(
            "File with the key of the certificate", _is_file, _NO_FILE, offered.certificate_key
        )
    elif given["certificate_by"] == ACME_DNS:
        given["acme_hook"] = terminal.ask(
            "Program that changes the DNS",
            _is_program,
            "enter the full path of a file, without spaces",
            offered.acme_hook,
        )
    return given


def _ask_for_one(what: str, words: Sequence[str], offered: str) -> str:
    """Ask for one of these words."""
    listed = f"{', '.join(words[:-1])} or {words[-1]}"
    return terminal.ask(f"{what}: {listed}", words.__contains__, f"enter {listed}", offered)


def _is_name(value: str) -> bool:
    return bool(value.strip()) and len(value) <= config.LONGEST_NAME


def _is_file(value: str) -> bool:
    return Path(value).is_file()


def _is_program(value: str) -> bool:
    return _is_file(value) and _WORD.fullmatch(value) is not None


def _is_keyring(value: str) -> bool:
    return (Path(value) / "keyring.json").is_file()


_PATH: Node = {"type": "string", "description": "the path of a file"}
_FILE = Schema(
    "answers",
    table(
        {
            "deployment": {**config.SETTINGS["deployment"], "minLength": 1},
            "root_key": {**config.SETTINGS["root_key"], "minLength": 1},
            "keyring": {"type": "string", "description": "the path of a folder"},
            "name": config.SETTINGS["name"],
        },
        {
            "database": {"enum": [*_DATABASES], "description": f"{SQLITE} or {POSTGRESQL}"},
            "onion": YES_OR_NO,
            "clearnet": YES_OR_NO,
            "certificate": _PATH,
            "certificate_key": _PATH,
            "host": config.SETTINGS["host"],
            "certificate_by": {
                "enum": [*_CERTIFICATES],
                "description": " or ".join(_CERTIFICATES),
            },
            "acme_server": {"type": "string", "format": "word", "description": "the address of an authority"},
            "acme_hook": {
                "type": "string",
                "format": "word",
                "description": "the path of a program, without spaces",
            },
        },
    ),
    {
        **config.FORMATS,
        "word": lambda value: _WORD.fullmatch(value) is not None,
    },
)
