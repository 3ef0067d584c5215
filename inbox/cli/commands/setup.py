"""Check the machine, create an inbox, upgrade its vault, and make or restore a backup."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import click

from crypto import base64url, exercise, signing
from crypto.errors import CryptoError
from crypto.printable import visible
from crypto.signing import fingerprint
from inbox.access.conflicts import UNNAMED
from inbox.cli import ceremony
from inbox.cli.ceremony import circle_options, founders, handout_in
from inbox.cli.opening import quiet_credentials_at
from inbox.cli.options import (
    Closed,
    Door,
    mark_of,
    opens_inbox,
    same_disk_option,
)
from inbox.keys import secret_sharing
from inbox.keys.secret_sharing import Appointee, Circle
from inbox.language import marking
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law import folders
from inbox.session import anchors, journal_view
from inbox.setup import backup as backups
from inbox.setup import doctor as examination
from inbox.setup import init as founding
from inbox.setup import upgrade as upgrading
from inbox.setup.backup import Found, Places, Restored, Source
from inbox.setup.ceremony_papers import Handout
from inbox.setup.init import Charter, Root
from inbox.system import given_files, terminal
from inbox.system.clock import today
from templates import findings, shipped
from templates.command_line import FILE, FOLDER, NUMBER, json_option, together
from templates.findings import Level

_NEXT = "next: inbox exchange keyring --out FOLDER, and carry the folder to the portal"
_NEXT_OUTSIDE = "next: inbox exchange card --out FOLDER, and carry the folder to the root's officers"
_GAP = (
    "if the portal has exchanged bundles with the lost inbox since: inbox exchange collect BUNDLE"
    " --after-restore; never use both inboxes"
)


# Either both of these options are given or neither.
_join_options = together(
    click.option(
        "--deployment-id", help="Join this deployment as an external body, with an inbox of your own."
    ),
    click.option(
        "--root-key", help="The root key of the deployment, as `inbox init` printed it at the root."
    ),
)


def _root_of(deployment_id: str | None, root_key: str | None) -> Root | None:
    """Return the given root, or None if this inbox becomes the root. Raises Refused for an invalid root."""
    if deployment_id is None and root_key is None:
        return None
    if deployment_id is None or root_key is None:
        raise click.UsageError("give both --deployment-id and --root-key, or neither")
    try:
        deployment, key = base64url.decode(deployment_id), base64url.decode(root_key)
    except CryptoError:
        deployment, key = b"", b""
    if (len(deployment), len(key)) != (signing.DEPLOYMENT, signing.PUBLIC):
        raise Refused(
            sentence("the deployment id or the root key has an unexpected form"),
            sentence(
                "copy the id and the key from the output of `inbox init` or `inbox exchange keyring` at"
                " the root"
            ),
        )
    if exercise.is_exercise(deployment):
        raise Refused(
            sentence("this is the deployment id of an exercise, which a real inbox never joins"),
            sentence("copy the id and the key from the papers of the real root"),
        )
    return Root(deployment, key)


@click.command()
@json_option
@click.pass_obj
def doctor(door: Door, /, *, as_json: bool) -> None:
    """Check this machine, from its network to its clock. The command exits with 1 if something is wrong.

    No passphrase is needed, because the inbox is not opened. The output does not depend on reports.
    """
    found = list(examination.examine(door.root))
    if as_json:
        terminal.say_json(findings.data(found))
    else:
        terminal.say_all(findings.lines(found))
    if any(each.level is Level.WRONG for each in found):
        click.get_current_context().exit(1)


@click.command()
@click.option("--deployment", "name", required=True, help="The name of the deployment, as pages show it.")
@click.option(
    "--channel", required=True, help="The id of this inbox's channel, made of a-z, 0-9 and hyphens."
)
@click.option("--name-fr", required=True, help="The French name of the channel.")
@click.option("--name-en", required=True, help="The English name of the channel.")
@click.option("--note-fr", default="", help="A French note about the channel.")
@click.option("--note-en", default="", help="An English note about the channel.")
@click.option(
    "--questionnaire",
    type=FILE,
    default=shipped.QUESTIONNAIRE,
    help="The questionnaire of the portal, if it differs from the questionnaire in the program.",
)
@click.option(
    "--jurisdiction",
    "law",
    default="fr",
    show_default=True,
    metavar="NAME|FOLDER",
    help="The law: the name of a law in the program, or a folder of law files.",
)
@_join_options
@click.option(
    "--officers",
    metavar="NAMES",
    help="The names of the officers, separated by commas. By default, the inbox has a single officer.",
)
@circle_options
@opens_inbox
def init(door: Door, /, *, as_json: bool, **options: Any) -> None:
    """Create a new inbox with all its keys, in a ceremony of its officers."""
    founding.check_free(door.root)
    officers, shares, sheets, same_disk, quorum = (
        options.pop(name) for name in ("officers", "shares", "sheets", "same_disk", "quorum")
    )
    if (officers is None) != (shares is None):
        raise click.UsageError("give --officers and --shares together")
    root = _root_of(options.pop("deployment_id"), options.pop("root_key"))
    asked = given_files.content(options.pop("questionnaire"))
    law = folders.given(options.pop("law"))
    charter = Charter(**options, questionnaire=asked, law=law, root=root)
    founding.check_charter(charter)
    names = [UNNAMED] if officers is None else [name.strip() for name in officers.split(",")]
    quorum = len(names) // 2 + 1 if quorum is None else quorum
    secret_sharing.check(names, quorum)
    handout = handout_in(shares, door.root, with_sheets=sheets, same_disk=same_disk)
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
    """Return the first officers, with passphrases from files, from a ceremony, or from a single officer."""
    given = founders(names)
    if given:
        return Circle(given, quorum)
    if handout is None:
        return Circle((Appointee(names[0], ceremony.chosen(names[0], names)),), quorum)
    title = f"Key ceremony of {visible(charter.name)}, channel {charter.channel}"
    return ceremony.circle(names, quorum, title)


@click.command()
@opens_inbox
def upgrade(door: Door, /, *, as_json: bool) -> None:
    """Upgrade a vault of an earlier version to this version. An upgrade cannot be undone."""
    if not isinstance(door, Closed):
        raise click.UsageError("end the session first: lock")
    with ExitStack() as quiet:
        bring = partial(quiet_credentials_at, quiet, door.root)
        before, after = upgrading.upgrade(door.root, bring, today())
    terminal.show({"from": before, "to": after}, [f"the vault now has version {after}"], as_json=as_json)


@click.command()
@click.option("--out", required=True, type=FOLDER, help="Write the backup to this folder.")
@click.option(
    "--keystore-out",
    required=True,
    type=FOLDER,
    help="Write the key store to this folder, on a separate medium.",
)
@same_disk_option
@opens_inbox
def backup(door: Door, /, *, out: Path, keystore_out: Path, same_disk: bool, as_json: bool) -> None:
    """Back up the complete inbox except the shares. The key store is written to a separate medium."""
    with door.opened() as (inbox, who):
        progress = partial(terminal.progress, "copying")
        made = backups.make(inbox, who, Places(out, keystore_out, same_disk), progress=progress)
    lines = [
        f"backup: {made.folder}",
        f"its key store: {made.keystore}",
        journal_view.head(made.head),
        "whoever has the backup, its key store and the shares of a quorum can read everything: keep the"
        " three apart;",
        "when `inbox retention destroy` or `inbox key destroy` says so, destroy every copy of"
        f" {made.keystore.name}, and all earlier backups",
    ]
    lines += [
        f"the backup does not contain {name}: keep a copy of that file separately;"
        " nobody can open the backup without it"
        for name in made.shares
    ]
    lines += _faults(made.faults)
    view: dict[str, Any] = {"folder": str(made.folder), "keystore": str(made.keystore), "shares": made.shares}
    view |= {"faults": made.faults, "journal": journal_view.head_view(made.head)}
    terminal.show(view, lines, as_json=as_json)


@click.command()
@click.option("--from", "folder", required=True, type=FOLDER, help="The folder of the backup.")
@click.option(
    "--keystore",
    required=True,
    type=FILE,
    help="The key store that belongs to the backup.",
)
@click.option("--last-case", type=NUMBER, help="The highest case number in the lost inbox.")
@click.option(
    "--head",
    metavar='"N FINGERPRINT"',
    help="The newest journal head of the lost inbox, as you wrote it down.",
)
@opens_inbox
def restore(  # noqa: PLR0913 - one parameter for each option
    door: Door,
    /,
    *,
    folder: Path,
    keystore: Path,
    last_case: int | None,
    head: str | None,
    as_json: bool,
) -> None:
    """Restore a backup into the folder --home, which must not exist yet."""
    if not isinstance(door, Closed):
        raise click.UsageError("end the session first: lock")
    marking.put(mark_of(folder))
    progress = partial(terminal.progress, "copying")
    source = Source(folder, keystore, last_case, anchors.paper(head) if head is not None else None)
    shown: list[Found] = []
    with ExitStack() as quiet:

        def look(found: Found) -> None:
            quiet.close()  # All passphrases were tried, so the next answers may be echoed.
            shown.append(found) if as_json else _look(found)

        bring = partial(quiet_credentials_at, quiet)
        restored = backups.restore(source, door.root, bring, look, today=today(), progress=progress)
    lines = [f"restored as it was on {restored.day}: {door.root}", *_numbers(restored)]
    view: dict[str, Any] = {
        "day": restored.day.isoformat(),
        "version": restored.version,
        "old": restored.is_old,
        "next_case": restored.next_case,
    }
    for found in shown:
        view |= {"journal": journal_view.head_view(found.head), "faults": found.faults}
        view["newer"] = found.newer.isoformat() if found.newer else None
        view["law"] = found.law.hex() if found.law else None
    terminal.show(view, [*lines, _GAP], as_json=as_json)


def _look(found: Found) -> None:
    """Show what is about to be restored and, at a terminal, ask whether to continue.

    Raises Refused if the officer declines.
    """
    days = (today() - found.day).days
    terminal.warn(f"to be restored: the inbox as it was on {found.day}, {days} days ago")
    terminal.warn(journal_view.head(found.head))
    terminal.warn(
        "the backup lacks later changes: compare this head with the newest head that was written down"
    )
    terminal.warn(
        "repeat these before anybody reads a case: exclusions, handlers, holds, measures, decisions"
    )
    if found.newer is not None:
        terminal.warn(f"A NEWER BACKUP IS BESIDE THIS ONE, of {found.newer}")
    if found.law is not None:
        terminal.warn(
            f"the law in the backup: {found.law.hex()};"
            " if another law was adopted since, adopt that law again"
        )
    terminal.warn_all(_faults(found.faults))
    if terminal.is_interactive() and not terminal.ask("Restore it?"):
        raise Refused(sentence("nothing was restored"), sentence("look for a newer backup"))


def _faults(names: Sequence[str]) -> Iterator[str]:
    """Yield the files that were missing or altered when the backup was made."""
    if names:
        yield (
            "these files were missing or altered in the home when the backup was made; look for them in"
            " older backups:"
        )
    yield from (f"  {name}" for name in names)


def _numbers(restored: Restored) -> Iterator[str]:
    """Yield the first case number that the lost inbox cannot have used."""
    if restored.is_old:
        yield f"the vault in the backup has version {restored.version}: inbox upgrade"
        yield "then give the highest case number in the lost inbox: inbox office set --last-case N"
    else:
        yield f"the next case gets the number {restored.next_case}: the lost inbox may have used lower ones"
