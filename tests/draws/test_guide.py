"""A newcomer holds a draw of three with the guide alone: every command of the guide runs, in order."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.support.draw_room import DAY, Room, at, quick_passphrases
from tests.support.paths import ROOT
from tests.support.transfer_office import BATCH, EXCEPTIONS, FREE, HELD, POSTS
from tests.support.transfer_office import PUBLISHED as TRANSFERS_PUBLISHED

GUIDES = (ROOT / "docs" / "draws-guide.md", ROOT / "docs" / "fr" / "guide-tirage.md")
_ASKS = {("party", "create"), ("party", "sign")}
# Most commands of the guide run on the day of the list.
DAYS = {("ceremony", "transcript"): "2026-12-20", ("deviation", "look"): "2027-01-02"}
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


def tables(guide: Path) -> list[str]:
    """Return the tables of a guide: the beginning of the list, and the outcomes."""
    return re.findall(r"^```csv\n(.*?)^```", guide.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def longer(listed: str) -> str:
    """Return a list that begins like that of the guide, and has 60 lines."""
    head, *rows = listed.splitlines()
    more = (f"MSCU{n:07}{rows[n % len(rows)][11:]}" for n in range(60 - len(rows)))
    return "\n".join([head, *rows, *more]) + "\n"


def test_both_guides_have_the_same_commands() -> None:
    english, french = map(commands, GUIDES)
    assert len(english) > 20
    assert english == french
    assert tables(GUIDES[0]) == tables(GUIDES[1])


def test_the_commands_of_the_guide_hold_a_draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    listed, done = tables(GUIDES[0])
    Path("controls.csv").write_text(longer(listed))
    Path("outcomes.csv").write_text(done)
    Path("passphrase").write_text("a passphrase\n")
    room, public, said = Room(tmp_path), "", dict[tuple[str, str], dict[str, Any]]()
    for words in commands(GUIDES[0]):
        if words[0] == "transfers" or "mutations-1" in words:
            continue
        typed = [public if word == "TEAM" else word for word in words]
        asked = ("--passphrase-file", "passphrase") if tuple(words[:2]) in _ASKS else ()
        day = DAYS.get((words[0], words[1]), DAY)
        with at(day), quick_passphrases():
            view = room.done(*typed, *asked)
        public = view.get("public", public)
        said[(words[0], words[1])] = view
    # The list of the guide has everything that the deviation test needs, so nothing is unknown.
    look = said["deviation", "look"]
    assert (look["draws"], {*look["unknown"].values()}) == (said["team", "open"]["count"], {0})
    assert said["register", "show"]["not_done"]["gone"] == 1
    assert "SC-42" in Path("register.csv").read_text("utf-8-sig")
    assert len(Path("drawn.csv").read_text("utf-8-sig").splitlines()) == 1 + look["draws"] > 4
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
