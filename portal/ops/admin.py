"""Commands for the administrator of a portal."""

from contextlib import closing
from dataclasses import asdict

import click

from portal import days, terminal
from portal.config import Settings
from portal.exchange import expire as expiring
from portal.exchange.expire import Expired
from portal.ops import configured
from portal.ops.checks import doctor as examination
from portal.ops.configured import pass_settings
from portal.store import database, intakes
from portal.store.migrations import upgrading
from templates import findings
from templates.command_line import json_option
from templates.findings import Level


@click.command()
@json_option
@pass_settings
def pending(settings: Settings, *, as_json: bool) -> None:
    """Print how many envelopes wait for export, and the day of the oldest envelope, for use in alerts."""
    with closing(database.open_database(settings.database_url)) as store, store.read() as connection:
        found = intakes.unexported(connection)
    if as_json:
        waiting_now = [
            {"channel": each.channel, "count": each.count, "oldest": each.oldest.isoformat()}
            for each in found
        ]
        terminal.data(waiting_now)
        return
    for each in found:
        terminal.say(f"{each.channel}: {each.count}, the oldest from {each.oldest.isoformat()}")


@click.command()
@json_option
@pass_settings
def upgrade(settings: Settings, *, as_json: bool) -> None:
    """Upgrade the database; stop the portal first.

    `fanal-portal upgrade` stops the portal, copies the database and then upgrades it.
    """
    before, after = database.upgrade(settings.database_url), upgrading.newest()
    if as_json:
        terminal.data({"from": before, "to": after})
        return
    if before == after:
        terminal.say(f"the database already has version {after}; nothing was changed")
    else:
        terminal.say(f"the database now has version {after}")


@click.command()
@click.option(
    "--rewrite",
    is_flag=True,
    help="Rewrite the database even if it is large. During the rewrite, reports have to wait.",
)
@json_option
@pass_settings
def expire(settings: Settings, *, rewrite: bool, as_json: bool) -> None:
    """Delete expired data: unfinished uploads, closed cases, traces of confirmed envelopes. Run it daily."""
    with closing(database.open_database(settings.database_url)) as store:
        _tell_expired(expiring.expire(store, settings, days.today()), as_json=as_json)
        expiring.tidy(store)
        if rewrite:
            store.rewrite()


def _tell_expired(expired: Expired, *, as_json: bool) -> None:
    if as_json:
        terminal.data(asdict(expired))
        return
    terminal.say(
        f"deleted: {expired.uploads} unfinished uploads, {expired.cases} closed cases, "
        f"traces of {expired.remains} confirmed envelopes"
    )
    if not expired.trusted:
        terminal.say("closed cases and traces were kept, because the keyring is not valid today")
        terminal.say("  hint: set this machine's clock, or import an outbox")


@click.command()
@click.option(
    "--url",
    default="",
    help="Also check the site at this address: its headers, the last day of its certificate, and whether"
    " its clock agrees with this machine's.",
)
@json_option
@pass_settings
def doctor(settings: Settings, *, url: str, as_json: bool) -> None:
    """Check the portal and say what to fix. The command exits with 1 if something is wrong."""
    found = list(examination.examine(settings, configured.file(), days.today(), url))
    if as_json:
        terminal.data(findings.data(found))
    else:
        for line in findings.lines(found):
            terminal.say(line)
    if any(each.level is Level.WRONG for each in found):
        click.get_current_context().exit(1)
