"""Setup copies the texts of the site, and never changes a text that somebody edited."""

import errno
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from portal import config, files
from portal.config import Settings
from portal.errors import Refused
from portal.setup import cli, steps
from portal.setup.answers import Answers
from portal.setup.settings import CONFIGURATION, SHIPPED, Configuration, Folders, SiteTexts
from portal.setup.steps import DONE, TO_DO, State
from portal.setup.system import System
from portal.web import guide
from portal.web.guide import NAMES
from portal.web.translation import LANGUAGES
from tests.support import setup_kills
from tests.support.folder_machine import Machine
from tests.support.small_disk import small_disk

SHARED = {"kit.toml", "scenarios.toml"}
TEXTS = {f"{name}.{language}.toml" for name in NAMES for language in LANGUAGES} | SHARED


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
    return {each.name: each.read_bytes() for each in folder.iterdir() if not each.is_symlink()}


@pytest.fixture
def corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, bytes]]:
    """A function that lets the program ship corrected versions of texts. It returns their bytes."""

    def correct(*names: str) -> dict[str, bytes]:
        folder = tmp_path / "shipped"
        if not folder.exists():
            folder.mkdir()
            for name in TEXTS:
                shutil.copy(Settings().guide_folder / name, folder)
            monkeypatch.setattr(config, "_ROOM", folder)
        for name in names:
            with (folder / name).open("a") as text:
                text.write("# corrected\n")
        return {name: (folder / name).read_bytes() for name in names}

    return correct


def test_a_corrected_text_replaces_a_copy_that_nobody_edited(
    place: Path, corrected: Callable[..., dict[str, bytes]]
) -> None:
    """An edited copy and a link remain, even if nobody edited the target of the link."""
    texts = copied(place)
    (texts / "legal.fr.toml").write_text("edited")
    (texts / "rights.en.toml").rename(texts / "elsewhere.toml")
    (texts / "rights.en.toml").symlink_to("elsewhere.toml")
    before = content(texts)
    names = ("help.fr.toml", "help.en.toml", "legal.fr.toml", "rights.en.toml")
    new = corrected(*names)
    step = SiteTexts(place)
    assert step.check() == TO_DO
    assert content(texts) == before
    step.apply()
    assert step.said == (
        "replaced by the text of this version, because nobody had edited it: help.fr.toml, help.en.toml;"
        f" edited; compare with the text of this version in {Settings().guide_folder}:"
        " legal.fr.toml, rights.en.toml"
    )
    after = content(texts)
    assert {name for name in after if after[name] != before[name]} == {*names[:2], SHIPPED}
    assert {name: after[name] for name in names[:2]} == {name: new[name] for name in names[:2]}
    assert (texts / "rights.en.toml").readlink() == Path("elsewhere.toml")
    assert step.check() == DONE
    # The next correction also reaches the copies that were replaced.
    new = corrected("help.fr.toml")
    SiteTexts(place).apply()
    assert content(texts)["help.fr.toml"] == new["help.fr.toml"]


def test_administrators_can_see_which_texts_were_edited(place: Path) -> None:
    texts = copied(place)
    (texts / "legal.fr.toml").write_text("edited")
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet", SHIPPED], cwd=texts, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "legal.fr.toml: FAILED\n")


def test_a_text_that_was_copied_without_a_list_counts_as_edited(
    place: Path, corrected: Callable[..., dict[str, bytes]]
) -> None:
    """For example, somebody copied it from the package of another version. A damaged list lists nothing."""
    texts = copied(place)
    before = content(texts)
    corrected("help.fr.toml")
    shipped = Settings().guide_folder
    for damaged in (None, b"", b"\xff\n  rights.en.toml\n"):
        (texts / SHIPPED).unlink()
        if damaged is not None:
            (texts / SHIPPED).write_bytes(damaged)
        step = SiteTexts(place)
        assert step.check() == TO_DO
        step.apply()
        assert step.said == f"edited; compare with the text of this version in {shipped}: help.fr.toml"
        assert step.check() == DONE
    after = content(texts)
    assert {name for name in after if after[name] != before[name]} == {SHIPPED}


def test_after_a_failure_every_text_is_as_before(
    place: Path, corrected: Callable[..., dict[str, bytes]]
) -> None:
    """Replaced copies are restored, and so is the list."""
    texts = copied(place)
    (texts / "guide.fr.toml").unlink()
    before = content(texts)
    corrected("help.fr.toml", "rights.fr.toml")
    step = SiteTexts(place)
    step.apply()
    step.undo()
    assert content(texts) == before
    assert step.check() == TO_DO


def test_a_text_that_a_killed_run_replaced_still_counts_as_unedited(
    place: Path, corrected: Callable[..., dict[str, bytes]]
) -> None:
    texts = copied(place)
    for change in range(1, 20):
        new = corrected("help.fr.toml", "rights.fr.toml")
        killed = setup_kills.in_fork(lambda: [*steps.apply([SiteTexts(place)])], SiteTexts.title, change)
        copied(place)
        assert {name: content(texts)[name] for name in new} == new, change
        if not killed:
            break
    assert not killed
    assert change > 3
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in new.items()}
    assert digests.items() <= SiteTexts(place)._listed().items()


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
    assert content(copied(place)).keys() == {*TEXTS, SHIPPED}


def test_a_folder_that_cannot_be_written_is_reported_and_not_changed(place: Path) -> None:
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
    assert modes == dict.fromkeys({*TEXTS, SHIPPED}, 0o644)
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
    assert before.keys() == {*TEXTS, SHIPPED}
    assert cli.run(["uninstall"]) == 0
    assert "/etc/fanal: configuration, texts of the site, " in capsys.readouterr().out
    assert content(texts) == before
