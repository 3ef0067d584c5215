"""The picture sheets show every page of the portal, and no part of a picture is lost."""

import re
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from PIL.ImageColor import getrgb
from playwright.sync_api import expect

from templates.catalogues import LANGUAGES
from tests.support import contact_sheets, page_sheets, page_states
from tests.support.contact_sheets import Sheets
from tests.support.page_sheets import NOWHERE, SCHEMES, SCREENS, Camera
from tests.support.page_visitor import Visitor
from tests.support.portal_site import PortalSite
from tests.support.routes import addresses


def missing(site: PortalSite, shown: Sequence[str]) -> set[str]:
    """Return the routes that answer with a page but are not shown.

    All unknown addresses count as one page.
    """
    pages = set()
    for path in addresses(site.app):
        answer = site.client.get(path)
        if answer.mimetype == "text/html":
            pages.add(path if answer.status_code == 200 else NOWHERE)
    return pages - {*shown}


def test_the_sheets_show_every_page_of_the_portal(site: PortalSite) -> None:
    """The control leaves out one page."""
    shown = [path for language in LANGUAGES for path in page_sheets.routes(site, language)]
    assert missing(site, shown) == set()
    assert missing(site, [path for path in shown if path != "/fr/paper"]) == {"/fr/paper"}


def test_the_sheets_include_a_small_phone_and_a_usual_phone_and_a_tablet_and_a_wide_screen() -> None:
    assert {320, 360, 768, 1280} <= set(SCREENS)


def test_the_sheets_show_a_page_at_each_width_and_in_both_colour_schemes_and_on_paper(
    visitor: Visitor, tmp_path: Path
) -> None:
    folder = tmp_path / "sheets"
    camera = Camera(folder, "fr")
    visitor.visit("fr/before")
    camera.take(visitor.page, "before")
    index = camera.close()
    screens = {f"{width}-fr-{scheme}-01.png" for width in SCREENS for scheme in SCHEMES}
    assert screens | {"print-fr-01.png"} == {*index} == {path.name for path in folder.iterdir()}
    assert all(captions[0].endswith("before") for name, captions in index.items() if name in screens)
    assert index["print-fr-01.png"][0].startswith("before, page 1 of ")


def test_a_page_that_would_change_soon_keeps_its_state_while_its_pictures_are_taken(
    visitor: Visitor, tmp_path: Path
) -> None:
    """The page would forget the pressed key after five seconds.

    In the control, the clock of the page continues to run.
    """
    page = visitor.page
    states = page_states.leave(visitor, tmp_path)
    _, pressed = next(states)
    camera = Camera(tmp_path / "sheets", visitor.language, [320])
    before = page.evaluate("Date.now()")
    camera.take(page, "pressed")
    expect(page.locator(pressed)).to_have_text(re.compile("2"))
    assert page.evaluate("Date.now()") == before
    page.clock.resume()
    page.wait_for_function("(before) => Date.now() > before", arg=before)


def test_the_picture_of_a_danger_shows_the_notices_that_the_page_delays(
    visitor: Visitor, tmp_path: Path
) -> None:
    """The test takes the picture at once, without waiting after it has reached the state."""
    states = page_states.write(visitor, tmp_path)
    assert any(name.startswith("danger") for name, _ in states)
    for notice in ("[data-field=danger_now] [data-danger]", "[data-field=how_many] .notice", "#channels"):
        assert visitor.page.locator(notice).locator("visible=true").count() == 1, notice


def test_a_tall_picture_is_cut_into_pieces_and_a_full_sheet_is_followed_by_another(tmp_path: Path) -> None:
    width, height = contact_sheets.SIZE
    sheets = Sheets(tmp_path, "x", "title", 1)
    tall = Image.new("RGB", (width // 2 - 50, height * 3 // 2), "red")
    tall.paste("blue", (0, tall.height - 10, tall.width, tall.height))
    sheets.add(tall, "tall")
    sheets.add(Image.new("RGB", (100, 100), "lime"), "short")
    sheets.add(tall, "again")
    sheets.write()
    assert sheets.index == {
        "x-01.png": ["1/2 tall", "2/2 tall", "short"],
        "x-02.png": ["1/2 again", "2/2 again"],
    }
    first = Image.open(tmp_path / "x-01.png").convert("RGB").getcolors(width * height)
    assert first
    counted = {colour: count for count, colour in first}
    assert counted[getrgb("blue")] == tall.width * 10
    assert counted[getrgb("red")] == tall.width * (tall.height - 10)
    assert counted[getrgb("lime")] == 100 * 100
