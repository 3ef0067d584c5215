"""Commands to publish the pages, and to check what a site serves."""

import hashlib
from datetime import date, timedelta
from pathlib import Path

import click

from portal import days, files, terminal
from portal.app import load_questionnaire
from portal.config import Settings
from portal.errors import Refused, why
from portal.ops.configured import pass_settings
from portal.site import freeze as freezing
from portal.site import manifest as listing
from portal.site import seen_serials, site_files, verify
from portal.site import webcat as catalogue
from portal.site.fetching import Visitor
from portal.web import headers, pages
from templates.command_line import DAY, FILE, FOLDER, NUMBER, json_option

# A manifest is valid for this many days unless somebody chose its last day.
_VALID_DAYS = 365


def _until(_: click.Context, __: click.Parameter, value: date | None) -> date:
    if value is None:
        return days.today() + timedelta(_VALID_DAYS)
    if value < days.today():
        raise click.BadParameter("the day must be today or later")
    return value


def _next_serial(settings: Settings) -> int:
    """Return a serial that is higher than that of the installed manifest.

    The serial is at least today's date as a number, such as 20261202. Therefore, it is still not lower than
    the serials that visitors have seen, even after a loss of the machine with all its lists.
    """
    signed = listing.load(settings)
    return max(int(f"{days.today():%Y%m%d}"), signed.pages.serial + 1 if signed else 1)


def _save(out: Path, raw: bytes) -> None:
    try:
        files.write(out, [raw])
    except OSError as error:
        raise Refused(f"{out} was not written: {why(error)}", "name another file with --out") from error


@click.command()
@click.option(
    "--serial",
    type=NUMBER,
    help="A number that is higher than the serial of the last manifest. The default is today's date, written"
    " as YYYYMMDD, or the serial of the last manifest plus one, whichever is higher.",
)
@click.option(
    "--until",
    type=DAY,
    callback=_until,
    help=f"The last day on which the manifest is valid. The default is {_VALID_DAYS} days from today.",
)
@click.option("--out", type=FILE, required=True, help="The file to write: manifest.json.")
@json_option
@pass_settings
def manifest(settings: Settings, *, serial: int | None, until: date, out: Path, as_json: bool) -> None:
    """List every page and file of the site with its SHA-256, for `inbox exchange sign-pages` to sign."""
    serial = serial or _next_serial(settings)
    raw = listing.make(settings, load_questionnaire(settings), serial, until)
    digest = hashlib.sha256(raw).hexdigest()
    _save(out, raw)
    if as_json:
        terminal.data(
            {"serial": serial, "valid_until": until.isoformat(), "file": str(out), "sha256": digest}
        )
        return
    terminal.say(f"{out}: serial {serial}, valid until {until.isoformat()}")
    terminal.say(f"SHA-256 {digest}: the officers compare it before they sign")
    terminal.say("next: carry it to the inbox, then run: inbox exchange sign-pages")


@click.command()
@click.argument("folder", type=FOLDER)
@json_option
@pass_settings
def freeze(settings: Settings, *, folder: Path, as_json: bool) -> None:
    """Write the public site as static files with compressed copies (.gz, .br) and with their headers."""
    questions = load_questionnaire(settings)
    found = site_files.files(settings, questions)
    site = freezing.names(found, listing.load(settings))
    beside = freezing.settings(found, headers.ALWAYS, settings.onion)
    freezing.freeze(folder, site, beside | freezing.answers(pages.answers(settings, questions)))
    if as_json:
        written = {
            "site": freezing.SITE,
            "headers": freezing.HEADERS,
            "answers": freezing.ANSWERS,
            "nginx": freezing.NGINX,
        }
        terminal.data({"files": len(found)} | {each: str(folder / name) for each, name in written.items()})
        return
    terminal.say(
        f"{folder / freezing.SITE}: {len(found)} files; {folder / freezing.HEADERS}: headers for all of them"
    )
    terminal.say(f"{folder / freezing.ANSWERS}: error pages for the forms that work without JavaScript")
    terminal.say(f"{folder / freezing.NGINX}: headers and paths for nginx; the portal serves all other paths")


@click.command()
@click.option("--app", required=True, help="The address of the source code, which begins with https://.")
@click.option("--tag", required=True, help="The version of the source code that is served.")
@click.option("--out", type=FILE, required=True, help="The file to write.")
@json_option
@pass_settings
def webcat(settings: Settings, *, app: str, tag: str, out: Path, as_json: bool) -> None:
    """List the site in WEBCAT's format. WEBCAT's own tools sign, timestamp and enroll the list."""
    found = site_files.files(settings, load_questionnaire(settings))
    _save(out, catalogue.make(found, headers.POLICY, app=app, version=tag))
    if as_json:
        terminal.data({"files": len(found), "file": str(out)})
        return
    terminal.say(f"{out}: {len(found)} files; next: WEBCAT's `manifest sign`, then its `bundle create`")


@click.command()
@click.argument("url")
@click.option(
    "--channel-keys", type=FILE, help="The card of your own channel, written by `inbox exchange card`."
)
@click.option("--proxy", default="", help="The proxy for an onion service, as socks5h://host:port.")
@click.option(
    "--seen",
    "file",
    type=FILE,
    help=f"The file with the serials seen so far. The default is {seen_serials.FILE} beside the"
    " configuration.",
)
@json_option
@pass_settings
def verify_command(  # noqa: PLR0913 - one parameter for each option
    settings: Settings,
    *,
    url: str,
    channel_keys: Path | None,
    proxy: str,
    file: Path | None,
    as_json: bool,
) -> None:
    """Compare what a site serves with what the root key signed.

    The command exits with 1 if there is a difference.
    """
    own = verify.read_card(channel_keys, settings) if channel_keys else None
    memory = file or settings.folder / seen_serials.FILE
    known = seen_serials.load(memory, settings.deployment)
    found = list(verify.differences(Visitor(url, proxy), settings, days.today(), own, known))
    if as_json:
        terminal.data([{"difference": each} for each in found])
    else:
        for each in found or ["the site serves what was signed"]:
            terminal.say(each)
    # Save after printing, so that the findings appear even if the disk is full.
    try:
        seen_serials.save(memory, known)
    except Refused as refused:
        # A caller who names a file relies on that file, so a failure to save is an error. Callers who name no
        # file only want to know the differences.
        if file:
            raise
        terminal.warn(f"warning: {refused}; next time, an older manifest or keyring will not be noticed")
        terminal.warn(f"hint: {refused.hint}")
    if found:
        click.get_current_context().exit(1)
