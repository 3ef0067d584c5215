"""The position of an element on the screen."""

from playwright.sync_api import Locator

_TOP = "(each) => each.getBoundingClientRect().top"


def centred(place: Locator) -> float:
    """Scroll an element to the middle of the window; return the position of its top, in pixels."""
    place.evaluate("(each) => each.scrollIntoView({ block: 'center' })")
    return _top(place)


def stays(place: Locator, top: float) -> bool:
    """Return whether the top of an element has stayed in place; browsers may scroll it by up to a pixel."""
    return abs(_top(place) - top) <= 1


def _top(place: Locator) -> float:
    found: float = place.evaluate(_TOP)
    return found
