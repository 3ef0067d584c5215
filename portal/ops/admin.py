"""Commands with which an administrator looks after a portal."""

from contextlib import closing
from dataclasses import asdict

import click

from portal import days, terminal
from portal.config import Settings
from portal.exchange import expire as expiring
from portal.exchange.expire import Expired
from portal.ops import configured
from portal.ops import doctor as examination
from portal.ops.configured import pass_settings
from portal.ops.doctor import Finding, Level
from portal.store import database
from portal.store import pending as waiting
from portal.store.migrations import upgrading

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@json_option
@pass_settings
def pending(settings: Settings, *, as_json: bool) -> None:
    """Print how many envelopes wait for export, and the oldest day: nothing else, for alerting."""
    with closing(database.open_database(settings.database_url)) as store, store.read() as connection:
        found = waiting.unexported(connection)
    if as_json:
        told = [
            {"channel": each.channel, "count": each.count, "oldest": each.oldest.isoformat()}
            for each in found
        ]
        terminal.data(told)
        return
    for each in found:
        terminal.say(f"{each.channel}: {each.count}, oldest of {each.oldest.isoformat()}")


@click.command()
@json_option
@pass_settings
def upgrade(settings: Settings, *, as_json: bool) -> None:
    """Bring the database of an earlier version to this one, for good; nothing may be served meanwhile."""
    before, after = database.upgrade(settings.database_url), upgrading.newest()
    if as_json:
        terminal.data({"from": before, "to": after})
        return
    terminal.say(f"the database is of version {after} now")


@click.command()
@click.option("--rewrite", is_flag=True, help="Write the database anew, however large; reports wait.")
@json_option
@pass_settings
def expire(settings: Settings, *, rewrite: bool, as_json: bool) -> None:
    """Let go of uploads that were given up, and of what was confirmed or closed long ago: run it daily."""
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
        f"let go of {expired.uploads} uploads that were given up, {expired.cases} closed cases, "
        f"{expired.remains} envelopes confirmed before"
    )
    if not expired.trusted:
        terminal.say("closed cases and confirmed envelopes were kept, as the keyring is not valid today")
        terminal.say("  hint: set this machine's clock, or import an outbox of the inbox")


@click.command()
@click.option(
    "--url",
    default="",
    help="Also look at what visitors of this address get: headers, and a time to compare the clock with.",
)
@json_option
@pass_settings
def doctor(settings: Settings, *, url: str, as_json: bool) -> None:
    """Examine the portal and say what to mend; exits with 1 if something is wrong."""
    found = list(examination.examine(settings, configured.file(), days.today(), url))
    if as_json:
        terminal.data([{"level": each.level.value, "what": each.what, "hint": each.hint} for each in found])
    else:
        _tell(found)
    if any(each.level is Level.WRONG for each in found):
        click.get_current_context().exit(1)


def _tell(found: list[Finding]) -> None:
    for each in found:
        terminal.say(f"{each.level.value}: {each.what}")
        if each.hint:
            terminal.say(f"  hint: {each.hint}")
