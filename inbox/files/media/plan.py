"""What was found out about a file of boxes, and what must be overwritten in it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from crypto.errors import Malformed
from inbox.files.media.boxes import HEADER, Box, Reader
from inbox.files.media.patches import Patches

SPARE = ("free", "skip", "wide")
Take = Callable[[Box], object]


@dataclass(frozen=True, slots=True)
class Codec:
    """How samples are coded: a form of ``units.scan``, or something without notes that are known.

    Units of ``avc``, ``hevc`` and ``dolby`` follow their size in ``width`` bytes. ``frame`` is the size of a
    sample of sound by its description, or 0.
    """

    form: str = ""
    width: int = 0
    frame: float = 0


@dataclass(frozen=True, slots=True)
class Range:
    """A part of the file with picture or sound."""

    start: int
    end: int
    codec: Codec


class Media:
    """The plan to clean a file."""

    def __init__(self, file: BinaryIO) -> None:
        self.reader = Reader(file)
        self.patches = Patches()
        self.staying: set[str] = set()
        """Codes of what stays in the file."""
        self.data: list[Box] = []
        """The boxes with picture and sound."""
        self.kept: list[Iterator[Range]] = []
        """For each track, and for all pictures, the parts of ``data`` to keep, in the order of the file."""

    def remove(self, box: Box) -> None:
        """Make a box an empty ``free`` box of the same size."""
        if box.type not in SPARE:
            self.patches.write(box.at + 4, b"free")
        self.patches.fill(box.body, box.size)

    def whole(self, box: Box) -> bytes:
        """Return the content of a small box. Raises Malformed if it is large."""
        return self.reader.bytes(box.body, box.size)

    def limit(self, box: Box, size: int) -> None:
        """Overwrite the bytes of a box after the first ``size``. Raises Malformed if there are fewer."""
        if box.size < size:
            raise Malformed("box is too short")
        self.patches.fill(box.body + size, box.size - size)

    def fixed(self, size: int) -> Take:
        """Return a function that keeps ``size`` bytes of a box."""
        return lambda box: self.limit(box, size)

    def rows(self, width: int, wide: int = 0) -> Take:
        """Return a function that keeps a table with rows of ``width`` bytes, or ``wide`` in version 1."""

        def keep(box: Box) -> None:
            version = self.reader.uint(box.body, 1)
            count = self.reader.uint(box.body + 4, 4)
            self.limit(box, 8 + count * (wide or width if version else width))

        return keep

    def within(
        self, parent: Box, types: Mapping[str, Take], skipped: int = 0, several: Collection[str] = ()
    ) -> None:
        """Give each box in a box to the function for its type, and remove boxes without a function.

        ``skipped`` counts the bytes before the first box. Raises Malformed if a box has an impossible size,
        or is repeated although ``several`` does not list its type.
        """
        seen: set[str] = set()
        at = parent.body + skipped
        if at > parent.end:
            raise Malformed("box is too short")
        # QuickTime ends some lists of boxes with a size of zero.
        while parent.end - at >= HEADER and self.reader.uint(at, 4) != 0:
            box = self.reader.box(at, parent.end)
            take = types.get(box.type)
            if take and box.type in seen and box.type not in several:
                raise Malformed("box is repeated")
            seen.add(box.type)
            (take or self.remove)(box)
            at = box.end
        self.patches.fill(at, parent.end - at)


def refuse(why: str) -> Take:
    """Return a function that refuses the file."""

    def refused(_: Box) -> NoReturn:
        raise Malformed(why)

    return refused


def keep_parts(patches: Patches, boxes: Iterable[Box], ranges: Iterable[Range]) -> None:
    """Overwrite the bytes of boxes that are not in ``ranges``, which are in order.

    Raises Malformed unless each range is in one box, after the earlier ranges.
    """
    left = list(boxes)
    at = left[0].body if left else 0

    def fill_box() -> int:
        patches.fill(at, left.pop(0).end - at)
        return left[0].body if left else 0

    for part in ranges:
        while left and left[0].end < part.end:
            at = fill_box()
        if not left or part.start < at:
            raise Malformed("part of the file is used twice, or outside its box")
        patches.fill(at, part.start - at)
        at = part.end
    while left:
        at = fill_box()
