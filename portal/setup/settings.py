"""Steps that write below /etc/fanal: the folders, the answers, the configuration and the certificate."""

import os
import ssl
from contextlib import suppress
from pathlib import Path

from portal import config, files
from portal.errors import BadConfiguration
from portal.setup import answers as remembered
from portal.setup.answers import POSTGRESQL, Answers
from portal.setup.steps import DONE, TO_DO, Found, done_if, in_the_way
from portal.setup.system import Failed, System, content, put_back

CONFIGURATION = "/etc/fanal/portal.toml"
CERTIFICATE, KEY = "/etc/fanal/certificate.pem", "/etc/fanal/certificate.key"
HOSTNAME = "/var/lib/tor-instances/fanal/onion/hostname"
STATE = "/var/lib/fanal"
USER = "portal"
DATABASE = "fanal"
# The administrator may change all other settings.
_FIXED = {"deployment", "root_key", "onion"}
_PACKAGE = "fanal-portal.conf"
_DATABASES = {
    remembered.SQLITE: f"sqlite:///{STATE}/portal.sqlite",
    # Over this socket, PostgreSQL recognises the user and needs no password.
    POSTGRESQL: f"postgresql://{USER}@/{DATABASE}?host=/run/postgresql",
}


class Folders:
    """The user `portal` and its folders, which the package has already made unless somebody removed them."""

    title = "user and folders of the portal"
    said = ""

    def __init__(self, system: System) -> None:
        self._system = system

    def check(self) -> Found:
        """Look for the user and the two folders that every portal has."""
        try:
            self._system.owner(USER)
        except (Failed, OSError):
            return TO_DO
        return done_if(done=all(self._system.at(each).is_dir() for each in ("/etc/fanal", STATE)))

    def apply(self) -> None:
        """Have systemd read the lists of the package again."""
        self._system.tool("systemd-sysusers", _PACKAGE)
        self._system.tool("systemd-tmpfiles", "--create", _PACKAGE)

    def undo(self) -> None:
        """Leave them: they belong to the package."""


class Remembered:
    """The answers, so that the next run asks nothing."""

    title = remembered.FILE
    said = ""

    def __init__(self, system: System, answers: Answers) -> None:
        self._file = system.at(remembered.FILE)
        self._answers = answers

    def check(self) -> Found:
        """Compare the file with the answers."""
        with suppress(OSError):
            return done_if(done=self._file.read_bytes() == self._answers.encode())
        return TO_DO

    def apply(self) -> None:
        """Write the file in one piece."""
        files.write(self._file, [self._answers.encode()])

    def undo(self) -> None:
        """Leave it: it is written in one piece."""


class Configuration:
    """The configuration of the portal. It is written once; afterwards it belongs to the administrator."""

    title = CONFIGURATION
    said = ""

    def __init__(self, system: System, answers: Answers) -> None:
        self._system = system
        self._file = system.at(CONFIGURATION)
        self._answers = answers

    def check(self) -> Found:
        """Report a file that is wrong or that does not belong to the answers."""
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
        return DONE

    def apply(self) -> None:
        """Write the file in one piece, readable by the portal alone."""
        lines = [f"{name} = {remembered.toml(value)}\n" for name, value in self._wanted().items()]
        new = self._file.with_name(f".{self._file.name}.new")
        try:
            files.write(new, [line.encode() for line in lines])
            os.chown(new, *self._system.owner(USER))
            new.replace(self._file)
        finally:
            new.unlink(missing_ok=True)

    def undo(self) -> None:
        """Leave it: it is written in one piece."""

    def _wanted(self) -> dict[str, object]:
        wanted: dict[str, object] = {
            "deployment": self._answers.deployment,
            "root_key": self._answers.root_key,
            "database": _DATABASES[self._answers.database],
            "name": {"fr": self._answers.name.fr, "en": self._answers.name.en},
        }
        hostname = self._system.at(HOSTNAME)
        if self._answers.onion and hostname.exists():
            wanted["onion"] = f"http://{hostname.read_text('ascii').strip()}"
        return wanted


class Certificate:
    """The certificate of the clearnet site and its key. A new file is taken at the next run."""

    title = "certificate of the clearnet site"
    said = ""

    def __init__(self, system: System, answers: Answers) -> None:
        self._system = system
        self._given = Path(answers.certificate), Path(answers.certificate_key)
        self._places = system.at(CERTIFICATE), system.at(KEY)
        self._before: dict[Path, bytes | None] = {}

    def check(self) -> Found:
        """Report files that are missing or do not belong together."""
        if not all(each.is_file() for each in self._given):
            if all(each.is_file() for each in self._places):
                return DONE
            missing = next(each for each in self._given if not each.is_file())
            return in_the_way(f"{missing} is missing", f"put it there, or correct {remembered.FILE}")
        if said := _mismatch(*self._given):
            return in_the_way(said, "name a certificate in PEM, and its key without a passphrase")
        pairs = zip(self._given, self._places, strict=True)
        return done_if(done=all(content(given) == content(place) for given, place in pairs))

    def apply(self) -> None:
        """Copy both, readable by root alone, and have nginx read them."""
        self._before = {place: content(place) for place in self._places}
        for given, place in zip(self._given, self._places, strict=True):
            files.write(place, [given.read_bytes()])
        if self._system.runs:
            self._system.control("try-reload-or-restart", "nginx@clearnet")

    def undo(self) -> None:
        """Put back the files that ``apply`` replaced."""
        for place, before in self._before.items():
            put_back(place, before, 0o600)


def _mismatch(certificate: Path, key: Path) -> str:
    """Return what is wrong with a certificate and its key, or an empty text."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # Without this, OpenSSL would ask for a passphrase at the terminal.
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, OSError):
        return f"{certificate} and {key} are not a certificate and its key"
    return ""
