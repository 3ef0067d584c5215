"""Contact sheets: many pictures with captions on few large pictures, for a reader who looks for defects."""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = (1800, 1900)
_GAP = 12
_LINE = 20
_GREY, _WHITE = "#777777", "#ffffff"
# The top of each column, below the title.
_TOP = _GAP + _LINE


class Sheets:
    """Sheets of one kind, such as those of one width. Each sheet is written when the next one begins.

    ``scale`` is the size of the pictures on the sheets. ``title`` appears at the top of each sheet.
    """

    def __init__(self, folder: Path, name: str, title: str, scale: float) -> None:
        self._folder, self._name, self._title, self._scale = folder, name, title, scale
        self._sheet = Image.new("RGB", SIZE, _GREY)
        self._place = (_GAP, _TOP)
        self._width = 0
        # The captions on each written sheet, by the file name of the sheet.
        self.index: dict[str, list[str]] = {}
        self._captions: list[str] = []

    def add(self, picture: Image.Image, caption: str) -> None:
        """Add a picture below or beside the last one. A picture higher than a sheet is cut into pieces."""
        size = (round(picture.width * self._scale), round(picture.height * self._scale))
        pieces = list(_pieces(picture.resize(size, Image.Resampling.LANCZOS)))
        for number, piece in enumerate(pieces, 1):
            part = f"{number}/{len(pieces)} " if len(pieces) > 1 else ""
            self._put(piece, part + caption)

    def _put(self, piece: Image.Image, caption: str) -> None:
        across, down = self._place
        if down > _TOP and down + _LINE + piece.height > SIZE[1]:
            across, down = across + self._width + _GAP, _TOP
            self._width = 0
        if across > _GAP and across + piece.width > SIZE[0]:
            self.write()
            across, down = _GAP, _TOP
        self._sheet.paste(_GREY, (across, down, SIZE[0], down + _LINE))  # cover the end of a long caption
        self._write_line((across, down), caption)
        self._sheet.paste(piece, (across, down + _LINE))
        self._captions.append(caption)
        self._place = (across, down + _LINE + piece.height + _GAP)
        self._width = max(self._width, piece.width)

    def write(self) -> None:
        """Write the sheet that is not full yet, and begin another one."""
        if not self._captions:
            return
        self._write_line((_GAP, _GAP // 2), self._title)
        file = f"{self._name}-{len(self.index) + 1:02}.png"
        self._sheet.save(self._folder / file)
        self.index[file] = self._captions
        self._captions, self._width = [], 0
        self._sheet.paste(_GREY, (0, 0, *SIZE))
        self._place = (_GAP, _TOP)

    def _write_line(self, place: tuple[int, int], text: str) -> None:
        ImageDraw.Draw(self._sheet).text(place, text, _WHITE, ImageFont.load_default(14))


def _pieces(picture: Image.Image) -> Iterator[Image.Image]:
    height = SIZE[1] - _TOP - _LINE
    for top in range(0, picture.height, height):
        yield picture.crop((0, top, picture.width, min(top + height, picture.height)))
