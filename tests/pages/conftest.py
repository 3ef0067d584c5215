"""Fixtures for the tests of pages: a file to attach, a portal, and a reporter with the offline form."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.offline_form import OfflineVisitor
from tests.support.page_visitor import FILE, Visitor
from tests.support.portal_site import PortalSite
from tests.support.swallowing_line import SwallowingLine, swallowing


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that the visitor can attach. The name of the file must stay secret."""
    made = tmp_path / "IMG_un nom.jpg"
    made.write_bytes(FILE)
    return made


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PortalSite]:
    """A portal that serves browsers; no visitor has opened a page yet."""
    made = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    with made.serving():
        yield made
    made.close()


@pytest.fixture
def offline_visitor(site: PortalSite, chromium: Browser, tmp_path: Path) -> Iterator[OfflineVisitor]:
    """A reporter with the portal's offline form on a stick."""
    made = OfflineVisitor(chromium, tmp_path / "stick", site.address)
    yield made
    made.close()


@pytest.fixture
def line(visitor: Visitor) -> Iterator[SwallowingLine]:
    """The visitor's connection to the portal. The test can make the connection drop all packets."""
    with swallowing(int(visitor.address.rpartition(":")[2])) as made:
        visitor.address = f"http://127.0.0.1:{made.port}"
        yield made
        visitor.page.goto("about:blank")  # closes the connections
