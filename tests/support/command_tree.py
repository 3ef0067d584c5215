"""The commands of a group, including those that are loaded lazily."""

from collections.abc import Iterator

import click

from templates.command_line import Branch


def groups(branch: Branch, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every group, beginning with the program itself."""
    yield path
    for name, child in branch.children.items():
        if isinstance(child, Branch):
            yield from groups(child, (*path, name))


def commands_of(group: click.Group) -> dict[str, click.Command]:
    """Return the commands directly in a group, by name."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command}


def every_command(group: click.Group, path: str = "") -> Iterator[str]:
    """Yield the words that run each command, including those in the groups below."""
    for name, command in commands_of(group).items():
        if isinstance(command, click.Group):
            yield from every_command(command, f"{path}{name} ")
        else:
            yield path + name


def helps(group: click.Group) -> Iterator[str]:
    """Yield the help texts of a group and of its commands and options, including the groups below."""
    for command in commands_of(group).values():
        said = (getattr(each, "help", None) for each in (command, *command.params))
        yield from (text for text in said if text)
        if isinstance(command, click.Group):
            yield from helps(command)
