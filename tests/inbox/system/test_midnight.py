"""A command that runs past midnight uses one day for everything."""

import re
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

import pytest

import inbox
from tests.support.inbox_builders import Portal, Reporter, World, first
from tests.support.inbox_clock import Clock, moved
from tests.support.inbox_trio import Trio


class Ticking(Clock):
    """A clock that moves forward by a day each time it is read."""

    looks = 0

    def now(self, zone: tzinfo = UTC) -> datetime:
        self.looks += 1
        self.wait(1)
        return super().now(zone)


COMMANDS = [
    ["case", "list"],
    ["case", "show", "1"],
    ["message", "reply", "1", "--text", "Bonjour"],
    ["case", "reopen", "1", "--reason", "x"],
    ["queue", "list"],
    ["case", "set-score", "1", "--danger", "1", "--reason", "x"],
    ["exchange", "outbox", "--out", "FOLDER"],
    ["exchange", "outbox", "--out", "FOLDER", "--again", "1"],
    ["exchange", "keyring", "--out", "FOLDER"],
    ["exchange", "card", "--out", "FOLDER"],
    ["exchange", "channel", "list"],
    ["access", "conflict", "add", "1", "bruno", "--reason", "kin"],
    ["access", "alias", "add", "bruno", "zibeline"],
    ["access", "conflict", "list"],
    ["journal", "correct-clock", "--reason", "it was ahead"],
    ["key", "list"],
    ["key", "rotate", "--now"],
    ["key", "destroy"],
]

# A command that is not possible today becomes possible after this number of days.
DAYS = {"correct-clock": -5, "destroy": 200}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_reads_the_clock_only_once(
    trio: Trio, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    clock = Ticking()
    moved(monkeypatch, clock)
    clock.wait(sum(DAYS.get(word, 0) for word in words))
    said = trio.others.run(*(str(trio.office.out) if word == "FOLDER" else word for word in words))
    assert (0, 1) == (said.code, clock.looks), said.err


def test_a_reply_and_its_journal_entry_have_the_same_day(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = portal.bundle(first(Reporter(world)))
    world.office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    moved(monkeypatch, Ticking())
    replied = world.office.json("message", "reply", "1", "--text", "Bonjour")
    entries = world.office.json("journal", "list")["entries"]
    assert [date.fromisoformat(replied["day"])] == [
        date.fromisoformat(entry["day"]) for entry in entries if entry.get("action") == "reply"
    ]


def test_only_one_module_reads_the_clock_of_the_machine() -> None:
    asks = re.compile(r"\b(?:datetime\.now|date\.today|time\.time)\(")
    sources = Path(inbox.__file__).parent.rglob("*.py")
    assert ["clock.py"] == [source.name for source in sources if asks.search(source.read_text("utf-8"))]
