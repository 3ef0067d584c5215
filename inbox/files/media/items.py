"""Pictures in boxes: HEIC, HEIF and AVIF (ISO 23008-12). Each picture, and each note on one, is an item."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from crypto.errors import Malformed
from inbox.files.media import locations as places
from inbox.files.media.boxes import WINDOW, Box
from inbox.files.media.derived import DERIVED, needed
from inbox.files.media.movie import handler, references
from inbox.files.media.patches import Patch
from inbox.files.media.plan import Codec, Media, Range, keep_parts
from inbox.files.media.properties import Properties, properties

_CODED = {**dict.fromkeys(("hvc1", "hev1", "lhv1"), "hevc"), "avc1": "avc", "av01": "av1"}
_PICTURES = (*_CODED, *DERIVED)
_NOTES = ("Exif", "mime", "uri ")
# Exif without tags, after the number of bytes before it (ISO 23008-12, A.2.1).
_NO_EXIF = b"\0\0\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"
# XMP without notes. Spaces alone are no XML.
_NO_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
_EDITS = ("iden", "iovl")  # Pictures that are made from others, which stay whole.
_SPACE = 0x20
# What references say about the picture from which they lead.
_STAYING = {"thmb": "stays-preview", "auxl": "stays-depth"}
_HANDLER = 12


@dataclass
class _Lists:
    """What a list of pictures contains."""

    items: list[places.Item] = field(default_factory=list)
    primary: int = 0
    parts: dict[int, list[places.Part]] = field(default_factory=dict)
    referring: list[places.Reference] = field(default_factory=list)
    properties: Properties = field(default_factory=Properties)
    inside: Box | None = None


def is_album(media: Media, box: Box) -> bool:
    """Whether a list holds pictures, as opposed to notes about a film."""
    try:
        found = media.reader.child(box, "hdlr", 4)
    except Malformed:
        return False
    return found is not None and found.size >= _HANDLER and media.reader.type(found.body + 8) == "pict"


def album(media: Media, box: Box) -> None:
    """Keep the pictures, and empty the notes about them. Raises Malformed."""
    found = _lists(media, box)
    if not any(item.id == found.primary and item.type in _PICTURES for item in found.items):
        raise Malformed("file has no picture")
    ranges = []
    for item in found.items:
        for part in _ranges(item, found):
            if item.type in DERIVED:
                ranges.append(replace(part, end=part.start + _needed(media, item, found, part)))
                continue
            ranges.append(part)
            if item.type not in _CODED:
                _empty(media, item, part)
    ranges.sort(key=lambda part: (part.start, part.end))
    inside = found.inside
    is_inside = [
        inside is not None and inside.body <= part.start and part.end <= inside.end for part in ranges
    ]
    if any(part.codec.form and here for part, here in zip(ranges, is_inside, strict=True)):
        raise Malformed("picture is unexpected")  # The scan for notes goes through the boxes ``mdat`` only.
    media.kept.append(_distinct([part for part, here in zip(ranges, is_inside, strict=True) if not here]))
    if inside:
        here = [part for part, here in zip(ranges, is_inside, strict=True) if here]
        keep_parts(media.patches, [inside], here)
    media.staying.update(_staying(found))


def _lists(media: Media, box: Box) -> _Lists:
    found = _Lists()

    def primary(each: Box) -> None:
        width = 4 if media.reader.uint(each.body, 1) else 2
        media.limit(each, 4 + width)
        found.primary = media.reader.uint(each.body + 4, width)

    def keep_inside(each: Box) -> None:
        found.inside = each

    def located(each: Box) -> None:
        found.parts = places.locations(media, each)

    def described(each: Box) -> None:
        found.properties = properties(media, each)

    media.within(
        box,
        {
            "hdlr": lambda each: handler(media, each),
            "dinf": lambda each: media.within(each, {"dref": lambda found: references(media, found)}),
            "pitm": primary,
            "iinf": lambda each: found.items.extend(places.items(media, each)),
            "iloc": located,
            "iref": lambda each: found.referring.extend(places.references(media, each)),
            "iprp": described,
            "idat": keep_inside,
        },
        skipped=4,
    )
    return found


def _ranges(item: places.Item, found: _Lists) -> Iterator[Range]:
    """Yield the parts of the file with an item.

    Raises Malformed if the item is of an unknown type, or if this module cannot look into it.
    """
    own = found.parts.get(item.id, [])
    form = _CODED.get(item.type, "")
    if item.type not in (*_PICTURES, *_NOTES):
        raise Malformed("item is of an unknown type")
    width = found.properties.widths.get(form) if form not in {"", "av1"} else 0
    is_split = item.type in _PICTURES and len(own) > 1
    if width is None or is_split or (form and any(part.is_inside for part in own)):
        raise Malformed("picture is unexpected")
    for part in own:
        start = part.at
        if part.is_inside:
            if not found.inside or found.inside.body + part.at + part.size > found.inside.end:
                raise Malformed("item is outside its box")
            start += found.inside.body
        yield Range(start, start + part.size, Codec(form, width))


def _needed(media: Media, item: places.Item, found: _Lists, part: Range) -> int:
    """Return how many bytes of a picture that is made from others are needed."""
    size = part.end - part.start
    pictures = sum(len(each.to) for each in found.referring if each.type == "dimg" and each.start == item.id)
    return min(size, needed(item.type, media.reader.bytes(part.start, min(size, WINDOW)), pictures))


def _empty(media: Media, item: places.Item, part: Range) -> None:
    """Overwrite a note with one that tells nothing."""
    size = part.end - part.start
    if part.end > media.reader.size:
        raise Malformed("file ends early")
    head = _NO_XMP if item.is_xmp else _NO_EXIF if item.type == "Exif" else b""
    if size <= len(head):
        head = b""
    fill = _SPACE if item.is_xmp else 0
    media.patches.add(Patch(part.start, size, head, fill, fill))


def _distinct(ranges: list[Range]) -> Iterator[Range]:
    """Yield ranges once each, because two items may have the same picture."""
    last: tuple[int, int] | None = None
    for part in ranges:
        if (part.start, part.end) != last:
            yield part
        last = part.start, part.end


def _staying(found: _Lists) -> Iterator[str]:
    """Yield the codes of what stays besides the picture that is shown."""
    explained = {found.primary}
    for each in found.referring:
        if each.type == "dimg":
            explained.update(each.to)
        elif each.type in _STAYING:
            explained.add(each.start)
            yield _STAYING[each.type]
    if any(item.type in _PICTURES and item.id not in explained for item in found.items):
        yield "stays-pictures"
    shown = next(item.type for item in found.items if item.id == found.primary)
    if found.properties.is_cropped or shown in _EDITS:
        yield "stays-cropped"
