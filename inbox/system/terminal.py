"""All terminal input and output of the inbox goes through this module.

Answers go to standard output; errors and questions go to standard error. One function writes to both, and
accepts only ``Printable``, because a report must neither move the cursor nor imitate a line of the program.
Every line is made printable here, whatever its source. ``quoted`` makes a text of several lines printable.
"""

import copy
import getpass
import io
import logging
import re
import select
import shutil
import sys
import termios
import threading
import traceback
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, TextIO

from crypto import printable
from crypto.printable import Printable, visible
from inbox.language import marking
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import idle_timeout

# The names of the two streams of an answer.
_OUTPUT, _ERRORS = "output", "errors"
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_MARGIN = "│ "
_NARROWEST = 20
_TERMINAL = Path("/dev/tty")
# The length of the longest line that a terminal accepts, including the line end. The terminal drops the rest
# of a longer line silently.
_LONGEST_LINE = 4_096
# In this many seconds, nobody can type another line or react to an interrupt.
_AT_ONCE_SECONDS = 0.05
_AFTER_INTERRUPT_SECONDS = 0.3
# Parts of a paste follow each other faster than this interval, even over a slow line.
_PASTE_IS_OVER_SECONDS = 2
# The position of the keys in termios settings, and the byte that disables a key.
_KEYS, _NO_KEY = 6, b"\0"


# The streams on which the current answer has shown the mark of an exercise.
_marked_on: set[str] = set()


def begin_answer() -> None:
    """Begin the answer to a command. In an exercise, the answer has the mark once on each stream.

    An answer in JSON carries the mark as a member of the object, or else on standard error.
    """
    _marked_on.clear()


def _due(stream: str) -> str:
    """Return the mark if ``stream`` has not shown it in this answer, otherwise ""."""
    if stream in _marked_on:
        return ""
    _marked_on.add(stream)
    return marking.words()


def lose_nothing() -> None:
    """Escape characters that the encoding of standard output cannot hold, so that no command fails midway."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def speak_utf8() -> None:
    """Write UTF-8 regardless of the terminal's settings, because programs expect JSON in UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")


class _Order(str):
    """A control sequence for the terminal."""

    __slots__ = ()


_BEGIN_LINE = _Order("\r")
_CLEAR = _Order("\x1b[H\x1b[2J\x1b[3J")
_DARK_ON_LIGHT, _USUAL_COLOURS = _Order("\x1b[30;107m"), _Order("\x1b[0m")
# Two rows of a QR code in one line of text: the upper and the lower half of each character is dark or light.
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def quoted(text: str) -> Printable:
    """Return ``text`` line by line, each line behind a margin that the text cannot escape."""
    width = max(_NARROWEST, shutil.get_terminal_size().columns - len(_MARGIN) - 1)
    shown = printable.lines(text).split("\n")
    return printable.lines("\n".join(_MARGIN + part for line in shown for part in _folded(line, width)))


def say(line: str = "") -> None:
    """Print a line, or the result of ``quoted``."""
    _write(_printable(line), end="\n")


def say_json(value: Any) -> None:
    """Print a value as JSON, for other programs."""
    _write(printable.as_json(_marked(value, _OUTPUT)), end="\n")


def say_all(lines: Iterable[str]) -> None:
    """Print lines."""
    for line in lines:
        say(line)


def show(view: Mapping[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    """Print a view as JSON or as lines for a person, and then print its warnings."""
    if as_json:
        say_json(view)
        return
    say_all(lines)
    for warning in view.get("warnings", ()):
        warn(f"warning: {warning}")


def show_code(rows: Sequence[Sequence[bool]]) -> None:
    """Print a QR code; True means dark. Raises Refused if it cannot be shown whole.

    On a terminal, the code is dark on light whatever its usual colours are, because scanners need this.
    """
    is_terminal, columns = sys.stdout.isatty(), len(rows[0])
    if not _can_print("".join(_HALVES.values())):
        raise Refused(sentence("this terminal cannot show QR codes"), sentence("set the terminal to UTF-8"))
    if is_terminal and shutil.get_terminal_size().columns < columns:
        raise Refused(
            sentence("the window is too narrow for the QR code"),
            sentence("make it {columns} columns wide", columns=columns),
        )
    padded = [*rows, [False] * columns]
    for above, below in zip(padded[::2], padded[1::2], strict=False):
        line = visible("".join(map(_HALVES.__getitem__, zip(above, below, strict=True))))
        parts = (_DARK_ON_LIGHT, line, _USUAL_COLOURS) if is_terminal else (line,)
        _write(*parts, end="\n")


def warn(line: str) -> None:
    """Print a line of information, or the result of ``quoted``, to standard error."""
    _write(_printable(line), end="\n", to=sys.stderr)


def warn_all(lines: Iterable[str]) -> None:
    """Print lines of information to standard error."""
    for line in lines:
        warn(line)


def fail(refused: Refused, code: str = "", *, as_json: bool = False) -> None:
    """Print the refusal and its hint.

    Programs recognise the refusal by ``code``: by default, the kind of error.
    """
    tell_error(
        code or kind_of(refused),
        str(refused),
        str(refused.hint),
        [f"error: {refused}", f"hint: {refused.hint}"],
        as_json=as_json,
    )


def kind_of(refused: Refused) -> str:
    """Return the kind of a refusal, by which programs recognise it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(refused).__name__).lower()


def tell_error(code: str, message: str, hint: str, lines: Iterable[str], *, as_json: bool) -> None:
    """Print an error to standard error, as one line of JSON or as ``lines``."""
    if as_json:
        told = {"code": code, "message": message, "hint": hint}
        _write(printable.as_json_line(_marked(told, _ERRORS)), end="\n", to=sys.stderr)
    else:
        warn_all(lines)


def progress(what: str, done: int, total: int) -> None:
    """Show the progress of work if standard error is a terminal."""
    idle_timeout.renew()
    if sys.stderr.isatty():
        line = visible(f"{what}: {done} of {total}")
        _write(_BEGIN_LINE, line, end="\n" if done == total else "", to=sys.stderr)


def is_interactive() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> bool:
    """Ask a yes-or-no question. Any answer but "yes" means no."""
    return (ask_line(f"{question} (yes/no) ") or "").strip().lower() == "yes"


def ask_line(prompt: str) -> str | None:
    """Ask for one line after ``prompt``, and return it, or None at the end of input.

    Whatever was typed before the question appears is discarded, because it answers another question. Raises
    Refused if more input comes with the line, and discards that input: see ``_check_alone``.
    """
    with _asking():
        if sys.stdin.isatty():
            termios.tcflush(sys.stdin, termios.TCIFLUSH)
        line = take_line(prompt)
        _check_alone()
        return line


def take_line(prompt: str) -> str | None:
    """Return the next line as a command, or None at the end of input."""
    _write(visible(prompt), to=sys.stderr)
    try:
        with idle_timeout.asking():
            return sys.stdin.readline() or None
    except UnicodeDecodeError:
        return _UNREADABLE  # Unreadable input is neither a command nor an answer.


def ask_text(prompt: str) -> str:
    """Ask for several lines, until the end of input or a line with only a full stop, and return them.

    Raises Refused for input that is not valid text, and for a line that the terminal may have cut. Raises the
    same errors as ``ask_line``, and also Refused if more input comes with the full stop.
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
            sentence("a line is too long for the terminal"),
            sentence("break the line, or use --text-file FILE"),
        )
    return text.removesuffix("\n")


def ask_secret(prompt: str) -> str:
    """Ask for a secret without echo."""
    if not sys.stdin.isatty():
        raise Refused(
            sentence("there is no terminal at which to type the passphrase"),
            sentence("use --passphrase-file FILE"),
        )
    try:
        with idle_timeout.asking():
            return getpass.getpass(visible(f"{prompt}: "), stream=sys.stderr)
    except UnicodeDecodeError:
        raise _no_text() from None


@contextmanager
def passphrases() -> Iterator[None]:
    """Let officers type several passphrases in the block.

    Nothing that is typed between two passphrases is echoed. Otherwise, officers who type ahead while the last
    passphrase is checked would show their own passphrases. Input before a question, and at the end of the
    block, is discarded, because it may be meant for another question. A secret must not reach a prompt that
    echoes it, or a shell, which would run it and keep it in the history. A paste is discarded completely, and
    none of its bytes can end the program: see ``_asking``.
    """
    with ExitStack() as stack:
        with suppress(OSError):
            # The terminal that getpass uses, regardless of standard input.
            at = stack.enter_context(_TERMINAL.open("rb", buffering=0))
            before = termios.tcgetattr(at)
            stack.callback(_set, at, before)
            stack.push(lambda kind, *_: _discard_behind(at, kind))
            quiet = _without_quit(before)
            _set(at, [*quiet[:3], quiet[3] & ~termios.ECHO, *quiet[4:]])
        yield


@contextmanager
def unstoppable() -> Iterator[None]:
    """Stop Ctrl-S from pausing the terminal during the block. Otherwise, output could block forever."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    termios.tcsetattr(sys.stdin, termios.TCSANOW, [before[0] & ~termios.IXON, *before[1:]])
    try:
        yield
    finally:
        # TCSADRAIN would wait until the output is printed, and a stopped terminal must not block the program
        # here.
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)


def wipe() -> None:
    """Clear the screen and its scrollback, if there is a screen."""
    if sys.stdout.isatty():
        _write(_CLEAR)


def silence_others(*, as_json: bool = False) -> None:
    """Silence all other output: error reports of the interpreter, and messages of libraries.

    Error reports and messages of libraries would show values unchanged, including parts of a report.
    """
    tell = partial(crash, as_json=as_json)
    sys.excepthook = tell
    threading.excepthook = lambda fault: tell(fault.exc_type, fault.exc_value, fault.exc_traceback)
    sys.unraisablehook = lambda fault: tell(fault.exc_type, fault.exc_value, fault.exc_traceback)
    logging.disable()
    warnings.simplefilter("ignore")


def crash(
    kind: type[BaseException], _: BaseException | None, trace: TracebackType | None, *, as_json: bool = False
) -> None:
    """Report a fault in the program and its place, without any value from memory."""
    frames = traceback.extract_tb(trace)
    place = f" at {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    message = f"the program has a fault ({kind.__name__}{place}); unfinished work was undone"
    hint = "report this line to the people who maintain the program"
    tell_error("fault", message, hint, [f"error: {message}", f"hint: {hint}"], as_json=as_json)


@contextmanager
def _asking() -> Iterator[None]:
    """Ask a question in the block. During the block, no byte of a pasted text can end the program.

    Otherwise, the rest of the paste would go to the shell, or to the prompt of a session. An interrupt also
    discards the rest of the input, so that the rest does not go to the shell either. The key that suspends a
    program has no effect, as ``cli.main`` explains.
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
    """Return terminal settings in which no key ends the program silently."""
    quiet = copy.deepcopy(settings)
    quiet[_KEYS][termios.VQUIT] = _NO_KEY
    return quiet


def _discard_behind(at: "IO[Any]", kind: type[BaseException] | None) -> None:
    """Discard the input after the last passphrase, or after the exception that ended the question."""
    is_interrupted = kind is KeyboardInterrupt
    _discard_what_comes(at, _AFTER_INTERRUPT_SECONDS if is_interrupted else _AT_ONCE_SECONDS)


def _discard_what_comes(at: "IO[Any]", seconds: float) -> bool:
    """Discard typed input. If a line comes within ``seconds``, continue to discard input until no more comes.

    Returns whether a line was typed. An unfinished line, which select does not report, is also discarded.
    """
    came = is_more = _comes_within(at, seconds)
    termios.tcflush(at, termios.TCIFLUSH)
    while is_more:
        is_more = _comes_within(at, _PASTE_IS_OVER_SECONDS)
        termios.tcflush(at, termios.TCIFLUSH)
    return came


def _check_alone() -> None:
    """Discard the rest of a paste. Raises Refused if the paste has more lines than the question asked for.

    A pasted report may contain a line that ends the answer, and more lines after that line. The prompt of a
    session, or the shell afterwards, would run those lines as commands.
    """
    if not sys.stdin.isatty():
        return
    if not _discard_what_comes(sys.stdin, _AT_ONCE_SECONDS):
        return
    raise Refused(
        sentence("the input had more lines than one answer can have; all lines were discarded"),
        sentence(
            "save the text to a file, and give the file: lines pasted after the text could run as commands"
        ),
    )


def _comes_within(at: "IO[Any]", seconds: float) -> bool:
    return bool(select.select([at], [], [], seconds)[0])


def _set(at: IO[bytes], settings: "list[Any]") -> None:
    """Change the settings of a terminal, and discard typed input."""
    # A stopped terminal would never finish printing, so do not wait for its output.
    termios.tcsetattr(at, termios.TCSANOW, settings)
    termios.tcflush(at, termios.TCIFLUSH)


def _printable(line: str) -> Printable:
    """Return printable text unchanged, and any other text as one printable line."""
    return line if isinstance(line, Printable) else visible(line)


def _write(*parts: Printable | _Order, end: Literal["", "\n"] = "", to: TextIO | None = None) -> None:
    """Write to standard output or another stream. No other function of the inbox writes to a terminal."""
    due = _due(_OUTPUT if to is None else _ERRORS)
    mark = (visible(due), "\n") if due else ()
    print(*mark, *parts, sep="", end=end, file=to, flush=not end)


def _marked(value: Any, stream: str) -> Any:
    """Return an object with the mark of this answer as its first member, if the mark is due on ``stream``.

    A list has no place for the mark, so standard error gets it.
    """
    due = _due(stream)
    if due and isinstance(value, Mapping):
        return {"exercise": due, **value}
    if due:
        _write(to=sys.stderr)
    return value


def _can_print(text: str) -> bool:
    try:
        # A stream without an encoding holds any text.
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _no_text() -> Refused:
    return Refused(sentence("the input is not valid text"), sentence("set the terminal to UTF-8"))


def _folded(line: str, width: int) -> Iterator[str]:
    """Yield a line in parts of at most ``width`` columns, broken after a space where possible."""
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
