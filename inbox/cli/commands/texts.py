"""A longer text that comes with a command, or is typed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from inbox.cli.options import text_of
from inbox.system import terminal

_Command = TypeVar("_Command", bound=Callable[..., Any])


def text_options(command: _Command) -> _Command:
    """Let a command take a text: ``--text`` or ``--text-file``."""
    for option in (
        click.option(
            "--text-file", type=click.Path(path_type=Path), help="Take the text from this UTF-8 file."
        ),
        click.option("--text", help="The text; a shell may keep it in clear, so better type it when asked."),
    ):
        command = option(command)
    return command


def given(text: str | None, text_file: Path | None) -> str | None:
    """Return the text that came with the command, None without; UsageError if it came twice."""
    if text is not None and text_file is not None:
        raise click.UsageError("give the text with --text or --text-file, not with both")
    return text_of(text_file) if text_file is not None else text


def given_or_to_type(text: str | None, text_file: Path | None) -> str | None:
    """Return the text that came with the command, None if it is to be typed; UsageError if nobody can."""
    found = given(text, text_file)
    if found is None and not terminal.is_interactive():
        raise click.UsageError("give the text with --text-file, or type it at a terminal")
    return found
