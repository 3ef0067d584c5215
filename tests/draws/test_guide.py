"""A newcomer holds a draw of three with the guide alone: every command of the guide runs, in order."""

import re
import shlex
from pathlib import Path

import pytest

from tests.support.draw_room import DAY, Room, at, controls, quick_passphrases
from tests.support.paths import ROOT

GUIDES = (ROOT / "docs" / "draws-guide.md", ROOT / "docs" / "fr" / "guide-tirage.md")
_ASKS = {("party", "create"), ("party", "sign")}
PUBLISHED = "2026-12-20"


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
        typed = [public if word == "TEAM" else word for word in words]
        asked = ("--passphrase-file", "passphrase") if tuple(words[:2]) in _ASKS else ()
        day = PUBLISHED if words[:2] == ["ceremony", "transcript"] else DAY
        with at(day), quick_passphrases():
            view = room.done(*typed, *asked)
        public = view.get("public", public)
    assert len(Path("drawn.csv").read_text("utf-8-sig").splitlines()) > 8
    assert Path("verify.html").exists()
