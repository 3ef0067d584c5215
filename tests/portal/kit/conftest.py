"""The kit with the shipped texts."""

import pytest

from portal.kit import folder, texts
from tests.support.kit_room import SHOWN


@pytest.fixture(scope="session")
def kit() -> dict[str, bytes]:
    """Each file by its path."""
    return folder.make(texts.load(texts.SHIPPED), SHOWN)
