"""Common options: the home, the officers, the output format, and files to read or write."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from crypto import exercise
from crypto.journal import LONGEST_REASON
from crypto.printable import visible
from inbox.cli.free_text import Needed, TextOption
from inbox.keys import vault_header
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import given_files, terminal
from inbox.system.clock import today
from inbox.system.home import Home
from inbox.system.terminal import quoted
from inbox.text.lines import one_line
from templates.command_line import FILE, FOLDER, NUMBER, Decorator, Option, json_option, together

if TYPE_CHECKING:
    from inbox.session.actions import Actor
    from inbox.session.inbox import Inbox, Unlocked


def mark_of(folder: Path | None) -> str:
    """Return the mark of an exercise if the folder is the home or the backup of one, otherwise "".

    The vault proves the mark later, when it is opened.
    """
    try:
        is_exercise = folder and vault_header.parse(given_files.content(Home(folder).header)).is_exercise
    except (Refused, OSError):
        return ""
    return exercise.WORDS if is_exercise else ""


class Door(Protocol):
    """How a command gets its inbox: single commands open it; a session has already opened it."""

    @property
    def root(self) -> Path:
        """The home folder."""
        ...

    def opened(self) -> AbstractContextManager[tuple["Inbox", "Actor"]]:
        """Yield the unlocked inbox, and the officers who act in it today."""
        ...

    def shut(self) -> None:
        """Record that the officers' shares no longer open the inbox."""
        ...


@dataclass(frozen=True, slots=True)
class Closed:
    """How a single command opens the inbox: with the shares and passphrases given to the command."""

    home: Path | None

    @property
    def root(self) -> Path:
        """The home folder.

        Raises UsageError if no folder was given, because only ``--help`` works without one.
        """
        if self.home is None:
            raise click.UsageError(
                "Missing option '--home'. Give the option, or set FANAL_HOME in the environment."
            )
        return self.home

    @contextmanager
    def opened(self) -> Iterator[tuple["Inbox", "Actor"]]:
        """Yield the inbox, unlocked while the command runs, and the officers who opened it."""
        day = today()
        with self.unlocked(day) as opened:
            yield opened.inbox, opened.by_opening(day)

    @contextmanager
    def unlocked(self, day: date) -> Iterator["Unlocked"]:
        """Yield the inbox, opened on that day, and the officers who opened it."""
        # To open a vault takes half of the program, which a command without a vault need not load.
        from inbox.cli import opening  # noqa: PLC0415

        with opening.unlocked(self.root, day) as opened:
            yield opened

    def shut(self) -> None:
        """Do nothing: the command ends anyway."""


def _remember(context: click.Context, option: click.Parameter, given: Sequence[Path]) -> None:
    context.meta.setdefault(f"inbox.{option.name}", []).extend(given)


def remembered(name: str) -> list[Path]:
    """Return the files given with an option of ``officer_options``, in order."""
    return list(click.get_current_context().meta.get(f"inbox.{name}", ()))


def brings_officers() -> bool:
    """Whether shares or passphrases were given with the command."""
    return bool(remembered("share") or remembered("passphrase_file"))


def _opening(name: str, what: str) -> Decorator:
    # People type these options before or after the command.
    return click.option(
        name,
        cls=Option,
        section="Who is present",
        multiple=True,
        type=FILE,
        expose_value=False,
        callback=_remember,
        help=what,
    )


officer_options = together(
    _opening("--share", "The share file of an officer; repeat it for each officer."),
    _opening(
        "--passphrase-file",
        "Read an officer's passphrase from this file; give the files in the order of the shares.",
    ),
)
# Nearly every command that opens the inbox ends with these options, and takes the door as its first argument.
opens_inbox = together(officer_options, json_option, click.pass_obj)


def reason_of(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    """Return the reason given with an option, on one line, or None; raises BadParameter if it is too long."""
    if given is None:
        return None
    reason = one_line(given)
    if len(reason) > LONGEST_REASON:
        raise click.BadParameter(
            f"a reason may have at most {LONGEST_REASON} characters, this one has {len(reason)}"
        )
    return reason


_WHY = "The reason, for the journal. The reason must not repeat anything from a report."
_QUESTION = "the reason, for the journal; do not repeat anything from a report"
reason_option = click.option(
    "--reason", cls=TextOption, question=_QUESTION, default="", callback=reason_of, help=_WHY
)
reason_needed = click.option(
    "--reason", cls=TextOption, question=_QUESTION, needed=True, callback=reason_of, help=_WHY
)


def reason_needed_if(needed: Needed) -> Decorator:
    """Return the option for a reason that only some values of the other options require."""
    return click.option(
        "--reason", cls=TextOption, question=_QUESTION, needed=needed, callback=reason_of, help=_WHY
    )


def despite_option(
    why: str = "The reason why you override a warning about the text, for the journal."
    " The reason must not repeat anything from a report.",
) -> Decorator:
    """Return the option that overrides a warning, with a reason for the journal."""
    question = "why you override the warning"
    return click.option(
        "--despite-warning",
        "despite",
        cls=TextOption,
        question=question,
        default="",
        callback=reason_of,
        help=why,
    )


case_argument = click.argument("case", type=NUMBER)
out_file = click.option("--out", required=True, type=FILE, help="Write to this new file.")
out_folder = click.option("--out", required=True, type=FOLDER, help="Write to this folder.")

same_disk_option = click.option(
    "--same-disk",
    is_flag=True,
    help="Allow folders on this machine's own disk, or two folders on the same disk.",
)


text_options = together(
    click.option(
        "--text",
        help=(
            "The text. A shell may keep the text in its history: at a terminal, omit this option"
            " and type the text when asked."
        ),
    ),
    click.option("--text-file", type=FILE, help="Read the text from this UTF-8 file."),
)


def given_text(text: str | None, text_file: Path | None) -> str | None:
    """Return the text given with the command, or None. Raises UsageError if the text was given twice."""
    if text is not None and text_file is not None:
        raise click.UsageError("give the text with --text or --text-file, not with both")
    return text_of(text_file) if text_file is not None else text


def given_or_to_type(text: str | None, text_file: Path | None) -> str | None:
    """Return the given text, or None if the officer types it; raises UsageError without a terminal."""
    found = given_text(text, text_file)
    if found is None and not terminal.is_interactive():
        raise click.UsageError("give the text with --text-file, or type it at a terminal")
    return found


# These options are already part of the journal entry, or contain no text in an officer's own words.
_UNSAID = {"as_json", "case", "cases", "confirm", "despite", "reason", "text", "text_file"}
_TEXT = "inbox.text"


def written() -> Iterator[str]:
    """Yield the options of the current command as officers read them before they confirm the command.

    Texts typed at a prompt are also repeated, because other officers come to the terminal later.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        return
    for name, value in context.params.items():
        if value and name not in _UNSAID:
            given = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            yield visible(f"  {name.replace('_', ' ')}: {given}")
    if text := context.params.get("text") or context.meta.get(_TEXT, ""):
        yield quoted(text)


def text_of(path: Path) -> str:
    """Return the text of a UTF-8 file of at most 4 MiB. Raises Refused."""
    return _remembered(_text_of(path))


def asked_text(what: str) -> str:
    """Ask for a text and return it. From then on, ``written`` includes that text."""
    return _remembered(terminal.ask_text(what))


def _remembered(text: str) -> str:
    if context := click.get_current_context(silent=True):
        context.meta[_TEXT] = text
    return text


def _text_of(path: Path) -> str:
    try:
        return given_files.content(path).decode()
    except UnicodeDecodeError:
        raise Refused(
            sentence("{path} is not UTF-8 text", path=path), sentence("save the file as UTF-8 and try again")
        ) from None


def passphrase_of(path: Path) -> str:
    """Return the passphrase in a file, without the line end that editors add."""
    return _text_of(path).removesuffix("\n").removesuffix("\r")
