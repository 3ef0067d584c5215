"""The command `fanal-portal upgrade`."""

from collections.abc import Iterator

import click

from portal import terminal
from portal.errors import Refused
from portal.setup import steps
from portal.setup.cli import own_machine, tell_done, tell_states
from portal.setup.pages import PAGES, Pages
from portal.setup.settings import CONFIGURATION
from portal.setup.steps import Step
from portal.setup.system import System
from portal.setup.upgrade import plan
from portal.setup.upgrade.plan import Upgrade
from portal.setup.upgrade.portal_side import Side
from portal.setup.upgrade.progress import progress
from portal.setup.upgrade.units import Units
from templates.command_line import json_option


@click.command()
@click.option(
    "--check",
    is_flag=True,
    help="List each step, and change nothing. The command exits with 0 if there is nothing to do.",
)
@json_option
def upgrade(*, check: bool, as_json: bool) -> None:
    """Switch to a newly installed version of the program, or keep the earlier one.

    The portal is stopped, and its database is copied and upgraded. The new version then runs in a trial that
    visitors cannot reach. If the new version answers, the portal starts with it, and the copy is deleted. If
    anything fails before that, the copy is put back, and the earlier version starts again. If this command is
    interrupted, run it again.
    """
    system = own_machine()
    if not system.at(CONFIGURATION).exists():
        raise Refused("there is no portal on this machine", "run `fanal-portal setup`")
    upgrading = Upgrade(Side(system), Units(system), progress(system))
    if check:
        tell_states(plan.checked(upgrading), as_json=as_json)
        return
    done = tell_done(_applied(system, upgrading), as_json=as_json)
    if as_json:
        return
    if not done:
        terminal.say("there is nothing to upgrade")
        return
    terminal.say(
        "the new version runs; list and sign its pages, as step 5 of"
        " /usr/share/doc/fanal-portal/docs/deploying.md says"
    )


def _applied(system: System, upgrading: Upgrade) -> Iterator[Step]:
    """Upgrade the portal, then publish the pages of the new version. Yield each step."""
    is_done = upgrading.is_done
    yield from plan.apply(upgrading)
    if is_done or not system.at(PAGES).is_dir():
        return
    try:
        yield from steps.apply([Pages(system)])
    except Refused as error:
        raise Refused(
            f"the new version runs, but with the pages of the earlier version: {error}",
            "fix the cause, then run `fanal-portal setup`",
        ) from error
