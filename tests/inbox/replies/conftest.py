"""Fixtures: a reporter's slot after the next outbox, and a copy of the module's inbox."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crypto import bundle
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office, Reporter, Scene, World


@pytest.fixture
def told(office: Office, first_reporter: Reporter) -> Callable[[], Any]:
    """Return a function that makes the next outbox and reads the reporter's slot in it."""

    def read() -> Any:
        made = Path(office.json("exchange", "outbox", "--out", office.out)["file"])
        _, _, files = build.read_outbox(made, first_reporter.world)
        return build.read_slot(files[bundle.slot_name(first_reporter.keys.case_id)], first_reporter)

    return read


@pytest.fixture
def reported(founded_reported: Scene, tmp_path: Path) -> World:
    """A copy of the inbox from the module's fixture ``founded_reported``."""
    return founded_reported.copy(tmp_path).world
