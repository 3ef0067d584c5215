"""A dialogue with full pages of messages in a real browser.

The dialogue is short, and each message is one press away.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pypdfium2 import PdfDocument
from sqlalchemy.orm import Session

from inbox.overview import conversation
from inbox.vault.tables import Attachment, FollowUp, Message
from tests.support import accessibility
from tests.support.desk_room import Served, seen, serving, tell
from tests.support.inbox_builders import Office, Portal, World, today

pytestmark = [pytest.mark.browser, pytest.mark.long]

SCREEN = ViewportSize(width=1280, height=800)
REPORT = {
    "what": "Un collègue m'a proposé de l'argent. " * 20,
    "category": "approach",
    "path": "approached",
    "danger_now": "yes",
    "protect": "La photo de ma voiture. " * 30,
    "coi": "no",
}
READ, NEW = 1, 2
# A short message, a long paragraph, and a text with empty lines.
TEXTS = (
    "Pouvez-vous préciser la date ?",
    "Il est revenu au quai hier soir, avec le même camion. " * 12,
    "Le camion était blanc.\n\nIl y avait trois hommes.\n\nDeux fois en un mois.\n\n" * 2,
)
FIRST, LAST = "Premier message, replié.", "Dernier message, ouvert."


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk with two cases, each with two full pages of messages.

    In the second case, most messages are unread.
    """
    folder = tmp_path_factory.mktemp("dialogue")
    office = Office.found(folder)
    world = World(office)
    tell(world, Portal(world, folder / "medium"), REPORT, REPORT)
    office.json("case", "declare", "1", "2")
    with office.opened() as inbox, inbox.transaction() as session:
        for case in (READ, NEW):
            _write(session, case, unread=case == NEW)
    with serving(office) as served:
        yield served


def _write(session: Session, case: int, *, unread: bool) -> None:
    for n in range(1, conversation.PAGE + 1):
        day = today() - timedelta(conversation.PAGE - n)
        letter: dict[str, Any] = {"case": case, "id": n.to_bytes(16), "message": b"", "signature": b""}
        text = FIRST if n == 1 else TEXTS[n % 3]
        when = {"received": day, "written": day, "after": n - 1}
        session.add(FollowUp(**letter, **when, position=n, text=text, unread=unread and n > 1))
        text = LAST if n == conversation.PAGE else TEXTS[(n + 1) % 3]
        session.add(Message(case=case, position=n, serial=n, day=day, text=text))
        session.flush()
        file: dict[str, Any] = {"number": n + 1, "type": "image/jpeg", "size": 1, "digest": bytes(32)}
        if n % 5 == 0:
            session.add(
                Attachment(case=case, **file, id=bytes([case, n]), name="photo.jpg", follow_up=n.to_bytes(16))
            )


@pytest.fixture(scope="module")
def page(chromium: Browser, served: Served) -> Iterator[Page]:
    with seen(chromium, served, locale="fr") as page:
        page.set_viewport_size(SCREEN)
        yield page


def test_no_part_of_a_case_is_four_screens_long_even_with_full_pages_of_messages(
    page: Page, served: Served, record_property: Callable[[str, object], None]
) -> None:
    """Some messages are short, others long. Some are unread. A warning and details to protect are above."""
    for part in ("dialogue/1", "dialogue/2", "files/1", "report", "work", "timeline"):
        screens = max(_screens(page, f"{served.root}/fr/case/{case}/{part}") for case in (READ, NEW))
        record_property(
            f"{part} of a case with two full pages of messages", f"{screens:.1f} screens of 1280 by 800"
        )
        assert screens < 4, part
    # The control: this page shows each message in full.
    assert _screens(page, f"{served.root}/fr/case/{READ}/dialogue/2/full") > 8


def _screens(page: Page, address: str) -> float:
    page.goto(address.removesuffix("/report"))
    height: float = page.evaluate("document.documentElement.scrollHeight")
    return height / SCREEN["height"]


def test_a_folded_message_is_one_line_and_opens_by_mouse_or_keyboard(page: Page, served: Served) -> None:
    """Only the newest message is open. The warning of a danger is above all messages."""
    page.goto(f"{served.root}/fr/case/{READ}/dialogue/1")
    line = page.locator(".folded summary").first
    text = page.locator(".dialogue .written", has_text=FIRST)
    expect(line).to_contain_text("Complément 1, écrit le")
    expect(line).to_contain_text(FIRST)
    expect(text).to_be_hidden()
    heights = page.locator(".folded summary").evaluate_all("all => all.map(each => each.offsetHeight)")
    assert 1 == len({*heights})
    expect(page.locator(".standing .notice.danger")).to_be_visible()
    line.click()
    expect(text).to_be_visible()
    line.press("Enter")
    expect(text).to_be_hidden()
    line.press("Space")
    expect(text).to_be_visible()
    page.goto(f"{served.root}/fr/case/{READ}/dialogue/2")
    expect(page.locator(".dialogue .written", has_text=LAST)).to_be_visible()


def test_the_reply_form_and_each_message_are_one_press_away(page: Page, served: Served) -> None:
    """The Tab key skips folded messages on its way to the reply."""
    page.goto(f"{served.root}/fr/case/{READ}/dialogue/2")
    ways = page.get_by_role("navigation", name="Messages repliés")
    ways.get_by_role("link", name="Aller à la réponse").press("Enter")
    expect(page.locator("#answering")).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert page.evaluate(
        "!!document.activeElement.closest('.kept') || document.activeElement.id === 'template'"
    )
    expect(page.locator(".kept").locator("visible=true")).to_contain_text("La photo de ma voiture.")
    ways.get_by_role("link", name="Ouvrir tous les messages").click()
    expect(page.locator(".folded")).to_have_count(0)
    expect(page.locator(".dialogue > li")).to_have_count(conversation.PAGE)
    expect(page.locator(".of-dialogue")).to_be_visible()


def test_a_printed_dialogue_has_each_message_in_full(page: Page, served: Served) -> None:
    """The printed page does not mention folding. The control is the screen, which shows only one line."""
    page.goto(f"{served.root}/fr/case/{READ}/dialogue/2")
    whole = "Deux fois en un mois."
    shown = page.locator(".panel.of-dialogue").inner_text().count(whole)
    page.emulate_media(media="print")
    with PdfDocument(page.pdf()) as document:
        printed = "\n".join(each.get_textpage().get_text_range() for each in document)
    page.emulate_media(media="screen")
    assert shown < page.content().count(whole) == printed.count(whole)
    assert "repliés" not in printed


def test_a_long_dialogue_is_accessible_and_works_without_the_page_script(page: Page, served: Served) -> None:
    """The page of the dialogue also fits into a small window."""
    page.goto(f"{served.root}/fr/case/{READ}/dialogue/2")
    assert accessibility.violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size(SCREEN)
    page.route("**/*.js", lambda route: route.abort())
    page.reload()
    line = page.locator(".folded summary").first
    line.click()
    expect(page.locator(".folded .written").first).to_be_visible()
    page.unroute("**/*.js")
