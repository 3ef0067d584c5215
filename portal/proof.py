"""Commands by which anybody can check what a site serves."""

import sys
from datetime import date, datetime
from pathlib import Path

import click

from portal import assets, files, headers, sitefiles, terminal, verify
from portal import freeze as freezing
from portal import manifest as listing
from portal.app import load_questionnaire
from portal.care import json_option
from portal.config import Settings
from portal.fetching import Visitor
from portal.refusals import Refused
from portal.store import days

_PATH = click.Path(path_type=Path)


def _day(_: click.Context, __: click.Parameter, value: datetime) -> date:
    return value.date()


@click.command()
@click.option("--serial", type=click.IntRange(1), required=True, help="Higher than the last one's.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), callback=_day, required=True, help="The last day it holds."
)
@click.option("--out", type=_PATH, required=True, help="The file to write: manifest.json.")
@click.pass_obj
def manifest(settings: Settings, *, serial: int, until: date, out: Path) -> None:
    """List every page and file of the site with its digest, to be signed by `inbox sign-pages`."""
    raw = listing.make(settings, load_questionnaire(settings), serial, until)
    try:
        files.write(out, [raw])
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise Refused(f"{out} was not written: {reason}", "name another file with --out") from error
    terminal.say(f"{out}: serial {serial}, valid until {until.isoformat()}")
    terminal.say("next: carry it to the inbox, then: inbox sign-pages")


@click.command()
@click.argument("folder", type=_PATH)
@click.pass_obj
def freeze(settings: Settings, *, folder: Path) -> None:
    """Write the public site as static files, with .gz and .br beside each, and the headers that they need."""
    found = sitefiles.files(settings, load_questionnaire(settings))
    always = headers.headers(assets.load().import_map_hash)
    freezing.freeze(folder, freezing.names(found, listing.load(settings)), always)
    terminal.say(
        f"{folder / freezing.SITE}: {len(found)} files; {folder / freezing.HEADERS}: for each of them"
    )
    terminal.say("the web server serves /api/ and /keyring.* from the portal, a missing file by /404.html")


@click.command(name="verify")
@click.argument("url")
@click.option("--channel-keys", type=_PATH, help="A body's own key ids: on each line CHANNEL KEY-ID.")
@click.option("--proxy", default="", help="socks5h://host:port, for an onion service.")
@json_option
@click.pass_obj
def verify_command(
    settings: Settings, *, url: str, channel_keys: Path | None, proxy: str, as_json: bool
) -> None:
    """Fetch what a site serves and compare it with what the root key signed; exits with 1 if it differs."""
    keys = verify.read_keys(channel_keys) if channel_keys else {}
    found = list(verify.differences(Visitor(url, proxy), settings, days.today(), keys))
    if as_json:
        terminal.data([{"difference": each} for each in found])
    else:
        for each in found or ["the site serves what was signed"]:
            terminal.say(each)
    if found:
        sys.exit(1)
