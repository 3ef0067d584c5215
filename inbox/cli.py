"""The command line of the inbox: words in, words out; the work is done elsewhere."""

import os
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from crypto import base64url
from crypto.bundle import KEYRING, KEYRING_SIGNATURE
from crypto.errors import CryptoError
from crypto.messages import Status
from crypto.signing import fingerprint, public_key
from inbox import (
    attachments,
    cases,
    ceremony,
    disk,
    expiry,
    keyrings,
    outbox,
    pages,
    records,
    rendering,
    replies,
    terminal,
)
from inbox.ceremony import Charter
from inbox.chain import Acceptance
from inbox.collect import Outcome, collect
from inbox.errors import Refused
from inbox.options import (
    case_argument,
    json_option,
    new_passphrase,
    opened,
    out_file,
    out_folder,
    passphrase_option,
    text_of,
    today,
)

_QUESTIONNAIRE = Path(__file__).parent.parent / "portal" / "questionnaire.toml"


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 done, 1 refused, 2 usage."""
    sys.excepthook = terminal.crash
    os.umask(0o077)
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    try:
        return int(commands.main(arguments, prog_name="inbox", standalone_mode=False) or 0)
    except Refused as refused:
        terminal.fail(refused)
    except CryptoError as error:
        terminal.fail(Refused(str(error), "check what was typed"))
    except click.Abort:
        terminal.fail(Refused("stopped", "what was not finished was undone"))
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as error:
        what = terminal.visible(str(error.filename or "a file"))
        terminal.fail(Refused(f"{what}: {error.strerror}", "check the path, the medium and the free space"))
    return 1


@click.group()
@click.option("--home", required=True, type=click.Path(path_type=Path), help="The folder of the inbox.")
@passphrase_option
@click.pass_context
def commands(context: click.Context, home: Path) -> None:
    """Unseal, read, and answer reports; no network."""
    context.obj = home


commands.add_command(pages.sign_pages)


@commands.command()
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
@passphrase_option
@json_option
@click.pass_obj
def init(home: Path, /, *, as_json: bool, **charter: Any) -> None:
    """Make a new inbox with all its keys."""
    ceremony.check_free(home)
    questionnaire = charter.pop("questionnaire").read_bytes()
    chosen = new_passphrase()
    founded = ceremony.found(home, Charter(**charter, questionnaire=questionnaire), chosen, today=today())
    said = {
        "deployment": base64url.encode(founded.deployment),
        "root_key": base64url.encode(founded.root_key),
        "root_fingerprint": fingerprint(founded.root_key),
    }
    if as_json:
        terminal.say_json(said)
        return
    terminal.say(f"deployment id:    {said['deployment']}")
    terminal.say(f"root key:         {said['root_key']}")
    terminal.say(f"root fingerprint: {said['root_fingerprint']}")
    terminal.say("write the fingerprint down: posters and the site show it")
    terminal.say("next: inbox keyring --out FOLDER, and carry the folder to the portal")


@commands.command()
@out_folder
@passphrase_option
@json_option
@click.pass_obj
def keyring(home: Path, /, *, out: Path, as_json: bool) -> None:
    """Write the signed keyring for the portal, renewed if a day or a key has changed."""
    with opened(home) as inbox, inbox.transaction() as session:
        row, renewed = keyrings.current(session, today())
        office = records.office(session)
        deployment, root_key = office.deployment, public_key(office.root_seed)
        warnings = expiry.warnings(session, today())
    # Only once the vault holds it: two keyrings of one serial must not come into the world.
    out.mkdir(exist_ok=True)
    disk.write(out / KEYRING, [row.raw])
    disk.write(out / KEYRING_SIGNATURE, [row.signature])
    view = {
        "serial": row.serial,
        "valid_until": row.valid_until.isoformat(),
        "renewed": renewed,
        "deployment": base64url.encode(deployment),
        "root_key": base64url.encode(root_key),
        "warnings": warnings,
    }
    _show(view, rendering.keyring(view), as_json=as_json)


@commands.command(name="collect")
@click.argument("bundles", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--confirm-instance", metavar="FINGERPRINT", help="The portal's instance key, as `portal init` said."
)
@click.option("--new-instance", metavar="FINGERPRINT", help="The instance key of a portal that was rebuilt.")
@passphrase_option
@json_option
@click.pass_obj
def collect_command(
    home: Path, /, *, bundles: tuple[Path, ...], as_json: bool, **instance: str | None
) -> int:
    """Verify intake bundles, unseal what they carry, file it."""
    can_ask = terminal.is_interactive() and not as_json
    acceptance = Acceptance(
        instance["confirm_instance"], instance["new_instance"], terminal.ask if can_ask else _no
    )
    progress = partial(terminal.progress, "unsealing")
    outcomes = []
    with opened(home) as inbox:
        try:
            for outcome in collect(inbox, bundles, acceptance, today=today(), progress=progress):
                outcomes.append(outcome)
                if not as_json:
                    _say_outcome(outcome)
        finally:
            # What was collected before a full disk ended the rest is told all the same.
            if as_json:
                terminal.say_json([rendering.outcome_view(outcome) for outcome in outcomes])
    return 1 if any(outcome.refused for outcome in outcomes) else 0


@commands.command(name="list")
@passphrase_option
@json_option
@click.pass_obj
def list_command(home: Path, /, *, as_json: bool) -> None:
    """List the cases, what nobody has read yet, and what became no case."""
    with opened(home) as inbox, inbox.transaction() as session:
        view = cases.overview(session) | {"warnings": expiry.warnings(session, today())}
    _show(view, rendering.overview(view), as_json=as_json)


@commands.command()
@case_argument
@passphrase_option
@json_option
@click.pass_obj
def show(home: Path, /, *, case: int, as_json: bool) -> None:
    """Show all of one case."""
    with opened(home) as inbox, inbox.transaction() as session:
        view = cases.details(session, case)
        cases.mark_read(session, case)
    _show(view, rendering.details(view), as_json=as_json)


@commands.command()
@case_argument
@click.argument("number", type=click.IntRange(1))
@out_file
@passphrase_option
@json_option
@click.pass_obj
def attachment(home: Path, /, *, case: int, number: int, out: Path, as_json: bool) -> None:
    """Write one file of a case; the file is as hostile as its sender."""
    with opened(home) as inbox, inbox.transaction() as session:
        written = attachments.extract(inbox.home, session, case, number, out)
    said = f"wrote {written.size} bytes, digest verified; the file is not to be trusted"
    _show({"case": case, "file": str(out)} | cases.attachment(written), [said], as_json=as_json)


@commands.command()
@case_argument
@click.option("--text", help="The message.")
@click.option("--text-file", type=click.Path(path_type=Path), help="Take the message from this UTF-8 file.")
@passphrase_option
@json_option
@click.pass_obj
def reply(home: Path, /, *, case: int, text: str | None, text_file: Path | None, as_json: bool) -> None:
    """Answer the author of a case; it leaves with the next outbox."""
    if (text is None) == (text_file is None):
        raise click.UsageError("give the message with either --text or --text-file")
    message = text_of(text_file) if text is None and text_file is not None else str(text)
    with opened(home) as inbox, inbox.transaction() as session:
        added = replies.reply(session, case, message, today())
    view = {"case": case, "day": added.day.isoformat(), "slot": added.serial}
    _show(view, [f"case {case}: the reply waits for the next outbox"], as_json=as_json)


@commands.command()
@case_argument
@click.argument("status", type=click.Choice([status.value for status in Status]))
@passphrase_option
@json_option
@click.pass_obj
def status(home: Path, /, *, case: int, status: str, as_json: bool) -> None:
    """Change the status that the reporter reads in the next slot."""
    with opened(home) as inbox, inbox.transaction() as session:
        replies.set_status(session, case, Status(status))
    said = f"case {case}: {status}, as the reporter will read with the next outbox"
    _show({"case": case, "status": status}, [said], as_json=as_json)


@commands.command(name="outbox")
@out_folder
@click.option("--again", type=click.IntRange(1), help="Copy this outbox once more instead.")
@passphrase_option
@json_option
@click.pass_obj
def outbox_command(home: Path, /, *, out: Path, again: int | None, as_json: bool) -> None:
    """Make the next bundle for the portal."""
    with opened(home) as inbox:
        if again is None:
            progress = partial(terminal.progress, "sealing")
            made = outbox.make(inbox, out, today=today(), progress=progress)
        else:
            made = outbox.again(inbox, out, again)
        with inbox.transaction() as session:
            warnings = expiry.warnings(session, today())
    view = {"n": made.n, "file": str(made.path), "warnings": warnings}
    lines = [f"outbox {made.n}: {made.path}", "next: carry it to the portal, then: portal import"]
    _show(view, lines, as_json=as_json)


def _show(view: cases.View, lines: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        terminal.say_json(view)
        return
    _say_all(lines)
    for warning in view.get("warnings", ()):
        terminal.warn(f"warning: {warning}")


def _say_outcome(outcome: Outcome) -> None:
    if outcome.refused is None:
        _say_all(rendering.outcome(outcome))
        return
    terminal.warn(f"{terminal.visible(outcome.bundle)}: refused, nothing changed")
    terminal.fail(outcome.refused)


def _say_all(lines: Iterable[str]) -> None:
    for line in lines:
        terminal.say(line)


def _no(_: str) -> bool:
    return False
