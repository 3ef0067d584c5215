"""Commands that are loaded when they are asked for: a start loads what its own command needs, no more."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class Late(click.Group):
    """A group that knows of each command where it stands: ``module:name``."""

    def __init__(self, *arguments: Any, places: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._places = places

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of all, in the order of the alphabet."""
        return sorted(self._places)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return one of them, None if there is none of that name."""
        if name in self._places:
            module, _, found = self._places[name].partition(":")
            return getattr(import_module(module), found)  # type: ignore[no-any-return]
        return super().get_command(context, name)
