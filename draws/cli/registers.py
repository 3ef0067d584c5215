"""Commands for the register of draws."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from draws.cli import options
from draws.freezing import LARGEST
from draws.register import files, recording
from draws.register.entries import Register, RegisterRefused, What
from draws.register.state import reasons
from inbox.language.messages import sentence
from inbox.system import clock, given_files
from templates.command_line import FILE, json_option

register_argument = click.argument("register", type=FILE)
_transcript = click.argument("transcript", type=FILE)


@click.command()
@register_argument
@_transcript
@json_option
def void(*, register: Path, transcript: Path, as_json: bool) -> None:
    """Record that a draw was void: which parties were missing follows from the transcript.

    The void counts as a possible miss of the draw that follows it. Record the draws of a series in their
    order: a draw is refused if the one before it is not in the register.
    """
    _add(register, recording.void(given_files.content(transcript, LARGEST)), as_json=as_json)


@click.command()
@register_argument
@_transcript
@click.argument("file", type=FILE)
@json_option
def drawn(*, register: Path, transcript: Path, file: Path, as_json: bool) -> None:
    """Record a draw and everything that was drawn: the transcript, and the CSV that the team opened.

    A line that is missing, added or changed is refused. The register keeps no container number: an item is a
    number of the CSV. Its name for the draw is SERIES/NUMBER.
    """
    raw = given_files.content(transcript, LARGEST)
    _add(register, recording.drawn(raw, given_files.content(file, LARGEST)), as_json=as_json)


@click.command()
@register_argument
@click.argument("file", type=FILE)
@click.option("--ceremony", required=True, help="The draw: SERIES/NUMBER, such as le-havre/1.")
@click.option("--correct", is_flag=True, help="Correct outcomes that were recorded wrongly.")
@json_option
def outcomes(*, register: Path, file: Path, ceremony: str, correct: bool, as_json: bool) -> None:
    """Record what was done, and what was not done and why, from a CSV with items.

    With --correct, the CSV has only the items whose outcome was wrong. The wrong entries stay in the
    register, and each correction names the entry that it corrects.
    """
    raw = given_files.content(file)
    made = files.add_outcomes(register, clock.today(), raw, ceremony, is_correction=correct)
    _tell_head(made, as_json=as_json)


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
        "corrections": [
            {"entry": each.n, "corrects": int(each["corrects"]), "ceremony": each["ceremony"],
             "item": each["item"], "by": each["by"]}
            for each in state.corrections
        ],
    }  # fmt: skip
    corrections = [
        sentence("item {item} of {ceremony}: {by} corrected entry {n}",
                 item=each["item"], ceremony=each["ceremony"], by=each["by"], n=each["corrects"])
        for each in state.corrections
    ]  # fmt: skip
    options.tell(
        view,
        *corrections,
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
    _tell_head(files.add(register, clock.today(), new), as_json=as_json)


def _tell_head(register: Register, *, as_json: bool) -> None:
    head = register.head
    options.tell(
        {"head": head}, sentence("recorded; witnesses note this head: {head}", head=head), as_json=as_json
    )
