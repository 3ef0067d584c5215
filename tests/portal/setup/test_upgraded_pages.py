"""`fanal-portal upgrade` also publishes the pages of the new version, or says that it could not."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from portal.errors import Refused
from portal.setup import cli
from portal.setup.pages import PAGES, Pages
from portal.setup.settings import CONFIGURATION
from portal.setup.system import Failed, System
from portal.setup.upgrade import command
from tests.support.upgrades import Portal, program


class Tree(System):
    """A machine in a folder, without services."""

    def control(self, *words: str) -> None:
        assert words[0] in {"try-reload-or-restart", "try-restart"}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A machine with the pages of the earlier version."""
    made = Tree(tmp_path / "tree")
    for name in ("/run", "/etc/fanal", PAGES):
        made.at(name).mkdir(parents=True)
    made.at(CONFIGURATION).touch()
    page(made).write_text("earlier")
    return made


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Portal]:
    """A portal whose machine has the next version."""
    made = Portal(tmp_path, "sqlite:///portal.sqlite").make()
    with program(made.new):
        yield made


def page(tree: Tree) -> Path:
    return tree.at(f"{PAGES}/index.html")


def upgraded(tree: Tree, installed: Portal) -> list[str]:
    return [step.title for step in command._applied(tree, installed.upgrade)]


def test_after_an_upgrade_the_pages_are_those_of_the_new_version(
    tree: Tree, installed: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If there is nothing to upgrade, the pages stay as they are."""
    (fresh := tmp_path / "fresh").mkdir()
    (fresh / "index.html").write_text("new")

    @contextmanager
    def frozen(_: Pages) -> Iterator[Path]:
        yield fresh

    monkeypatch.setattr(Pages, "_frozen", frozen)
    assert upgraded(tree, installed)[-2:] == ["portal started", f"pages in {PAGES}"]
    assert page(tree).read_text() == "new"
    (fresh / "index.html").write_text("newer")
    assert upgraded(tree, installed) == []
    assert page(tree).read_text() == "new"


def test_if_the_new_version_cannot_make_its_pages_the_earlier_pages_remain(
    tree: Tree, installed: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def frozen(_: Pages) -> Iterator[Path]:
        raise Failed("portal: failed", "error: texts: line 3; hint: correct the file")
        yield

    monkeypatch.setattr(Pages, "_frozen", frozen)
    with pytest.raises(Refused, match="the new version runs, but with the pages of the earlier") as caught:
        upgraded(tree, installed)
    assert "texts: line 3" in str(caught.value)
    assert "run `fanal-portal setup`" in caught.value.hint
    assert page(tree).read_text() == "earlier"


def test_a_second_upgrade_and_its_check_succeed_and_say_that_there_is_nothing_to_do(
    tree: Tree, installed: Portal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the upgrade, the check does not succeed."""
    monkeypatch.setattr(Pages, "_frozen", lambda _: nullcontext(page(tree).parent))
    for name, made in (
        ("own_machine", lambda: tree),
        ("Side", lambda _: installed.upgrade.side),
        ("Units", lambda _: installed.units),
        ("progress", lambda _: installed.progress),
    ):
        monkeypatch.setattr(command, name, made)
    assert cli.run(["upgrade", "--check"]) == 1
    assert "would do: tables of this version" in capsys.readouterr().out
    assert cli.run(["upgrade"]) == 0
    assert "the new version runs" in capsys.readouterr().out
    assert cli.run(["upgrade"]) == 0
    assert capsys.readouterr().out == "there is nothing to upgrade\n"
    assert cli.run(["upgrade", "--check"]) == 0
    assert "would do" not in capsys.readouterr().out
