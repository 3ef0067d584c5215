"""Steps that write below /etc/fanal: the folders, the answers, the configuration and the texts."""

import re
from contextlib import suppress
from itertools import product
from pathlib import Path

from portal import config, files
from portal.errors import BadConfiguration
from portal.setup import answers as remembered
from portal.setup.answers import POSTGRESQL, Answers
from portal.setup.steps import TO_DO, Found, done_if, in_the_way
from portal.setup.system import READABLE, Failed, System
from portal.web import guide, translation

CONFIGURATION = "/etc/fanal/portal.toml"
HOSTNAME = "/var/lib/tor-instances/fanal/onion/hostname"
STATE = "/var/lib/fanal"
USER = "portal"
# The folder of the texts, beside the configuration.
TEXTS = "texts"
DATABASE = "fanal"
# The administrator may change all other settings.
_FIXED = {"deployment", "root_key"}
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

    Setup writes this file once; afterwards, the administrator maintains it. Only the onion address is
    corrected, because tor chooses it. A file that comes from a lost machine contains another address.
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
        return done_if(done=settings.onion == wanted.get("onion", settings.onion))

    def apply(self) -> None:
        """Write the file, or change its onion address, so that only the portal can read the file."""
        wanted = self._wanted()
        if self._file.exists():
            text = with_setting(self._file.read_text("utf-8"), "onion", str(wanted["onion"]))
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
        hostname = self._system.at(HOSTNAME)
        if self._answers.onion and hostname.exists():
            wanted["onion"] = f"http://{hostname.read_text('ascii').strip()}"
        return wanted


class SiteTexts:
    """Copies of the shipped texts of the site, which the inspectorate edits.

    A copy that exists is never changed. If the configuration names another folder, or none, nothing is
    copied.
    """

    title = "texts of the site"

    def __init__(self, configuration: Path) -> None:
        self.said = ""
        self._configuration = configuration
        self._folder = configuration.parent / TEXTS
        self._added: list[Path] = []

    def check(self) -> Found:
        """Look for missing texts."""
        if not self._configuration.exists():
            return TO_DO
        try:
            named = config.load(self._configuration).guide_folder
        except BadConfiguration as error:
            return in_the_way(str(error), error.hint)
        return done_if(done=named != self._folder or not self._missing())

    def apply(self) -> None:
        """Copy the missing texts, so that everybody can read them."""
        self._folder.mkdir(exist_ok=True)
        # A run with another umask may have been killed after it made the folder.
        self._folder.chmod(0o755)
        shipped = config.Settings().guide_folder
        for file in self._missing():
            files.write(file, [(shipped / file.name).read_bytes()], READABLE)
            self._added.append(file)
        self.said = f"new in {self._folder}: {', '.join(each.name for each in self._added)}"

    def undo(self) -> None:
        """Delete the copies that this run made. Other files remain."""
        for each in self._added:
            each.unlink()
        self._added.clear()
        with suppress(OSError):
            self._folder.rmdir()

    def _missing(self) -> list[Path]:
        names = product(translation.LANGUAGES, guide.NAMES)
        wanted = [guide.file_of(self._folder, language, name) for language, name in names]
        # A link of the administrator counts as a text, even if its target is missing.
        return [each for each in wanted if not each.exists(follow_symlinks=False)]
