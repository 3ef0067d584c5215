"""Pass the settings to commands. Settings are read when a command runs: `--help` needs none."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click

from portal import config
from portal.config import Settings

P = ParamSpec("P")
R = TypeVar("R")


def pass_settings(command: Callable[Concatenate[Settings, P], R]) -> Callable[P, R]:
    """Return the command with the settings as its first argument.

    Calling the returned command may raise BadConfiguration.
    """

    @wraps(command)
    def configured(*args: P.args, **kwargs: P.kwargs) -> R:
        return command(config.load(file()), *args, **kwargs)

    return configured


def file() -> Path:
    """Return the configuration file that the command line names."""
    path: Path = click.get_current_context().find_root().params["file"]
    return path
