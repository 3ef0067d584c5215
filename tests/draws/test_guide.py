"""A newcomer holds a draw of three with the guide alone: every command of the guide runs, in order."""

import re
import shlex
from pathlib import Path

import pytest

from tests.support.draw_room import DAY, Room, at, controls, quick_passphrases
from tests.support.paths import ROOT
from tests.support.transfer_office import BATCH, EXCEPTIONS, FREE, HELD, POSTS
from tests.support.transfer_office import PUBLISHED as TRANSFERS_PUBLISHED

GUIDES = (ROOT / "docs" / "draws-guide.md", ROOT / "docs" / "fr" / "guide-tirage.md")
_ASKS = {("party", "create"), ("party", "sign")}
PUBLISHED = "2026-12-20"
# On these days the guide's commands on transfers can run; the others run on the day of the list.
TRANSFER_DAYS = {
    "open": BATCH,
    **dict.fromkeys(("publish", "transcript", "verify"), TRANSFERS_PUBLISHED),
}


def commands(guide: Path) -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```", guide.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [
        shlex.split(line)[1:] for block in blocks for line in block.splitlines() if line.startswith("draws ")
    ]


def test_both_guides_have_the_same_commands() -> None:
    english, french = map(commands, GUIDES)
    assert len(english) > 20
    assert english == french


def test_the_commands_of_the_guide_hold_a_draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("controls.csv").write_text(controls(60))
    Path("passphrase").write_text("a passphrase\n")
    room, public = Room(tmp_path), ""
    for words in commands(GUIDES[0]):
        if words[0] == "transfers" or "mutations-1" in words:
            continue
        typed = [public if word == "TEAM" else word for word in words]
        asked = ("--passphrase-file", "passphrase") if tuple(words[:2]) in _ASKS else ()
        day = PUBLISHED if words[:2] == ["ceremony", "transcript"] else DAY
        with at(day), quick_passphrases():
            view = room.done(*typed, *asked)
        public = view.get("public", public)
    assert len(Path("drawn.csv").read_text("utf-8-sig").splitlines()) > 8
    assert Path("verify.html").exists()


def test_the_commands_of_the_guide_hold_a_draw_of_transfers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guide says to repeat sections 3 to 6 with another folder and with other names of files."""
    monkeypatch.chdir(tmp_path)
    (rule,) = re.findall(r"^```toml\n(.*?)^```", GUIDES[0].read_text("utf-8"), re.MULTILINE | re.DOTALL)
    files = {"posts": POSTS, "posts-2025": POSTS, "free": FREE, "held": HELD, "exceptions": EXCEPTIONS}
    for name, content in files.items():
        Path(f"{name}.csv").write_text(content)
    Path("transfers.toml").write_text(rule)
    room, public = Room(tmp_path), ""
    (tmp_path / "passphrase").write_text("a passphrase\n")
    every = commands(GUIDES[0])
    begun, ended = (
        next(n for n, words in enumerate(every) if words[:2] == [*first])
        for first in (("party", "commit"), ("team", "open"))
    )
    own = [words for words in every if words[0] == "transfers" or "mutations-1" in words]
    frozen = next(n for n, words in enumerate(own) if words[1] == "freeze") + 1
    ceremony = [[*map(for_transfers, words)] for words in every[begun:ended]]
    keys = [words for words in every if words[1] == "create"]
    for words in [*keys, *own[:frozen], *ceremony, *own[frozen:]]:
        typed = [public if word == "TEAM" else word for word in words]
        asked = ("--passphrase-file", "passphrase") if tuple(words[:2]) in _ASKS else ()
        with at(TRANSFER_DAYS.get(words[1], DAY)), quick_passphrases():
            view = room.done(*typed, *asked)
        public = view.get("public", public) if words[:2] == ["team", "create"] else public
    assert len(Path("transfers.csv").read_text("utf-8-sig").splitlines()) == 8


def for_transfers(word: str) -> str:
    """Return a word of a command with the other folder, or with the other name of a file."""
    if "tirage-1" in word:
        return word.replace("tirage-1", "mutations-1")
    return f"m-{word}" if word.endswith((".json", ".age")) else word
