"""Open the vault for one command, with the shares and passphrases that officers bring."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import click

from inbox.cli import render
from inbox.cli.options import passphrase_of, remembered
from inbox.deadlines import renewing
from inbox.keys import officers, share_file, vault_header
from inbox.keys.officers import Credential
from inbox.language.errors import ShareDamaged
from inbox.session.inbox import Unlocked
from inbox.setup import sheet_notice
from inbox.system import given_files, terminal
from inbox.system.home import Home


@contextmanager
def unlocked(root: Path, day: date) -> Iterator[Unlocked]:
    """Yield the inbox in the folder ``root``, opened on that day, and the officers who opened it.

    Raises the same errors as ``renewing.unlocked``.
    """
    with ExitStack() as stack:
        with ExitStack() as quiet:
            bring = partial(quiet_credentials_at, quiet, root)
            opened = stack.enter_context(renewing.unlocked(root, bring, terminal.progress, day))
        terminal.warn_all(render.sheet_notices(sheet_notice.pending(opened.inbox, day)))
        yield opened


def _credentials_at(root: Path) -> list[Credential]:
    """Return the credentials that officers bring to an inbox.

    If there is only one share, it may be in the home of the inbox.
    """
    shares = remembered("share") or _at_home(root)
    secrets = iter(remembered("passphrase_file"))
    credentials = [_credential(path, secrets) for path in shares]
    if next(secrets, None) is not None:
        raise click.UsageError("there are more passphrase files than shares")
    return credentials


def quiet_credentials_at(quiet: ExitStack, root: Path) -> list[Credential]:
    """Return the same as ``_credentials_at``. The terminal echoes nothing until ``quiet`` is closed.

    Close ``quiet`` once the vault is open, because officers may type the next passphrase while the program
    tries the previous one. Passphrases from files leave the terminal's echo unchanged.
    """
    if not remembered("passphrase_file"):
        quiet.enter_context(terminal.passphrases())
    return _credentials_at(root)


def _at_home(root: Path) -> list[Path]:
    """Return the share in the home, ignoring any share that an interrupted change has left there."""
    sharing = vault_header.parse(given_files.content(Home(root).header)).sharing
    paths = sorted(root.glob("*.share"))
    return [path for path in paths if share_file.sharing_of(given_files.content(path)) == sharing] or paths


def _credential(path: Path, secrets: Iterator[Path]) -> Credential:
    content = given_files.content(path)
    try:
        officer = share_file.parse(content).officer
    except ShareDamaged:
        # The words of a sheet. A damaged share is reported before anybody is asked for a passphrase.
        officers.typed(content)
        return Credential(content, None)
    secret = next(secrets, None)
    given = terminal.ask_secret(f"passphrase of {officer}") if secret is None else passphrase_of(secret)
    return Credential(content, given)
