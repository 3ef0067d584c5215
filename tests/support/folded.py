"""A page whose answers are folded: what a reader unfolds leaves no trace."""

from playwright.sync_api import expect

from tests.support.page_visitor import Visitor


def check_no_trace(visitor: Visitor, path: str, answers: int) -> None:
    """Unfold all answers of a page; check that no request, address, field or storage holds any.

    After a reload or Back, all answers are folded.
    """
    page = visitor.page
    visitor.visit(path)
    address = page.url
    visitor.requests.clear()
    for summary in page.locator("main summary").all():
        summary.click()
    expect(page.locator("main details[open]")).to_have_count(answers)
    assert visitor.requests == []
    assert page.url == address
    assert page.locator("input, select, textarea, form").count() == 0
    assert page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    page.reload()
    expect(page.locator("main details[open]")).to_have_count(0)
    page.locator("main summary").first.click()
    visitor.visit("fr/legal")
    page.go_back()
    expect(page).to_have_url(address)
    expect(page.locator("main details[open]")).to_have_count(0)
