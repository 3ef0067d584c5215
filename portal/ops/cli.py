"""The command line of the portal."""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import click

from crypto import signing
from crypto.keyring import Keyring
from portal import config, days, terminal
from portal.app import load_questionnaire
from portal.config import Settings
from portal.exchange import anchors, expire, exports, imports, keyrings
from portal.exchange.exports import Exported
from portal.exchange.imports import Imported
from portal.exchange.keyrings import Outcome
from portal.ops import running, serving
from portal.ops.configured import pass_settings
from portal.store import database
from portal.store.database import Database
from portal.store.keyrings import Instance, keep_key_pair
from portal.typed import typed
from portal.web import figures
from templates import command_line
from templates.command_line import FILE, FOLDER, HELP_NAMES, NUMBER, Group, json_option


def main() -> NoReturn:
    """Run the command on the command line, and exit with the code that ``run`` returns."""
    running.begin()
    sys.exit(run())


def run(words: Sequence[str] | None = None) -> int:
    """Run a command; return 0 if it succeeded, 1 if it was refused, 2 for wrong usage or settings."""
    return running.run(portal, "portal", words)


@click.group(
    cls=Group,
    branch=command_line.read(Path(__file__).with_name("commands.toml")),
    context_settings={"help_option_names": [*HELP_NAMES], "max_content_width": command_line.COLUMNS},
)
@command_line.version_option()
@click.option(
    "--config",
    "file",
    type=FILE,
    default=Path("config.toml"),
    show_default=True,
    help="The configuration file.",
)
def portal(file: Path) -> None:
    """Read the global option. The subcommand reads the configuration."""


@click.command()
@json_option
@pass_settings
def init(settings: Settings, *, as_json: bool) -> None:
    """Make the database, and the key that signs intake bundles."""
    keys = Instance.fresh()
    database.create(settings.database_url, lambda connection: keep_key_pair(connection, keys)).close()
    fingerprint = signing.fingerprint(keys.public)
    if as_json:
        terminal.data({"fingerprint": fingerprint})
        return
    terminal.say(f"portal made; its fingerprint is {fingerprint}")
    terminal.say("keep the fingerprint: officers compare it at the first `inbox exchange collect`")
    terminal.say(f"next: {typed('keyring FOLDER')} with a keyring from the inbox, then {typed('serve')}")


@click.command()
@click.option("--listen", help="Serve on this HOST:PORT instead of the configured one.")
@pass_settings
def serve(settings: Settings, *, listen: str | None) -> None:
    """Serve the public pages and their HTTP API until SIGTERM.

    Several processes can serve one database, each on its own port. A flood of requests to one
    process does not affect the other processes.
    """
    if listen is not None:
        settings = config.listening(settings, listen)
    if refused := figures.refusal(settings.figures_folder, settings.figures_key):
        terminal.warn(f"warning: the site is served without figures: {refused}")
        terminal.warn(f"hint: {refused.hint}")
    serving.serve(settings, lambda: terminal.say(f"serving on http://{settings.listen}"))


@click.command()
@click.option("--out", type=FOLDER, required=True, help="The folder for the bundles.")
@click.option("--channel", help="Export only this channel.")
@click.option(
    "--again",
    type=NUMBER,
    help="Write the bundle with this number again.",
)
@json_option
@pass_settings
def export(settings: Settings, *, out: Path, channel: str | None, again: int | None, as_json: bool) -> None:
    """Write new envelopes into one bundle for each channel."""
    with closing(database.open_database(settings.database_url)) as store:
        chosen = [channel] if channel else exports.channels(store)
        if again is None:
            _export(store, settings, chosen, out, as_json=as_json)
            expire.expire(store, settings, days.today())
            expire.tidy(store)
        elif len(chosen) == 1:
            _tell_exported([exports.export_again(store, chosen[0], again, out)], as_json=as_json)
        else:
            raise click.UsageError(
                "name the channel with --channel, because each channel numbers its own bundles"
            )


def _export(store: Database, settings: Settings, chosen: list[str], out: Path, *, as_json: bool) -> None:
    """Export one channel after the other.

    If a channel is refused, the bundles made so far are still printed.
    """
    made: list[Exported] = []
    try:
        for each in chosen:
            made.append(exports.export(store, settings, each, out))
            while made[-1].is_full:
                made.append(exports.export(store, settings, each, out))
    finally:
        _tell_exported(made, as_json=as_json)


@click.command()
@click.argument("bundle", type=FILE)
@json_option
@pass_settings
def import_(settings: Settings, *, bundle: Path, as_json: bool) -> None:
    """Apply an outbox bundle from the inbox."""
    with closing(database.open_database(settings.database_url)) as store:
        imported = imports.import_outbox(store, settings, bundle, days.today())
        try:
            _tell_imported(imported, as_json=as_json)
            if imported.keyring is not None and imported.outcome is Outcome.TAKEN and not as_json:
                _tell_of_other_questions(settings, imported.keyring)
        finally:
            expire.tidy(store)


@click.command()
@click.argument("folder", type=FOLDER)
@json_option
@pass_settings
def keyring(settings: Settings, *, folder: Path, as_json: bool) -> None:
    """Publish the keyring in FOLDER: keyring.json and keyring.sig."""
    with closing(database.open_database(settings.database_url)) as store:
        loaded, outcome = keyrings.load(store, folder, settings, days.today())
    if as_json:
        until = loaded.valid_until.isoformat()
        terminal.data({"serial": loaded.serial, "valid_until": until, "taken": outcome is Outcome.TAKEN})
        return
    what = "is published" if outcome is Outcome.TAKEN else "was published before"
    terminal.say(f"keyring {loaded.serial} {what}; it is valid until {loaded.valid_until.isoformat()}")
    _tell_of_other_questions(settings, loaded)


def _tell_of_other_questions(settings: Settings, published: Keyring) -> None:
    if published.questionnaire != load_questionnaire(settings).reference:
        terminal.say(
            "the keyring names another questionnaire than the configuration: set `questionnaire` to that"
            " file, or nobody can report"
        )


def _tell_exported(made: list[Exported], *, as_json: bool) -> None:
    bundles = [
        {
            "channel": each.intake.channel,
            "n": each.intake.n,
            "file": str(each.path),
            "envelopes": len(each.intake.entries),
            "withdrawals": len(each.intake.withdrawn),
        }
        for each in made
    ]
    if as_json:
        terminal.data(bundles)
        return
    for each in made:
        envelopes, withdrawals = len(each.intake.entries), len(each.intake.withdrawn)
        counts = f"{_counted(envelopes, 'envelope')}, {_counted(withdrawals, 'withdrawal')}"
        terminal.say(f"{each.path}: {counts}")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _tell_imported(imported: Imported, *, as_json: bool) -> None:
    outbox = imported.outbox
    if as_json:
        terminal.data(
            {
                "channel": outbox.channel,
                "n": outbox.n,
                "applied": imported.applied,
                "slots": len(outbox.slots),
                "confirmed": imported.confirmed,
                "left_out": imported.left_out,
                "keyring": imported.outcome.value,
            }
        )
        return
    if not imported.applied:
        terminal.say(f"outbox {outbox.n} of {outbox.channel} was applied before; nothing was changed")
        return
    keyring = f", keyring {imported.keyring.serial} {imported.outcome.value}" if imported.keyring else ""
    terminal.say(
        f"outbox {outbox.n} of {outbox.channel} applied: {len(outbox.slots)} slots, "
        f"{imported.confirmed} intake bundles confirmed{keyring}"
    )


@click.command()
@click.option("--out", type=FILE, required=True, help="The new file to write.")
@click.option("--channel", help="Use the outboxes of this channel; required if there are several channels.")
@json_option
@pass_settings
def anchors_command(settings: Settings, *, out: Path, channel: str | None, as_json: bool) -> None:
    """Write the journal heads from a channel's outboxes to a file, for `inbox journal verify`."""
    with closing(database.open_database(settings.database_url)) as store:
        chosen = anchors.choose(store, channel)
        numbers = anchors.write(store, chosen, out)
    if as_json:
        terminal.data({"channel": chosen, "outboxes": len(numbers), "last": numbers[-1], "file": str(out)})
        return
    terminal.say(f"{out}: {len(numbers)} outboxes of {chosen}, up to {numbers[-1]}")
    terminal.say("next: carry it to the inbox of that channel, then run: inbox journal verify --anchors FILE")
