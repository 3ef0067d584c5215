"""Declare, before a case is read for the first time, that one has no interest in it."""

from collections.abc import Sequence

import click

from inbox.access import declarations
from inbox.cli.options import NUMBER, Door, json_option, officer_options
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import terminal
from inbox.text.printable import visible


@click.command()
@click.argument("cases", metavar="CASE…", type=NUMBER, nargs=-1, required=True)
@officer_options
@json_option
@click.pass_obj
def declare(door: Door, /, *, cases: tuple[int, ...], as_json: bool) -> None:
    """Declare for all present that they have no interest in cases; who has: inbox conflict exclude."""
    with door.opened() as (inbox, who):
        names = _declared(inbox, who, cases)
    said = f"{', '.join(names)}: {declarations.QUESTION}" if names else "all present have declared it before"
    terminal.show({"cases": list(cases), "officers": names}, [visible(said)], as_json=as_json)


def ask(inbox: Inbox, who: Actor, case: int) -> None:
    """Let each who is present declare it, if there is somebody to ask; Refused if one does not."""
    if not terminal.is_interactive():
        return
    with inbox.vault.transaction(who.officers) as session:
        names = declarations.missing(session, case)
    for name in names:
        if not terminal.ask(f"{visible(name)}, about case {case}: {declarations.QUESTION}?"):
            raise Refused(
                sentence("{name} did not declare it", name=name),
                sentence(
                    "leave the case to others: inbox conflict exclude {case} {name} --reason TEXT",
                    case=case,
                    name=name,
                ),
            )
    if names:
        _declared(inbox, who, [case])


def _declared(inbox: Inbox, who: Actor, cases: Sequence[int]) -> list[str]:
    """Return who of those present declares it now of one of the cases at least."""
    deeds = [action(Code.DECLARE, case) for case in dict.fromkeys(cases)]
    with inbox.acting(who, deeds[0], *deeds[1:]) as session:
        names = {name for case in cases for name in declarations.declare(session, case, who.today)}
    return [name for name in who.officers if name in names]
