"""The officer's guide works: its commands run on a real inbox, in the order of the page."""

import contextlib
import io
import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from crypto import bundle as bundles
from crypto.bundle import NOTHING, Link
from crypto.recipients import HybridIdentity
from inbox.cli import main
from tests.support import guides, hostile
from tests.support.inbox_builders import (
    Office,
    Portal,
    Reporter,
    World,
    answering,
    first,
    insisting,
    manifest,
    passphrase_of,
)
from tests.support.inbox_clock import Clock
from tests.support.inbox_ending import dated_by_portal
from tests.support.paths import ROOT

ENGLISH = ROOT / "docs" / "officer-guide.md"
FRENCH = ROOT / "docs" / "fr" / "guide-agent.md"
NAMES = ("alice", "bruno", "chloe", "dora")
QUORUM = ("alice", "chloe")
BRINGING = ["--share", "FILE", "--share", "FILE"]
HEAD = re.compile(r"entry (\d+), ((?:[A-Z2-7]{4} ?)+)")
PICTURE = hostile.png(4, 4, whole=True)
# The answers of the reports in each bundle; bundles without reports only confirm outboxes.
REPORTS = {"inspection-2.tar": ({}, {}), "inspection-4.tar": ({"danger_now": "yes"},)}
# The answers to the terminal's questions, which tests give as options.
ASKED = {
    ("access", "conflict", "add"): ("--reason", "drill"),
    ("case", "set-source-risk"): ("--reason", "drill"),
    ("case", "set-credibility"): ("--reason", "drill"),
    ("case", "set-score"): ("--reason", "drill"),
    ("case", "decide"): ("--reason", "drill"),
    ("case", "close"): ("--reason", "drill"),
    ("retention", "hold"): ("--reason", "drill"),
    ("retention", "unhold"): ("--reason", "drill"),
    ("key", "rotate"): ("--reason", "drill"),
}


class Walk:
    """A run through the guide: the inbox, and the media and papers that people bring to it.

    The folders below ``/media`` stand for media. ``known`` gives the value of each word in capitals on the
    page. ``in_session`` is true if the next commands of the page are typed in a session.
    """

    def __init__(self, folder: Path) -> None:
        self.media = folder / "media"
        for name in ("stick", "backup", "keys", "paper", "shares", "alice"):
            (self.media / name).mkdir(parents=True)
        self.office = Office(folder, QUORUM)
        self.office.shares = self.media / "shares"
        self.folder = folder
        self.known: dict[str, str] = {}
        self.portal: Portal | None = None
        self.outbox = 0
        self.in_session = False
        self.circle: list[str] = []
        for name in NAMES:
            self.office.secret_of(name).write_text(passphrase_of(name))
        (self.media / "paper" / "key.txt").write_text(
            HybridIdentity.from_seed(bytes(32)).recipient().encode()
        )
        (self.media / "paper" / "facts.txt").write_text("Des faits de corruption.")
        (self.media / "paper" / "why.txt").write_text("Il manque de quoi vérifier.")
        (self.media / "paper" / "advice.txt").write_text("Appelez le 17 maintenant.")

    def type(self, words: Sequence[str]) -> str:
        """Type a command of the page. Return its output. Raise AssertionError if the command fails.

        Outside a session, the page's command must itself name the shares.
        """
        brings = BRINGING == [word for word in words if word in BRINGING]
        words = [word for word in words if word not in BRINGING]
        path = tuple(words)
        assert self.in_session != (brings or words[0] == "init"), words
        if words == ["session"]:
            self.in_session = True
            return ""
        given: list[str | Path] = [self._meant(word) for word in words]
        for known, options in ASKED.items():
            if path[: len(known)] == known:
                given += options
        new = self._circle_after(words)
        founding = path[0] == "init"
        option = "--passphrase-file" if founding else "--new-passphrase-file"
        given += [word for name in new for word in (option, self.office.secret_of(name))]
        opening = [] if founding else self.office.opening()
        said, complained = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
            code = main.run(["--home", str(self.office.root), *opening, *map(str, insisting(given))])
        assert code == 0, f"{words}\n{complained.getvalue()}"
        if path[0] == "officer" and new:
            self.in_session = False
        return said.getvalue()

    def copy(self, line: str) -> None:
        """Type a command that copies a share to the medium of an officer, who must own the share."""
        subprocess.run(["sh", "-c", line.replace("/media/", f"{self.media}/")], check=True)
        (copied,) = (self.media / "alice").iterdir()
        (own,) = (self.media / "shares").glob("alice-*")
        assert copied.read_bytes() == own.read_bytes()

    def delete_shares(self, line: str) -> None:
        """Type the command that deletes the shares in one place. The copies of the officers remain."""
        subprocess.run(["sh", "-c", line.replace("/media/", f"{self.media}/")], check=True)
        assert not [*(self.media / "shares").glob("*.share")]
        assert [*(self.media / "alice").glob("*.share")]

    def _circle_after(self, words: Sequence[str]) -> Sequence[str]:
        """Return the officers who type a new passphrase for this command, if any."""
        match words:
            case ["init", *_, "--officers", names, "--quorum", _, "--shares", _]:
                self.circle = names.split(",")
            case ["officer", "remove", name, *_]:
                self.circle.remove(name)
            case ["officer", "add", name, *_]:
                self.circle.append(name)
            case ["officer", "renew", *_]:
                pass
            case _:
                return ()
        return self.circle

    def _meant(self, word: str) -> str:
        if word == "N":
            return str(self.outbox)
        for name, value in self.known.items():
            word = word.replace(name, value)
        return word.replace("/media/", f"{self.media}/")

    def prepare(self, words: Sequence[str], clock: Clock) -> None:
        """Do what other people do before a command: deliver a bundle, wait for a day, lose the machine."""
        match words:
            case ["exchange", "collect", bundle, *_]:
                self._deliver(bundle, clock.day)
            case ["exchange", "sign-pages", *_]:
                manifest(self.office, self.media / "stick" / "manifest.json")
            case ["backup", "make", *_]:
                clock.wait(1)  # two backups of one day need two folders
            case ["retention", "visa", "request", *_]:
                clock.wait(65)  # enough for an inadmissible report to expire, but not for a key to expire
                dated_by_portal(self.office)
            case ["backup", "restore", *_]:
                self.in_session = False
                self.office.brought = self.office.opening()
                self.office.root.rename(self.folder / "stolen")

    def note(self, words: Sequence[str], said: str, clock: Clock) -> None:
        """Write down what the page asks officers to write down, from the output of a command."""
        match words:
            case ["exchange", "outbox", *_]:
                self.outbox = int(said.removeprefix("outbox ").partition(":")[0])
            case ["backup", "make", *_]:
                self.known["BACKUP"] = max(self.media.glob("backup/*"), key=_age).name
                self.known["KEYSTORE"] = max(self.media.glob("keys/*"), key=_age).name
            case ["backup", "restore", *_]:
                self.office.brought = ()
            case ["retention", "visa", "request", *_]:
                (written,) = self.media.glob("paper/*.json")
                self.known |= {"LIST": written.stem.removeprefix("visa-"), "DAY": clock.day.isoformat()}
        if found := HEAD.search(said):
            self.known["HEAD"] = f"{found[1]} {found[2]}"

    def _deliver(self, bundle: str, day: date) -> None:
        if self.portal is None:
            self.portal = Portal(World(self.office), self.media / "stick")
            self.known["FINGERPRINT"] = self.portal.fingerprint
        world = self.portal.world
        applied = NOTHING
        if self.outbox:
            made = self.media / "stick" / f"outbox-inspection-{self.outbox}.tar"
            written_outbox, _ = bundles.read([made.read_bytes()])
            applied = Link(self.outbox, written_outbox.hash)
        sent = [
            first(Reporter(world), files=[PICTURE], edit=answering(**answers))
            for answers in REPORTS.get(Path(bundle).name, ())
        ]
        written = self.portal.bundle(
            *sent, applied=applied, edit=lambda intake: replace(intake, exported=day)
        )
        assert written.name == Path(bundle).name


def _age(path: Path) -> float:
    return path.stat().st_mtime_ns


@pytest.mark.usefixtures("quick")
def test_the_commands_of_the_guide_for_officers_work_in_the_order_of_the_page(
    tmp_path: Path, clock: Clock
) -> None:
    walk = Walk(tmp_path)
    remember, read, *typed = guides.lines(ENGLISH.read_text("utf-8"))
    assert guides.folder_of_inbox([remember, read], tmp_path) == {str(walk.office.root)}
    assert len(typed) > 60
    for line in typed:
        program, *words = shlex.split(line)
        if program == "cp":
            walk.copy(line)
            continue
        assert program == "inbox"
        walk.prepare(words, clock)
        walk.note(words, walk.type(words), clock)
    (delete,) = guides.of_debian(ENGLISH.read_text("utf-8"))
    walk.delete_shares(delete)


def test_both_editions_of_the_guide_have_the_same_commands() -> None:
    assert guides.lines(ENGLISH.read_text("utf-8")) == guides.lines(FRENCH.read_text("utf-8"))
