"""Setup copies the texts of the site once, and never changes a text that is there."""

import errno
import os
from pathlib import Path
from unittest.mock import patch

import pytest

from portal import config, files
from portal.config import Settings
from portal.errors import Refused
from portal.setup import cli, steps
from portal.setup.answers import Answers
from portal.setup.settings import CONFIGURATION, Configuration, Folders, SiteTexts
from portal.setup.steps import DONE, TO_DO, State
from portal.setup.system import System
from portal.web import guide
from portal.web.guide import NAMES
from portal.web.translation import LANGUAGES
from tests.support.folder_machine import Machine
from tests.support.small_disk import small_disk

SHIPPED = {f"{name}.{language}.toml" for name in NAMES for language in LANGUAGES}


@pytest.fixture
def place(system: System, answers: Answers) -> Path:
    """The configuration that setup wrote, before any text was copied."""
    Folders(system).apply()
    Configuration(system, answers).apply()
    return system.at(CONFIGURATION)


def copied(place: Path) -> Path:
    """Copy the texts, and return their folder."""
    [*steps.apply([SiteTexts(place)])]
    return place.parent / "texts"


def content(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_an_edited_text_is_never_changed(place: Path) -> None:
    """A missing text is added, and named. Links count as texts, even if their target is missing."""
    texts = copied(place)
    (texts / "legal.fr.toml").write_text("edited")
    (texts / "help.fr.toml").write_text("")
    (texts / "rights.en.toml").unlink()
    (texts / "rights.en.toml").symlink_to("elsewhere.toml")
    assert SiteTexts(place).check() == DONE
    (texts / "guide.fr.toml").unlink()
    step = SiteTexts(place)
    assert step.check() == TO_DO
    step.apply()
    assert step.said == f"new in {texts}: guide.fr.toml"
    assert ((texts / "legal.fr.toml").read_text(), (texts / "help.fr.toml").read_text()) == ("edited", "")
    assert not (texts / "elsewhere.toml").exists()
    assert (texts / "guide.fr.toml").read_bytes() == (Settings().guide_folder / "guide.fr.toml").read_bytes()


@pytest.mark.parametrize("line", ["", 'guide = ""\n', 'guide = "/srv/texts"\n'])
def test_no_text_is_copied_if_the_configuration_does_not_name_the_folder(place: Path, line: str) -> None:
    place.write_text(place.read_text().replace('guide = "texts"\n', line))
    assert SiteTexts(place).check() == DONE
    assert not copied(place).exists()


def test_a_mistake_in_the_configuration_is_named(place: Path) -> None:
    place.write_text("workers = 1\n")
    found = SiteTexts(place).check()
    assert (found.state, "setting 'workers' has a wrong value" in found.what) == (State.IN_THE_WAY, True)
    assert found.hint


def test_copies_are_deleted_if_one_of_them_cannot_be_written(place: Path) -> None:
    """An edited text remains, and the next run copies the others."""
    texts = place.parent / "texts"
    with small_disk(texts, "12k"):
        (texts / "guide.fr.toml").write_text("edited")
        with pytest.raises(Refused, match="texts of the site: no space left") as caught:
            copied(place)
        assert "this step was undone" in caught.value.hint
        assert content(texts) == {"guide.fr.toml": b"edited"}
    texts.rmdir()
    assert content(copied(place)).keys() == SHIPPED


def test_a_read_only_folder_is_reported_and_remains_as_it_was(place: Path) -> None:
    texts = place.parent / "texts"
    with small_disk(texts, "1m") as change:
        (texts / "guide.fr.toml").write_text("edited")
        change("1m,ro")
        with pytest.raises(Refused, match="texts of the site: read-only file system"):
            copied(place)
        assert content(texts) == {"guide.fr.toml": b"edited"}


def test_nothing_is_left_of_a_first_copy_that_fails(place: Path) -> None:
    write = files.write

    def full(path: Path, pieces: list[bytes], mode: int) -> None:
        if path.name == "help.en.toml":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, pieces, mode)

    with patch.object(files, "write", full), pytest.raises(Refused):
        copied(place)
    assert [each.name for each in place.parent.iterdir()] == [place.name]


def test_every_text_can_be_read_by_everybody_and_used_by_the_portal(
    place: Path,
) -> None:
    """The umask of the administrator does not matter."""
    before = os.umask(0o077)
    try:
        texts = copied(place)
    finally:
        os.umask(before)
    assert texts.stat().st_mode & 0o777 == 0o755
    modes = {each.name: each.stat().st_mode & 0o777 for each in texts.iterdir()}
    assert modes == dict.fromkeys(SHIPPED, 0o644)
    settings = config.load(place)
    assert settings.guide_folder == texts
    for language in LANGUAGES:
        for name in NAMES:
            assert guide.load(settings.guide_folder, language, name)


def test_uninstall_keeps_the_texts_and_names_their_folder(
    system: System, answers: Answers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = Machine(system.root)
    monkeypatch.setattr(cli, "own_machine", lambda: machine)
    machine.configure(answers)
    texts = machine.at("/etc/fanal/texts")
    (texts / "legal.fr.toml").write_text("edited")
    before = content(texts)
    assert before.keys() == SHIPPED
    assert cli.run(["uninstall"]) == 0
    assert "/etc/fanal: configuration, texts of the site, " in capsys.readouterr().out
    assert content(texts) == before
