"""The page that verifies transcripts, opened from disk in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from draws.language import CHOSEN, LANGUAGES, said
from draws.page import render
from draws.rules import RULES
from draws.transfers.rules import RULES as RULES_OF_TRANSFERS
from draws.transfers.verify import verify_opening
from draws.verify import verify
from inbox.language.messages import sentence
from tests.support.accessibility import small_targets, violations
from tests.support.draw_room import Room
from tests.support.draw_transcripts import edited, transcript
from tests.support.draw_transfers import draw

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


def test_an_opening_of_transfers_is_verified_with_its_transcript(opened: tuple[Page, str]) -> None:
    page, language = opened
    raw, opening = draw(0)
    choose(page, raw, opening)
    result = page.locator("#result")
    expect(result).not_to_have_class("refused")
    found = verify_opening(raw, opening)
    token = CHOSEN.set(language)
    placed = sum(bool(each.post) for each in found.transfers)
    told = sentence(
        "{count} are transferred, {placed} of them to a post of this draw",
        count=len(found.transfers),
        placed=placed,
    )
    signed = [
        sentence("exceptions signed by {signer}: {count}", signer=each.signed_by, count=each.count)
        for each in found.exceptions
    ]
    expected = [said(each) for each in (told, *signed)]
    refusal = said(RULES_OF_TRANSFERS["order"])
    CHOSEN.reset(token)
    for each in expected:
        expect(result).to_contain_text(each)
    later = transcript(1, series="transfers", number_in_series=2, previous=verify(raw).end)
    choose(page, later, opening, raw)
    expect(result).not_to_have_class("refused")
    expect(result).to_contain_text(expected[0])
    turned = [{"agent": each.agent, "post": each.post} for each in reversed(found.transfers)]
    choose(page, raw, edited(opening, "transfers", value=turned))
    expect(result).to_have_class("refused")
    expect(result).to_contain_text(refusal)


def test_an_opening_without_its_transcript_is_refused(opened: tuple[Page, str]) -> None:
    page, language = opened
    raw, opening = draw(0)
    token = CHOSEN.set(language)
    refusal = said(RULES_OF_TRANSFERS["opening"])
    CHOSEN.reset(token)
    for others in ([], [draw(1)[0]], [transcript(3)]):
        choose(page, *others, opening)
        expect(page.locator("#result")).to_have_class("refused")
        expect(page.locator("#result")).to_contain_text(refusal)
        choose(page, raw, opening)
        expect(page.locator("#result")).not_to_have_class("refused")


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
