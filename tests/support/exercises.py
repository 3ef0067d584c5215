"""An inbox of an exercise, made as tests make a real inbox."""

from dataclasses import replace
from pathlib import Path

from inbox.setup.init import Root
from tests.support.inbox_builders import Office, charter


def found(folder: Path) -> Office:
    """Create the inbox of an exercise in ``folder``, with one officer and no reports."""
    folder.mkdir(exist_ok=True)
    return Office.found(folder, replace(charter(), root=Root.new(exercise=True)))
