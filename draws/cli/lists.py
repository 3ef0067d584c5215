"""Commands that read the list of controls."""

from pathlib import Path

import click

from draws import columns, csv_files
from draws.language import said
from inbox.language.messages import sentence
from inbox.system import given_files, terminal
from templates.command_line import FILE, json_option


@click.command()
@click.argument("file", type=FILE)
@json_option
def strata(*, file: Path, as_json: bool) -> None:
    """Show the strata of a list in CSV, and change nothing."""
    rows = csv_files.read(given_files.content(file, csv_files.LARGEST_FILE), columns.columns())
    found = columns.counted(rows)
    view = {
        "count": len(rows),
        "strata": [dict(zip(columns.STRATUM, each, strict=True)) | {"count": n} for each, n in found.items()],
    }
    lines = [f"{n:>8}  {' | '.join(each)}" for each, n in found.items()]
    total = sentence("{count} items in {strata} strata", count=len(rows), strata=len(found))
    terminal.show(view, [*lines, said(total)], as_json=as_json)
