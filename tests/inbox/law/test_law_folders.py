"""Every inbox has a law and keeps a copy of the law's folder.

An inbox opens only while its copy is unchanged.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from inbox.law import in_use
from inbox.system.home import Home
from templates import shipped
from templates.law import folder
from tests.support.backup_media import Copies
from tests.support.inbox_builders import PASSPHRASE, Office, charter
from tests.support.inbox_trio import undone
from tests.support.paths import ROOT

FRENCH = shipped.JURISDICTIONS / "fr"
OTHER = ROOT / "tests" / "golden" / "jurisdictions" / "xx"


def law_folder(office: Office) -> Path:
    """Return the one law folder of a new inbox."""
    (found,) = Home(office.root).laws.iterdir()
    return found


def begun(folder: Path, *options: str | Path) -> tuple[Office, tuple[int, str]]:
    """Run `init` with these options. Return the inbox, and the exit code and the errors of the command."""
    folder.mkdir(exist_ok=True)
    office = Office(folder)
    office.secret.write_text(PASSPHRASE + "\n")
    names = ["--deployment", "Fanal", "--channel", "inspection", "--name-fr", "Nous", "--name-en", "We"]
    said = office.run("init", *names, *options)
    return office, (said.code, said.err)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("options", "law"), [([], FRENCH), (["--jurisdiction", "fr"], FRENCH), (["--jurisdiction", OTHER], OTHER)]
)
def test_a_new_inbox_keeps_a_copy_of_its_law(options: list[str | Path], law: Path, tmp_path: Path) -> None:
    """The copy of the folder is stored under its hash. The settings and the journal name that hash."""
    office, ended = begun(tmp_path, *options)
    assert (0, "") == ended
    files = folder.read(law)
    sha256 = folder.sha256(files).hex()
    assert (sha256, files) == (law_folder(office).name, folder.read(law_folder(office)))
    assert sha256 == office.json("office", "show")["law"]
    assert sha256 in office.run("office", "show").out
    began = office.json("journal", "list")["entries"][0]
    assert ("found", sha256) == (began["action"], began["values"]["law"])


@pytest.mark.usefixtures("quick")
def test_no_inbox_is_created_with_an_invalid_law(tmp_path: Path) -> None:
    """The error names the line with the mistake. A path that is not a folder is refused, too."""
    wrong = tmp_path / "wrong"
    shutil.copytree(OTHER, wrong)
    file = wrong / "retention.toml"
    file.write_text(file.read_text().replace('keep = "30 years"', 'keep = "thirty years"'))
    office, (code, err) = begun(tmp_path / "a", "--jurisdiction", wrong)
    assert (1, False) == (code, office.root.exists())
    assert "line 8: retention.toml: 'period.long.keep'" in err
    for nothing in ("de", tmp_path / "nothing", file):
        office, (code, err) = begun(tmp_path / "b", "--jurisdiction", nothing)
        assert (1, False, False) == (code, office.root.exists(), "it lacks" in err), err


@pytest.mark.usefixtures("quick")
def test_the_error_about_an_incomplete_law_folder_lists_all_missing_files(tmp_path: Path) -> None:
    """The error also names a file that does not belong in the folder."""
    less, more = tmp_path / "less", tmp_path / "more"
    shutil.copytree(OTHER, less)
    shutil.copytree(OTHER, more)
    for name in ("duties.toml", "words.toml"):
        (less / name).unlink()
    one_more(more)
    said = {
        less: f"{less} is not a law: it lacks duties.toml, words.toml\n",
        tmp_path: "is not a law: it lacks authorities.toml, deadlines.toml",
        more: "'notes.txt' is not known here",
    }
    for place, what in said.items():
        _, (code, err) = begun(tmp_path / "a", "--jurisdiction", place)
        assert (1, True) == (code, what in err), err
        assert "correct the file" not in err
        assert f"a law is a folder with exactly these files: {', '.join(folder.NAMES)}" in err


def removed(place: Path) -> None:
    shutil.rmtree(place)


def longer(place: Path) -> None:
    file = place / "retention.toml"
    file.write_text(file.read_text().replace('keep = "1 year"', 'keep = "9 years"'))


def commented(place: Path) -> None:
    with (place / "words.toml").open("a") as file:
        file.write("# nothing\n")


def one_more(place: Path) -> None:
    (place / "notes.txt").write_text("")


def linked(place: Path) -> None:
    place.rename(place.parent.parent / "elsewhere")
    place.symlink_to(place.parent.parent / "elsewhere")


def piped(place: Path) -> None:
    (place / "law.toml").unlink()
    os.mkfifo(place / "law.toml")


@pytest.mark.parametrize("change", [removed, longer, commented, one_more, linked, piped])
def test_an_inbox_does_not_open_if_its_law_folder_was_changed(
    office: Office, change: Callable[[Path], None]
) -> None:
    """The error names the folder. Once the folder is restored, the inbox opens again."""
    place = law_folder(office)
    change(place)
    said = office.run("queue", "list")
    assert (1, True) == (said.code, f"the law of this inbox is missing or was changed: {place}" in said.err)
    assert "restore that folder from a backup" in said.err
    place.unlink() if place.is_symlink() else shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(FRENCH, place)
    assert 0 == office.run("queue", "list").code


def test_a_backup_contains_every_law_that_was_ever_in_use(
    office: Office, copies: Copies, tmp_path: Path
) -> None:
    """The restored inbox uses the newest law, and still has the older law."""
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, folder.read(OTHER))
    both = {folder.sha256(folder.read(each)).hex(): folder.read(each) for each in (FRENCH, OTHER)}
    made = copies.of(office)
    restored, said = copies.restore(office, made, tmp_path / "back")
    assert (0, "") == (said.code, said.err)
    assert both == {each.name: folder.read(each) for each in Home(restored.root).laws.iterdir()}
    assert folder.sha256(folder.read(OTHER)).hex() == restored.json("office", "show")["law"]


def test_a_backup_without_the_law_in_use_is_not_restored(
    office: Office, copies: Copies, tmp_path: Path
) -> None:
    made = copies.of(office)
    (kept,) = (Path(made["folder"]) / "law").iterdir()
    (kept / "law.toml").unlink()
    restored, said = copies.restore(office, made, tmp_path / "back")
    assert (1, False) == (said.code, restored.root.exists())


def test_a_law_adopted_in_a_rolled_back_transaction_is_not_in_use(office: Office) -> None:
    other = folder.read(OTHER)
    with office.opened() as inbox:
        with undone(inbox) as session:
            assert folder.sha256(other) == in_use.adopt(session, other).sha256
        with inbox.transaction() as session:
            assert charter().law == folder.read(FRENCH)
            assert folder.sha256(charter().law) == in_use.of(session).sha256


def test_adopting_a_law_again_repairs_a_folder_that_was_changed(office: Office) -> None:
    """The repair also deletes what an interrupted attempt left."""
    place = law_folder(office)
    left = place.parent / f".{place.name}.0123456789abcdef.part"
    with office.opened() as inbox, inbox.transaction() as session:
        longer(place)
        left.mkdir()
        in_use.keep(session, folder.read(FRENCH))
    assert folder.read(FRENCH) == folder.read(place)
    assert [place] == list(place.parent.iterdir())
