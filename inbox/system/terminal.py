"""All terminal input and output of the inbox goes through this module.

Answers go to standard output, errors and questions to standard error. One function writes there, and takes
nothing but ``Printable``: a report must neither move the cursor nor pass for a line of ours. Each line is
made printable here, whoever made it; ``quoted`` makes what stands on several.
"""

import copy
import getpass
import io
import logging
import select
import shutil
import sys
import termios
import threading
import traceback
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, TextIO

from crypto import printable
from crypto.printable import Printable, visible
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import idle_timeout

_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_MARGIN = "│ "
_NARROWEST = 20
_TERMINAL = Path("/dev/tty")
# What a terminal takes of a line, its end included; it drops the rest without a word.
_LONGEST_LINE = 4_096
# Nobody types the next line, or goes on after an interrupt, as fast as this.
_AT_ONCE_SECONDS = 0.05
_AFTER_INTERRUPT_SECONDS = 0.3
# The portions of a paste are closer together than this, also over a slow line.
_PASTE_IS_OVER_SECONDS = 2
# The place of the keys in the settings of termios, and the byte that disables a key.
_KEYS, _NO_KEY = 6, b"\0"


def lose_nothing() -> None:
    """Let what the encoding of standard output cannot hold be spelled out, and end no command half told."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


class _Order(str):
    """What we tell a terminal to do."""

    __slots__ = ()


_BEGIN_LINE = _Order("\r")
_CLEAR = _Order("\x1b[H\x1b[2J\x1b[3J")


def quoted(text: str) -> Printable:
    """Return ``text`` over as many lines as it has, each behind a margin that it cannot leave."""
    width = max(_NARROWEST, shutil.get_terminal_size().columns - len(_MARGIN) - 1)
    shown = printable.lines(text).split("\n")
    return printable.lines("\n".join(_MARGIN + part for line in shown for part in _folded(line, width)))


def say(line: str = "") -> None:
    """Print a line, or what ``quoted`` made."""
    _write(_printable(line), end="\n")


def say_json(value: Any) -> None:
    """Print a value as JSON, for programs to read."""
    _write(printable.as_json(value), end="\n")


def say_all(lines: Iterable[str]) -> None:
    """Print lines."""
    for line in lines:
        say(line)


def show(view: Mapping[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    """Print a view as JSON, or as the lines that a person reads, then its warnings."""
    if as_json:
        say_json(view)
        return
    say_all(lines)
    for warning in view.get("warnings", ()):
        warn(f"warning: {warning}")


def warn(line: str) -> None:
    """Print a line about what went on, or what ``quoted`` made, to standard error."""
    _write(_printable(line), end="\n", to=sys.stderr)


def warn_all(lines: Iterable[str]) -> None:
    """Print lines about what is going on to standard error."""
    for line in lines:
        warn(line)


def fail(refused: Refused) -> None:
    """Print what was refused and what to do."""
    warn(f"error: {refused}")
    warn(f"hint: {refused.hint}")


def progress(what: str, done: int, total: int) -> None:
    """Show how far work is, if someone is there to see it."""
    idle_timeout.renew()
    if sys.stderr.isatty():
        line = visible(f"{what}: {done} of {total}")
        _write(_BEGIN_LINE, line, end="\n" if done == total else "", to=sys.stderr)


def is_interactive() -> bool:
    """Tell whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> bool:
    """Ask a yes-or-no question; anything but yes is no."""
    return (ask_line(f"{question} (yes/no) ") or "").strip().lower() == "yes"


def ask_line(prompt: str) -> str | None:
    """Return the line that a person types in answer to ``prompt``, None at the end of input.

    Whatever was typed before the question appears is discarded: it answers something else. Raises
    Refused if more comes with the line, and discards that, too: see ``_check_alone``.
    """
    with _asking():
        if sys.stdin.isatty():
            termios.tcflush(sys.stdin, termios.TCIFLUSH)
        line = take_line(prompt)
        _check_alone()
        return line


def take_line(prompt: str) -> str | None:
    """Return the next line that a person types, as a command, None at the end of input."""
    _write(visible(prompt), to=sys.stderr)
    try:
        with idle_timeout.asking():
            return sys.stdin.readline() or None
    except UnicodeDecodeError:
        return _UNREADABLE  # no command, and no answer


def ask_text(prompt: str) -> str:
    """Return the lines that a person types, up to a full stop alone or the end of input.

    Raises Refused for what does not read as text, for a line that the terminal may have cut, and as
    ``ask_line`` if more comes with the full stop.
    """
    lines: list[str] = []
    with _asking():
        warn(f"{prompt}; a full stop alone ends it:")
        while (line := take_line("") or ".\n") != ".\n":
            lines.append(line)
        _check_alone()
    text = "".join(lines)
    if _UNREADABLE in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise _no_text()
    if any(len(line.encode()) >= _LONGEST_LINE for line in lines):
        raise Refused(
            sentence("a line is longer than a terminal takes"), sentence("break it, or use --text-file FILE")
        )
    return text.removesuffix("\n")


def ask_secret(prompt: str) -> str:
    """Ask for a secret without echo."""
    if not sys.stdin.isatty():
        raise Refused(
            sentence("there is no terminal to ask for the passphrase on"),
            sentence("use --passphrase-file FILE"),
        )
    try:
        with idle_timeout.asking():
            return getpass.getpass(visible(f"{prompt}: "), stream=sys.stderr)
    except UnicodeDecodeError:
        raise _no_text() from None


@contextmanager
def passphrases() -> Iterator[None]:
    """Let officers type one passphrase after the other in the block, between which nothing typed is echoed.

    Who types ahead while the one before is tried would else show it. What is typed before a question stands
    there is discarded, also at the end of the block: it may be meant for another question, and what is
    secret must not reach a prompt that echoes it, or a shell that runs it and keeps it in its history. So is
    all of what was pasted there, and no byte of it ends the program: see ``_asking``.
    """
    with ExitStack() as stack:
        with suppress(OSError):
            # The terminal that getpass asks at, whatever standard input is.
            at = stack.enter_context(_TERMINAL.open("rb", buffering=0))
            before = termios.tcgetattr(at)
            stack.callback(_set, at, before)
            stack.push(lambda kind, *_: _discard_behind(at, kind))
            quiet = _without_quit(before)
            _set(at, [*quiet[:3], quiet[3] & ~termios.ECHO, *quiet[4:]])
        yield


@contextmanager
def unstoppable() -> Iterator[None]:
    """Let no Ctrl-S stop the terminal while the block runs: what then prints would wait for ever."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    termios.tcsetattr(sys.stdin, termios.TCSANOW, [before[0] & ~termios.IXON, *before[1:]])
    try:
        yield
    finally:
        # Not once all is printed, as is usual: who takes none of it must not hold us here.
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)


def wipe() -> None:
    """Clear the screen and what was scrolled off it, if there is one."""
    if sys.stdout.isatty():
        _write(_CLEAR)


def silence_others() -> None:
    """Let nobody but this module write: not the interpreter about a fault, nor a library about what it does.

    They would write values as they are, and so what stands in a report.
    """
    sys.excepthook = crash
    threading.excepthook = lambda told: crash(told.exc_type, told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: crash(told.exc_type, told.exc_value, told.exc_traceback)
    logging.disable()
    warnings.simplefilter("ignore")


def crash(kind: type[BaseException], _: BaseException | None, trace: TracebackType | None) -> None:
    """Say that the program has a fault, and where, without any value that it held."""
    frames = traceback.extract_tb(trace)
    place = f" at {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    warn(f"error: the program has a fault ({kind.__name__}{place}); what was not finished was undone")
    warn("hint: report this line to the people who maintain the program")


@contextmanager
def _asking() -> Iterator[None]:
    """Ask a question in the block, during which no byte of a pasted text ends the program.

    Otherwise the rest of the paste would go to the shell, or to the prompt of a session. For the same reason
    an interrupt discards what still comes. The key that suspends a program does nothing: see ``cli.main``.
    """
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    termios.tcsetattr(sys.stdin, termios.TCSANOW, _without_quit(before))
    try:
        yield
    except KeyboardInterrupt:
        _discard_what_comes(sys.stdin, _AFTER_INTERRUPT_SECONDS)
        raise
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)


def _without_quit(settings: "list[Any]") -> "list[Any]":
    """Return the settings of a terminal at which no key ends the program without a word."""
    quiet = copy.deepcopy(settings)
    quiet[_KEYS][termios.VQUIT] = _NO_KEY
    return quiet


def _discard_behind(at: "IO[Any]", kind: type[BaseException] | None) -> None:
    """Discard what comes behind the last passphrase, or behind what ended its question instead."""
    is_interrupted = kind is KeyboardInterrupt
    _discard_what_comes(at, _AFTER_INTERRUPT_SECONDS if is_interrupted else _AT_ONCE_SECONDS)


def _discard_what_comes(at: "IO[Any]", seconds: float) -> bool:
    """Discard what was typed and, if a line comes within so many seconds, go on until nothing comes.

    Tell whether one came. An unfinished line, which select does not report, is discarded, too.
    """
    came = is_more = _comes_within(at, seconds)
    termios.tcflush(at, termios.TCIFLUSH)
    while is_more:
        is_more = _comes_within(at, _PASTE_IS_OVER_SECONDS)
        termios.tcflush(at, termios.TCIFLUSH)
    return came


def _check_alone() -> None:
    """Discard the rest of a paste; raise Refused if it has more lines than were asked for.

    A sender's text may hold the line that ends it, and more lines after that: the prompt of a session, or the
    shell that gets the terminal back, would take them for commands.
    """
    if not sys.stdin.isatty():
        return
    if not _discard_what_comes(sys.stdin, _AT_ONCE_SECONDS):
        return
    raise Refused(
        sentence("more lines came at once than were asked for; all of them were discarded"),
        sentence(
            "a text that somebody else wrote may hold commands after its end: put it into a file, and"
            " give the file"
        ),
    )


def _comes_within(at: "IO[Any]", seconds: float) -> bool:
    return bool(select.select([at], [], [], seconds)[0])


def _set(at: IO[bytes], settings: "list[Any]") -> None:
    """Set a terminal, and discard what was typed."""
    # It may be stopped, so what it has to print is not waited for.
    termios.tcsetattr(at, termios.TCSANOW, settings)
    termios.tcflush(at, termios.TCIFLUSH)


def _printable(line: str) -> Printable:
    """Return what is printable already as it is, and any other text as one line."""
    return line if isinstance(line, Printable) else visible(line)


def _write(*parts: Printable | _Order, end: Literal["", "\n"] = "", to: TextIO | None = None) -> None:
    """Write to standard output, or another stream. Nothing else in the inbox writes to a terminal."""
    print(*parts, sep="", end=end, file=to, flush=not end)


def _no_text() -> Refused:
    return Refused(sentence("what was typed does not read as text"), sentence("set the terminal to UTF-8"))


def _folded(line: str, width: int) -> Iterator[str]:
    """Yield a line in parts of at most ``width`` columns, broken behind a space where there is one."""
    start, gap, used = 0, 0, 0
    for place, char in enumerate(line):
        if used + _columns(char) > width:
            end = gap if gap > start else place
            yield line[start:end]
            start, used = end, sum(map(_columns, line[end:place]))
        used += _columns(char)
        gap = place + 1 if char == " " else gap
    yield line[start:]


def _columns(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
