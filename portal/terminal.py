"""The one place from which the portal speaks to a terminal."""

import json
from collections.abc import Mapping, Sequence

import click


def say(line: str) -> None:
    """Print a line."""
    click.echo(line)


def data(value: Mapping[str, object] | Sequence[Mapping[str, object]]) -> None:
    """Print a value as JSON, for programs to read."""
    click.echo(json.dumps(value, indent=1))


def complain(message: str, hint: str) -> None:
    """Print on stderr what happened, then what to do."""
    click.echo(f"error: {message}", err=True)
    click.echo(f"hint: {hint}", err=True)
