"""See which cases may have to do with one another, and say which do."""

from collections.abc import Iterator
from typing import Any

import click

from inbox.casework import links
from inbox.casework.links import MANY, Relation
from inbox.cli import render
from inbox.cli.options import NUMBER, Door, case_argument, json_option, officer_options
from inbox.language import labels
from inbox.language.views import View
from inbox.system import terminal
from inbox.text.printable import visible

_other_argument = click.argument("other", type=NUMBER)


@click.command(name="links")
@case_argument
@officer_options
@json_option
@click.pass_obj
def links_command(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show what is linked to a case, and what else has something in common with it."""
    with door.opened() as (inbox, who):
        view = links.look(inbox, who, case)
    terminal.show(view, _lines(view), as_json=as_json)


@click.command()
@case_argument
@_other_argument
@click.argument("relation", type=click.Choice([each.value for each in Relation]), required=False)
@click.option("--dismiss", is_flag=True, help="They have nothing to do with one another.")
@officer_options
@json_option
@click.pass_obj
def link(door: Door, /, *, case: int, other: int, as_json: bool, **said: Any) -> None:
    """Say what two cases have to do with one another; neither changes by that."""
    relation = said["relation"]
    if bool(relation) is said["dismiss"]:
        raise click.UsageError("say what they have to do with one another, or --dismiss")
    with door.opened() as (inbox, who):
        if relation:
            links.link(inbox, who, case, other, Relation(relation))
        else:
            links.dismiss(inbox, who, case, other)
    line = f"cases {case} and {other}: {relation or 'nothing to do with one another'}"
    terminal.show({"case": case, "other": other, "relation": relation}, [line], as_json=as_json)


@click.command()
@case_argument
@_other_argument
@officer_options
@json_option
@click.pass_obj
def unlink(door: Door, /, *, case: int, other: int, as_json: bool) -> None:
    """Take back what was said of two cases; they may be proposed again."""
    with door.opened() as (inbox, who):
        links.unlink(inbox, who, case, other)
    terminal.show(
        {"case": case, "other": other}, [f"cases {case} and {other} are not linked"], as_json=as_json
    )


def _lines(view: View) -> Iterator[str]:
    for row in view["linked"]:
        yield f"{row['case']:>5}  {row['relation']}, since {row['since']}: {row['status']}"
        yield render.summary(row)
    for row in view["proposed"]:
        yield f"{row['case']:>5}  may have to do with it: both have {_said(row['reasons'])}"
        yield render.summary(row)
    if not view["linked"] and not view["proposed"]:
        yield "nothing is linked to it or has something in common with it"
    if view["common"]:
        yield f"in more than {MANY} other cases, and so no reason: {_said(view['common'])}"


def _said(reasons: list[View]) -> str:
    return ", ".join(f"{labels.english('common', each['kind'])} {visible(each['shown'])}" for each in reasons)
