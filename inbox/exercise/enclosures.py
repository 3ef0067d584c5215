"""The files of invented reports. Each has the mark of an exercise in itself, because officers can save it."""

import io
from datetime import date
from enum import StrEnum

from PIL import Image, ImageDraw

from crypto import exercise
from inbox.files.pdf import Sheets
from inbox.language import marking
from inbox.language.printed_text import Wording

_WORDING = Wording(__package__, "sheets.toml")
# The reporters who send files write in this language.
_LANGUAGE = "fr"
_GREY, _BLACK, _WIDTH, _HEIGHT = (196, 200, 204), (0, 0, 0), 960, 640


class Kind(StrEnum):
    """The kind of an invented file."""

    PHOTO = "photo"
    LETTER = "letter"
    PAGE = "page"


def draw(kind: Kind, deployment: bytes, day: date) -> tuple[str, str, bytes]:
    """Return the name, the media type and the content of an invented file, written on ``day``."""
    match kind:
        case Kind.PHOTO:
            return "", "image/jpeg", _photo()
        case Kind.LETTER:
            with marking.marked(deployment):
                return "note.pdf", "application/pdf", _letter(day)
        case Kind.PAGE:
            return "page.html", "text/html", _page()


def _photo() -> bytes:
    """Return a picture of a car behind a hangar."""
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), _GREY)
    drawn = ImageDraw.Draw(picture)
    drawn.rectangle((60, 120, 900, 420), outline=_BLACK, width=4)
    drawn.rounded_rectangle((300, 380, 660, 520), 40, fill=(70, 84, 120), outline=_BLACK, width=4)
    for x in (380, 580):
        drawn.ellipse((x - 40, 480, x + 40, 560), fill=_BLACK)
    drawn.text((60, 30), exercise.WORDS.replace("\N{EN DASH}", "-"), fill=_BLACK, font_size=48)
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=80)
    return made.getvalue()


def _letter(day: date) -> bytes:
    sheets = Sheets(_say("order"), language=_LANGUAGE, day=day, foot=_say("page"), removed="")
    sheets.text(_say("ordered"))
    sheets.text(_say("signed"))
    return sheets.output()


def _page() -> bytes:
    """Return a page with a script, which must not run: it would replace the words on the page."""
    return (
        f"<!doctype html><meta charset=utf-8><title>{exercise.WORDS}</title><h1>{exercise.WORDS}</h1>"
        f"<p>{_say('bait')}</p><script>document.body.textContent = '{_say('trapped')}'</script>"
    ).encode()


def _say(name: str) -> str:
    return _WORDING.say(name, _LANGUAGE)
