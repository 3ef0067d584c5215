"""Fixture: an office with a case for dossiers."""

import pytest

from tests.support import dossier_room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> dossier_room.Room:
    """An office with a case that has much to disclose. All tests of a module share this office."""
    return dossier_room.found(tmp_path_factory.mktemp("dossiers"))
