"""Commands for the register of draws."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from draws.cli import options
from draws.register import files
from draws.register.entries import RegisterRefused, Sample, What
from draws.register.state import reasons
from inbox.language.messages import sentence
from inbox.system import clock, given_files
from templates.command_line import FILE, json_option

register_argument = click.argument("register", type=FILE)
_ceremony = click.option("--ceremony", required=True, help="The name of the draw in the register.")
_list = click.option("--list", "list_hash", required=True, help="The hash of its frozen list.")


@click.command()
@register_argument
@_ceremony
@_list
@click.option(
    "--sample",
    type=click.Choice([each.value for each in Sample]),
    required=True,
    help="How lines are drawn from the list.",
)
@json_option
def begin(*, register: Path, ceremony: str, list_hash: str, sample: str, as_json: bool) -> None:
    """Record that a draw took place."""
    values = {"ceremony": ceremony, "list": list_hash, "sample": sample}
    _add(register, [(What.CEREMONY, values)], as_json=as_json)


@click.command()
@register_argument
@_ceremony
@_list
@click.option("--refuser", required=True, help="The party that did not reveal.")
@json_option
def void(*, register: Path, ceremony: str, list_hash: str, refuser: str, as_json: bool) -> None:
    """Record that a draw was void. Each void counts as a possible miss of its list."""
    values = {"ceremony": ceremony, "list": list_hash, "refuser": refuser}
    _add(register, [(What.VOID, values)], as_json=as_json)


@click.command()
@register_argument
@click.argument("file", type=FILE)
@_ceremony
@json_option
def drawn(*, register: Path, file: Path, ceremony: str, as_json: bool) -> None:
    """Record what was drawn, from the CSV with the result.

    The register keeps no container number: an item is the number of its line.
    """
    _add(register, files.drawn(given_files.content(file), ceremony), as_json=as_json)


@click.command()
@register_argument
@click.argument("file", type=FILE)
@_ceremony
@json_option
def outcomes(*, register: Path, file: Path, ceremony: str, as_json: bool) -> None:
    """Record what was done, and what was not done and why, from a CSV with items."""
    _add(register, files.outcomes(given_files.content(file), ceremony), as_json=as_json)


@click.command()
@register_argument
@click.option("--head", help="An earlier head that somebody noted; refused if the register never had it.")
@json_option
def show(*, register: Path, head: str | None, as_json: bool) -> None:
    """Check the register, and show its head and what was not carried out."""
    found, state = files.load(register)
    if head and not found.has_had(head):
        raise RegisterRefused(
            sentence("the register never had this head"),
            sentence("check that you typed the head correctly; if you did, somebody rewrote the register"),
        )
    view = {
        "head": found.head,
        "drawn": len(state.drawn),
        "void": len(state.voids),
        "not_done": dict(reasons(state)),
    }
    options.tell(
        view,
        sentence(
            "head {head}; {drawn} drawn, {missing} not carried out, {void} void draws",
            head=found.head,
            drawn=len(state.drawn),
            missing=sum(reasons(state).values()),
            void=len(state.voids),
        ),
        as_json=as_json,
    )


@click.command()
@register_argument
@options.out_option
@json_option
def export(*, register: Path, out: Path, as_json: bool) -> None:
    """Write the whole register as CSV."""
    found, _ = files.load(register)
    options.write(out, files.exported(found))
    options.tell({"head": found.head}, sentence("head {head}", head=found.head), as_json=as_json)


def _add(register: Path, new: Iterable[tuple[What, Mapping[str, str]]], *, as_json: bool) -> None:
    head = files.add(register, clock.today(), new).head
    options.tell(
        {"head": head}, sentence("recorded; witnesses note this head: {head}", head=head), as_json=as_json
    )
