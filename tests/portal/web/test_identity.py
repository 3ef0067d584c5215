"""The identity of the inspectorate: its name, a harmless logo, and a colour with enough contrast."""

import re
import struct
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from playwright.sync_api import Browser, Page, expect

from crypto.keyring import Texts
from portal import config
from portal.app import create_app, load_questionnaire
from portal.config import Colour, Settings
from portal.errors import BadConfiguration
from portal.site import site_files
from portal.web import assets, colours, logo, pages
from tests.support.markup import Markup
from tests.support.portal_site import PortalSite

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">{}</svg>'
SHAPE = '<path d="M0 0h8v8z" fill="#1b5675"/>'
READABLE = Colour(light="#7a1f5c", dark="#f0a8d8")
# A logo with the largest width that the page allows.
WIDE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10"><path d="M0 0h30v10z"/></svg>'
NAMES = {
    "short": "Inspection des douanes",
    "longest": "Inspection générale des douanes et droits indirects, région Nord Pas-de-Calais",
}
LARGE = "document.documentElement.style.fontSize = '34px'"  # twice the font size of the style sheet
# The parts of the logo and name that are cut off, and the parts that are visible.
SHOWN = """() => {
  const shown = { cut: [], seen: [] };
  for (const each of document.querySelectorAll(".brand img, .brand span, .owner > span")) {
    const [part, box] = [each, each.parentElement].map((one) => one.getBoundingClientRect());
    if (part.left >= box.right || part.top >= box.bottom) continue;
    const isWhole = part.left >= box.left && part.right <= box.right + 1 && part.top >= box.top
      && part.bottom <= box.bottom && part.right <= innerWidth;
    shown[isWhole ? "seen" : "cut"].push(each.textContent || each.tagName);
  }
  return shown;
}"""


def png(width: int = 4, height: int = 4, **text: str) -> bytes:
    info, file = PngImagePlugin.PngInfo(), BytesIO()
    for name, value in text.items():
        info.add_text(name, value)
    Image.new("RGB", (width, height), "navy").save(file, "PNG", pnginfo=info)
    return file.getvalue()


def with_logo(folder: Path, content: bytes | str) -> Settings:
    """Return settings with this logo. The name of the file does not show the type of the file."""
    (folder / "logo").write_bytes(content if isinstance(content, bytes) else content.encode())
    return Settings(logo="logo", folder=folder)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<script>alert(1)</script>", "contains <script>"),
        ('<script href="/static/js/report.french.js"/>', "contains <script>"),
        ("<style>path { fill: red }</style>", "contains <style>"),
        ('<a href="https://example.org/"><path d=""/></a>', "contains <a>"),
        ('<image href="https://example.org/x.png"/>', "contains <image>"),
        ('<use href="#x"/>', "contains <use>"),
        ('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>', "<foreignObject>"),
        ('<p xmlns="http://www.w3.org/1999/xhtml">x</p>', "contains <p>"),
        ('<animate attributeName="href" to="javascript:alert(1)"/>', "contains <animate>"),
        ("<metadata>Zoé</metadata>", "contains <metadata>"),
        ('<path d="" onclick="alert(1)"/>', "the attribute onclick"),
        ('<path d="" onload="alert(1)"/>', "the attribute onload"),
        ('<path d="" style="fill: red"/>', "the attribute style"),
        ('<g xmlns:x="http://www.w3.org/1999/xlink" x:href="#y"/>', "the attribute href"),
        ('<g xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:label="Zoé"/>', "the attribute label"),
        ('<path d="" fill="url(https://example.org/x)"/>', "a link in the attribute fill"),
        ('<path d="" fill="url( //example.org/x)"/>', "a link in the attribute fill"),
        ("<!-- drawn by Zoé -->", "a comment"),
        ("<?xml-stylesheet href='x.css'?>", "a processing instruction"),
        ("<path>", "neither a PNG nor an SVG"),
    ],
)
def test_an_svg_logo_with_anything_but_shapes_is_refused(tmp_path: Path, inside: str, words: str) -> None:
    with pytest.raises(BadConfiguration, match=re.escape(words)) as caught:
        create_app(with_logo(tmp_path, SVG.format(inside)))
    assert "logo was refused" in str(caught.value)
    assert "plain SVG" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('<!DOCTYPE svg [<!ENTITY x "y">]>' + SVG.format("&x;"), "a document type"),
        ("<html/>", "contains <html>"),
        ("GIF89a", "neither a PNG nor an SVG"),
        (b"\xff\xfe", "neither a PNG nor an SVG"),
        ("", "neither a PNG nor an SVG"),
        (png(Author="Zoé"), "more than a still picture: tEXt"),
        (png(1_025, 1), "larger than 1024 by 1024 pixels"),
        (png()[:-12], "is cut off"),
        (png()[:-1], "is cut off"),
        (png().replace(b"IDAT", b"IDAX"), "is damaged"),
        (png()[:8], "is cut off"),
        (png()[:8] + struct.pack(">I4sI", 0, b"IEND", zlib.crc32(b"IEND")), "is cut off"),
        (b"\0" * (logo.MOST + 1), "was not read: file too large"),
    ],
)
def test_a_logo_file_that_is_not_a_plain_picture_is_refused(
    tmp_path: Path, content: bytes | str, words: str
) -> None:
    with pytest.raises(BadConfiguration, match=words) as caught:
        create_app(with_logo(tmp_path, content))
    assert caught.value.hint


def test_a_missing_logo_file_is_named() -> None:
    with pytest.raises(BadConfiguration, match=r"logo .*nowhere\.svg was not read: no such file"):
        create_app(Settings(logo="nowhere.svg", folder=Path("/")))


@pytest.mark.parametrize(
    ("content", "path", "kind"),
    [
        (png(), "/static/logo.png", "image/png"),
        (SVG.format(SHAPE), "/static/logo.svg", "image/svg+xml"),
        (SVG.format('<defs><linearGradient id="a"/></defs><g fill="url(#a)"/>'), "/static/logo.svg", ""),
    ],
)
def test_the_logo_is_one_of_the_files_of_the_site(
    tmp_path: Path, content: bytes | str, path: str, kind: str
) -> None:
    """Hence `portal manifest` lists the logo, `portal freeze` writes it, and `portal verify` compares it."""
    settings = with_logo(tmp_path, content)
    files = site_files.files(settings, load_questionnaire(settings))
    assert files[path].content == (tmp_path / "logo").read_bytes()
    assert files[path].type == (kind or "image/svg+xml")
    pictures = {
        each: Markup(file.content.decode()).all("img") for each, file in files.items() if "/fr/" in each
    }
    shown = {each for each, found in pictures.items() if [one["src"] for one in found] == [path]}
    assert {"/fr/", "/fr/report", "/fr/legal"} <= shown
    assert pictures["/fr/offline.html"] == []  # on disk, the form would request a picture from the site
    without = site_files.files(Settings(), load_questionnaire(Settings()))
    assert set(files) - set(without) == {path}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "Inspection"', "setting 'name' has a wrong value"),
        ('name = { fr = "Inspection" }', "setting 'name' has a wrong value"),
        ('name = { fr = "Inspection", en = " " }', "setting 'name.en' has a wrong value"),
        (f'name = {{ fr = "{"x" * 81}", en = "y" }}', "setting 'name.fr' has a wrong value"),
        ("logo = 1", "setting 'logo' has a wrong value"),
        ('colour = "#1b5675"', "setting 'colour' has a wrong value"),
        ('colour = { light = "#1b5675" }', "setting 'colour.dark' has a wrong value"),
        ('colour = { light = "#1b5675", dark = "" }', "setting 'colour' has a wrong value"),
        ('colour = { light = "", dark = "#8cc5e4" }', "setting 'colour' has a wrong value"),
        ('colour = { light = "blue", dark = "#8cc5e4" }', "setting 'colour.light' has a wrong value"),
        ('colour = { light = "#1b5675", dark = "#fff" }', "setting 'colour.dark' has a wrong value"),
        ('colour = { light = "#1b5675;", dark = "#8cc5e4" }', "setting 'colour.light' has a wrong value"),
    ],
)
def test_an_unusable_setting_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"\n{text}")
    with pytest.raises(BadConfiguration) as caught:
        config.load(file)
    assert str(caught.value).startswith(f"{file}, line 2: ")
    assert message in str(caught.value)
    assert caught.value.hint


def test_contrast_is_computed_as_wcag_defines_it() -> None:
    """Black on white has a contrast of 21:1. The palest grey with 4.5:1 on white is #767676."""
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#767676", "#ffffff") >= colours.LEAST > colours.contrast("#777777", "#ffffff")


@pytest.mark.parametrize(
    ("colour", "words"),
    [
        (Colour(light="#3b8ab5", dark="#8cc5e4"), r"'colour\.light' is hard to read: #3b8ab5 on #\w{6} has"),
        (Colour(light="#1b5675", dark="#1b5675"), r"'colour\.dark' is hard to read"),
        (Colour(light="#8cc5e4", dark="#1b5675"), r"'colour\.light' is hard to read"),
    ],
)
def test_a_colour_with_too_little_contrast_is_refused(colour: Colour, words: str) -> None:
    with pytest.raises(BadConfiguration, match=words) as caught:
        create_app(Settings(colour=colour))
    assert re.search(r"at least 4\.5:1: choose a (darker|lighter) colour", caught.value.hint)


def test_the_shipped_colours_are_accepted() -> None:
    """All text has enough contrast on every background, including text in the softer colour."""
    found = colours.palettes()
    shipped = Colour(found["light"]["accent"], found["dark"]["accent"])
    assert shipped.light in colours.rules(shipped)
    for palette in found.values():
        for over, under in (
            *(("on-accent", "accent"), ("on-danger", "danger-line"), ("danger-line", "danger")),
            *((text, under) for text in ("ink", "soft") for under in ("paper", "field", "notice", "danger")),
        ):
            assert colours.contrast(palette[over], palette[under]) >= colours.LEAST, (over, under)


def test_pages_use_the_colour_of_the_inspectorate_from_one_style_sheet() -> None:
    """The offline form has the same colour. No page loads another file or has inline styles."""
    settings = Settings(colour=READABLE)
    files = site_files.files(settings, load_questionnaire(settings))
    assert set(files) == set(site_files.files(Settings(), load_questionnaire(Settings())))
    sheet = files[assets.STYLE].content.decode()
    assert sheet.startswith(assets.load()[assets.STYLE].content.decode())
    assert sheet.endswith(colours.rules(READABLE))
    assert colours.rules(READABLE) in files["/fr/offline.html"].content.decode()
    (link,) = [
        each for each in Markup(files["/fr/"].content.decode()).all("link") if each["rel"] == "stylesheet"
    ]
    assert link["integrity"] == pages.files(settings)[assets.STYLE].integrity


@pytest.mark.browser
def test_a_browser_shows_logo_and_colour_despite_the_content_security_policy(
    chromium: Browser, tmp_path: Path
) -> None:
    site = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    (tmp_path / "logo").write_text(SVG.format(SHAPE))
    site.app = create_app(replace(site.settings, logo="logo", colour=READABLE))
    site.app.extensions["portal"].database.close()
    complaints: list[str] = []
    with site.serving():
        for scheme, wanted in (("light", "rgb(122, 31, 92)"), ("dark", "rgb(240, 168, 216)")):
            context = chromium.new_context(color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.goto(f"{site.address}/fr/")
            expect(page.locator(".brand img")).to_be_visible()
            assert page.evaluate("document.querySelector('.brand img').naturalWidth") > 0
            assert page.locator(".brand").evaluate("(each) => each.clientHeight") <= 44
            page.goto(f"{site.address}/")
            assert page.locator(".brand").evaluate("(each) => each.clientHeight") <= 44
            page.goto(f"{site.address}/fr/")
            door = page.locator(".doors a").first
            assert door.evaluate("(each) => getComputedStyle(each).backgroundColor") == wanted
            context.close()
    site.close()
    assert complaints == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("picture", ["", WIDE], ids=["plain", "logo"])
def test_the_header_shows_the_logo_and_name_completely_or_not_at_all(
    chromium: Browser, tmp_path: Path, picture: str, name: str
) -> None:
    """The header stays low on small screens, with large text and forced colours.

    The footer shows the full name.
    """
    site = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    (tmp_path / "logo").write_text(picture)
    named = replace(site.settings, logo="logo" if picture else "", name=Texts(name, name))
    site.app = create_app(named)
    site.app.extensions["portal"].database.close()
    seen: dict[tuple[str, int], list[str]] = {}
    with site.serving():
        page = chromium.new_page()
        for width in (320, 360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 640})
            for path in ("fr/", "fr/guide", "en/guide"):
                page.goto(f"{site.address}/{path}")
                seen[path, width] = _whole(page, width)
                expect(page.locator("footer > p").first).to_have_text(name)
                page.evaluate(LARGE)
                for colours in ("active", "none"):
                    page.emulate_media(forced_colors=colours)
                    _whole(page, width)
        page.close()
    site.close()
    if name == NAMES["short"] and not picture:
        assert all(name in each for (path, _), each in seen.items() if path != "fr/")
    assert all("IMG" in each if picture else "Fanal" in each for each in seen.values())


def _whole(page: Page, width: int) -> list[str]:
    """Check that the header is low on small screens and cuts nothing off; return its visible parts."""
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert width > 360 or page.evaluate("document.querySelector('header').offsetHeight") <= 64
    shown = page.evaluate(SHOWN)
    assert shown["cut"] == []
    found: list[str] = shown["seen"]
    return found
