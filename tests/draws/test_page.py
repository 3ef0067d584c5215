"""The page that verifies transcripts, opened from disk in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from draws.language import CHOSEN, LANGUAGES
from draws.page import render
from draws.rules import RULES
from tests.support.accessibility import small_targets, violations
from tests.support.draw_room import Room
from tests.support.draw_transcripts import edited, transcript

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(params=LANGUAGES)
def opened(request: pytest.FixtureRequest, chromium: Browser, tmp_path: Path) -> Iterator[tuple[Page, str]]:
    """The page in each language; any request or error of the page fails the test."""
    token = CHOSEN.set(request.param)
    file = tmp_path / "verify.html"
    file.write_bytes(render())
    CHOSEN.reset(token)
    page, seen = chromium.new_page(), list[str]()

    def watched(each: Request) -> None:
        seen.append(each.url)

    page.on("request", watched)
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.goto(file.as_uri())
    yield page, request.param
    assert seen == [file.as_uri()]
    page.close()


def choose(page: Page, *files: bytes) -> None:
    given = [
        {"name": f"{n}.json", "mimeType": "application/json", "buffer": raw} for n, raw in enumerate(files)
    ]
    page.set_input_files("#transcripts", given)  # type: ignore[arg-type]


def test_a_valid_transcript_is_shown_and_a_changed_one_is_refused(opened: tuple[Page, str]) -> None:
    page, language = opened
    expect(page.locator("#result")).to_be_hidden()
    raw = transcript(3)
    choose(page, raw)
    expect(page.locator("#result li")).to_have_count(1)
    expect(page.locator("#result")).not_to_have_class("refused")
    choose(page, edited(raw, "list", "total", value=999))
    expect(page.locator("#result")).to_have_class("refused")
    token = CHOSEN.set(language)
    expected = page.locator('[data-code="list"]').text_content()
    CHOSEN.reset(token)
    assert expected
    assert (expected == RULES["list"]) is (language == "en")
    expect(page.locator("#result")).to_contain_text(expected)


def test_the_page_is_accessible_before_and_after_a_result(opened: tuple[Page, str]) -> None:
    page, _ = opened
    choose(page, transcript(3))
    expect(page.locator("#result")).to_be_visible()
    assert violations(page) == []
    assert small_targets(page) == []


def test_the_command_writes_the_page(room: Room) -> None:
    out = room.new("verify.html")
    room.done("page", "--out", out)
    assert b"Content-Security-Policy" in out.read_bytes()
