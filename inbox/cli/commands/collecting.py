"""Take in what came from the portal."""

from functools import partial
from pathlib import Path

import click

from inbox.cli import render
from inbox.cli.options import Door, json_option, officer_options
from inbox.exchange.bundle_chain import Acceptance
from inbox.exchange.collect import Outcome, collect
from inbox.system import terminal
from inbox.text.printable import visible


@click.command(name="collect")
@click.argument("bundles", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--confirm-instance", metavar="FINGERPRINT", help="The portal's instance key, as `portal init` said."
)
@click.option("--new-instance", metavar="FINGERPRINT", help="The instance key of a portal that was rebuilt.")
@click.option(
    "--after-restore", is_flag=True, help="The inbox was put back from a backup: go on where the portal is."
)
@officer_options
@json_option
@click.pass_obj
def collect_command(
    door: Door, /, *, bundles: tuple[Path, ...], after_restore: bool, as_json: bool, **instance: str | None
) -> int:
    """Verify intake bundles, unseal what they carry, file it."""
    can_ask = terminal.is_interactive() and not as_json
    acceptance = Acceptance(
        instance["confirm_instance"],
        instance["new_instance"],
        terminal.ask if can_ask else _no,
        after_restore,
    )
    progress = partial(terminal.progress, "unsealing")
    outcomes = []
    with door.opened() as (inbox, who):
        try:
            for outcome in collect(inbox, who, bundles, acceptance, progress=progress):
                outcomes.append(outcome)
                if not as_json:
                    _say_outcome(outcome)
        finally:
            # What was collected before a full disk ended the rest is told all the same.
            if as_json:
                terminal.say_json([render.outcome_view(outcome) for outcome in outcomes])
    return 1 if any(outcome.refused for outcome in outcomes) else 0


def _say_outcome(outcome: Outcome) -> None:
    if outcome.refused is None:
        terminal.say_all(render.outcome(outcome))
        return
    terminal.warn(f"{visible(outcome.bundle)}: refused, nothing changed")
    terminal.fail(outcome.refused)


def _no(_: str) -> bool:
    return False
