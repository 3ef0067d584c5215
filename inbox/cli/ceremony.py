"""Appoint officers, by options or in a ceremony at the terminal, and show what each of them receives."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from inbox.cli.options import (
    passphrase_of,
    remembered,
    same_disk_option,
)
from inbox.keys import passphrase_strength
from inbox.keys.officers import SHORTEST, check_passphrase
from inbox.keys.secret_sharing import Appointee, Circle, Proven
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.setup.ceremony_papers import Handout, Papers
from inbox.system import media, terminal
from templates.command_line import FOLDER, NUMBER, together

_STEPS = (
    "1. Each officer in turn types a passphrase, twice. It is not shown; the others look away.",
    "2. A secret is drawn and split. Each officer's share goes into a file that this passphrase opens.",
    "3. The files are tried on a test message: every quorum has to open it, no smaller group may.",
    "4. Only then do the shares count. A record is written, for all of you to print and sign.",
)


circle_options = together(
    click.option(
        "--quorum", type=NUMBER, help="The number of officers who must come together to open the inbox."
    ),
    click.option(
        "--shares",
        type=FOLDER,
        help="Write the share files and the record into this folder.",
    ),
    click.option(
        "--sheets", is_flag=True, help="Also write each share in words, as plain text, to be printed."
    ),
    same_disk_option,
)


def appointed(names: Sequence[str], files: Sequence[Path], option: str) -> tuple[Appointee, ...] | None:
    """Return the officers with the passphrases in these files, in the same order. None without files.

    Warns about weak passphrases. Raises UsageError if only some of the officers have files.
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
    """Return the first officers with the passphrases in the files, or None if the officers type them."""
    return appointed(names, remembered("passphrase_file"), "--passphrase-file")


def handout_in(folder: Path | None, home: Path, *, with_sheets: bool, same_disk: bool) -> Handout | None:
    """Create the folder for shares and papers; return None if no folder is given.

    Without a folder, the only share stays in the home. Raises Refused if the shares would be stored next to
    the vault that they open. Such places are its home and, unless ``same_disk`` is set, the disk of this
    machine. Raises UsageError for sheets without a folder.
    """
    if folder is None and with_sheets:
        raise click.UsageError("give --shares FOLDER with --sheets")
    if folder is None:
        return None
    if folder.resolve().is_relative_to(home.resolve()):
        raise Refused(
            sentence("shares must not be in the home folder of the inbox that they open"),
            sentence("choose another --shares folder"),
        )
    media.check_carried(folder, home, same_disk=same_disk)
    folder.mkdir(mode=0o700, exist_ok=True)
    return Handout(folder, with_sheets)


def circle(names: Sequence[str], quorum: int, title: str) -> Circle:
    """Ask each officer to choose a passphrase.

    Raises Refused if the officers do not agree to the conditions.
    """
    _check_terminal()
    for line in _explained(names, quorum, title):
        terminal.warn(line)
    if not terminal.ask("Do all of you understand this, and agree?"):
        raise Refused(sentence("not all officers agreed"), sentence("nothing was changed"))
    members = []
    for turn, name in enumerate(names, 1):
        terminal.warn("")
        terminal.warn(f"{name}, it is your turn ({turn} of {len(names)}). At least {SHORTEST} characters;")
        terminal.warn("five or more words drawn at random are strong, and can be remembered.")
        members.append(Appointee(name, chosen(name, names)))
    terminal.warn("")
    terminal.warn("Thank you. Making and testing the shares takes some seconds.")
    terminal.warn("")
    return Circle(tuple(members), quorum)


def chosen(name: str, names: Sequence[str]) -> str:
    """Ask for a new passphrase until the officer accepts it. ``names`` are the names of all officers.

    Raises Refused without a terminal.
    """
    _check_terminal()
    while True:
        try:
            with terminal.passphrases():
                given = _typed_twice(name)
                estimate = passphrase_strength.estimate(given, names)
        except Refused as refused:
            terminal.warn(f"{refused}; try again")
            continue
        terminal.warn(f"strength: {estimate.said}")
        if not estimate.is_weak or terminal.ask("Keep it anyway?"):
            return given


def view(proven: Proven, papers: Papers) -> dict[str, Any]:
    """Return the result of a ceremony as a JSON value."""
    sharing = proven.sharing
    return {
        "sharing": sharing.name,
        "quorum": sharing.quorum,
        "share_test": {"quorums": proven.quorums, "fewer": proven.fewer},
        "shares": {name: str(path) for name, path in papers.shares.items()},
        "sheets": {name: str(path) for name, path in papers.sheets.items()},
        "record": str(papers.record),
    }


def lines(proven: Proven, papers: Papers) -> Iterator[str]:
    """Yield the result of a ceremony, and what each officer does with it."""
    sharing = proven.sharing
    yield f"share test: {proven.said}"
    yield f"sharing {sharing.name}: {_which(sharing.quorum, len(sharing.files))}"
    yield ""
    yield "Each officer copies their file to their own medium, and opens the inbox with it once:"
    yield from (f"  {name:<12} {path}" for name, path in papers.shares.items())
    yield "Then delete them here: shares kept in one place are stolen together."
    if papers.sheets:
        yield ""
        yield f"The sheets are plain text: any {sharing.quorum} of them open everything without passphrases."
        yield from (f"  {name:<12} {path}" for name, path in papers.sheets.items())
        yield "Print each with only its officer present, seal it in an envelope, delete the file."
    yield ""
    yield f"record: {papers.record}: print it, read it together, sign it"


def _explained(names: Sequence[str], quorum: int, title: str) -> Iterator[str]:
    count = len(names)
    yield title
    yield ""
    yield f"  officers  {', '.join(names)}"
    yield f"  quorum    {_which(quorum, count)}; fewer cannot"
    yield ""
    yield "What will happen:"
    yield from (f"  {step}" for step in _STEPS)
    yield "Until then nothing has changed: Ctrl-C stops, and you can begin again."
    yield ""
    yield "Know before you begin:"
    yield "  Nobody else has a key: no administrator, nobody who wrote this program."
    yield "  Officers who are absent get no share."
    yield f"  Once fewer than {quorum} shares with their passphrases are left, all reports are lost for ever."
    yield "  That is by design. A lost share or passphrase can be replaced while the others still open."
    if quorum == count:
        yield f"  With {quorum} of {count} a single lost share loses everything: appoint another officer."
    yield ""


def _which(quorum: int, count: int) -> str:
    if count == 1:
        return "the one share opens the inbox"
    which = f"any {quorum} of these {count}" if quorum < count else f"all {count} together"
    return f"{which} open the inbox"


def _check_terminal() -> None:
    if not terminal.is_interactive():
        raise Refused(
            sentence("there is no terminal at which to type the passphrases"),
            sentence("give the passphrases in files, one file for each officer"),
        )


def _typed_twice(name: str) -> str:
    given = terminal.ask_secret(f"new passphrase of {name}")
    check_passphrase(given)
    if terminal.ask_secret("repeat it") != given:
        raise Refused(sentence("the two passphrases differ"), sentence("nothing was changed; try again"))
    return given
