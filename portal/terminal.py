"""All terminal output of the portal goes through here, as ``Printable``.

Text from a host, an exchange medium or a file name must not move the cursor or look like a line of our own.
"""

import io
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType

import click

from crypto import printable
from crypto.printable import Printable, visible


def speak_utf8() -> None:
    """Write UTF-8, which programs expect for JSON, whatever the terminal's encoding is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")


def say(line: str) -> None:
    """Print a line."""
    _write(visible(line))


def data(value: Mapping[str, object] | Sequence[Mapping[str, object]]) -> None:
    """Print a value as JSON, for programs."""
    _write(printable.as_json(value))


def complain(message: str, hint: str, code: str = "refused", *, as_json: bool = False) -> None:
    """Print an error and a hint on stderr; ``code`` names the error for programs."""
    tell_error(code, message, hint, [f"error: {message}", f"hint: {hint}"], as_json=as_json)


def tell_error(code: str, message: str, hint: str, lines: Iterable[str], *, as_json: bool) -> None:
    """Print an error on stderr, as one line of JSON or as these lines."""
    if as_json:
        told = {"code": code, "message": message, "hint": hint}
        _write(printable.as_json_line(told), is_complaint=True)
        return
    for line in lines:
        warn(line)


def warn(line: str) -> None:
    """Print a line on stderr."""
    _write(visible(line), is_complaint=True)


def is_interactive() -> bool:
    """Return whether somebody can answer a question."""
    return sys.stdin.isatty()


def ask(question: str, fits: Callable[[str], bool], wanted: str, default: str = "") -> str:
    """Ask a question until the answer is valid, and return the answer.

    ``wanted`` tells the person what a valid answer is. The Enter key chooses the default, unless it is empty.
    """

    def check(value: str) -> str:
        if not value or not fits(value):
            raise click.BadParameter(visible(wanted))
        return value

    offered = f" [{default}]" if default else ""
    answer: str = click.prompt(
        visible(question + offered), default=default or None, value_proc=check, show_default=False
    )
    return answer


def confirm(question: str, *, default: bool | None = True) -> bool:
    """Ask a yes-or-no question. Without a default, the question is repeated until there is an answer."""
    return click.confirm(visible(question), default=default)


def silence_others(*, as_json: bool = False) -> None:
    """Keep the interpreter from printing warnings and tracebacks, which may contain unescaped values."""
    tell = partial(_crash, as_json=as_json)
    sys.excepthook = tell
    threading.excepthook = lambda crash: tell(crash.exc_type, crash.exc_value, crash.exc_traceback)
    sys.unraisablehook = lambda crash: tell(crash.exc_type, crash.exc_value, crash.exc_traceback)
    warnings.simplefilter("ignore")


def _crash(
    kind: type[BaseException], _: BaseException | None, trace: TracebackType | None, *, as_json: bool
) -> None:
    """Report a bug in the program by type, file and line, without any value."""
    frames = traceback.extract_tb(trace)
    place = f" at {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    message = f"the program has a fault ({kind.__name__}{place})"
    complain(message, "report this line to its maintainers", "fault", as_json=as_json)


def _write(text: Printable, *, is_complaint: bool = False) -> None:
    """Write to stdout or stderr. Only this function writes to the terminal."""
    click.echo(text, err=is_complaint)
