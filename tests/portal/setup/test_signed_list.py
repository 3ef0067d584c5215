"""`fanal-portal publish`: a list that a visitor's check would reject changes nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from crypto import pages
from portal import config
from portal.app import load_questionnaire
from portal.errors import Refused
from portal.setup import cli, steps
from portal.setup.settings import CONFIGURATION
from portal.setup.signed_list import SignedList
from portal.setup.steps import DONE, TO_DO
from portal.setup.system import System
from portal.site import manifest
from tests.support.builders import today
from tests.support.portal_room import SITE
from tests.support.portal_server import Server


@pytest.fixture
def bare(tmp_path: Path) -> System:
    """A machine with the configuration of a portal, and with its user."""
    tree = tmp_path / "tree"
    (tree / "etc/fanal").mkdir(parents=True)
    (tree / "etc/passwd").write_text("portal:x:4321:4322::/:/bin/false\n")
    Server(tree / "etc/fanal", 8080).configure(manifest="")
    return System(tree)


def signed(bare: System, folder: Path, serial: int = 1, days: int = 30, seed: bytes | None = None) -> Path:
    """Write a signed list of this machine's pages to a folder, like a list that the inbox signed.

    Return the folder.
    """
    settings = config.load(bare.at(CONFIGURATION))
    until = today() + timedelta(days)
    raw = manifest.make(settings, load_questionnaire(settings), serial, until)
    folder.mkdir(exist_ok=True)
    (folder / pages.MANIFEST).write_bytes(raw)
    (folder / pages.SIGNATURE).write_bytes(pages.sign(raw, SITE.deployment, seed or SITE.root_seed))
    return folder


def snapshot(bare: System) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in bare.root.rglob("*") if each.is_file()}


def test_a_list_that_visitors_would_refuse_is_reported_and_changes_nothing(
    bare: System, tmp_path: Path
) -> None:
    [*steps.apply([SignedList(bare, signed(bare, tmp_path / "first", serial=5))])]
    before = snapshot(bare)
    other = signed(bare, tmp_path / "other", serial=6)
    (other / pages.MANIFEST).write_bytes((tmp_path / "first" / pages.MANIFEST).read_bytes())
    for folder, said in (
        (tmp_path / "none", "manifest.json"),
        (other, "is not signed by `root_key`"),
        (signed(bare, tmp_path / "thief", serial=6, seed=bytes(32)), "is not signed by `root_key`"),
        (signed(bare, tmp_path / "old", serial=6, days=-1), "the list was valid until"),
        (signed(bare, tmp_path / "lower", serial=4), "its serial 4 is not higher than 5"),
        (signed(bare, tmp_path / "same", serial=5, days=31), "its serial 5 is not higher than 5"),
    ):
        with pytest.raises(Refused) as caught:
            [*steps.apply([SignedList(bare, folder)])]
        assert said in str(caught.value)
        assert caught.value.hint
        assert snapshot(bare) == before


def test_a_list_of_other_pages_is_refused(bare: System, tmp_path: Path) -> None:
    """The administrator changed the configuration after the inbox had signed the list."""
    folder = signed(bare, tmp_path / "first")
    Server(bare.at("/etc/fanal"), 8080).configure(manifest="", leave_to="https://other.example/")
    assert "differs from the pages" in SignedList(bare, folder).check().what


@pytest.mark.parametrize("line", ['manifest = ""\n', "", 'manifest = "lists"\n'])
def test_a_signed_list_is_installed_once_and_named_in_the_configuration(
    bare: System, tmp_path: Path, line: str
) -> None:
    """If the configuration already names a folder, that setting remains.

    Only the portal can read the files.
    """
    file = bare.at(CONFIGURATION)
    file.write_text(file.read_text().replace('manifest = ""\n', line))
    step = SignedList(bare, signed(bare, tmp_path / "first"))
    assert step.check() == TO_DO
    step.apply()
    assert step.check() == DONE
    settings = config.load(file)
    found = manifest.load(settings)
    assert found
    assert found.pages.serial == 1
    assert settings.manifest == ("lists" if "lists" in line else "manifest")
    assert settings.manifest_path
    changed = [file] if "lists" not in line else []
    for each in (*changed, *settings.manifest_path.iterdir()):
        assert (each.stat().st_uid, each.stat().st_mode & 0o777) == (4321, 0o600)
    assert SignedList(bare, signed(bare, tmp_path / "next", serial=2)).check() == TO_DO


def test_the_earlier_list_and_configuration_are_restored_if_a_step_fails(
    bare: System, tmp_path: Path
) -> None:
    """Even an installed list with an invalid signature does not prevent the next list."""
    before = snapshot(bare)
    step = SignedList(bare, signed(bare, tmp_path / "first"))
    step.apply()
    step.undo()
    assert snapshot(bare) == before
    # The portal's user must still be able to read its configuration.
    assert bare.at(CONFIGURATION).stat().st_uid == 4321
    step.apply()
    (bare.at("/etc/fanal/manifest") / pages.SIGNATURE).write_bytes(bytes(64))
    assert SignedList(bare, signed(bare, tmp_path / "next")).check() == TO_DO


def test_no_list_is_published_before_the_portal_is_set_up(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.run(["publish", str(tmp_path)]) == 1
    assert "installed nothing here" in capsys.readouterr().err
