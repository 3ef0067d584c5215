"""The office of transfers in tests: its rule, its files and its commands."""

from pathlib import Path

from tests.support.draw_room import DAY, Draw, Room

BATCH, PUBLISHED = "2027-03-01", "2027-03-20"
RULE = """\
closed = 24
reasons = ["illness", "pregnancy"]
[exposures]
high = 36
low = 60
[[batch]]
day = 2027-03-01
capacity = 3
[[batch]]
day = 2027-09-01
capacity = 5
"""
POSTS = """\
matricule;poste;exposition;depuis
A1;quay-1;high;2019-01-01
A2;quay-1;high;01/02/2020
A3;quay-2;high;2020-02-01
A4;quay-2;high;2020-02-01
A5;quay-3;high;2026-05-01
A6;office-1;low;2025-05-01
A7;quay-3;high;2018-05-01
"""
FREE = "post\nquay-2\noffice-9\n"
HELD = "agent;post;until\nA1;quay-2;2026-01-01\n"
EXCEPTIONS = "agent;reason;signed_by\nA7;illness;M-12\n"


class Office:
    """The office of transfers, with its files and its key."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.folder = room.folder
        self.rule = self.fixed(RULE)

    def file(self, name: str, content: str) -> Path:
        path = self.room.new(name)
        path.write_text(content)
        return path

    def fixed(self, rule: str) -> Path:
        out = self.room.new("rule.json")
        self.room.done("transfers", "rule", self.file("rule.toml", rule), "--out", out)
        return out

    def files(self, **other: str) -> list[object]:
        """Return the words that name the office's files; ``other`` replaces the content of some."""
        given = {"posts": POSTS, "free": FREE, "held": HELD, "exceptions": EXCEPTIONS, **other}
        words: list[object] = [self.file("posts.csv", given.pop("posts")), "--rule", self.rule]
        for name, content in given.items():
            words += [f"--{name}", self.file(f"{name}.csv", content)]
        return words

    def freezing(self, folder: Path, *more: object, **other: str) -> list[object]:
        keys = [w for name in self.room.names for w in ("--party", self.room.party(name) / f"{name}.pub")]
        own = ("--folder", folder, "--series", "transfers", "--team", self.room.team, "--until", DAY)
        return ["transfers", "freeze", *self.files(**other), *keys, *own, *(more or ("--publish", PUBLISHED))]

    def freeze(self, **other: str) -> Draw:
        folder = self.room.new("draw")
        self.room.done(*self.freezing(folder, **other))
        return Draw(self.room, folder)

    def sealed(self, draw: Draw) -> list[object]:
        """Hold the draw, and return the words that open it."""
        draw.reveal_all()
        draw.remembered(draw.write("draw"))
        result = draw.write("result")
        return [draw.folder / "private.age", draw.folder / "people.age", result, "--key", self.key]

    @property
    def key(self) -> Path:
        return self.folder / "team.key"
