"""Steps that write below /etc/fanal: the folders, the answers, the configuration and the texts."""

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from itertools import product
from pathlib import Path

from portal import config, files
from portal.errors import BadConfiguration
from portal.kit.texts import FILE as KIT
from portal.setup import answers as remembered
from portal.setup.answers import POSTGRESQL, Answers
from portal.setup.steps import TO_DO, Found, done_if, in_the_way
from portal.setup.system import READABLE, Failed, System
from portal.web import guide, scenarios, translation

CONFIGURATION = "/etc/fanal/portal.toml"
HOSTNAME = "/var/lib/tor-instances/fanal/onion/hostname"
STATE = "/var/lib/fanal"
USER = "portal"
# The folder of the texts, beside the configuration.
TEXTS = "texts"
# The list of the shipped texts, in that folder.
SHIPPED = "shipped.sha256"
DATABASE = "fanal"
# The administrator may change all other settings.
_FIXED = {"deployment", "root_key"}
_ADDRESSES = ("onion", "host")
_PACKAGE = "fanal-portal.conf"
_DATABASES = {
    remembered.SQLITE: f"sqlite:///{STATE}/portal.sqlite",
    # Over this socket, PostgreSQL recognises the user and needs no password.
    POSTGRESQL: f"postgresql://{USER}@/{DATABASE}?host=/run/postgresql",
}


def with_setting(text: str, name: str, value: str) -> str:
    """Return the text of a configuration with a new value for one setting."""
    line = f"{name} = {remembered.toml(value)}"
    setting = re.compile(rf"^{name}[ \t]*=.*$", re.MULTILINE)
    # The first lines of a TOML file belong to no table.
    return setting.sub(lambda _: line, text, count=1) if setting.search(text) else f"{line}\n{text}"


class Folders:
    """The user `portal` and its folders.

    The package creates the user and the folders; this step restores what was removed.
    """

    title = "user and folders of the portal"
    said = ""

    def __init__(self, system: System) -> None:
        self._system = system

    def check(self) -> Found:
        """Check that the user and the two folders of every portal exist."""
        try:
            self._system.owner(USER)
        except (Failed, OSError):
            return TO_DO
        return done_if(done=all(self._system.at(each).is_dir() for each in ("/etc/fanal", STATE)))

    def apply(self) -> None:
        """Let systemd create the users and folders that the package lists."""
        self._system.tool("systemd-sysusers", _PACKAGE)
        self._system.tool("systemd-tmpfiles", "--create", _PACKAGE)

    def undo(self) -> None:
        """Do nothing, because the user and the folders belong to the package."""


class Remembered:
    """The administrator's answers, kept so that the next run need not ask again."""

    title = remembered.FILE
    said = ""

    def __init__(self, system: System, answers: Answers) -> None:
        self._file = system.at(remembered.FILE)
        self._draft = system.at(remembered.DRAFT)
        self._answers = answers

    def check(self) -> Found:
        """Compare the stored file with the answers."""
        with suppress(OSError):
            return done_if(done=self._file.read_bytes() == self._answers.encode())
        return TO_DO

    def apply(self) -> None:
        """Write the answers to a file, completely or not at all; nobody needs the draft any more."""
        files.write(self._file, [self._answers.encode()])
        self._draft.unlink(missing_ok=True)

    def undo(self) -> None:
        """Do nothing, because the file was written completely or not at all."""


class Configuration:
    """The configuration of the portal.

    Setup writes this file once; afterwards, the administrator maintains it. Only the site's addresses are
    corrected: tor chooses the address of the onion service, and the certificate of the clearnet site is for a
    certain host name. A file that comes from a lost machine may contain other addresses.
    """

    title = CONFIGURATION
    said = ""

    def __init__(self, system: System, answers: Answers) -> None:
        self._system = system
        self._file = system.at(CONFIGURATION)
        self._answers = answers

    def check(self) -> Found:
        """Report a configuration file that has a mistake or does not match the answers."""
        if not self._file.exists():
            return TO_DO
        try:
            settings = config.load(self._file)
        except BadConfiguration as error:
            return in_the_way(str(error), error.hint)
        wanted = self._wanted()
        for name in _FIXED & wanted.keys():
            if getattr(settings, name) != wanted[name]:
                return in_the_way(
                    f"`{name}` differs from the answers", f"correct it there, or in {remembered.FILE}"
                )
        return done_if(done=all(getattr(settings, each) == wanted[each] for each in _addresses(wanted)))

    def apply(self) -> None:
        """Write the file, or change its addresses, so that only the portal can read the file."""
        wanted = self._wanted()
        if self._file.exists():
            text = self._file.read_text("utf-8")
            for name in _addresses(wanted):
                text = with_setting(text, name, str(wanted[name]))
        else:
            text = "".join(f"{name} = {remembered.toml(value)}\n" for name, value in wanted.items())
        files.write(self._file, [text.encode()], owner=self._system.owner(USER))

    def undo(self) -> None:
        """Do nothing, because the file was written completely or not at all."""

    def _wanted(self) -> dict[str, object]:
        wanted: dict[str, object] = {
            "deployment": self._answers.deployment,
            "root_key": self._answers.root_key,
            "database": _DATABASES[self._answers.database],
            "name": {"fr": self._answers.name.fr, "en": self._answers.name.en},
            "guide": TEXTS,
        }
        if self._answers.clearnet and self._answers.host:
            wanted["host"] = self._answers.host
        hostname = self._system.at(HOSTNAME)
        if self._answers.onion and hostname.exists():
            wanted["onion"] = f"http://{hostname.read_text('ascii').strip()}"
        return wanted


def _addresses(wanted: Mapping[str, object]) -> list[str]:
    """Return the names of the addresses that the machine has."""
    return [each for each in _ADDRESSES if each in wanted]


class SiteTexts:
    """Copies of the shipped texts of the site, which the inspectorate edits.

    A copy that somebody edited is never changed. A copy that nobody edited is replaced when the program ships
    another text, so that a correction reaches the site. A list beside the copies contains the SHA-256 of each
    text that was shipped at the last run, in the format of sha256sum(1). If the configuration names another
    folder, or none, nothing is copied.
    """

    title = "texts of the site"

    def __init__(self, configuration: Path) -> None:
        self.said = ""
        self._configuration = configuration
        self._folder = configuration.parent / TEXTS
        self._list = self._folder / SHIPPED
        # The files that this run wrote, with their earlier content, or None if there was no file.
        self._before: dict[Path, bytes | None] = {}

    def check(self) -> Found:
        """Look for texts that are missing, and for texts that the program has shipped since the last run."""
        if not self._configuration.exists():
            return TO_DO
        try:
            named = config.load(self._configuration).guide_folder
        except BadConfiguration as error:
            return in_the_way(str(error), error.hint)
        return done_if(done=named != self._folder or not (self._missing() or self._newly_shipped()))

    def apply(self) -> None:
        """Copy the texts that are missing or that nobody edited, so that everybody can read them."""
        self._folder.mkdir(exist_ok=True)
        # A run with another umask may have been killed after it made the folder.
        self._folder.chmod(0o755)
        shipped, listed, missing = _shipped(), self._listed(), self._missing()
        # A run that was killed may have copied a text, but not written the list.
        found = {each: _digest(self._folder / each) for each in self._newly_shipped() if each not in missing}
        differing = [each for each, sha in found.items() if sha != shipped[each]]
        unedited = [each for each in differing if found[each] == listed.get(each, "")]
        for name in [*missing, *unedited]:
            self._write(self._folder / name, (_shipped_in() / name).read_bytes())
        self._write(self._list, "".join(f"{sha}  {name}\n" for name, sha in shipped.items()).encode())
        told = {
            f"new in {self._folder}": missing,
            "replaced by the text of this version, because nobody had edited it": unedited,
            f"edited; compare with the text of this version in {_shipped_in()}": [
                each for each in differing if each not in unedited
            ],
        }
        self.said = "; ".join(f"{what}: {', '.join(names)}" for what, names in told.items() if names)

    def undo(self) -> None:
        """Restore the files that this run wrote. Other files remain."""
        for file, content in self._before.items():
            if content is None:
                file.unlink()
            else:
                files.write(file, [content], READABLE)
        self._before.clear()
        with suppress(OSError):
            self._folder.rmdir()

    def _missing(self) -> list[str]:
        # A link of the administrator counts as a text, even if its target is missing.
        return [each for each in _shipped() if not (self._folder / each).exists(follow_symlinks=False)]

    def _newly_shipped(self) -> list[str]:
        """Return the shipped texts that are new or have changed since the last run."""
        listed = self._listed()
        return [name for name, sha in _shipped().items() if listed.get(name) != sha]

    def _listed(self) -> dict[str, str]:
        """Return the SHA-256 of each text in the list, by name."""
        if not self._list.exists():
            return {}
        lines = (line.split("  ", 1) for line in self._list.read_text("utf-8", "replace").splitlines())
        return {name: sha for sha, *rest in lines for name in rest}

    def _write(self, file: Path, content: bytes) -> None:
        before = file.read_bytes() if file.exists() else None
        files.write(file, [content], READABLE)
        self._before[file] = before


def _shipped_in() -> Path:
    return config.Settings().guide_folder


def _shipped() -> dict[str, str]:
    """Return the SHA-256 of each shipped text, by file name."""
    folder, names = _shipped_in(), product(translation.LANGUAGES, guide.NAMES)
    texts = [guide.file_of(folder, language, name) for language, name in names]
    texts += [folder / KIT, folder / scenarios.FILE]
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in texts}


def _digest(copy: Path) -> str | None:
    """Return the SHA-256 of a copy, or None for a link, which setup never makes."""
    return None if copy.is_symlink() else hashlib.sha256(copy.read_bytes()).hexdigest()
