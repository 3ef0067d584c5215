"""The tables of a track (ISO 14496-12, 8.6 and 8.7)."""

import math

from crypto.errors import Malformed
from inbox.files.media.boxes import Box
from inbox.files.media.chunks import Tables, chunks
from inbox.files.media.descriptions import descriptions
from inbox.files.media.plan import Codec, Media, Take

# Groups of samples that a player needs to begin within a film, and the largest description of one in bytes.
_GROUPS = ("roll", "prol", "rap ", "sync")
_LARGEST_GROUP = 2
_ONE_OF = (("stsc",), ("stsz", "stz2"), ("stco", "co64"))


def table(media: Media, box: Box, *, is_sound: bool) -> None:
    """Keep the tables that a player needs, and the samples that they describe. Raises Malformed."""
    boxes: dict[str, Box] = {}
    codecs: list[Codec] = []

    def keep(check: Take) -> Take:
        def kept(each: Box) -> None:
            check(each)
            boxes[each.type] = each

        return kept

    media.within(
        box,
        {
            "stsd": lambda each: codecs.extend(descriptions(media, each, is_sound=is_sound)),
            "stts": media.rows(8),
            "ctts": media.rows(8),
            "stss": media.rows(4),
            "stps": media.rows(4),
            "cslg": lambda each: media.limit(each, 44 if media.reader.uint(each.body, 1) else 24),
            "sdtp": keep(lambda _: None),
            "sgpd": lambda each: _groups(media, each),
            "sbgp": lambda each: _grouped(media, each),
            "stsc": keep(media.rows(12)),
            "stco": keep(media.rows(4)),
            "co64": keep(media.rows(8)),
            "stsz": keep(lambda each: _sizes(media, each)),
            "stz2": keep(lambda each: _sizes(media, each)),
        },
        several=("sgpd", "sbgp"),
    )
    found = [[boxes[kind] for kind in kinds if kind in boxes] for kinds in _ONE_OF]
    if any(len(each) != 1 for each in found):
        raise Malformed("track lacks a table, or has two of one kind")
    (stsc,), (sizes,), (offsets,) = found
    if "sdtp" in boxes:
        media.limit(boxes["sdtp"], 4 + media.reader.uint(sizes.body + 8, 4))
    media.kept.append(chunks(media.reader, Tables(stsc, sizes, offsets, codecs)))


def _sizes(media: Media, box: Box) -> None:
    count, field = media.reader.uint(box.body + 8, 4), media.reader.uint(box.body + 4, 4)
    bits = field if box.type == "stz2" else 0 if field else 32
    media.limit(box, 12 + math.ceil(bits * count / 8))


def _groups(media: Media, box: Box) -> None:
    """Keep descriptions of groups that all have the same few bytes (8.9.3), which need version 1."""
    number = media.reader.uint
    is_known = media.reader.type(box.body + 4) in _GROUPS and number(box.body, 1) == 1
    size = number(box.body + 8, 4) if is_known else 0
    if 0 < size <= _LARGEST_GROUP:
        media.limit(box, 16 + size * number(box.body + 12, 4))
    else:
        media.remove(box)


def _grouped(media: Media, box: Box) -> None:
    """Keep the rows that say which samples are in which group (8.9.2)."""
    if media.reader.type(box.body + 4) not in _GROUPS:
        media.remove(box)
        return
    skipped = 12 if media.reader.uint(box.body, 1) else 8
    media.limit(box, skipped + 4 + 8 * media.reader.uint(box.body + skipped, 4))
