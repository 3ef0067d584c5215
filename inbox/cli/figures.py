"""The annual figures: the plan of publication, editions, and the check of a published folder."""

from collections.abc import Iterator
from pathlib import Path

import click

from crypto.printable import visible
from inbox.cli.options import Door, opens_inbox, out_folder
from inbox.figures import adoption, editions, files
from inbox.figures.adoption import Adopted
from inbox.figures.editions import Figures
from inbox.figures.plan import YEARS, Plan
from inbox.system import given_files, terminal
from templates.command_line import FILE, FOLDER, NUMBER, json_option

_year = click.argument("year", type=NUMBER)


@click.command()
@opens_inbox
def list_plans(door: Door, /, *, as_json: bool) -> None:
    """List the plans of publication, with the years that each covers.

    If nobody adopts the next plan in time, the plan in use is renewed for three more years.
    """
    with door.opened() as (inbox, who):
        found = adoption.listing(inbox, who)
    view = [
        {
            "first_year": each.plan.first,
            "adopted": each.day.isoformat() if each.day else None,
            "sha256": each.sha256.hex(),
        }
        for each in found
    ]
    said = [f"{_years(each.plan)}: {_adopted(each)}, SHA-256 {each.sha256.hex()}" for each in found]
    terminal.show({"plans": view}, said or ["no plan is adopted"], as_json=as_json)


@click.command()
@click.argument("file", type=FILE)
@opens_inbox
def check_plan(door: Door, /, *, file: Path, as_json: bool) -> None:
    """Check whether a plan of publication can be adopted, and change nothing."""
    raw = given_files.content(file)
    with door.opened() as (inbox, who):
        given = adoption.check(inbox, who, raw)
    terminal.show(_view(given), [*_lines(given), "this plan can be adopted"], as_json=as_json)


@click.command()
@click.argument("file", type=FILE)
@opens_inbox
def adopt_plan(door: Door, /, *, file: Path, as_json: bool) -> None:
    """Adopt a plan of publication for three years that have not begun.

    This command requires two officers. The plan cannot be changed later. If nobody adopts the next plan in
    time, this plan is renewed for three more years.
    """
    raw = given_files.content(file)
    with door.opened() as (inbox, who):
        given = adoption.adopt(inbox, who, raw)
    terminal.show(_view(given), [f"adopted for {_years(given)}"], as_json=as_json)


@click.command()
@_year
@out_folder
@opens_inbox
def make_edition(door: Door, /, *, year: int, out: Path, as_json: bool) -> None:
    """Make the edition of a year, and write it into a new folder.

    This command requires two officers. The edition is final: nothing that happens later changes it. The
    folder has a part to publish and a restricted part with the exact figures.
    """
    with door.opened() as (inbox, who):
        files.check_out(inbox.home, out)
        written = files.write(inbox.home, editions.make(inbox, who, year), out)
    _written(year, written, as_json=as_json)


@click.command()
@_year
@out_folder
@opens_inbox
def write_edition(door: Door, /, *, year: int, out: Path, as_json: bool) -> None:
    """Write the files of an edition again, into a new folder.

    This command requires two officers, because the folder has the exact figures.
    """
    with door.opened() as (inbox, who):
        files.check_out(inbox.home, out)
        written = files.write(inbox.home, editions.read(inbox, who, year), out)
    _written(year, written, as_json=as_json)


@click.command()
@_year
@opens_inbox
def show(door: Door, /, *, year: int, as_json: bool) -> None:
    """Show the exact figures of an edition.

    This command requires two officers: the figures count all cases, including cases that an officer may not
    read.
    """
    with door.opened() as (inbox, who):
        found = editions.read(inbox, who, year)
    view = {"year": year, "made": found.made.isoformat(), "cells": dict(found.exact)}
    terminal.show(view, _exact(found), as_json=as_json)


@click.command()
@click.argument("folder", type=FOLDER)
@json_option
def check(*, folder: Path, as_json: bool) -> None:
    """Check the public folder of an edition, without opening the inbox.

    The check needs only published files. It shows that each hidden figure could have several values, that
    every file is signed, and that the pages, PDFs and data show exactly the published figures. Compare the
    key with the one that the office has given you: officers find its fingerprint in the record of the
    ceremony, as "card fingerprint".
    """
    found = files.check(folder)
    lines = [
        f"the certificate protects all hidden figures up to {found.year}",
        f"the key {found.key} has signed all files",
        f"its fingerprint is {found.fingerprint}",
        "the pages, PDFs and data show exactly the published figures",
    ]
    view = {"year": found.year, "key": found.key, "fingerprint": found.fingerprint}
    terminal.show(view, lines, as_json=as_json)


def _written(year: int, written: list[Path], *, as_json: bool) -> None:
    view = {"year": year, "files": [str(path) for path in written]}
    terminal.show(view, [str(path) for path in written], as_json=as_json)


def _adopted(each: Adopted) -> str:
    return f"adopted on {each.day}" if each.day else "renewed, because nobody adopted another plan in time"


def _years(given: Plan) -> str:
    return f"{given.first} to {given.first + YEARS - 1}"


def _view(given: Plan) -> dict[str, object]:
    tables = {each.id: [group.id for group in each.groups] for each in given.tables.values()}
    return {"first_year": given.first, "threshold": given.k, "tables": tables}


def _lines(given: Plan) -> Iterator[str]:
    yield f"{_years(given)}, threshold {given.k}"
    for each in given.tables.values():
        period = "each year" if each.years == 1 else "all three years together"
        yield f"{visible(each.title.en)}: {len(each.groups)} groups, {period}"


def _exact(found: Figures) -> Iterator[str]:
    yield f"edition for {found.year}, made on {found.made}"
    yield from (f"{count:>7}  {visible(en)}" for _, _, en, count in files.lines(found))
