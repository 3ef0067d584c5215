"""Lazily loaded commands: a start imports only the modules of its own command."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class Late(click.Group):
    """A group that knows the place of each command: ``module:name``."""

    def __init__(self, *arguments: Any, places: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._places = places

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of all commands in alphabetical order."""
        return sorted(self._places)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return the command with this name, or None."""
        if name in self._places:
            module, _, found = self._places[name].partition(":")
            return getattr(import_module(module), found)  # type: ignore[no-any-return]
        return super().get_command(context, name)
