"""How the samples of a track are coded (ISO 14496-12, 8.5.2). Names in the descriptions are overwritten."""

import math

from crypto.errors import Malformed
from inbox.files.media.boxes import Box
from inbox.files.media.plan import Codec, Media
from inbox.files.media.streams.settings import types

# Codecs that are understood. The settings of `avc` and `hevc` say how wide the sizes of units are.
_FORMS = {
    **dict.fromkeys(("avc1", "avc3", "dva1", "dvav"), "avc"),
    **dict.fromkeys(("hvc1", "hev1", "dvh1", "dvhe"), "hevc"),
    "mp4v": "mpeg4",
    "av01": "av1",
    **dict.fromkeys(("ap4h", "ap4x", "apch", "apcn", "apco", "apcs"), "prores"),
    **dict.fromkeys(("s263", "h263", "vp08", "vp09"), ""),
}
_DOLBY = ("dvh1", "dvhe")  # H.265 with Dolby Vision.
_SOUNDS = ("mp4a", "samr", "sawb", "alac", "ac-3", "ec-3", "Opus", "fLaC", "apac", ".mp3")
# Uncompressed sound.
_PLAIN = ("lpcm", "sowt", "twos", "in24", "in32", "fl32", "fl64", "raw ", "ipcm", "fpcm", "ulaw", "alaw")
_MOST = 16
# The maker, the name of the program, and reserved fields.
_NAMES = ((0, 6), (8, 24), (36, 40), (42, 74))
_PICTURE_FIELDS = 78
_LAST_VERSION = 2  # Of the description of a sound in QuickTime.


def descriptions(media: Media, box: Box, *, is_sound: bool) -> list[Codec]:
    """Return the codec of each description. Raises Malformed if a codec is unknown."""
    reader = media.reader
    count = reader.uint(box.body + 4, 4)
    if count > _MOST:
        raise Malformed("track has too many descriptions")
    version = reader.uint(box.body, 1)
    codecs: list[Codec] = []
    at = box.body + 8
    while len(codecs) < count:
        each = reader.box(at, box.end)
        codecs.append(_sound(media, each, version) if is_sound else _picture(media, each))
        at = each.end
    media.patches.fill(at, box.end - at)
    return codecs


def _picture(media: Media, box: Box) -> Codec:
    form = _FORMS.get(box.type)
    if form is None:
        raise Malformed("codec of a picture is unknown")
    for start, end in _NAMES:
        media.patches.fill(box.body + start, end - start)
    widths: dict[str, int] = {}

    def crop(each: Box) -> None:
        media.staying.add("stays-cropped")
        media.limit(each, 32)

    is_dolby = box.type in _DOLBY

    def dolby(each: Box) -> None:
        nonlocal is_dolby
        is_dolby = True
        media.limit(each, 24)

    settings = types(media, widths.__setitem__) | {"clap": crop, "dvcC": dolby, "dvvC": dolby}
    media.within(box, settings, skipped=_PICTURE_FIELDS, several=("colr",))
    if form in {"avc", "hevc"} and form not in widths:
        raise Malformed("codec has no settings")
    return Codec("dolby" if is_dolby and form == "hevc" else form, widths.get(form, 0))


def _sound(media: Media, box: Box, version: int) -> Codec:
    """Only if ``version`` of the list is 0 can a description have the additional fields of QuickTime."""
    if box.type not in {*_SOUNDS, *_PLAIN}:
        raise Malformed("codec of a sound is unknown")
    skipped, frame = _fields(media, box, media.reader.uint(box.body + 8, 2) if version == 0 else 0)
    media.patches.fill(box.body, 6)
    media.patches.fill(box.body + 10, 6)
    media.within(box, types(media), skipped=skipped)
    return Codec(frame=frame)


def _fields(media: Media, box: Box, version: int) -> tuple[int, float]:
    """Return the number of bytes before the boxes, and the bytes of a sample of uncompressed sound."""
    number = media.reader.uint
    if version == 0:
        channels, bits = number(box.body + 16, 2), number(box.body + 18, 2)
        return 28, channels * math.ceil(bits / 8) if box.type in _PLAIN else 0
    if version == 1:
        samples, size = number(box.body + 28, 4), number(box.body + 36, 4)
        return 44, size / samples if samples else 0
    if version == _LAST_VERSION:
        return 64, number(box.body + 56, 4)
    raise Malformed("description of a sound is of an unknown version")
