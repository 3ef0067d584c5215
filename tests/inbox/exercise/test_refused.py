"""An exercise refuses real inboxes, other exercises, and steps that cannot be released."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from crypto import exercise as deployments
from inbox.exercise import begin, release, state
from inbox.exercise.programme import Later
from inbox.language.errors import HomeRefused, Refused
from tests.support import exercises
from tests.support.exercises import AT, Training
from tests.support.inbox_builders import Office, today


def test_an_exercise_begins_only_in_a_new_folder(office: Office) -> None:
    """It never begins in the home of a real inbox, nor in the folder of an earlier exercise."""
    before = sorted(office.root.rglob("*"))
    for folder in (office.root, office.root.parent):
        with pytest.raises(HomeRefused, match="already exists"):
            begin.begin(folder, today(), AT)
    assert before == sorted(office.root.rglob("*"))


@pytest.mark.parametrize("words", [("list",), ("release",), ("debrief",)])
def test_a_folder_that_is_no_exercise_is_refused(office: Office, words: tuple[str]) -> None:
    """For example, the home of a real inbox."""
    said = office.run("office", "exercise", *words, office.root)
    assert (1, True) == (said.code, "is not the folder of an exercise" in said.err)


def test_a_state_that_names_a_real_deployment_is_refused(training: Training) -> None:
    """So nobody can make the pretended portal sign bundles for a real inbox."""
    known = state.load(training.folder)
    state.save(training.folder, replace(known, deployment=deployments.draw(exercise=False)))
    with pytest.raises(Refused, match="is not the folder of an exercise"):
        state.load(training.folder)
    (training.folder / state.TRAINER / "exercise.json").write_bytes(b"{}")
    with pytest.raises(Refused, match="is not the folder of an exercise"):
        release.step(training.folder, "", today(), AT)


@pytest.mark.parametrize(
    "at", ["", "yesterday", "2026-02-31 09:00", "2026-12-02 24:30", "2026-12-02 09:00:00"]
)
def test_a_state_with_a_moment_that_does_not_exist_is_refused(training: Training, at: str) -> None:
    """It is no fault of the program. The control is the minute that the program wrote."""
    file = training.folder / state.TRAINER / "exercise.json"
    whole = file.read_text()
    assert whole.count(f'"at":"{AT}"') == 1
    file.write_text(whole.replace(AT, at))
    for command in ("list", "release", "run"):
        said = training.office.run("office", "exercise", command, training.folder)
        assert (1, True) == (said.code, "is not the folder of an exercise" in said.err)
    file.write_text(whole)
    assert state.load(training.folder).released[0].at == AT


def test_a_real_inbox_has_no_debrief(training: Training, office: Office) -> None:
    said = office.run("office", "exercise", "debrief", training.folder)
    assert (1, True) == (said.code, "this inbox is real" in said.err)


def test_the_inbox_of_another_exercise_has_no_debrief_here(training: Training, tmp_path: Path) -> None:
    other = exercises.found(tmp_path / "other")
    said = other.run("office", "exercise", "debrief", training.folder)
    assert (1, True) == (said.code, "belongs to another exercise" in said.err)


def test_an_outbox_of_a_real_inbox_is_refused(training: Training, office: Office) -> None:
    """The refusal says that it is real, and the outbox stays on the medium."""
    medium = training.folder / state.MEDIUM
    office.json("exchange", "outbox", "--out", medium)
    with pytest.raises(Refused, match="belongs to a real deployment, and this is an exercise"):
        release.step(training.folder, "", today(), AT)
    assert (medium / "outbox-inspection-1.tar").exists()
    assert ["arrivals"] == state.steps_released(state.load(training.folder))


def test_an_outbox_that_skips_another_is_refused(training: Training) -> None:
    """As a portal would refuse it; the same outbox twice is no mistake."""
    medium = training.folder / state.MEDIUM
    for _ in range(2):
        training.office.json("exchange", "outbox", "--out", medium)
    first, second = (medium / f"outbox-inspection-{n}.tar" for n in (1, 2))
    first.rename(kept := training.folder / "kept.tar")
    with pytest.raises(Refused, match="does not follow outbox 0"):
        release.step(training.folder, "", today(), AT)
    shutil.copy(kept, first)
    shutil.copy(second, newest := training.folder / "newest.tar")
    release.step(training.folder, "", today(), AT)
    assert not second.exists()
    for again, place in ((kept, first), (newest, second)):
        shutil.copy(again, place)
        assert not release.step(training.folder, "", today(), AT).read


def test_a_step_that_was_interrupted_is_released_again(
    training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine fails after the bundle was written. No report is lost, and no answer."""
    training.collect()
    medium = training.folder / state.MEDIUM
    training.office.json("exchange", "outbox", "--out", medium)
    before = state.load(training.folder)
    with monkeypatch.context() as patch:
        patch.setattr(state, "save", _no_power)
        with pytest.raises(OSError, match="no power"):
            training.release("conflict")
    written = (medium / "inspection-2.tar").read_bytes()
    assert before == state.load(training.folder)
    assert 11 == len(training.release("conflict").read)
    assert written != (medium / "inspection-2.tar").read_bytes()
    training.collect()
    # The officer keller is excluded from the case that names keller.
    assert 12 == len(training.office.of("morel", "dasilva").json("case", "list")["cases"])
    assert not [*medium.glob("outbox-*")]


def _no_power(*_: object) -> None:
    raise OSError("no power")


def test_a_step_is_released_once_and_only_if_it_exists(training: Training) -> None:
    with pytest.raises(Refused, match="no step lunch is left"):
        release.step(training.folder, "lunch", today(), AT)
    with pytest.raises(Refused, match="no step arrivals is left"):
        release.step(training.folder, "arrivals", today(), AT)
    while release.left(state.load(training.folder)):
        release.step(training.folder, "", today(), AT)
    with pytest.raises(Refused, match="every step of this exercise was released"):
        release.step(training.folder, "", today(), AT)


def test_a_reporter_who_has_not_reported_cannot_write_again(training: Training) -> None:
    nobody = replace(state.load(training.folder), players=())
    with pytest.raises(Refused, match="the report container was not released"):
        release._writer(nobody, Later("container", "prosecutor", "x", ()))
