"""Fixtures: an exercise to copy."""

from pathlib import Path

import pytest

from inbox.keys import share_file
from tests.support.exercises import Training
from tests.support.inbox_builders import QUICK


@pytest.fixture(scope="session")
def founded_training(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """An exercise as it begins, to copy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(share_file, "LIMITS", QUICK)
        return Training.begun(tmp_path_factory.mktemp("begun") / "exercise")


@pytest.fixture
def training(founded_training: Training, tmp_path: Path) -> Training:
    """An exercise for this test only."""
    return founded_training.copy(tmp_path / "training")
