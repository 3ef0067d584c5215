"""Commands that read the list of controls, and freeze it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from crypto import minisign
from crypto.errors import Malformed
from crypto.recipients import X25519Recipient
from draws import ceremony, columns, containers, csv_files, freezing, headings, protocol
from draws.ceremony import Ceremony
from draws.cli import options
from draws.freezing import Kind, Leaves, ListRefused, Plan, Private
from draws.language import said
from draws.protocol import DrawList, Party, Source
from inbox.language.messages import Sentence, sentence
from inbox.system import clock, given_files, terminal
from templates.command_line import DAY, FILE, FOLDER, Whole, json_option

CONTROLS = Kind("container", columns.strata, containers.compared)
# More lines than these are not named in a warning.
_MOST_NAMED = 10


@click.command()
@click.argument("file", type=FILE)
@json_option
def strata(*, file: Path, as_json: bool) -> None:
    """Show the strata of a list in CSV, and change nothing."""
    found = columns.counted(
        csv_files.tables(given_files.content(file, csv_files.LARGEST_FILE), columns.columns())
    )
    view = {
        "count": found.total,
        "strata": [
            dict(zip(columns.STRATUM, each, strict=True)) | {"count": n} for each, n in found.strata.items()
        ],
    }
    if found.mistyped:
        view["warnings"] = [said(_warning(found.mistyped))]
    lines = [f"{n:>8}  {unit}: {said(headings.stratum(rest))}" for (unit, *rest), n in found.strata.items()]
    total = sentence("{count} items in {strata} strata", count=found.total, strata=len(found.strata))
    terminal.show(view, [*lines, said(total)], as_json=as_json)


@dataclass(frozen=True, slots=True)
class Planned:
    """What the options of every kind of list say."""

    folder: Path
    series: str | None
    after: Path | None
    parties: tuple[Path, ...]
    until: date | None
    later: tuple[str, str, date] | None
    team: str
    opens: date | None
    publish: date

    def plan(self, today: date, opens: date) -> Plan:
        """Return what is fixed for a list that is frozen today. Raises Refused.

        ``opens`` is the day on which the result may be opened if no option says another one.
        """
        if (self.series is None) == (self.after is None):
            raise ListRefused(
                sentence("a list needs either the name of a new series, or the draw before it"),
                sentence(
                    "give --series for the first draw, and --after with the folder of the last one later"
                ),
            )
        place = options.opened(self.after).place if self.after else ceremony.first(self.series or "")
        return Plan(
            place.series,
            place.number,
            place.previous,
            today,
            self.until or today + timedelta(days=1),
            self.publish,
            self.opens or opens,
            tuple(map(_party, self.parties)),
            later=Source(*self.later) if self.later else None,
        )

    def create(self, frozen: tuple[DrawList, Leaves, Private], **more: bytes) -> Ceremony:
        """Make the folder of a list that was frozen. Raises Refused.

        ``more`` has further files, by their names without ``.age``.
        """
        record, leaves, private = frozen
        files = {f"{name}.age": raw for name, raw in more.items()}
        files[ceremony.PRIVATE] = freezing.seal(private, self.key)
        files[ceremony.TEAM] = f"{self.team}\n".encode()
        return ceremony.create(self.folder, (record, leaves), clock.minute(), files)

    @property
    def key(self) -> X25519Recipient:
        """The public key of the team. Raises ListRefused."""
        try:
            return X25519Recipient.parse(self.team)
        except Malformed:
            raise ListRefused(
                sentence("this is not the public key of a team"),
                sentence("the team makes it with: draws team create"),
            ) from None


def plan_options(opens: str, publish: str) -> Callable[[Any], Any]:
    """Return the options of ``Planned``, with the help of two of them."""
    return options.gathered(
        "planned",
        Planned,
        click.option("--folder", type=FOLDER, required=True, help="The new folder of the draw."),
        click.option("--series", help="The name of a new series of draws, such as le-havre."),
        click.option(
            "--after",
            type=FOLDER,
            help="The folder of the draw before: the list continues its series with the next number.",
        ),
        click.option(
            "--party",
            "parties",
            type=FILE,
            multiple=True,
            help="The public key of a party, NAME.pub. Give three or more parties with opposed interests.",
        ),
        click.option("--until", type=DAY, help="The last day for reveals; tomorrow, by default."),
        click.option(
            "--later",
            type=(str, str, DAY),
            metavar="SOURCE ROUND DAY",
            help="A later source: its name (dice, nist, drand), its round, and the day on which it is known.",
        ),
        click.option("--team", required=True, help="The public key of the team, age1…."),
        click.option("--opens", type=DAY, help=opens),
        click.option("--publish", type=DAY, required=True, help=publish),
    )


@click.command()
@click.argument("file", type=FILE)
@plan_options(
    "The day on which the team may open the result; today, by default.",
    "The day after the checks, to publish on.",
)
@click.option("--each", type=Whole(0, 1_000), default=1, help="How many items to draw in each stratum.")
@click.option("--percent", type=Whole(0, 100), default=0, help="How many percent to draw in each stratum.")
@json_option
def freeze(*, file: Path, planned: Planned, each: int, percent: int, as_json: bool) -> None:
    """Freeze a list: from now on, nobody can change it unnoticed.

    The folder gets list.json and leaves.json for the parties, and private.age, which only the team can open.
    Afterwards, delete the copy of the CSV on this machine: the draw does not need it.
    """
    today = clock.today()
    plan = replace(planned.plan(today, opens=today), each=each, percent=percent)
    tables = csv_files.tables(given_files.content(file, csv_files.LARGEST_FILE), columns.columns())
    frozen = freezing.freeze(tables, plan, CONTROLS)
    check_readable(frozen[0])
    tell_frozen(planned.create(frozen), as_json=as_json)


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


def check_readable(record: DrawList) -> None:
    """Raise ListRefused if a name has a form that readers of the list refuse."""
    try:
        protocol.LIST.parse(protocol.LIST.encode(record))
    except Malformed:
        raise ListRefused(
            sentence("a name has small letters, digits and hyphens, and begins with a letter"),
            sentence("for example: tribunal or region-ouest"),
        ) from None
