"""A register that follows real draws of a room: transcripts and results that the program made."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from draws import headings
from tests.support.draw_room import DAY, HEADING, Draw, Room

MORE = f"{HEADING};équipe;vacation;déclarant;transporteur"
MONTH = DAY[:7]


def simple(count: int) -> str:
    """Return a list with one stratum, as CSV, with crews, shifts, brokers and hauliers."""
    rows = (
        f"MSCU{n:07};quai;scanner;low;RAS;;t{n % 4};{'nuit' if n % 2 else 'jour'};d{n % 5};h{n % 7}"
        for n in range(count)
    )
    return "\n".join([MORE, *rows]) + "\n"


@dataclass(frozen=True, slots=True)
class Opened:
    """What the team has after it opened a result."""

    transcript: Path
    result: Path
    draw: Draw

    @property
    def lines(self) -> list[str]:
        """The lines of the result, with the heading."""
        return self.result.read_text("utf-8-sig").splitlines()


def opened(draw: Draw) -> Opened:
    """Hold a draw that was frozen, and open its result."""
    draw.carried_out()
    room = draw.room
    sealed = draw.write("result")
    found = Opened(room.new("transcript.json"), room.new("drawn.csv"), draw)
    given = ("--key", room.folder / "team.key", "--out", found.result, "--transcript", found.transcript)
    room.done("team", "open", draw.folder / "private.age", sealed, *given)
    return found


def voided(draw: Draw, *missing: str) -> Path:
    """Let parties of a draw, by default one, refuse to reveal; return the transcript of the void."""
    others = [name for name in draw.room.names if name not in (missing or ("tribunal",))]
    draw.reveal_all(*others)
    end = draw.write("void")
    draw.sign(end, *others)
    draw.remembered(end)
    return draw.write("transcript")


def with_lines(room: Room, lines: list[str]) -> Path:
    """Return a file with these lines."""
    path = room.new("edited.csv")
    path.write_text("\n".join(lines) + "\n", "utf-8-sig")
    return path


def outcomes(room: Room, rows: list[str], heading: str = "item;par;résultat;motif;nouveau scellé") -> Path:
    """Return a file with outcomes."""
    path = room.new("outcomes.csv")
    path.write_text("\n".join([heading, *rows]) + "\n", "cp1252")
    return path


def shares(room: Room, register: Path, month: str = MONTH) -> dict[str, Any]:
    """Return what `deviation shares` says."""
    return room.done("deviation", "shares", register, "--month", month)


def exported(room: Room, register: Path) -> list[dict[str, str]]:
    """Return the rows of the exported register, by the names of its columns."""
    out = room.new("export.csv")
    room.done("register", "export", register, "--out", out)
    head, *rows = (line.split(";") for line in out.read_text("utf-8-sig").splitlines())
    names = {heading: name for name, heading in headings.COLUMNS.items()}
    return [dict(zip(map(names.__getitem__, head), row, strict=True)) for row in rows]
