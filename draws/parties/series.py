"""The rule by which draws follow one another: their numbers grow by one (docs/draws.md, 3.4 and 5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from draws import protocol
from draws.protocol import DrawList
from inbox.language.errors import Refused
from inbox.language.messages import sentence


class SeriesRefused(Refused):
    """A list does not continue the draws of its series that somebody knows."""


@dataclass(frozen=True, slots=True)
class Known:
    """A draw of a series that somebody knows: its number, and its end hash or None."""

    number: int
    end: bytes | None


def check(of: DrawList, known: Sequence[Known]) -> None:
    """Raise SeriesRefused unless a list is the first of its series, or continues the last draw known."""
    last = max(known, key=lambda each: each.number, default=Known(0, protocol.FIRST))
    if any(each.number == of.number for each in known):
        raise SeriesRefused(
            sentence("you have already taken part in draw {number} with another list", number=of.number),
            sentence("do not commit: a draw that is repeated has the next number, and names the void"),
        )
    if of.number < last.number:
        raise SeriesRefused(
            sentence("you have already taken part in draw {number}, which is later", number=last.number),
            sentence("do not commit: the numbers of a series only grow"),
        )
    if of.number > last.number + 1:
        raise SeriesRefused(
            sentence(
                "this list is draw {number} of its series, but the last one that you know is draw {last}",
                number=of.number,
                last=last.number,
            ),
            sentence(
                "do not commit if the number is wrong. If you missed a draw, ask for its end and its list:"
                " draws party remember END --list LIST"
            ),
        )
    if last.end is None:
        raise SeriesRefused(
            sentence("you do not know yet how draw {number} ended", number=last.number),
            sentence("ask for the end of that draw, and give it to: draws party remember"),
        )
    if of.previous != last.end:
        raise SeriesRefused(
            sentence("this list does not name the end of draw {number} that you know", number=last.number)
            if last.number
            else sentence("this list is draw 1 of its series, but it names a draw before it"),
            sentence("do not commit: ask the office from which draw the list goes on"),
        )
