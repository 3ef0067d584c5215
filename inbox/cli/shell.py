"""A terminal session: the inbox stays open in one process. When the process ends, its keys are gone."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from crypto.journal import Presence
from inbox.cli import options
from inbox.cli.main import commands, run
from inbox.cli.options import Closed, Door, officer_options
from inbox.files import sandbox
from inbox.keys import share_file
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import journal_actions, journal_view
from inbox.session.actions import Action, Actor, Confirm
from inbox.session.inbox import Inbox, Unlocked
from inbox.session.journal_actions import Surface
from inbox.system import holder, idle_timeout, swapping, terminal
from inbox.system.clock import today
from templates.command_line import HELP_NAMES, Whole

# The words that end a session, as in other programs with a prompt.
_ENDING = ("lock", "quit", "exit")


class Open:
    """The open inbox of a session, which asks for passphrases again when an action needs them."""

    def __init__(self, opened: Unlocked) -> None:
        self._opened = opened
        self.is_over = False

    @property
    def root(self) -> Path:
        """The home folder."""
        return self._opened.inbox.home.root

    @contextmanager
    def opened(self) -> Iterator[tuple[Inbox, Actor]]:
        """Yield the inbox and the officers who opened it."""
        if options.brings_officers():
            raise click.UsageError("in a session, --share and --passphrase-file cannot be given")
        yield self._opened.inbox, Actor(self._opened.present, today(), asking(self._opened))

    def shut(self) -> None:
        """End the session, whose shares no longer open the inbox."""
        self.is_over = True


def _hold(opened: Unlocked) -> None:
    """Run commands until ``lock``, the end of input, or a change of officers. Raises Inactive."""
    door = Open(opened)
    prompt = f"{', '.join(opened.officers)}> "
    try:
        while not door.is_over and (line := terminal.take_line(prompt)) is not None:
            terminal.begin_answer()
            words = _words(line)
            if len(words) == 1 and words[0] in _ENDING:
                return
            if words[:1] == ["?"]:
                words = ["help", *words[1:]]
            if words[:1] == ["help"] and words[1:] in ([each] for each in _ENDING):
                terminal.warn(f"`{words[1]}` ends the session")
            elif words in ([each] for each in ("help", *HELP_NAMES)):
                terminal.say_all(_help().splitlines())
            elif words:
                _run(words, door)
        if door.is_over:
            terminal.take_line("This session is over. Press Enter once you have read all this. ")
    finally:
        terminal.wipe()


def _run(words: Sequence[str], door: Open) -> None:
    """Run a command. Refuse a word that ends a session if other words follow it."""
    word = words[0]
    if word not in _ENDING:
        run([*words], door)
        return
    terminal.fail(
        Refused(
            sentence("`{word}` takes no arguments", word=word),
            sentence("type only `{word}` to end the session", word=word),
        )
    )


def _help() -> str:
    """Return the list of commands and the words of a session, without the options of the program."""
    width = max(map(len, _ENDING))
    words = [(name.ljust(width), "End the session.") for name in _ENDING]
    shown = [
        ("help".ljust(width), "Show this list; `help case show` explains a command."),
        ("?", "The same."),
    ]
    return commands.listed({"Session": [*words, *shown]})


def _words(line: str) -> list[str]:
    """Split a command line into words as a shell does. The line may start with the program's name."""
    try:
        words = shlex.split(line)
    except ValueError:
        terminal.fail(
            Refused(
                sentence("a quotation mark is not closed"), sentence("close the quotation mark, or remove it")
            )
        )
        return []
    return words[1:] if words[:1] == ["inbox"] else words


def asking(opened: Unlocked) -> Confirm:
    """Return the function that confirms an action by passphrases typed at the terminal."""

    def ask(actions: Sequence[Action], needed: int) -> Mapping[str, Presence]:
        who = "two officers must each type" if needed > 1 else "the officer must type"
        terminal.warn_all(journal_view.several(actions))
        terminal.warn_all(options.written())
        if why := actions[0].why_two:
            terminal.warn(str(why))
        terminal.warn(f"{who} their passphrase now")
        if len(opened.sealed) > needed:
            terminal.warn("(press Enter to let another officer do it)")
        confirmed: list[str] = []
        with terminal.passphrases():
            for name, file in opened.sealed.items():
                if len(confirmed) < needed and (given := terminal.ask_secret(f"passphrase of {name}")):
                    share_file.unseal(file, given)
                    confirmed.append(name)
        return dict.fromkeys(confirmed, Presence.CONFIRMED)

    return ask


@click.command()
@click.option(
    "--minutes",
    type=Whole(1, 120),
    default=10,
    show_default=True,
    help="End the session after this many minutes without typing.",
)
@officer_options
@click.pass_context
def session(context: click.Context, minutes: int) -> None:
    """Open the inbox and run commands at a prompt, until you type `lock`, `quit` or `exit`.

    `help` lists the commands.
    """
    door: Door = context.obj
    if not isinstance(door, Closed):
        raise click.UsageError("this is already a session")
    why = "locked"
    try:
        with idle_timeout.limited(minutes * 60), terminal.unstoppable(), door.unlocked(today()) as opened:
            who = opened.by_opening(today())
            journal_actions.open_at(opened.inbox, who, Surface.SESSION)
            terminal.warn_all(_greeting(minutes))
            try:
                with holder.telling(opened.inbox.home.root, Surface.SESSION, opened.officers):
                    _hold(opened)
            except Exception:
                terminal.warn("an error in the program ended this session")
                raise
    except idle_timeout.Inactive:
        why = f"nobody typed for {minutes} minutes: locked"
    terminal.warn(f"{why}; this process and its keys are gone")


def _greeting(minutes: int) -> list[str]:
    return [
        swapping.said(),
        *sandbox.said(),
        "Type commands without --home and --share: case list, case show 1, help.",
        f"It ends with `lock`, `quit` or `exit`, with Ctrl-D, and after {minutes} minutes without typing.",
    ]
