"""An inbox of an exercise, made as tests make a real inbox."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from crypto import casetoken
from inbox.exercise import begin, courier, release, state
from inbox.exercise.release import Turn
from inbox.keys.officers import Credential
from inbox.setup.init import Charter, Root
from inbox.vault import queries_cases
from tests.support.inbox_builders import Office, charter, today


def chartered() -> Charter:
    """Return the choices for an exercise that is otherwise like the real inbox of the tests."""
    return replace(charter(), root=Root.new(exercise=True))


def found(folder: Path) -> Office:
    """Create the inbox of an exercise in ``folder``, with one officer and no reports."""
    folder.mkdir(exist_ok=True)
    return Office.found(folder, chartered())


AT = "2026-12-02 09:00"


class Training:
    """An exercise as `inbox office exercise begin` makes it. The officers morel and keller open its inbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.office = _Opened(folder, begin.OFFICERS[: begin.QUORUM])

    @classmethod
    def begun(cls, folder: Path) -> "Training":
        """Begin an exercise in ``folder``."""
        begin.begin(folder, today(), AT)
        return cls(folder)

    def copy(self, folder: Path) -> "Training":
        """Return a copy in ``folder``."""
        shutil.copytree(self.folder, folder)
        return Training(folder)

    def release(self, step: str = "") -> Turn:
        """Release a step as the trainer does."""
        return release.step(self.folder, step, today(), AT)

    def collect(self) -> Any:
        """Collect the newest bundle on the medium; return the JSON."""
        known = state.load(self.folder)
        path = self.folder / state.MEDIUM / f"{known.channel}-{known.last.n}.tar"
        given = ("--confirm-instance", courier.fingerprint(known))
        return self.office.json("exchange", "collect", path, *given)[0]

    def case(self, report: str, *, declared: bool = False) -> int:
        """Return the number of the case of a report, which the officers may have declared."""
        known = state.load(self.folder)
        keys = casetoken.derive(known.player(report).token, known.deployment)
        with self.office.opened() as inbox, inbox.transaction() as session:
            number = queries_cases.numbers_by_case_id(session)[keys.case_id]
        if declared:
            self.office.json("case", "declare", str(number))
        return number


class _Opened(Office):
    """The inbox of an exercise, with the shares and passphrases that the exercise made."""

    def __init__(self, folder: Path, present: Sequence[str] = ()) -> None:
        super().__init__(folder, present)
        self.shares = folder / state.OFFICERS

    def of(self, *names: str) -> "_Opened":
        """Return the same inbox with these officers present."""
        return _Opened(self.root.parent, names)

    def bring(self, _: str = "") -> list[Credential]:
        """Return the credentials of the present officers."""
        return [
            Credential(self.share_of(each).read_bytes(), self.secret_of(each).read_text("utf-8").strip())
            for each in self.present
        ]
