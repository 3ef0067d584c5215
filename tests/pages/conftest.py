"""Fixtures of the tests of pages, besides a visitor: a file to attach, and a portal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.page_visitor import FILE, Visitor
from tests.support.portal_site import PortalSite


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that the visitor can attach. Its name must stay secret."""
    made = tmp_path / "IMG_un nom.jpg"
    made.write_bytes(FILE)
    return made


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PortalSite]:
    """A portal that serves browsers, without a visitor."""
    made = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    with made.serving():
        yield made
    made.close()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """An open report in English."""
    visitor.visit("en/report")
    expect(visitor.page.locator("#what")).to_be_visible()
    return visitor.page
