"""The entrance of the programs ``deploy.release`` and ``deploy.medium``."""

import click

from deploy.release.errors import Refused


def run(commands: click.Group) -> int:
    """Run the command on the command line, and return the exit status: 1 if the command was refused."""
    try:
        commands(standalone_mode=False)
    except Refused as refused:
        click.echo(f"{refused}\nhint: {refused.hint}", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return 0
