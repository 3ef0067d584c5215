"""Sign the list of the pages that the portal serves (SPEC 7.5)."""

import hashlib
from pathlib import Path

import click

from crypto import pages
from crypto.errors import CryptoError
from inbox.cli.options import Door, content_of, officer_options, out_folder
from inbox.keys import keyring
from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Act, Deed
from inbox.system import atomic_files, terminal
from inbox.system.clock import today
from inbox.vault import queries


def _listed(raw: bytes, deployment: bytes) -> pages.Pages:
    try:
        return pages.parse(raw, deployment)
    except CryptoError as error:
        raise Refused(
            sentence("not signed: {error}", error=library_errors.of_crypto(error)),
            sentence("make it with `portal manifest` of this deployment"),
        ) from error


@click.command(name="sign-pages")
@click.argument("manifest", type=click.Path(path_type=Path))
@out_folder
@officer_options
@click.pass_obj
def sign_pages(door: Door, /, *, manifest: Path, out: Path) -> None:
    """Sign what `portal manifest` made with the root key; make it from a checkout of your own to compare."""
    raw = content_of(manifest)
    with door.opened() as inbox:
        with inbox.transaction() as session:
            listed = _listed(raw, queries.office(session).deployment)
        about = f"serial {listed.serial}, {hashlib.sha256(raw).hexdigest()[:16]}"
        with inbox.acting(Deed(Act.SIGN_PAGES, about=about), today()) as session:
            signature = pages.sign(raw, listed.deployment, keyring.root_seed(session))
    out.mkdir(exist_ok=True)
    atomic_files.write(out / pages.MANIFEST, [raw])
    atomic_files.write(out / pages.SIGNATURE, [signature])
    terminal.say(
        f"signed: serial {listed.serial}, {len(listed.files)} files, valid until {listed.valid_until}"
    )
    terminal.say("next: carry the folder to the portal and name it with `manifest`")
