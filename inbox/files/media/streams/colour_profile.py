"""Keep the colours of a profile (ICC.1), and overwrite its names, times and makers."""

from crypto.errors import Malformed
from inbox.files.media.boxes import WINDOW, Box
from inbox.files.media.plan import Media

_HEADER = 128
_MOST_TAGS = 100
# Kinds of tags with colours, curves and tables, but without texts.
_COLOURS = (b"XYZ ", b"curv", b"para", b"sf32", b"mft1", b"mft2", b"mAB ", b"mBA ", b"mpet", b"chrm", b"cicp")
# The sizes of tags that always have the same size, and the numbers of parameters of curves (ICC.1, 10.18).
_SIZES = {b"XYZ ": 20, b"sf32": 44, b"cicp": 12}
_PARAMETERS = (1, 3, 4, 5, 7)
# Fields of the header: the program, the time, platform, flags, maker, model, attributes, checksum.
_NAMES = ((4, 4), (24, 12), (40, 24), (80, 48))


def profile(media: Media, box: Box) -> None:
    """Clean a profile that follows the type of its colours. Raises Malformed if it is unsound."""
    start, size = box.body + 4, box.size - 4
    if size > WINDOW:
        media.remove(box)
        return
    data = media.reader.bytes(start, size)
    count = int.from_bytes(data[_HEADER : _HEADER + 4])
    done = _HEADER + 4 + 12 * count
    if count > _MOST_TAGS or done > size:
        raise Malformed("profile of colours is unsound")
    for at, length in _NAMES:
        media.patches.fill(start + at, length)
    rows = [data[at : at + 12] for at in range(_HEADER + 4, done, 12)]
    tags = [(int.from_bytes(row[4:8]), int.from_bytes(row[8:])) for row in rows]
    last, end_of_last = (0, 0), done
    for at, length in sorted(tags):
        # Tags may share a part of the profile, but only the same part.
        is_shared = (at, length) == last
        if not is_shared and (at < end_of_last or at + length > size):
            raise Malformed("profile of colours is unsound")
        if is_shared:
            continue
        last, end_of_last = (at, length), at + length
        if data[at : at + 4] in _COLOURS:
            media.patches.fill(start + done, at - done)
            done = at + min(length, _needed(data[at : at + length]))
    media.patches.fill(start + done, size - done)


def _needed(tag: bytes) -> int:
    """Return how many bytes a tag needs at most; bytes after these have no meaning."""
    kind, number = tag[:4], int.from_bytes(tag[8:10])
    if kind == b"curv":
        return 12 + 2 * int.from_bytes(tag[8:12])
    if kind == b"chrm":
        return 12 + 8 * number
    if kind == b"para":
        return 12 + 4 * (_PARAMETERS[number] if number < len(_PARAMETERS) else 0)
    return _SIZES.get(kind, len(tag))
