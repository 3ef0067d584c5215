"""What the tests of pages start from, besides a visitor: a file to attach, a portal to look at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.page_visitor import FILE
from tests.support.portal_site import PortalSite


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that the visitor can attach, under a name that nobody should learn."""
    made = tmp_path / "IMG_un nom.jpg"
    made.write_bytes(FILE)
    return made


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PortalSite]:
    """A portal that is served to browsers, without a visitor."""
    made = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    with made.serving():
        yield made
    made.close()
