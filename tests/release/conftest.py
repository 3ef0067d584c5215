"""Fixtures for the tests of releases and media."""

from pathlib import Path

import pytest

from tests.support.medium import Medium


@pytest.fixture
def medium(tmp_path: Path) -> Medium:
    """A small signed medium."""
    return Medium.make(tmp_path)
