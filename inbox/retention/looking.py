"""Where a passage stands in a case, looked at before it is struck: texts and places are left as they are."""

from dataclasses import dataclass

from inbox.retention.striker import Striker
from inbox.text import redaction
from inbox.text.redaction import Pieces

# Who the author is, takes two officers to be read: no guess is tried on it here.
_HIDDEN = "identity"


@dataclass(frozen=True, slots=True)
class Seen:
    """A text at its place: the pieces that would stay, and what would be ``taken`` between each two."""

    place: str
    text: str
    pieces: Pieces
    taken: Pieces


class Looker(Striker):
    """Sees what a striker would strike, and strikes nothing."""

    def __init__(self, place: str, passage: str | None) -> None:
        super().__init__(place, passage)
        self.seen: list[Seen] = []

    def text(self, place: str, text: str) -> str:
        """Return the text as it is; note what would be struck from it."""
        if text and place != _HIDDEN and self.is_meant(place):
            if self.passage is None:
                self._see(_whole(place, text))
            else:
                left, taken = redaction.around(text, self.passage), redaction.taken(text, self.passage)
                self._see(Seen(place, text, left, taken))
        return text

    def takes(self, place: str, option: str) -> bool:
        """Note whether one of several answers would go; it stays."""
        before = len(self.seen)
        self.text(place, option)
        self.seen[before:] = [_whole(place, option) for _ in self.seen[before:]]
        return False

    def has(self, place: str, word: str) -> bool:
        """Note whether a word would go; it stays."""
        if super().has(place, word):
            self.seen.append(_whole(place, word))
        return False

    def _see(self, seen: Seen) -> None:
        if len(seen.pieces) > 1:
            self.times.update({seen.place: len(seen.pieces) - 1})
            self.seen.append(seen)


def _whole(place: str, text: str) -> Seen:
    return Seen(place, text, redaction.REMOVED, (text,))
