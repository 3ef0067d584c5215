"""The commands of a group, those that are loaded when they are asked for too."""

import click


def commands_of(group: click.Group) -> dict[str, click.Command]:
    """Return them by their names."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command}
