"""From a report to its answer and back, in WebKit: reporters with an iPhone have no other engine."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as when
from selenium.webdriver.support.wait import WebDriverWait

from tests.support import webkit_peer
from tests.support.portal_site import REPLY, PortalSite, slot_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.soak,
    # Selenium calls itself in a deprecated way for this browser.
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),
]

SLOW = 60  # seconds, on a busy machine
# Without the letters that the driver cannot type: those outside the basic plane.
TEXT = "Ils m\N{RIGHT SINGLE QUOTATION MARK}ont abordé·e à Noël."


@pytest.fixture(scope="module")
def webkit() -> Iterator[WebKitGTK]:
    """One browser for all tests: starting it takes seconds."""
    with webkit_peer.browsing() as browser:
        yield browser


class Person:
    """A person at the French pages, in WebKit."""

    def __init__(self, browser: WebKitGTK, address: str) -> None:
        self.browser = browser
        self.address = address
        self.wait = WebDriverWait(browser, SLOW)

    def visit(self, path: str) -> None:
        self.browser.get(f"{self.address}/fr/{path}")

    def press(self, name: str) -> None:
        """Press a button with the keyboard: the page takes two quick touches at one place for one."""
        self.wait.until(when.element_to_be_clickable((By.ID, name))).send_keys(Keys.ENTER)

    def choose(self, name: str) -> None:
        self.wait.until(when.element_to_be_clickable((By.ID, name))).click()

    def fill(self, name: str, text: str) -> None:
        self.wait.until(when.visibility_of_element_located((By.ID, name))).send_keys(text)

    def texts(self, selector: str) -> list[str]:
        self.wait.until(when.visibility_of_element_located((By.CSS_SELECTOR, selector)))
        return [each.text for each in self.browser.find_elements(By.CSS_SELECTOR, selector)]

    def report(self, text: str) -> list[str]:
        """Send a report; return its words."""
        self.visit("report")
        self.fill("what", text)
        self.press("continue")
        self.choose("channels-inspectorate")
        self.press("continue")
        words = self.texts("#token-words li")
        self.press("noted")
        for name in ("confirm-1", "confirm-2"):
            self.wait.until(when.visibility_of_element_located((By.ID, name)))
            place = self.browser.find_element(By.ID, name).get_attribute("data-place")
            self.fill(name, words[int(place or -1)])
        self.press("send")
        self.wait.until(when.visibility_of_element_located((By.ID, "done")))
        return words


def test_a_case_goes_all_its_way_in_webkit(webkit: WebKitGTK, site: PortalSite) -> None:
    person = Person(webkit, site.address)
    words = person.report(TEXT)
    first, _ = site.report()
    assert first.answers["what"] == TEXT
    site.answer(first, slot_for(first))
    person.visit("status")
    person.fill("token", " ".join(words))
    person.press("open")
    assert person.texts("#status-label") == ["En cours d\N{RIGHT SINGLE QUOTATION MARK}évaluation"]
    (message,) = person.texts("#messages .them")
    assert message.endswith(REPLY)
