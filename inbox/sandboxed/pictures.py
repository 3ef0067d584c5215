"""Decode a picture to pixels, with the metadata that cameras and programs wrote."""

import io
import re
from collections.abc import Iterator

from PIL import (
    AvifImagePlugin,
    ExifTags,
    Image,
    ImageFile,
    ImageOps,
    MpoImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from inbox.sandboxed.answer import LONGEST_SIDE, MOST_PAGES, Answer, Fact, NotShown, fact

# Imported now, like the plugins of preinit(), because no file can be opened later.
_PLUGINS = (AvifImagePlugin, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
Image.preinit()
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # No other thread can start.
Image.MAX_IMAGE_PIXELS = None  # ``_check``, not Pillow, limits the size, and reports the declared size.
_FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
_MOST_PIXELS = 100_000_000
_MOST_TAGS = 100
# The pattern includes the first bytes of the contents, because other boxes also contain this name.
_EXIF = re.compile(rb"Exif\0\0(?:II\*\0|MM\0\*)")
_LONGEST_EXIF = 1 << 16
_DEEP = ("I;16", "I;16B", "I;16L", "I;16N")
_BRIGHTNESSES = 256
_PAPER = "white"


def look(data: bytes, page: int) -> Answer:
    """Return the pixels of a picture's page.

    Raises NotShown, or Pillow's own errors for a damaged picture.
    """
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        _check(image)
        facts = (fact("measure", "pixels", image.width, image.height), *_metadata(image))
        pages = min(getattr(image, "n_frames", 1), MOST_PAGES)
        if page > pages:
            return Answer((*facts, fact("why", "no-page", page)), pages=pages)
        if page > 1:
            image.seek(page - 1)
            _check(image)
        shown = shrunk(image)
    return Answer(facts, pages=pages, width=shown.width, height=shown.height, pixels=shown.tobytes())


def named(data: bytes, _: int) -> Answer:
    """Return the metadata of a HEIC file.

    Decoding the pixels of a HEIC file requires libheif, which first starts a thread. The sandbox forbids the
    system call that starts a thread, because that call can also start processes.
    """
    exif = Image.Exif()
    if found := _EXIF.search(data):
        exif.load(data[found.start() : found.start() + _LONGEST_EXIF])
    return Answer((fact("why", "not-allowed", "HEIC"), *_tags(exif)))


def shrunk(image: Image.Image) -> Image.Image:
    """Return an image upright, on white, and no larger than the limit."""
    if isinstance(image, ImageFile.ImageFile):
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _on_paper(upright)


def _on_paper(image: Image.Image) -> Image.Image:
    if image.mode in _DEEP:
        image = _flattened(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    paper = Image.new("RGBA", clear.size, _PAPER)
    return Image.alpha_composite(paper, clear).convert("RGB")


def _flattened(image: Image.Image) -> Image.Image:
    """Scale 16-bit brightness to 8 bits. A plain conversion would make nearly all pixels white."""
    return image.convert("I").point(lambda value: value * (1 / _BRIGHTNESSES)).convert("L")


def _check(image: Image.Image) -> None:
    if image.width * image.height > _MOST_PIXELS:
        raise NotShown("too-many-pixels", image.width, image.height)


def _metadata(image: Image.Image) -> Iterator[Fact]:
    yield from _tags(image.getexif())
    for name, value in list(image.info.items())[:_MOST_TAGS]:
        if isinstance(value, str | bytes) and name not in {"exif", "icc_profile", "photoshop"}:
            yield fact("metadata", _short(name), _short(value))


def _tags(exif: Image.Exif) -> Iterator[Fact]:
    for tags, names in (
        (dict(exif), ExifTags.TAGS),
        (exif.get_ifd(ExifTags.IFD.Exif), ExifTags.TAGS),
        (exif.get_ifd(ExifTags.IFD.GPSInfo), ExifTags.GPSTAGS),
    ):
        for tag, value in list(tags.items())[:_MOST_TAGS]:
            yield fact("metadata", names.get(tag, tag), _short(value))


def _short(value: object) -> str:
    if isinstance(value, bytes):
        return value[:200].decode("latin-1")
    return str(value)[:200]
