"""Who the officers are, and how that changes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from inbox.cli import ceremony
from inbox.cli.appointing import appointed, circle_options, handout_in
from inbox.cli.options import Door, json_option, officer_options, reason_option
from inbox.keys import secret_sharing, vault_header
from inbox.keys.secret_sharing import Appointee, Circle
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Code, action
from inbox.session.inbox import Inbox
from inbox.setup import reshare
from inbox.setup.reshare import Change, Reshared
from inbox.system import terminal
from inbox.text.printable import visible
from inbox.vault import queries_office


@click.group(name="officers")
def officers_group() -> None:
    """See and change who opens the inbox."""


@officers_group.command(name="list")
@officer_options
@json_option
@click.pass_obj
def list_officers(door: Door, /, *, as_json: bool) -> None:
    """List the officers, who is present, and who was one before."""
    with door.opened() as (inbox, who), inbox.acting(who, action(Code.LIST_OFFICERS)) as session:
        everybody = queries_office.everybody(session)
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


def _listed(view: dict[str, Any]) -> list[str]:
    who = "1 officer" if view["quorum"] == 1 else f"{view['quorum']} officers"
    lines = [f"sharing {view['sharing']}: it takes {who} to open the inbox"]
    for each in view["officers"]:
        until = f", until {each['until']}" if each["until"] else ", present" if each["present"] else ""
        lines.append(f"  {each['name']:<12} since {each['since']}{until}")
    return lines


def _changing(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take what a change of officers needs."""
    for option in (
        json_option,
        officer_options,
        reason_option,
        circle_options,
        click.option(
            "--new-passphrase-file",
            "files",
            multiple=True,
            type=click.Path(path_type=Path),
            help="Take the new passphrase of an officer from this file, in the order of the circle.",
        ),
    ):
        command = option(command)
    return click.pass_obj(command)


@officers_group.command()
@click.argument("name")
@_changing
def add(door: Door, /, *, name: str, **options: Any) -> None:
    """Take in an officer; everybody gets a new share."""

    def with_name(names: list[str]) -> list[str]:
        if name in names:
            raise Refused(
                sentence("{name} is an officer already", name=name), sentence("see them: inbox officers list")
            )
        return [*names, name]

    _change(door, with_name, {"added": name}, **options)


@officers_group.command()
@click.argument("name")
@_changing
def remove(door: Door, /, *, name: str, **options: Any) -> None:
    """Take the place from an officer; everybody else gets a new share."""

    def without_name(names: list[str]) -> list[str]:
        if name not in names:
            raise Refused(
                sentence("there is no officer {name}", name=name), sentence("see them: inbox officers list")
            )
        return [each for each in names if each != name]

    _change(door, without_name, {"removed": name}, **options)


@officers_group.command()
@_changing
def renew(door: Door, /, **options: Any) -> None:
    """Give the same officers new shares, for a share or passphrase that was lost."""
    _change(door, list, {}, **options)


def _change(
    door: Door,
    circle_of: Callable[[list[str]], list[str]],
    about: dict[str, str],
    /,
    *,
    as_json: bool,
    **options: Any,
) -> None:
    with door.opened() as (inbox, who):
        with inbox.transaction() as session:
            present = [each.name for each in queries_office.officers(session)]
        names = circle_of(present)
        quorum = inbox.quorum if options["quorum"] is None else options["quorum"]
        secret_sharing.check(names, quorum)
        if options["shares"] is None and len(names) > 1:
            raise click.UsageError("give --shares, a folder for the share files of all")
        handout = handout_in(options["shares"], door.root, with_sheets=options["sheets"])
        given = appointed(names, options["files"], "--new-passphrase-file")
        is_same = (names, quorum) == (present, inbox.quorum)
        act = Code.RENEW_SHARES if is_same else Code.CHANGE_OFFICERS
        deed = action(act, None, options["reason"], **about)
        change = Change(deed, who)
        circle = Circle(given, quorum) if given else _typed(inbox, names, quorum)
        try:
            done = reshare.reshare(inbox, circle, change, handout)
        except BaseException:
            _say_if_changed(door, inbox)
            raise
    door.shut()
    if as_json:
        terminal.say_json(_view(done))
        return
    terminal.say_all(_lines(done, inbox.header.generation))


def _say_if_changed(door: Door, inbox: Inbox) -> None:
    """What was stopped is undone, unless it came too late; a session must not go on with the old vault."""
    if inbox.is_superseded:
        door.shut()
        terminal.warn("the officers have new shares all the same; the old ones open the inbox no longer")


def _typed(inbox: Inbox, names: Sequence[str], quorum: int) -> Circle:
    """Let everybody type a passphrase: who is not there cannot get a share."""
    if len(names) == 1:
        return Circle((Appointee(names[0], ceremony.chosen(names[0], names)),), quorum)
    with inbox.transaction() as session:
        office = queries_office.office(session)
    title = f"Change of officers of {visible(office.name)}, channel {office.channel}"
    return ceremony.circle(names, quorum, title)


def _view(done: Reshared) -> dict[str, Any]:
    return ceremony.view(done.proven, done.papers) if done.papers else {"sharing": done.proven.sharing.name}


def _lines(done: Reshared, generation: int) -> list[str]:
    lines = ["the officers have new shares; the old ones open the inbox no longer"]
    if done.papers:
        lines += ["", *ceremony.lines(done.proven, done.papers)]
    return [
        *lines,
        "",
        f"Old shares still open old copies: destroy them, and every backup of vault-{generation}.sqlite.",
        "Then make a new backup.",
    ]
