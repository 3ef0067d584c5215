"""Make an inbox, and hand its keys to the portal."""

from pathlib import Path
from typing import Any

import click

from crypto import base64url
from crypto.bundle import KEYRING, KEYRING_SIGNATURE
from crypto.signing import fingerprint
from inbox import disk, expiry, founding, keyrings, records, rendering, terminal
from inbox.acts import Act, Deed
from inbox.founding import Charter
from inbox.options import Door, json_option, new_passphrases, officer_options, out_folder, today
from inbox.sharing import Circle, Appointee

_QUESTIONNAIRE = Path(__file__).parent.parent.parent / "portal" / "questionnaire.toml"
_ALONE = "officer"


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
    default=_QUESTIONNAIRE,
    help="The questionnaire of the portal, if not the one that comes with it.",
)
@officer_options
@json_option
@click.pass_obj
def init(door: Door, /, *, as_json: bool, **charter: Any) -> None:
    """Make a new inbox with all its keys."""
    founding.check_free(door.root)
    questionnaire = charter.pop("questionnaire").read_bytes()
    circle = Circle((Appointee(_ALONE, new_passphrases([_ALONE])[0]),), 1)
    founded = founding.found(
        door.root, Charter(**charter, questionnaire=questionnaire), circle, today=today()
    )
    said = {
        "deployment": base64url.encode(founded.root.deployment),
        "root_key": base64url.encode(founded.root.key),
        "root_fingerprint": fingerprint(founded.root.key),
    }
    if as_json:
        terminal.say_json(said)
        return
    terminal.say(f"deployment id:    {said['deployment']}")
    terminal.say(f"root key:         {said['root_key']}")
    terminal.say(f"root fingerprint: {said['root_fingerprint']}")
    terminal.say("write the fingerprint down: posters and the site show it")
    terminal.say("next: inbox keyring --out FOLDER, and carry the folder to the portal")


@click.command()
@out_folder
@officer_options
@json_option
@click.pass_obj
def keyring(door: Door, /, *, out: Path, as_json: bool) -> None:
    """Write the signed keyring for the portal, renewed if a day or a key has changed."""
    with door.opened() as inbox, inbox.acting(Deed(Act.RENEW_KEYRING), today()) as session:
        row, renewed = keyrings.current(session, today())
        office = records.office(session)
        warnings = expiry.warnings(session, today())
    # Only once the vault holds it: two keyrings of one serial must not come into the world.
    out.mkdir(exist_ok=True)
    disk.write(out / KEYRING, [row.raw])
    disk.write(out / KEYRING_SIGNATURE, [row.signature])
    view = {
        "serial": row.serial,
        "valid_until": row.valid_until.isoformat(),
        "renewed": renewed,
        "deployment": base64url.encode(office.deployment),
        "root_key": base64url.encode(office.root_key),
        "warnings": warnings,
    }
    terminal.show(view, rendering.keyring(view), as_json=as_json)
