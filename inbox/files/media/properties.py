"""The properties of pictures in boxes (ISO 23008-12, 6.5): size, colours, rotation, settings of codecs."""

import re
from dataclasses import dataclass, field

from crypto.errors import Malformed
from inbox.files.media.boxes import Box, Cursor
from inbox.files.media.plan import Media
from inbox.files.media.streams.settings import types

# The name of a layer besides the picture, such as its depth. It ends with a zero.
_LAYER = re.compile(
    rb"urn:(?:mpeg:hevc:2015:auxid:[0-9]{1,3}|mpeg:[A-Za-z0-9_:]{1,40}:auxiliary:(?:alpha|depth)"
    rb"|com:apple:photo:20[0-9]{2}:aux:[a-z]{1,40})\0"
)
_LONGEST_LAYER = 1_024
_MOST_BITS = 32


@dataclass
class Properties:
    """The width of the sizes of units by codec, and whether a property crops a picture."""

    widths: dict[str, int] = field(default_factory=dict)
    is_cropped: bool = False


def properties(media: Media, box: Box) -> Properties:
    """Keep the properties that a decoder needs. Raises Malformed."""
    found = Properties()

    def units(form: str, width: int) -> None:
        if found.widths.setdefault(form, width) != width:
            raise Malformed("pictures differ in their form")

    def crop(each: Box) -> None:
        found.is_cropped = True
        media.limit(each, 32)

    number = media.reader.uint
    sizes = {"ispe": 12, "irot": 1, "imir": 1, "rloc": 12, "lsel": 2, "a1op": 1, "amve": 8}
    kept = {
        **types(media, units),
        **{kind: media.fixed(size) for kind, size in sizes.items()},
        "a1lx": lambda each: media.limit(each, 13 if number(each.body, 1) & 1 else 7),
        "pixi": lambda each: _depths(media, each),
        "clap": crop,
        "auxC": lambda each: _layer(media, each),
    }
    media.within(
        box,
        {
            "ipco": lambda each: media.within(each, kept, several=kept),
            "ipma": lambda each: _associations(media, each),
        },
        several=("ipma",),
    )
    return found


def _depths(media: Media, box: Box) -> None:
    """Keep how many bits each channel has (ISO 23008-12, 6.5.6)."""
    count = media.reader.uint(box.body + 4, 1)
    media.limit(box, 5 + count)
    if any(each > _MOST_BITS for each in media.reader.bytes(box.body + 5, count)):
        raise Malformed("picture has too many bits")


def _layer(media: Media, box: Box) -> None:
    name = b"" if box.size > _LONGEST_LAYER else media.reader.bytes(box.body + 4, box.size - 4)
    if known := _LAYER.match(name):
        media.limit(box, 4 + known.end())
    else:
        media.remove(box)


def _associations(media: Media, box: Box) -> None:
    """Overwrite what follows the rows of properties by item (ISO 23008-12, 9.3)."""
    cursor = Cursor(media.whole(box))
    number = 4 if cursor.uint(1) else 2
    width = 2 if cursor.uint(3) & 1 else 1
    for _ in range(cursor.uint(4)):
        cursor.take(number)
        cursor.take(width * cursor.uint(1))
    media.limit(box, cursor.at)
