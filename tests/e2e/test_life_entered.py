"""A report made by telephone: the reporter follows it with the twelve words in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.support.inbox_builders import today
from tests.support.installation import Installation, PortalForked
from tests.support.page_visitor import TELEPHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.long]

REPLY = "Nous avons bien reçu ce que vous nous avez dit au téléphone."
FOLLOW_UP = "Encore : la même voiture, hier soir."


def shows_what_was_previewed(reporter: Visitor, previewed: dict[str, Any]) -> None:
    """Expect every text of the preview at its place on the page, word for word."""
    places = {
        "status": "#status-label", "means": "#status-means", "next_by": "#next-by",
        "received": "#follow-ups-received", "confirmed": "#confirmed", "issued": "#issued",
    }  # fmt: skip
    for name, place in places.items():
        assert plain(previewed[name]) == plain(reporter.page.locator(place).inner_text())
    shown = reporter.page.locator("#messages .them").all()
    messages = [
        f"{each.locator('.hint').inner_text()}, {day_of(each)}\n{each.locator('.written').inner_text()}"
        for each in shown
    ]
    assert [f"{plain(each['head'])}\n{each['text']}" for each in previewed["messages"]] == [
        plain(each) for each in messages
    ]


def day_of(message: Locator) -> str:
    """Return the heading with the day of a message."""
    day: str = message.evaluate("(each) => each.closest('#messages > li').querySelector('time').textContent")
    return day


def plain(text: str) -> str:
    """Return a text of the page with ordinary spaces in place of no-break spaces."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_reporter_of_a_manually_entered_report_follows_it_like_any_other_report(
    chromium: Browser, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """The outbox creates the case at the portal.

    The reporter reads the answer and writes again, and the message arrives in the case.
    """
    installation = Installation(tmp_path, port=free_port(), portal=PortalForked)
    answers = tmp_path / "answers.toml"
    answers.write_text('what = "On m\'a abordé, dit la voix"\n', "utf-8")
    told = ("--route", "telephone", "--language", "fr", "--received", today().isoformat())
    context = chromium.new_context(viewport=TELEPHONE)
    with installation.portal.serving():
        reporter = Visitor(context.new_page(), installation.portal.address)
        token = installation.inbox.json("case", "add", *told, "--answers", answers)["token"]
        reporter.open(token)
        reporter.shows(
            "#error", "unknown-case"
        )  # the control: before the outbox, the portal does not know the case

        for words in (
            ("message", "reply", "1", "--template", "acknowledgement"),
            ("case", "set-status", "1", "acknowledged"),
        ):
            installation.inbox.run(*words)
        previewed = installation.inbox.json("message", "reply", "1", "--text", REPLY, "--preview")
        installation.inbox.run("message", "reply", "1", "--text", REPLY)
        installation.carry_back(1)
        reporter.open(token)
        reporter.opened()
        expect(reporter.page.locator("#status-label")).to_contain_text("Réception confirmée")
        expect(reporter.page.locator("#messages")).to_contain_text(REPLY)
        shows_what_was_previewed(reporter, previewed)

        reporter.follow_up(FOLLOW_UP)
        installation.carry_in(1)
        (follow_up,) = installation.inbox.json("case", "show", "1")["follow_ups"]
        assert FOLLOW_UP == follow_up["text"]

        installation.carry_back(2)
        reporter.open(token)
        reporter.opened()
        reporter.shows("#follow-ups-received", "follow-ups-received")
        assert reporter.complaints == []
    context.close()
