"""The officers who open the inbox, and changes of officers."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from crypto.printable import visible
from inbox.cli import ceremony
from inbox.cli.ceremony import appointed, circle_options, handout_in
from inbox.cli.options import Door, opens_inbox, reason_of, reason_option
from inbox.keys import vault_header
from inbox.keys.secret_sharing import Appointee, Circle
from inbox.session.inbox import Inbox
from inbox.setup import reshare, sheet_notice
from inbox.setup.reshare import Planned, Reshared
from inbox.system import terminal
from templates.command_line import FILE, together


@click.command()
@opens_inbox
def list_officers(door: Door, /, *, as_json: bool) -> None:
    """List current and former officers, and who is signed in."""
    with door.opened() as (inbox, who):
        everybody = reshare.list_officers(inbox, who)
    view = {
        "quorum": inbox.quorum,
        "sharing": vault_header.name(inbox.header.sharing),
        "officers": [
            {
                "name": each.name,
                "since": each.since.isoformat(),
                "until": each.until.isoformat() if each.until else None,
                "present": each.name in who.officers,
            }
            for each in everybody
        ],
    }
    terminal.show(view, _listed(view), as_json=as_json)


@click.command()
@opens_inbox
def seen(door: Door, /, *, as_json: bool) -> None:
    """Confirm that you know that a paper sheet was used to renew the shares."""
    with door.opened() as (inbox, who):
        confirmed = sheet_notice.acknowledge(inbox, who)
    terminal.show({"confirmed": confirmed}, [f"confirmed by {', '.join(confirmed)}"], as_json=as_json)


def _listed(view: dict[str, Any]) -> list[str]:
    who = "1 officer" if view["quorum"] == 1 else f"{view['quorum']} officers"
    lines = [f"sharing {view['sharing']}: it takes {who} to open the inbox"]
    for each in view["officers"]:
        until = f", until {each['until']}" if each["until"] else ", present" if each["present"] else ""
        lines.append(f"  {each['name']:<12} since {each['since']}{until}")
    return lines


# The options for a change of officers.
_changing = together(
    click.option(
        "--new-passphrase-file",
        "files",
        multiple=True,
        type=FILE,
        help="Read an officer's new passphrase from this file; give the files in the order of the officers.",
    ),
    circle_options,
    reason_option,
    opens_inbox,
)


@click.command()
@click.argument("name")
@_changing
def add(door: Door, /, *, name: str, **options: Any) -> None:
    """Add an officer. All officers get new shares."""
    _change(door, added=name, **options)


@click.command()
@click.argument("name")
@_changing
def remove(door: Door, /, *, name: str, **options: Any) -> None:
    """Remove an officer. All other officers get new shares."""
    _change(door, removed=name, **options)


@click.command()
@click.option(
    "--passphrases-lost",
    default="",
    callback=reason_of,
    help="Renew the shares with paper sheets, because too few officers still have their passphrases. Give"
    " the reason: the journal keeps it, and all officers see it. The reason must not repeat anything from a"
    " report.",
)
@_changing
def renew(door: Door, /, **options: Any) -> None:
    """Give the same officers new shares, after the loss of a share or passphrase."""
    _change(door, **options)


def _change(  # noqa: PLR0913 - one parameter for each option
    door: Door,
    /,
    *,
    quorum: int | None,
    shares: Path | None,
    sheets: bool,
    same_disk: bool,
    files: Sequence[Path],
    reason: str,
    as_json: bool,
    **changes: str,
) -> None:
    with door.opened() as (inbox, who):
        planned = reshare.plan(inbox, quorum=quorum, reason=reason, **changes)
        if shares is None and len(planned.names) > 1:
            raise click.UsageError("give --shares, a folder for the share files of all officers")
        handout = handout_in(shares, door.root, with_sheets=sheets, same_disk=same_disk)
        given = appointed(planned.names, files, "--new-passphrase-file")
        appoint = partial(_appointed, planned, given)
        try:
            done = reshare.reshare(inbox, who, planned, appoint, handout)
        except BaseException:
            _say_if_changed(door, inbox)
            raise
    door.shut()
    if as_json:
        terminal.say_json(_view(done))
        return
    terminal.say_all(_lines(done, inbox.header.generation))


def _say_if_changed(door: Door, inbox: Inbox) -> None:
    """If the officers had already changed when the command was interrupted, end the session and say so."""
    if inbox.is_superseded:
        door.shut()
        terminal.warn("the officers have new shares nevertheless; the old shares no longer open the inbox")


def _appointed(planned: Planned, given: tuple[Appointee, ...] | None) -> Circle:
    """Return the officers who will open the inbox, and their quorum.

    Officers without a passphrase file must type a passphrase, so officers who are absent get no share.
    """
    names, quorum = planned.names, planned.quorum
    if given:
        return Circle(given, quorum)
    if len(names) == 1:
        return Circle((Appointee(names[0], ceremony.chosen(names[0], names)),), quorum)
    title = f"Change of officers of {visible(planned.office)}, channel {planned.channel}"
    return ceremony.circle(names, quorum, title)


def _view(done: Reshared) -> dict[str, Any]:
    return ceremony.view(done.proven, done.papers) if done.papers else {"sharing": done.proven.sharing.name}


def _lines(done: Reshared, generation: int) -> list[str]:
    lines = ["the officers have new shares; the old shares no longer open the inbox"]
    if done.papers:
        lines += ["", *ceremony.lines(done.proven, done.papers)]
    return [
        *lines,
        "",
        "Make a new backup.",
        f"Then destroy old shares, as they still open old copies, and backups of vault-{generation}.sqlite.",
    ]
