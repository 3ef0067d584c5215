"""Commands with which an administrator looks after a portal."""

import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from portal import doctor as examination
from portal import expire as expiring
from portal import terminal
from portal.config import Settings
from portal.doctor import Finding, Level
from portal.store import database, days
from portal.store import pending as waiting

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@json_option
@click.pass_obj
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
@click.option("--rewrite", is_flag=True, help="Write the database anew, however large; reports wait.")
@json_option
@click.pass_obj
def expire(settings: Settings, *, rewrite: bool, as_json: bool) -> None:
    """Let go of uploads that were given up, and of what was confirmed or closed long ago: run it daily."""
    with closing(database.open_database(settings.database_url)) as store:
        expired = expiring.expire(store, settings, days.today())
        expiring.tidy(store)
        if rewrite:
            store.rewrite()
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
@click.option("--url", default="", help="Also look at the headers that visitors of this address get.")
@json_option
@click.pass_context
def doctor(context: click.Context, *, url: str, as_json: bool) -> None:
    """Examine the portal and say what to mend; exits with 1 if something is wrong."""
    file: Path = context.parent.params["file"] if context.parent else Path()
    found = list(examination.examine(context.obj, file, days.today(), url))
    if as_json:
        terminal.data([{"level": each.level.value, "what": each.what, "hint": each.hint} for each in found])
    else:
        _tell(found)
    if any(each.level is Level.WRONG for each in found):
        sys.exit(1)


def _tell(found: list[Finding]) -> None:
    for each in found:
        terminal.say(f"{each.level.value}: {each.what}")
        if each.hint:
            terminal.say(f"  hint: {each.hint}")
