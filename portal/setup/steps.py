"""A step of the installation, and the functions that check, apply and undo all steps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from portal.errors import Refused, why
from portal.setup.system import Failed


class State(Enum):
    """The state of a step on this machine."""

    DONE = "done"
    TO_DO = "would do"
    IN_THE_WAY = "in the way"


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a check.

    If something is in the way, ``what`` names the obstacle, and ``hint`` names the remedy. If a step is done,
    ``what`` may contain a warning. ``expires`` is the day on which the result of the step expires, as
    YYYY-MM-DD.
    """

    state: State
    what: str = ""
    hint: str = ""
    expires: str = ""


DONE, TO_DO = Found(State.DONE), Found(State.TO_DO)


def done_if(*, done: bool) -> Found:
    """Return DONE or TO_DO."""
    return DONE if done else TO_DO


def in_the_way(what: str, hint: str) -> Found:
    """Return the result for a step that cannot be done because of an obstacle."""
    return Found(State.IN_THE_WAY, what, hint)


class Step(Protocol):
    """One change to the machine. ``title`` names the result of the change.

    ``said`` is a text for the administrator to note, or empty before ``apply``.
    """

    title: str
    said: str

    def check(self) -> Found:
        """Return the state of the step. This changes nothing."""

    def apply(self) -> None:
        """Make the change.

        If the change raises Failed, OSError or Refused, ``undo`` must remove the unfinished change.
        """

    def undo(self) -> None:
        """Restore the state before ``apply``, even after a partial change.

        A portal that was running must keep running. If ``apply`` was not called, undo the change of an
        earlier run. Data that only an administrator may delete is kept. Raises Failed or OSError.
        """


def checked(steps: Iterable[Step]) -> Iterator[tuple[Step, Found]]:
    """Yield each step with its state."""
    for step in steps:
        yield step, step.check()


def apply(steps: Sequence[Step]) -> Iterator[Step]:
    """Do the steps that are not done, and yield each step once it is done.

    If something is in the way of a step, raises Refused before anything is changed. Also raises Refused at
    the first step that fails. The failed step is then undone, and the steps before it stay done.
    """
    before = [*checked(steps)]
    for step, found in before:
        _refuse(step, found)
    if all(found.state is State.DONE for _, found in before):
        return
    for step in steps:
        # An earlier step may have changed the state of this step.
        found = step.check()
        _refuse(step, found)
        if found.state is State.TO_DO:
            _apply(step)
            yield step


def apply_all(steps: Sequence[Step]) -> Iterator[Step]:
    """Do the steps that are not done, and yield each step once it is done. If a step fails, undo all steps.

    Nothing is changed if something is in the way of a step. If a step cannot be done, all steps are undone,
    even those of an earlier run. A failure raises Refused, which reports whether the machine is in its
    earlier state. If a step cannot be undone, the steps before it stay done, because they may rely on each
    other.
    """
    step = steps[0]
    try:
        for step in steps:
            _refuse(step, step.check())
        for step in steps:
            # An earlier step may have changed the state of this step.
            found = step.check()
            _refuse(step, found)
            if found.state is State.TO_DO:
                step.apply()
                yield step
    except BaseException as error:
        why_not = _first_not_undone(steps)
        if isinstance(error, OSError | Failed | Refused):
            raise _told(step, error, why_not) from error
        raise


def _first_not_undone(steps: Sequence[Step]) -> str:
    """Undo steps in reverse order until a step cannot be undone; return the reason, or an empty text."""
    return next((why_not for step in reversed(steps) if (why_not := _undo(step))), "")


def _told(step: Step, error: OSError | Failed | Refused, why_not: str) -> Refused:
    """Return what an administrator must know. The message of Refused already names the step."""
    reason, hint = str(error), error.hint if isinstance(error, Refused) else "fix the cause"
    if not isinstance(error, Refused):
        reason = f"{step.title}: {_reason(error)}"
    state = f"not everything could be undone: {why_not}" if why_not else "everything is as before"
    return Refused(f"{reason}; {state}", f"{hint}, then run the same command again")


def undo(steps: Sequence[Step]) -> None:
    """Undo all steps, in reverse order. Raises Refused at the end if some steps could not be undone."""
    failed = [why_not for step in reversed(steps) if (why_not := _undo(step))]
    if failed:
        raise Refused(
            "; ".join(failed), "all other steps were undone; fix the cause, then run the same command again"
        )


def _refuse(step: Step, found: Found) -> None:
    if found.state is State.IN_THE_WAY:
        raise Refused(f"{step.title}: {found.what}", found.hint)


def _apply(step: Step) -> None:
    try:
        step.apply()
    except BaseException as error:
        why_not = _undo(step)
        if isinstance(error, OSError | Failed):
            state = f"this step could not be undone ({why_not})" if why_not else "this step was undone"
            raise Refused(
                f"{step.title}: {_reason(error)}",
                f"{state}; fix the cause, then run the same command again",
            ) from error
        raise


def _undo(step: Step) -> str:
    """Undo a step; return why it could not be undone, or an empty text."""
    try:
        step.undo()
    except (OSError, Failed) as error:
        return f"{step.title}: {_reason(error)}"
    return ""


def _reason(error: OSError | Failed) -> str:
    return why(error) if isinstance(error, OSError) else str(error)
