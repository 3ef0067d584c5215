"""Create or upgrade the vault with its numbered migrations (alembic)."""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from inbox.keys.officers import Credential
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import inbox, journal
from inbox.session.actions import Actor, Code, action
from inbox.system.home import Home
from inbox.vault import database, schema_version
from inbox.vault.database import Vault


def create(path: Path, key: bytes) -> Vault:
    """Return a new vault at ``path``, mode 0600, with empty tables."""
    made = database.create(path, key)
    with made.transaction() as session:
        migrate(session.connection())
    return made


def upgrade(root: Path, bring: Callable[[], Sequence[Credential]], today: date) -> tuple[str, str]:
    """Upgrade the vault in the folder ``root`` to the newest version, and record the upgrade in the journal.

    Returns the versions before and after. Raises Refused if the vault is already of the newest version. Also
    raises the same errors as ``inbox.unlocked`` and ``journal.note``. After an error, the vault is unchanged.
    """
    home = Home(root)
    with home.locked():
        opened = inbox.open_any(home, bring)
        with closing(opened.vault):
            newest = schema_version.newest()
            if opened.version == newest:
                raise Refused(
                    sentence("the vault already has version {version}", version=opened.version),
                    sentence("there is nothing to do"),
                )
            with opened.vault.transaction() as session:
                migrate(session.connection())
                upgraded = action(Code.UPGRADE, from_version=opened.version, to_version=newest)
                journal.note(session, Actor(opened.present, today), upgraded)
    return opened.version, newest


def migrate(connection: Connection) -> None:
    """Run the missing migrations (all migrations in a new database) inside the caller's transaction."""
    # Loading alembic takes a quarter of the desk's startup time, and only a migration needs it.
    from alembic import command, config  # noqa: PLC0415

    given = config.Config()
    given.set_main_option("script_location", str(schema_version.FOLDER))
    given.set_main_option("path_separator", "newline")
    given.set_main_option("version_locations", "\n".join(map(str, schema_version.LOCATIONS)))
    given.attributes["connection"] = connection
    command.upgrade(given, "head")
