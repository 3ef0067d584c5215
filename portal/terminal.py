"""All terminal output of the portal goes through here, as ``Printable``.

Text from a host, an exchange medium or a file name must not move the cursor or look like a line of our own.
"""

import sys
import threading
import traceback
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import click

from crypto import printable
from crypto.printable import Printable, visible


def say(line: str) -> None:
    """Print a line."""
    _write(visible(line))


def data(value: Mapping[str, object] | Sequence[Mapping[str, object]]) -> None:
    """Print a value as JSON, for programs."""
    _write(printable.as_json(value))


def complain(message: str, hint: str) -> None:
    """Print an error and a hint on stderr."""
    warn(f"error: {message}")
    warn(f"hint: {hint}")


def warn(line: str) -> None:
    """Print a line on stderr."""
    _write(visible(line), is_complaint=True)


def silence_others() -> None:
    """Keep the interpreter from printing warnings and tracebacks: they may contain unescaped values."""
    sys.excepthook = _crash
    threading.excepthook = lambda crash: _crash(crash.exc_type, crash.exc_value, crash.exc_traceback)
    sys.unraisablehook = lambda crash: _crash(crash.exc_type, crash.exc_value, crash.exc_traceback)
    warnings.simplefilter("ignore")


def _crash(kind: type[BaseException], _: BaseException | None, trace: TracebackType | None) -> None:
    """Report a bug in the program by type, file and line, without any value."""
    frames = traceback.extract_tb(trace)
    place = f" at {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    complain(f"the program has a fault ({kind.__name__}{place})", "report this line to its maintainers")


def _write(text: Printable, *, is_complaint: bool = False) -> None:
    """Write to stdout or stderr. Only this function writes to the terminal."""
    click.echo(text, err=is_complaint)
