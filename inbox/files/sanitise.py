"""Files of cases made anew from what they show: nothing that was in them unseen leaves with a dossier.

A picture becomes its pixels, a paper the pixels of its pages, a text its characters; all are looked at in the
sandbox (``previews``). What shows nothing, or not all of it, cannot be cleaned.
"""

from dataclasses import dataclass
from datetime import date

from crypto.printable import visible
from inbox.files import previews
from inbox.files.attachments import Found
from inbox.files.previews import Preview
from inbox.sandboxed.answer import LONGEST_TEXT
from inbox.system.home import Home

MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file that was made anew, with how its name ends."""

    ending: str
    data: bytes


def clean(home: Home, found: Found, today: date) -> Cleaned | None:
    """Return a file made anew, None if it cannot be.

    Raises NoSandbox where nothing can be put between walls, Refused if the sealed copy is damaged.
    """
    first = previews.look(home, found)
    text, pages = first.answer.text, first.answer.pages
    if text and len(text) < LONGEST_TEXT:
        return Cleaned("txt", "\n".join(map(visible, text.replace("\r\n", "\n").split("\n"))).encode())
    if text or not 0 < pages <= MOST_PAGES:
        return None
    pictures = _pictures(home, found, first)
    if not all(pictures):
        return None
    if pages == 1:
        return Cleaned("png", pictures[0])
    # Loading it takes a quarter of the desk's start, and only a PDF needs it.
    from inbox.files import pdf  # noqa: PLC0415

    return Cleaned("pdf", pdf.album(pictures, today))


def _pictures(home: Home, found: Found, first: Preview) -> list[bytes]:
    """Return each page, empty where one does not show."""
    later = (previews.look(home, found, page) for page in range(2, first.answer.pages + 1))
    return [page.picture or b"" for page in (first, *later)]
