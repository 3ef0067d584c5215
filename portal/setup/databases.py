"""Steps for the database: PostgreSQL's settings and role, the portal's tables, and the keyring."""

import json
import os
import shutil
from pathlib import Path

from crypto import keyring
from crypto.errors import CryptoError
from crypto.keyring import ROOT_FILE
from crypto.signing import LARGEST_FILE
from portal import days, files
from portal.errors import Refused, why
from portal.ops.serving import NO_KEYRING
from portal.setup.answers import Answers, root_on
from portal.setup.portal_user import AS_PORTAL, own_folder
from portal.setup.services import SHIPPED
from portal.setup.settings import CONFIGURATION, DATABASE, USER
from portal.setup.steps import TO_DO, Found, done_if, in_the_way
from portal.setup.system import READABLE, Failed, System, content, put_back

_AS_POSTGRES = ("runuser", "-u", "postgres", "--")
_UNREAD = "postgresql"
_KEYRING_FILES = ("keyring.json", "keyring.sig")
_WRITE_AGAIN = "have the officers write it again: inbox exchange keyring"


class PostgresqlSettings:
    """Settings with which PostgreSQL deletes data as soon as possible, and logs no times."""

    title = "settings of PostgreSQL"
    said = ""

    def __init__(self, system: System) -> None:
        self._system = system
        self._shipped = system.at(f"{SHIPPED}/postgresql.conf")
        self._before: dict[Path, bytes | None] = {}

    def check(self) -> Found:
        """Compare the settings file in each cluster with the shipped file."""
        places = self._places()
        if not places:
            return in_the_way("there is no PostgreSQL on this machine", "apt install postgresql")
        shipped = self._shipped.read_bytes()
        are_ours = all(content(each) == shipped for each in places)
        return done_if(done=are_ours and not self._system.is_unread(_UNREAD))

    def apply(self) -> None:
        """Write the settings file in each cluster, and restart PostgreSQL so that it reads the file."""
        places = self._places()
        self._before = {place: content(place) for place in places}
        with self._system.unread(_UNREAD):
            for place in places:
                files.write(place, [self._shipped.read_bytes()], READABLE)
            self._restart()

    def undo(self) -> None:
        """Put back the files that ``apply`` replaced, or remove ours, and restart PostgreSQL."""
        for place in self._places():
            put_back(place, self._before.get(place), READABLE)
        self._restart()

    def _places(self) -> list[Path]:
        clusters = sorted(self._system.at("/etc/postgresql").glob("*/*/conf.d"))
        return [each / "fanal.conf" for each in clusters]

    def _restart(self) -> None:
        if self._system.runs:
            self._system.control("restart", "postgresql")


class PostgresqlRole:
    """The role `portal`, and its database.

    PostgreSQL recognises the system user at its socket, so there is no password.
    """

    title = "role and database of PostgreSQL"
    said = ""

    def __init__(self, system: System) -> None:
        self._system = system

    def check(self) -> Found:
        """Ask PostgreSQL whether the role and the database exist."""
        try:
            return done_if(done=self._has_role() and self._has_database())
        except Failed as error:
            return in_the_way(f"PostgreSQL does not answer: {error}", "systemctl status postgresql")

    def apply(self) -> None:
        """Create the role and the database, unless they exist."""
        if not self._has_role():
            self._system.run(*_AS_POSTGRES, "createuser", USER)
        if not self._has_database():
            self._system.run(*_AS_POSTGRES, "createdb", f"--owner={USER}", DATABASE)

    def undo(self) -> None:
        """Keep the role and the database.

        Each of the two exists completely or not at all, and the database may contain reports.
        """

    def _has_role(self) -> bool:
        return USER in self._names("SELECT rolname FROM pg_roles")

    def _has_database(self) -> bool:
        return DATABASE in self._names("SELECT datname FROM pg_database")

    def _names(self, query: str) -> list[str]:
        words = ("psql", "--no-align", "--tuples-only", "--command", query)
        return self._system.run(*_AS_POSTGRES, *words).splitlines()


class Tables:
    """The tables of the portal, and the key that signs intake bundles.

    ``fingerprint`` belongs to this key, and is empty before ``apply``.
    """

    title = "database of the portal"

    def __init__(self, system: System) -> None:
        self.said = ""
        self.fingerprint = ""
        self._system = system

    def check(self) -> Found:
        """Check whether the portal can read its database."""
        return done_if(done=_configured(self._system) and self._system.succeeds(*AS_PORTAL, "pending"))

    def apply(self) -> None:
        """Run `portal init`."""
        made = json.loads(self._system.run(*AS_PORTAL, "init", "--json"))
        self.fingerprint = made["fingerprint"]
        self.said = (
            f"fingerprint of this portal: {self.fingerprint}; officers compare it at the first"
            " `inbox exchange collect`"
        )

    def undo(self) -> None:
        """Do nothing: `portal init` makes all tables or none."""


class Keyring:
    """The first keyring from the inbox. Later keyrings come with outboxes."""

    title = "keyring"
    said = ""

    def __init__(self, system: System, answers: Answers) -> None:
        self._system = system
        self._answers = answers
        self._folder = Path(answers.keyring)

    def check(self) -> Found:
        """Check whether the portal has a keyring.

        If not, check that the inbox's files are there, that the root key beside them matches the answers,
        that this root key signed the keyring, and that the keyring is valid today. Otherwise a wrong clock
        would stop setup in the middle, or the site would refuse every report.
        """
        if _configured(self._system):
            found = self._system.output(*AS_PORTAL, "doctor", "--json")
            if found.startswith("[") and NO_KEYRING not in {each["what"] for each in json.loads(found)}:
                return done_if(done=True)
        for name in _KEYRING_FILES:
            if not (self._folder / name).is_file():
                return in_the_way(
                    f"{self._folder / name} is missing", "insert the medium on which the inbox wrote it"
                )
        try:
            root = root_on(self._folder)
        except Refused as error:
            return in_the_way(str(error), error.hint)
        if root not in {None, self._answers.root}:
            return in_the_way(
                f"{self._folder / ROOT_FILE} differs from the answers",
                "find out which of the two has the root key of the officers' papers",
            )
        return self._validity()

    def _validity(self) -> Found:
        root, today = self._answers.root, days.today()
        try:
            raw, signature = (files.read(self._folder / name, LARGEST_FILE) for name in _KEYRING_FILES)
            found = keyring.open_keyring(raw, signature, root_key=root.root_key, deployment=root.deployment)
        except OSError as error:
            return in_the_way(f"{self._folder} was not read: {why(error)}", "insert the medium again")
        except CryptoError as error:
            return in_the_way(f"the files in {self._folder} were refused: {error}", _WRITE_AGAIN)
        if found.issued <= today <= found.valid_until:
            return TO_DO
        return in_the_way(
            f"it is valid from {found.issued} until {found.valid_until}, but the clock shows {today}",
            f"compare this machine's clock with a watch; if the clock is right, {_WRITE_AGAIN}",
        )

    def apply(self) -> None:
        """Run `portal keyring` on a copy, because the portal's user may be unable to read the medium."""
        with own_folder(self._system) as folder:
            for name in _KEYRING_FILES:
                shutil.copy(self._folder / name, folder / name)
                os.chown(folder / name, *self._system.owner(USER))
            self._system.run(*AS_PORTAL, "keyring", folder)

    def undo(self) -> None:
        """Do nothing, because if `portal keyring` fails, it publishes nothing."""


def _configured(system: System) -> bool:
    return system.at(CONFIGURATION).exists()
