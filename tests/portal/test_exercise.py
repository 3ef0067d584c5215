"""No portal serves an exercise: neither its settings nor its setup nor its keyring are accepted."""

import shutil
from pathlib import Path

import pytest

from crypto import base64url, exercise
from crypto.keyring import ROOT, ROOT_FILE, Root
from portal import config
from portal.errors import BadConfiguration, Refused
from portal.exchange import keyrings
from portal.setup import answers
from tests.support.builders import Site, make_keyring
from tests.support.portal_room import Room
from tests.support.setup_answers import GOOD

EXERCISE = exercise.draw(exercise=True)


def test_the_settings_of_an_exercise_are_refused(tmp_path: Path) -> None:
    """The error says what the id is, and what to do. Another id is accepted."""
    file = tmp_path / "portal.toml"
    file.write_text(f'deployment = "{base64url.encode(EXERCISE)}"')
    with pytest.raises(BadConfiguration, match="deployment id of an exercise") as caught:
        config.load(file)
    assert caught.value.hint == "no portal serves an exercise: take the keyring of the real inbox"
    file.write_text(f'deployment = "{base64url.encode(exercise.draw(exercise=False))}"')
    assert config.load(file)


def test_setup_refuses_the_answers_of_an_exercise(tmp_path: Path) -> None:
    """An administrator may have been handed the wrong medium, or the wrong paper."""
    file = tmp_path / "answers.toml"
    file.write_bytes(GOOD.encode().replace(GOOD.deployment.encode(), base64url.encode(EXERCISE).encode()))
    with pytest.raises(BadConfiguration, match="deployment id of an exercise"):
        answers.read(file)


def test_setup_refuses_the_medium_of_an_exercise(tmp_path: Path) -> None:
    """Before it asks anybody to compare a fingerprint."""
    (tmp_path / ROOT_FILE).write_bytes(ROOT.encode(Root(EXERCISE, bytes(32))))
    with pytest.raises(BadConfiguration, match="deployment id of an exercise"):
        answers._confirmed_root(tmp_path, GOOD)


def test_a_portal_does_not_publish_the_keyring_of_an_exercise(sqlite_room: Room) -> None:
    """Not even if the exercise has the portal's own root key, and the keyring in use is unchanged."""
    room = sqlite_room
    made = make_keyring(Site(deployment=EXERCISE, root_seed=room.site.root_seed), 9)
    folder = made.save(room.folder / "keyring")
    before = room.state()
    with pytest.raises(Refused, match="keyring belongs to an exercise"):
        keyrings.load(room.database, folder, room.settings, room.day)
    assert room.state() == before
    shutil.rmtree(folder)
    keyrings.load(room.database, make_keyring(room.site, 9).save(folder), room.settings, room.day)
