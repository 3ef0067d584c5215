"""Draws for tests: a list, parties with their folders, and each step of a ceremony through the commands."""

import contextlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from draws import protocol
from draws.cli import main
from draws.parties import party
from draws.protocol import DrawList
from inbox.system import clock

PARTIES = ("region", "tribunal", "union")
HEADING = "conteneur;unité;contrôle;risque origine;résultat;annulé par"
UNITS, RESULTS = ("le-havre-1", "le-havre-2"), ("RAS", "drugs")
DAY = "2026-12-01"
# A passphrase would take a second to stretch.
QUICK = 2


def controls(count: int, heading: str = HEADING, more: str = "") -> str:
    """Return a list of controls in several strata, as CSV."""
    rows = (
        f"MSCU{n:07};{UNITS[n % 2]};scanner;{'high' if n % 5 else 'low'};{RESULTS[n % 3 == 0]};{more}"
        for n in range(count)
    )
    return "\n".join([heading, *rows]) + "\n"


@contextlib.contextmanager
def at(time: str) -> Iterator[None]:
    """Set the clock: ``YYYY-MM-DD`` or ``YYYY-MM-DD HH:MM``."""
    minute = time if " " in time else f"{time} 09:00"
    with (
        patch.object(clock, "minute", lambda: minute),
        patch.object(clock, "today", lambda: protocol.date.fromisoformat(time[:10])),
    ):
        yield


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command printed, and its status."""

    status: int
    out: str
    error: str

    @property
    def view(self) -> dict[str, Any]:
        """The result as JSON."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass
class Room:
    """A folder with the parties, the team and one series of draws."""

    folder: Path
    series: str = "le-havre"
    names: Sequence[str] = PARTIES
    team: str = ""
    written: int = field(default=0)

    def run(self, *words: object) -> Answer:
        """Run a command; errors are in English."""
        out, error = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            status = main.run(["--language", "en", *map(str, words)])
        return Answer(status, out.getvalue(), error.getvalue())

    def done(self, *words: object) -> dict[str, Any]:
        """Run a command that must succeed, and return its result."""
        answer = self.run(*words, "--json")
        assert answer.status == 0, answer.error
        return answer.view

    def refused(self, *words: object) -> str:
        """Run a command that must be refused, and return the error."""
        answer = self.run(*words)
        assert answer.status == 1, answer.out
        return answer.error.splitlines()[0].removeprefix("error: ")

    def new(self, name: str) -> Path:
        """Return the path of a new file."""
        self.written += 1
        return self.folder / f"{self.written}-{name}"

    def founded(self, team: str = "") -> "Room":
        """Make the parties and, unless ``team`` is its public key, the team."""
        (self.folder / "passphrase").write_text("a passphrase\n")
        for name in self.names:
            self.done("party", "create", name, "--folder", self.party(name), *self.passphrase)
        self.team = team or self.done("team", "create", "--out", self.team_key)["public"]
        return self

    def other(self, series: str) -> "Room":
        """Return a room with the same team and other parties, who know nothing of the draws of this room."""
        folder = self.new("room")
        folder.mkdir()
        (folder / "team.key").write_bytes(self.team_key.read_bytes())
        return Room(folder, series).founded(self.team)

    @property
    def passphrase(self) -> tuple[object, ...]:
        """The option with the passphrase of every party."""
        return ("--passphrase-file", self.folder / "passphrase")

    @property
    def team_key(self) -> Path:
        """The secret key of the team."""
        return self.folder / "team.key"

    def party(self, name: str) -> Path:
        """Return the folder of a party."""
        return self.folder / f"party-{name}"

    def freeze(self, after: "Draw | None" = None, *more: object, csv: str = "") -> "Draw":
        """Freeze a list on DAY, and return its draw: the first of the series, or the one after another draw.

        DAY is also the last day for reveals, unless ``more`` has another one.
        """
        file = self.new("controls.csv")
        file.write_text(csv or controls(60))
        place = self.new("draw")
        keys = [word for name in self.names for word in ("--party", self.party(name) / f"{name}.pub")]
        follows = ("--after", after.folder) if after else ("--series", self.series)
        given = ("--folder", place, "--team", self.team, "--until", DAY, "--publish", "2026-12-20")
        self.done("list", "freeze", file, *given, *keys, *follows, *more)
        return Draw(self, place)


@dataclass
class Draw:
    """A draw of the room, in its folder."""

    room: Room
    folder: Path

    @property
    def file(self) -> Path:
        """The file of the list."""
        return self.folder / "list.json"

    @property
    def list(self) -> DrawList:
        """The list."""
        return protocol.LIST.parse(self.file.read_bytes())

    def commitment(self, name: str) -> Path:
        """Return the commitment of a party."""
        out = self.room.new("commitment.json")
        self.room.done("party", "commit", "--party", self.room.party(name), "--list", self.file, "--out", out)
        return out

    def accept(self, *files: Path) -> None:
        """Take in messages."""
        self.room.done("ceremony", "accept", self.folder, *files)

    def commit(self, *names: str) -> None:
        """Let parties commit; by default, all."""
        self.accept(*map(self.commitment, names or self.room.names))

    def write(self, command: str, *more: object) -> Path:
        """Run a command of the ceremony that writes a file."""
        out = self.room.new(f"{command}.json")
        sure = ("--yes",) if command == "void" else ()
        self.room.done("ceremony", command, self.folder, *more, *sure, "--out", out)
        return out

    def signature(self, name: str, file: Path) -> Path:
        """Return the signature of a party."""
        out = self.room.new("signature.json")
        own = ("--party", self.room.party(name), "--list", self.file, "--out", out)
        self.room.done("party", "sign", file, *own, *self.room.passphrase)
        return out

    def sign(self, file: Path, *names: str) -> None:
        """Let parties sign a file; by default, all."""
        self.accept(*(self.signature(name, file) for name in names or self.room.names))

    def reveal(self, name: str, statement: Path, signatures: Path) -> Path:
        """Return the reveal of a party."""
        out = self.room.new("reveal.json")
        own = ("--party", self.room.party(name), "--list", self.file, "--out", out)
        self.room.done("party", "reveal", statement, "--signatures", signatures, *own)
        return out

    def until_reveals(self) -> tuple[Path, Path]:
        """Let all parties commit and sign; return the statement and the signatures."""
        self.commit()
        statement = self.write("statement")
        self.sign(statement)
        return statement, self.write("signatures")

    def reveal_all(self, *names: str) -> None:
        """Commit, sign and reveal; ``names`` are the parties that reveal, by default all."""
        both = self.until_reveals()
        self.accept(*(self.reveal(name, *both) for name in names or self.room.names))

    def remembered(self, end: Path) -> Path:
        """Let all parties remember how the draw ended."""
        for name in self.room.names:
            self.room.done("party", "remember", end, "--party", self.room.party(name))
        return end

    def carried_out(self) -> Path:
        """Hold the whole draw, and return its end."""
        self.reveal_all()
        return self.remembered(self.write("draw"))

    def transcript(self) -> Path:
        """Return the published transcript."""
        out = self.room.new("transcript.json")
        with at("2026-12-20"):
            self.room.done("ceremony", "transcript", self.folder, "--out", out)
        return out


@contextlib.contextmanager
def quick_passphrases() -> Iterator[None]:
    """Stretch passphrases for milliseconds only."""
    recipient = party.ScryptRecipient
    with patch.object(party, "ScryptRecipient", lambda passphrase: recipient(passphrase, QUICK)):
        yield
