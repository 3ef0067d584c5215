"""Where something stands on the screen."""

from playwright.sync_api import Locator

_TOP = "(each) => each.getBoundingClientRect().top"


def centred(place: Locator) -> float:
    """Scroll something to the middle of the screen. Return where its top then stands, in pixels."""
    place.evaluate("(each) => each.scrollIntoView({ block: 'center' })")
    return _top(place)


def stays(place: Locator, top: float) -> bool:
    """Return whether the top of something still stands there. A browser scrolls by whole pixels."""
    return abs(_top(place) - top) <= 1


def _top(place: Locator) -> float:
    found: float = place.evaluate(_TOP)
    return found
