"""Installation steps: a failed step is undone, a second run does nothing, and a check changes nothing."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.errors import Refused
from portal.setup import steps
from portal.setup.steps import TO_DO, Found, State, done_if, in_the_way
from portal.setup.system import Failed


@dataclass
class Writes:
    """A step that writes a file in two halves, and may fail after the first half."""

    file: Path
    fails: BaseException | None = None
    obstacle: Found | None = None
    stays: Failed | None = None
    said: str = ""

    @property
    def title(self) -> str:
        return self.file.name

    def check(self) -> Found:
        return self.obstacle or done_if(done=self.file.exists() and self.file.read_text() == "both halves")

    def apply(self) -> None:
        self.file.write_text("both")
        if self.fails:
            raise self.fails
        self.file.write_text("both halves")

    def undo(self) -> None:
        if self.stays:
            raise self.stays
        self.file.unlink(missing_ok=True)


@pytest.mark.parametrize(
    "error", [Failed("nginx: no such module"), OSError(28, "No space left on device"), KeyboardInterrupt()]
)
def test_a_failed_step_is_undone_and_earlier_steps_are_kept(tmp_path: Path, error: BaseException) -> None:
    """The disk may be full, a program may fail, or somebody may press Ctrl-C.

    The next run continues with the failed step.
    """
    one, two, three = (Writes(tmp_path / name) for name in ("one", "two", "three"))
    two.fails = error
    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else Refused) as caught:
        [*steps.apply([one, two, three])]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one"]
    if isinstance(caught.value, Refused):
        assert str(caught.value).startswith("two: ")
        assert "this step was undone" in caught.value.hint
    two.fails = None
    assert [each.title for each in steps.apply([one, two, three])] == ["two", "three"]


def test_a_step_that_can_neither_be_finished_nor_undone_reports_both_reasons(tmp_path: Path) -> None:
    step = Writes(tmp_path / "one", fails=Failed("no such module"), stays=Failed("nginx does not stop"))
    with pytest.raises(Refused, match="one: no such module") as caught:
        [*steps.apply([step])]
    assert "this step could not be undone (one: nginx does not stop)" in caught.value.hint


def test_the_other_steps_are_undone_even_if_one_cannot_be_undone(tmp_path: Path) -> None:
    one, two, three = (Writes(tmp_path / name) for name in ("one", "two", "three"))
    [*steps.apply([one, two, three])]
    two.stays = Failed("nginx does not stop")
    with pytest.raises(Refused, match="two: nginx does not stop"):
        steps.undo([one, two, three])
    assert [each.name for each in tmp_path.iterdir()] == ["two"]


def test_nothing_is_done_if_a_later_step_has_an_obstacle(tmp_path: Path) -> None:
    one = Writes(tmp_path / "one")
    two = Writes(tmp_path / "two", obstacle=in_the_way("another program uses port 443", "stop it"))
    with pytest.raises(Refused, match="two: another program uses port 443") as caught:
        [*steps.apply([one, two])]
    assert (caught.value.hint, [*tmp_path.iterdir()]) == ("stop it", [])


def test_a_second_run_does_nothing(tmp_path: Path) -> None:
    both = [Writes(tmp_path / "one"), Writes(tmp_path / "two")]
    assert len([*steps.apply(both)]) == 2
    before = {each.name: each.stat().st_mtime_ns for each in tmp_path.iterdir()}
    assert [*steps.apply(both)] == []
    assert before == {each.name: each.stat().st_mtime_ns for each in tmp_path.iterdir()}


def test_a_check_reports_the_state_of_each_step_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("both halves")
    obstacle = in_the_way("old", "new")
    found = [
        *steps.checked(
            [
                Writes(tmp_path / "one"),
                Writes(tmp_path / "two"),
                Writes(tmp_path / "three", obstacle=obstacle),
            ]
        )
    ]
    assert [state for _, state in found] == [Found(State.DONE), TO_DO, obstacle]
    assert [each.name for each in tmp_path.iterdir()] == ["one"]
