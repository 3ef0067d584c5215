"""Check and do single steps of setup."""

from portal.setup.steps import TO_DO, Found, State, Step
from portal.setup.system import System


def done(step: Step) -> None:
    """Check that a step is not done yet, do it, and check that it is done."""
    assert step.check() == TO_DO
    step.apply()
    assert step.check().state is State.DONE


def obstacle(found: Found) -> str:
    """Return the obstacle that prevents a step."""
    assert found.state is State.IN_THE_WAY
    assert found.hint
    return found.what


def snapshot(system: System) -> dict[str, tuple[int, int]]:
    """Return every file and folder of a machine with its mode and the time of its last change."""
    return {
        str(each): (each.lstat().st_mode, each.lstat().st_mtime_ns) for each in sorted(system.root.rglob("*"))
    }
