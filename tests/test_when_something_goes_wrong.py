"""The commands of docs/when-something-goes-wrong.md work on a real portal and a real inbox."""

import re
import shlex
from pathlib import Path

import pytest

from portal import days
from tests.support import guides, threat_model
from tests.support.inbox_builders import today
from tests.support.inbox_clock import Clock
from tests.support.installation import Installation, PortalHere, free_port
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "when-something-goes-wrong.md"
TEXT = PAGE.read_text("utf-8")


class Incident:
    """An installation with one case, whose mailbox is at the portal, after one exchange in each direction.

    ``bundle`` and ``outbox`` are the numbers of the newest bundle and outbox: N in the commands of the page.
    """

    def __init__(self, folder: Path) -> None:
        self.installation = Installation(folder, port=free_port())
        self.folder = folder
        answers = folder / "answers.toml"
        answers.write_text('what = "Quelque chose"\n')
        entered = ("--route", "letter", "--language", "fr", "--received", today().isoformat())
        self.installation.inbox.run("case", "add", *entered, "--answers", answers)
        self.bundle = self.outbox = 1
        self.installation.carry_in(1)
        self.installation.carry_back(1)

    def do(self, heading: str) -> dict[str, str]:
        """Type the commands of a section of the page. Return the output of each command."""
        said = {}
        for program, *words in map(shlex.split, guides.lines(guides.section(TEXT, heading))):
            meant = [self._meant(word, program) for word in words]
            match program, words:
                case "portal", ["init"]:
                    told = self._init()
                case "portal", ["doctor"]:
                    # The texts of the inspectorate are missing in a test, so doctor finds fault.
                    told = self.installation.portal.run(*meant, code=1)
                case "portal", _:
                    told = self.installation.portal.run(*meant)
                case "inbox", _:
                    told = self.installation.inbox.run(*meant)
            self.count(told)
            said[f"{program} {' '.join(words)}"] = told
        return said

    def lose_server(self) -> None:
        """Replace the portal by one on another machine, which is not set up yet, and take an empty medium."""
        self.bundle = 0
        self.installation.medium = self.folder / "empty-medium"
        for folder in (self.installation.medium, self.folder / "other"):
            folder.mkdir()
        settings = self.installation.portal.config.read_text("utf-8")
        self.installation.portal = PortalHere(self.folder / "other", port=free_port())
        self.keys = re.findall(r'^(?:deployment|root_key) = "(.+)"$', settings, re.MULTILINE)

    def lose_medium(self) -> None:
        """Lose all bundles and outboxes that are on the medium."""
        for file in self.installation.medium.glob("*.tar"):
            file.unlink()

    def _init(self) -> str:
        deployment, root_key = self.keys
        self.installation.instance = self.installation.portal.init(deployment, root_key)
        return ""

    def _meant(self, word: str, program: str) -> str:
        numbered = self.outbox if "outbox-" in word or (word == "N" and program == "inbox") else self.bundle
        word = re.sub(r"\bN\b", str(numbered), word)
        word = word.replace("FINGERPRINT", self.installation.instance)
        return word.replace("/media/stick", str(self.installation.medium))

    def count(self, told: str) -> None:
        """Note the number of a bundle or an outbox that a command says it has written."""
        if made := re.match(r"outbox (\d+):", told):
            self.outbox = int(made[1])
        if written := re.search(r"/inspection-(\d+)\.tar: ", told):
            self.bundle = int(written[1])


@pytest.fixture
def incident(tmp_path: Path) -> Incident:
    return Incident(tmp_path)


def test_a_lost_server_is_rebuilt_by_the_commands_of_the_page(incident: Incident) -> None:
    """The rebuilt portal has the mailbox of the case again, and the inbox accepts its bundles."""
    incident.lose_server()
    *_, collected, _, applied = incident.do("The server is lost").values()
    assert "bundle 1 collected" in collected
    assert "1 slots" in applied


def test_bundles_on_a_lost_medium_are_made_again_by_the_commands_of_the_page(incident: Incident) -> None:
    """Both directions are lost: a bundle and an outbox that nobody has collected or imported."""
    installation = incident.installation
    incident.count(installation.portal.run("export", "--out", installation.medium))
    incident.count(installation.inbox.run("exchange", "outbox", "--out", installation.medium))
    assert (2, 2) == (incident.bundle, incident.outbox)
    incident.lose_medium()
    _, collected, _, applied = incident.do("The exchange medium is lost").values()
    assert "bundle 2 collected" in collected
    assert "outbox 2" in applied


def test_a_full_portal_is_emptied_by_the_commands_of_the_page(incident: Incident) -> None:
    said = incident.do("A disk is full")
    assert "bundle 2 collected" in said["inbox exchange collect /media/stick/inspection-N.tar"]
    assert "database" in said["portal doctor"]
    assert "outbox 2" in said["portal import /media/stick/outbox-inspection-N.tar"]


def test_expired_keys_are_replaced_by_the_commands_of_the_page(
    incident: Incident, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Portal and inbox use one clock. Before the commands, doctor finds that the keys have expired."""
    monkeypatch.setattr(days, "datetime", clock)
    clock.wait(130)
    portal = incident.installation.portal
    assert "expired" in portal.run("doctor", code=1)
    said = incident.do("The keys have expired")
    assert "outbox 2" in said["portal import /media/stick/outbox-inspection-N.tar"]
    assert "expired on" not in said["portal doctor"]


def test_every_test_that_the_page_names_exists() -> None:
    named = [(name, PAGE.parent / path) for name, path in threat_model.tests_named(TEXT)]
    assert len(named) > 20
    assert [name for name, path in named if f"def {name}(" not in path.read_text("utf-8")] == []


def test_every_incident_names_what_to_do_what_is_lost_and_a_test() -> None:
    incidents = TEXT.split("\n## ")[1:]
    assert len(incidents) > 9
    for each in incidents:
        heading = each.partition("\n")[0]
        for words in ("**What to do.**", "**What is lost.**", "\u2192 [`test_"):
            assert words in each, heading
