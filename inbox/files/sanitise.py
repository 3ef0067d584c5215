"""Sanitise files of cases: re-render only their visible content, so that a dossier contains no hidden data.

A picture is reduced to its pixels, a document to the pixels of its pages, and a text to its characters. The
sandbox renders all these files (``previews``). A file that cannot be shown, or can be shown only in part,
cannot be sanitised.
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
    """A re-rendered file, with the ending of its name."""

    ending: str
    data: bytes


def clean(home: Home, found: Found, today: date) -> Cleaned | None:
    """Return the re-rendered file, or None if it cannot be re-rendered.

    Raises NoSandbox if this machine has no working sandbox. Raises Refused if the sealed copy is damaged.
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
    # Imported here, because the import takes a quarter of the desk's startup time and only a PDF needs it.
    from inbox.files import pdf  # noqa: PLC0415

    return Cleaned("pdf", pdf.album(pictures, today))


def _pictures(home: Home, found: Found, first: Preview) -> list[bytes]:
    """Return the picture of each page; the picture is empty if the page cannot be shown."""
    later = (previews.look(home, found, page) for page in range(2, first.answer.pages + 1))
    return [page.picture or b"" for page in (first, *later)]
