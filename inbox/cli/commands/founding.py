"""Make an inbox, and hand its keys to the portal."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from crypto import base64url
from crypto.bundle import KEYRING, KEYRING_SIGNATURE
from crypto.signing import fingerprint
from inbox.access.conflicts import UNNAMED
from inbox.cli import ceremony, render
from inbox.cli.appointing import circle_options, founders, handout_in
from inbox.cli.commands.joining import join_options, root_of
from inbox.cli.options import Door, content_of, json_option, officer_options, out_folder
from inbox.keys import expiry_warnings, secret_sharing
from inbox.keys import keyring as channel_keyring
from inbox.keys.secret_sharing import Appointee, Circle
from inbox.session.actions import Code, action
from inbox.setup import init as founding
from inbox.setup.ceremony_papers import Handout
from inbox.setup.init import Charter
from inbox.system import atomic_files, terminal
from inbox.system.clock import today
from inbox.text.printable import visible
from inbox.vault import queries_office
from templates import shipped

_NEXT = "next: inbox keyring --out FOLDER, and carry the folder to the portal"
_NEXT_OUTSIDE = "next: inbox card --out FOLDER, and carry the folder to the root's officers"


@click.command()
@click.option("--deployment", "name", required=True, help="Name of the whole, as pages show it.")
@click.option("--channel", required=True, help="Id of this inbox's channel: a-z, 0-9, -.")
@click.option("--name-fr", required=True, help="Name of the channel in French.")
@click.option("--name-en", required=True, help="Name of the channel in English.")
@click.option("--note-fr", default="", help="Note on the channel in French.")
@click.option("--note-en", default="", help="Note on the channel in English.")
@click.option(
    "--questionnaire",
    type=click.Path(path_type=Path),
    default=shipped.QUESTIONNAIRE,
    help="The questionnaire of the portal, if not the one that comes with it.",
)
@join_options
@click.option(
    "--officers", metavar="NAMES", help="Who opens it, with commas between; one alone if not given."
)
@circle_options
@officer_options
@json_option
@click.pass_obj
def init(door: Door, /, *, as_json: bool, **options: Any) -> None:
    """Make a new inbox with all its keys, in a ceremony of its officers."""
    founding.check_free(door.root)
    officers, shares, sheets, quorum = (
        options.pop(name) for name in ("officers", "shares", "sheets", "quorum")
    )
    if (officers is None) != (shares is None):
        raise click.UsageError("give --officers and --shares together")
    root = root_of(options.pop("deployment_id"), options.pop("root_key"))
    charter = Charter(**options | {"questionnaire": content_of(options["questionnaire"]), "root": root})
    founding.check_charter(charter)
    names = [UNNAMED] if officers is None else [name.strip() for name in officers.split(",")]
    quorum = len(names) // 2 + 1 if quorum is None else quorum
    secret_sharing.check(names, quorum)
    handout = handout_in(shares, door.root, with_sheets=sheets)
    circle = _circle(names, quorum, charter, handout)
    founded = founding.found(door.root, charter, circle, handout, today=today())
    said = {
        "deployment": base64url.encode(founded.root.deployment),
        "root_key": base64url.encode(founded.root.key),
        "root_fingerprint": fingerprint(founded.root.key),
    }
    if as_json:
        terminal.say_json(said | (ceremony.view(founded.proven, founded.papers) if founded.papers else {}))
        return
    if founded.papers:
        terminal.say_all([*ceremony.lines(founded.proven, founded.papers), ""])
    terminal.say(f"deployment id:    {said['deployment']}")
    terminal.say(f"root key:         {said['root_key']}")
    terminal.say(f"root fingerprint: {said['root_fingerprint']}")
    terminal.say("write the fingerprint down: posters and the site show it")
    terminal.say(_NEXT_OUTSIDE if root else _NEXT)


def _circle(names: Sequence[str], quorum: int, charter: Charter, handout: Handout | None) -> Circle:
    """Return the first officers: passphrases from files, typed in a ceremony, or typed by one alone."""
    given = founders(names)
    if given:
        return Circle(given, quorum)
    if handout is None:
        return Circle((Appointee(names[0], ceremony.chosen(names[0], names)),), quorum)
    title = f"Key ceremony of {visible(charter.name)}, channel {charter.channel}"
    return ceremony.circle(names, quorum, title)


@click.command()
@out_folder
@officer_options
@json_option
@click.pass_obj
def keyring(door: Door, /, *, out: Path, as_json: bool) -> None:
    """Write the signed keyring for the portal, renewed if a day or a key has changed."""
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(Code.RENEW_KEYRING)) as session:
            row, renewed = channel_keyring.current(session, day)
            office = queries_office.office(session)
            warnings = expiry_warnings.warnings(session, day)
    # Only once the vault holds it: two keyrings of one serial must not come into the world.
    out.mkdir(exist_ok=True)
    atomic_files.write(out / KEYRING, [row.raw])
    atomic_files.write(out / KEYRING_SIGNATURE, [row.signature])
    view = {
        "serial": row.serial,
        "valid_until": row.valid_until.isoformat(),
        "renewed": renewed,
        "deployment": base64url.encode(office.deployment),
        "root_key": base64url.encode(office.root_key),
        "warnings": warnings,
    }
    terminal.show(view, render.keyring(view), as_json=as_json)
