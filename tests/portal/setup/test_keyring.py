"""Setup checks the keyring on the medium before it changes anything, and publishes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from crypto import base64url, keyring
from crypto.keyring import ROOT_FILE
from portal import days
from portal.errors import Refused
from portal.setup import steps
from portal.setup.answers import Answers
from portal.setup.databases import Keyring, Tables
from portal.setup.settings import Folders
from portal.setup.steps import DONE, TO_DO
from portal.setup.system import System
from tests.support import folder_machine
from tests.support.builders import make_keyring
from tests.support.portal_room import SITE
from tests.support.setup_steps import done, snapshot


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    """A folder with the files that `inbox exchange keyring` writes."""
    folder = tmp_path / "medium"
    make_keyring(SITE).save(folder)
    (folder / ROOT_FILE).write_bytes(keyring.ROOT.encode(keyring.Root(SITE.deployment, SITE.root_key)))
    return folder


@pytest.fixture
def brought(answers: Answers, medium: Path) -> Answers:
    """The answers that name this medium, with its deployment id and root key."""
    deployment, root_key = map(base64url.encode, (SITE.deployment, SITE.root_key))
    return replace(answers, keyring=str(medium), deployment=deployment, root_key=root_key)


@dataclass(frozen=True, slots=True)
class Recording(System):
    """A machine that runs no command, but records the owners of the files that the portal's user gets."""

    owners: dict[str, int] = field(default_factory=dict)

    def run(self, *command: str | Path, env: Mapping[str, str] | None = None) -> str:
        self.owners.update({each.name: each.stat().st_uid for each in Path(command[-1]).iterdir()})
        return System.run(self, "true", env=env)


def test_the_portal_gets_copies_of_the_keyring_that_it_can_read(system: System, brought: Answers) -> None:
    """On most media, only one user can read the files, and that user need not be `portal`."""
    Folders(system).apply()
    recording = Recording(system.root)
    Keyring(recording, brought).apply()
    assert recording.owners == dict.fromkeys(("keyring.json", "keyring.sig"), system.owner("portal")[0])
    assert [*system.at("/run").iterdir()] == []


def test_the_portal_publishes_the_keyring_of_the_medium(system: System, brought: Answers) -> None:
    """The portal of this repository reads it. A second run does not need the medium."""
    machine = folder_machine.Machine(system.root)
    machine.configure(brought)
    done(Tables(machine))
    done(Keyring(machine, brought))
    assert Keyring(machine, replace(brought, keyring="/none")).check() == DONE


def refusal(system: System, answers: Answers) -> str:
    """Return why setup is refused, and check that it changed nothing."""
    before = snapshot(system)
    with pytest.raises(Refused) as caught:
        [*steps.apply([Folders(system), Keyring(system, answers)])]
    assert snapshot(system) == before
    return str(caught.value)


@pytest.mark.parametrize("name", ["keyring.json", "keyring.sig"])
def test_setup_is_refused_before_it_changes_anything_if_a_file_of_the_keyring_is_missing(
    system: System, brought: Answers, medium: Path, name: str
) -> None:
    assert Keyring(system, brought).check() == TO_DO
    (medium / name).unlink()
    assert refusal(system, brought) == f"keyring: {medium / name} is missing"


@pytest.mark.parametrize("name", ["deployment", "root_key"])
def test_answers_that_differ_from_the_root_key_on_the_medium_are_refused(
    system: System, brought: Answers, medium: Path, name: str
) -> None:
    """A medium from an earlier version of the inbox has no file to compare, but its keyring is signed.

    A damaged file is named.
    """
    other = replace(brought, **{name: "A" * len(getattr(brought, name))})
    file = medium / ROOT_FILE
    assert refusal(system, other) == f"keyring: {file} differs from the answers"
    file.write_bytes(b"{")
    assert str(file) in refusal(system, other)
    file.unlink()
    assert f"keyring: the files in {medium} were refused: " in refusal(system, other)
    assert Keyring(system, brought).check() == TO_DO


def test_a_clock_that_contradicts_the_keyring_is_reported_before_anything_is_changed(
    system: System, brought: Answers, medium: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a slow clock, the site would refuse every report. On its first and last day, the keyring works."""
    (made := make_keyring(SITE)).save(medium)
    first, last = made.value.issued, made.value.valid_until
    for shown in (first - timedelta(days=1), last + timedelta(days=1)):
        monkeypatch.setattr(days, "today", lambda shown=shown: shown)
        assert refusal(system, brought) == (
            f"keyring: it is valid from {first} until {last}, but the clock shows {shown}"
        )
    for shown in (first, last):
        monkeypatch.setattr(days, "today", lambda shown=shown: shown)
        assert Keyring(system, brought).check() == TO_DO
