"""What commands take that appoint officers: how many open the inbox, their passphrases, where shares go."""

from collections.abc import Sequence
from pathlib import Path

import click

from inbox.cli.options import Command, passphrase_of, remembered
from inbox.keys import passphrase_strength
from inbox.keys.secret_sharing import Appointee
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.setup.ceremony_papers import Handout
from inbox.system import terminal


def circle_options(command: Command) -> Command:
    """Let a command take what a circle of officers needs: a quorum, and where their shares go."""
    for option in (
        click.option(
            "--sheets", is_flag=True, help="Write each share in words too, in clear, to be printed."
        ),
        click.option(
            "--shares",
            type=click.Path(path_type=Path),
            help="Write the share files and the record into this folder.",
        ),
        click.option("--quorum", type=int, help="How many officers it takes to open the inbox."),
    ):
        command = option(command)
    return command


def appointed(names: Sequence[str], files: Sequence[Path], option: str) -> tuple[Appointee, ...] | None:
    """Return the officers with the passphrases in these files, which stand in the same order; None without.

    Says of which a guess is easy. Raises UsageError if there are files for some of them alone.
    """
    if not files:
        return None
    if len(files) != len(names):
        raise click.UsageError(f"give {option} once for each of: {', '.join(names)}")
    members = tuple(Appointee(name, passphrase_of(path)) for name, path in zip(names, files, strict=True))
    for member in members:
        estimate = passphrase_strength.estimate(member.chosen, names)
        if estimate.is_weak:
            terminal.warn(f"warning: the passphrase of {member.name}: {estimate.said}")
    return members


def founders(names: Sequence[str]) -> tuple[Appointee, ...] | None:
    """Return the first officers with the passphrases given as files, None if they are to type them."""
    return appointed(names, remembered("passphrase_file"), "--passphrase-file")


def handout_in(folder: Path | None, home: Path, *, with_sheets: bool) -> Handout | None:
    """Make the folder for shares and papers; None without one: then the one share stays in the home.

    Raises Refused if shares would lie beside what they open, UsageError for sheets without a folder.
    """
    if folder is None and with_sheets:
        raise click.UsageError("give --shares FOLDER with --sheets")
    if folder is None:
        return None
    if folder.resolve().is_relative_to(home.resolve()):
        raise Refused(
            sentence("shares must not lie in the home that they open"),
            sentence("choose another --shares folder"),
        )
    folder.mkdir(mode=0o700, exist_ok=True)
    return Handout(folder, with_sheets)
