"""Exercises: begin one, release its steps, and compare what was done with what was expected."""

import time
from pathlib import Path
from typing import Any

import click

from crypto import exercise as deployments
from inbox.cli.options import Door, opens_inbox
from inbox.exercise import begin as beginning
from inbox.exercise import courier, debrief, programme, release, sheets, state
from inbox.exercise.begin import Begun
from inbox.exercise.debrief import Part
from inbox.exercise.release import Turn
from inbox.language import marking
from inbox.system import clock, terminal
from templates.catalogues import LANGUAGES
from templates.command_line import FOLDER, json_option

_SECONDS = 5

_folder = click.argument("folder", metavar="FOLDER", type=FOLDER)
_language = click.option(
    "--language",
    type=click.Choice([*LANGUAGES]),
    default="fr",
    show_default=True,
    help="The language of the texts for the trainer.",
)


@click.command()
@_folder
@json_option
def begin(*, folder: Path, as_json: bool) -> None:
    """Make an exercise in a new folder: an inbox, a medium with reports, and sheets for the trainer."""
    marking.put(deployments.WORDS)
    begun = beginning.begin(folder, clock.today(), clock.minute())
    view = {
        "folder": str(folder),
        "portal": courier.fingerprint(begun.state),
        "desk": _desk(begun),
        "sheets": [*map(str, begun.sheets)],
    }
    terminal.show(view, _begun(begun), as_json=as_json)


@click.command()
@_folder
@click.argument("step", metavar="[STEP]", default="")
@_language
@json_option
def release_command(*, folder: Path, step: str, language: str, as_json: bool) -> None:
    """Release the next step, or the step that you name: its reports and messages go to the medium.

    Before that, the answers on the medium go to the invented reporters, and the command prints what they
    read.
    """
    marking.put(deployments.WORDS)
    turn = release.step(folder, step, clock.today(), clock.minute())
    terminal.show(_turn_view(turn, language), _turn(turn, language), as_json=as_json)


@click.command()
@_folder
@_language
def run(*, folder: Path, language: str) -> None:
    """Release each step at its minute, until no step is left or until Ctrl-C."""
    marking.put(deployments.WORDS)
    while moment := release.due(state.load(folder), clock.minute()):
        terminal.say(f"the next step is due at {moment:%H:%M} UTC")
        while not release.is_due(state.load(folder), clock.minute()):
            time.sleep(_SECONDS)
        turn = release.step(folder, "", clock.today(), clock.minute())
        terminal.say_all(_turn(turn, language))
    terminal.say("every step was released; next: inbox office exercise debrief")


@click.command()
@_folder
@_language
@json_option
def steps(*, folder: Path, language: str, as_json: bool) -> None:
    """List the steps, with their minutes, and when each was released."""
    marking.put(deployments.WORDS)
    released = {each.step: each.at for each in state.load(folder).released}
    found = programme.load().steps
    view = {
        "steps": [
            {"step": each.id, "minute": each.minute, "released": released.get(each.id)} for each in found
        ]
    }
    lines = [
        f"{each.minute:>4} min  {each.id:<11} {released.get(each.id, 'not released'):<17}"
        f" {each.title.in_(language)}"
        for each in found
    ]
    terminal.show(view, lines, as_json=as_json)


@click.command()
@_folder
@_language
@opens_inbox
def debrief_command(door: Door, /, *, folder: Path, language: str, as_json: bool) -> None:
    """Compare the journal with what the steps expect, and write this as a PDF in both languages."""
    with door.opened() as (inbox, who):
        found = debrief.look(inbox, who, folder)
        written = sheets.write_debrief(folder, found)
    lines = [line for part in found.parts for line in _part(part, language)]
    if found.withheld:
        lines += ["", sheets.say("withheld", language, count=found.withheld)]
    view = {
        "steps": [_part_view(part) for part in found.parts],
        "withheld": found.withheld,
        "files": [*map(str, written)],
    }
    terminal.show(view, [*lines, "", *map(str, written)], as_json=as_json)


def _desk(begun: Begun) -> str:
    """Return the command that opens the desk of the exercise."""
    names = list(begun.shares)[: beginning.QUORUM]
    brought = [f"--share {begun.shares[name]} --passphrase-file {begun.passphrases[name]}" for name in names]
    home, medium = begun.folder / state.HOME, begun.folder / state.MEDIUM
    return f"inbox --home {home} {' '.join(brought)} desk --medium {medium} --same-disk"


def _begun(begun: Begun) -> list[str]:
    return [
        f"the exercise is in {begun.folder}",
        f"for the trainer alone: {', '.join(map(str, begun.sheets))}",
        f"read this fingerprint to the officers: {courier.fingerprint(begun.state)}",
        "the first reports are on the medium; open the desk for the officers:",
        f"  {_desk(begun)}",
        f"next: inbox office exercise release {begun.folder}",
    ]


def _turn(turn: Turn, language: str) -> list[str]:
    lines = [f"{turn.step.id}: {turn.step.title.in_(language)}", f"envelopes on the medium: {turn.envelopes}"]
    if turn.read:
        lines.append(f"reporters who open their answers: {len(turn.read)}")
    for read in turn.read:
        for text in read.new:
            lines += [f"the reporter of {read.report} reads:", terminal.quoted(text)]
    return [*lines, "", turn.step.tell.in_(language)]


def _turn_view(turn: Turn, language: str) -> dict[str, Any]:
    read = [
        {"report": each.report, "status": each.slot.status.value, "new": [*each.new]} for each in turn.read
    ]
    return {
        "step": turn.step.id,
        "envelopes": turn.envelopes,
        "read": read,
        "tell": turn.step.tell.in_(language),
    }


def _part(part: Part, language: str) -> list[str]:
    lines = [sheets.line(each, language) for each in part.findings]
    return ["", f"{part.step.title.in_(language)} ({part.at} UTC)", *(f"  {line}" for line in lines)]


def _part_view(part: Part) -> dict[str, Any]:
    return {
        "step": part.step.id,
        "released": part.at,
        "findings": [
            {
                "says": each.expected.says.en,
                "result": each.result.value,
                "case": each.case,
                "entry": each.entry,
                "officers": [*each.officers],
            }
            for each in part.findings
        ],
    }
