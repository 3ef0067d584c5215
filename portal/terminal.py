"""The one place from which the portal speaks to a terminal; it takes nothing but ``Printable``.

A host, a medium or a name must neither move the cursor nor pass for a line of ours.
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
    """Print a value as JSON, for programs to read."""
    _write(printable.as_json(value))


def complain(message: str, hint: str) -> None:
    """Print on stderr what happened, then what to do."""
    warn(f"error: {message}")
    warn(f"hint: {hint}")


def warn(line: str) -> None:
    """Print a line on stderr."""
    _write(visible(line), is_complaint=True)


def silence_others() -> None:
    """Let the interpreter write neither warnings nor faults: it would write values as they are."""
    sys.excepthook = _crash
    threading.excepthook = lambda told: _crash(told.exc_type, told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: _crash(told.exc_type, told.exc_value, told.exc_traceback)
    warnings.simplefilter("ignore")


def _crash(kind: type[BaseException], _: BaseException | None, trace: TracebackType | None) -> None:
    """Say that the program has a fault, and where, without any value that it held."""
    frames = traceback.extract_tb(trace)
    place = f" at {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    complain(f"the program has a fault ({kind.__name__}{place})", "report this line to those who maintain it")


def _write(text: Printable, *, is_complaint: bool = False) -> None:
    """Write to stdout, or stderr. Nothing else in the portal writes to a terminal."""
    click.echo(text, err=is_complaint)
