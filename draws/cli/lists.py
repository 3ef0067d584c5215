"""Commands that read the list of controls, and freeze it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from crypto import minisign
from crypto.errors import Malformed
from crypto.recipients import X25519Recipient
from draws import ceremony, columns, containers, csv_files, freezing, protocol
from draws.ceremony import Ceremony
from draws.cli import options
from draws.freezing import Kind, ListRefused, Plan
from draws.language import said
from draws.protocol import Party, Source
from inbox.language.messages import Sentence, sentence
from inbox.system import clock, given_files, terminal
from templates.command_line import DAY, FILE, FOLDER, NUMBER, Whole, json_option, together

CONTROLS = Kind("container", columns.stratum, containers.compared)
# More lines than these are not named in a warning.
_MOST_NAMED = 10


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
    if mistyped := [line for line, row in enumerate(rows, 2) if containers.is_mistyped(row["container"])]:
        view["warnings"] = [said(_warning(mistyped))]
    lines = [f"{n:>8}  {' | '.join(each)}" for each, n in found.items()]
    total = sentence("{count} items in {strata} strata", count=len(rows), strata=len(found))
    terminal.show(view, [*lines, said(total)], as_json=as_json)


# The options of every kind of list. `plan` takes them, except for the folder.
plan_options = together(
    click.option("--folder", type=FOLDER, required=True, help="The new folder of the draw."),
    click.option("--series", required=True, help="The name of the series of draws, such as le-havre."),
    click.option(
        "--after",
        type=FILE,
        help="How the draw before ended: its file end.json. Only the first draw of a series has none.",
    ),
    click.option("--number", type=NUMBER, default=1, help="The number of this draw in the series."),
    click.option(
        "--party",
        "parties",
        type=FILE,
        multiple=True,
        help="The public key of a party, NAME.pub. Give three or more parties with opposed interests.",
    ),
    click.option("--until", type=DAY, help="The last day for reveals; today, by default."),
    click.option(
        "--later",
        type=(str, str, DAY),
        metavar="SOURCE ROUND DAY",
        help="A later source: its name (dice, nist, drand), its round, and the day on which it is known.",
    ),
)


@click.command()
@click.argument("file", type=FILE)
@plan_options
@click.option("--team", required=True, help="The public key of the team of the second check, age1….")
@click.option("--each", type=Whole(0, 1_000), default=1, help="How many items to draw in each stratum.")
@click.option("--percent", type=Whole(0, 100), default=0, help="How many percent to draw in each stratum.")
@click.option("--opens", type=DAY, help="The day on which the team may open the result; today, by default.")
@click.option("--publish", type=DAY, required=True, help="The day after the checks, to publish on.")
@json_option
def freeze(  # noqa: PLR0913  one option for each thing that is fixed beforehand
    *,
    file: Path,
    folder: Path,
    team: str,
    each: int,
    percent: int,
    opens: date | None,
    publish: date,
    as_json: bool,
    **given: Any,
) -> None:
    """Freeze a list: from now on, nobody can change it unnoticed.

    The folder gets list.json and leaves.json for the parties, and private.age, which only the team can open.
    Afterwards, delete the copy of the CSV on this machine: the draw does not need it.
    """
    today = clock.today()
    made = replace(plan(today, publish, **given), opens=opens or today, each=each, percent=percent)
    rows = csv_files.read(given_files.content(file, csv_files.LARGEST_FILE), columns.columns())
    record, leaves, private = freezing.freeze(rows, made, CONTROLS)
    check_readable(record)
    sealed = freezing.seal(private, team_in(team))
    tell_frozen(ceremony.create(folder, (record, leaves, sealed), clock.minute()), as_json=as_json)


def plan(  # noqa: PLR0913  one parameter for each option
    today: date,
    publish: date,
    *,
    series: str,
    number: int,
    after: Path | None,
    parties: tuple[Path, ...],
    until: date | None,
    later: tuple[str, str, date] | None,
) -> Plan:
    """Return what the options of ``plan_options`` fix, for a list that is frozen today. Raises Refused."""
    if (number == 1) != (after is None):
        raise ListRefused(
            sentence("the first draw of a series has no draw before it, and every other draw has one"),
            sentence("give --number and, from 2 on, --after with the end of the draw before"),
        )
    return Plan(
        series,
        number,
        protocol.end_hash(options.end_in(after)) if after else protocol.FIRST,
        today,
        until or today,
        publish,
        today,
        tuple(map(_party, parties)),
        later=Source(*later) if later else None,
    )


def tell_frozen(made: Ceremony, *, as_json: bool) -> None:
    """Print how many items a frozen list has, and its hash."""
    record = made.list
    drawn = sum(stratum.drawn for stratum in record.strata)
    options.tell(
        {"total": record.total, "strata": len(record.strata), "drawn": drawn, "list": made.own.hex()},
        sentence(
            "frozen: {total} items in {strata} strata, {drawn} of them will be drawn; hash: {hash}",
            total=record.total,
            strata=len(record.strata),
            drawn=drawn,
            hash=made.own.hex(),
        ),
        as_json=as_json,
    )


def _warning(mistyped: Sequence[int]) -> Sentence:
    """Return a warning about lines whose container has a wrong check digit.

    They can be frozen: what the customs system calls a container is drawn and checked under this name.
    """
    named = [str(line) for line in mistyped[:_MOST_NAMED]]
    return sentence(
        "container numbers with a wrong check digit (ISO 6346): {count}; lines: {lines}",
        count=len(mistyped),
        lines=", ".join(named) + (", …" if len(mistyped) > len(named) else ""),
    )


def _party(path: Path) -> Party:
    """Return the party with a public key; its name is the name of the file."""
    try:
        return Party(path.name.removesuffix(".pub"), minisign.public_key(given_files.content(path)))
    except minisign.BadSignature:
        raise ListRefused(
            sentence("{path} is not the public key of a party", path=path),
            sentence("a party makes it with: draws party create"),
        ) from None


def team_in(text: str) -> X25519Recipient:
    """Return the public key of a team. Raises ListRefused."""
    try:
        return X25519Recipient.parse(text)
    except Malformed:
        raise ListRefused(
            sentence("this is not the public key of a team"),
            sentence("the team makes it with: draws team create"),
        ) from None


def check_readable(record: protocol.DrawList) -> None:
    """Raise ListRefused if a name has a form that readers of the list refuse."""
    try:
        protocol.LIST.parse(protocol.LIST.encode(record))
    except Malformed:
        raise ListRefused(
            sentence("a name has small letters, digits and hyphens, and begins with a letter"),
            sentence("for example: tribunal or region-ouest"),
        ) from None
