"""Parts of a track that are still in the file, but that its edit list leaves out (ISO 14496-12, 8.6.6)."""

from fractions import Fraction

from inbox.files.media.boxes import Box, Reader

_SLACK_S = 0.5  # An encoder needs less than this at the beginning and at the end of a track.
_MOST_ROWS = 1_000


def is_cut(reader: Reader, elst: Box, mdhd: Box, mvhd: Box) -> bool:
    """Whether a track is longer than what a player shows of it.

    Raises Malformed for durations that are too large.
    """
    width = 8 if reader.uint(elst.body, 1) else 4
    rows = reader.uint(elst.body + 4, 4)
    if rows > _MOST_ROWS:
        return True
    shown = 0
    for row in range(rows):
        at = elst.body + 8 + row * (2 * width + 4)
        # A gap begins at the time -1.
        if reader.bytes(at + width, width) != b"\xff" * width:
            shown += reader.uint(at, width)
    (film, _), (track, duration) = _clock(reader, mvhd), _clock(reader, mdhd)
    if not film or not track:
        return True
    return Fraction(duration, track) - Fraction(shown, film) > _SLACK_S


def _clock(reader: Reader, box: Box) -> tuple[int, int]:
    """Return the units per second, and the duration."""
    at, width = (20, 8) if reader.uint(box.body, 1) else (12, 4)
    return reader.uint(box.body + at, 4), reader.uint(box.body + at + 4, width)
