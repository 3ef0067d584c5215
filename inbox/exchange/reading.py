"""Read one entry of an intake bundle: open it, then find the officers and the marks in its texts.

The search of the texts takes as long as to open the envelope, so it also runs in the worker processes. They
start quickly, because nothing here imports the vault.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crypto.messages import File
from inbox.casework.marks import Mark, Marker
from inbox.exchange.unseal import Place, SignedFollowUp, SignedReport, Trust, Unsealed, Unsealer, Unsigned
from inbox.questionnaire import answers
from inbox.questionnaire.answers import NOTE
from inbox.text.names import Names


@dataclass(frozen=True, slots=True)
class Read:
    """An entry, the marks of its texts for the link index, and the officers whom the texts name."""

    entry: Unsealed
    marks: Sequence[Mark] = ()
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Search:
    """What is needed to search texts without the vault."""

    marker: Marker
    names: Names


class Reader:
    """A callable that reads entries one after another: it takes a Place and returns a Read."""

    def __init__(self, context: tuple[Trust, Search]) -> None:
        trust, self._search = context
        self._unseal = Unsealer(trust)

    def __call__(self, place: Place) -> Read:
        """Open the envelope and search its texts."""
        entry = self._unseal(place)
        match entry:
            case SignedReport():
                said, files = entry.report.answers, entry.report.files
                marks = self._search.marker.of_report(said)
            case SignedFollowUp():
                said, files = {NOTE: entry.follow_up.text}, entry.follow_up.files
                marks = self._search.marker.of_texts([entry.follow_up.text])
            case Unsigned():
                said, files = {NOTE: entry.drop.note}, ()
                marks = self._search.marker.of_report(said)
            case _:
                return Read(entry)
        named = self._search.names.meant_in([*answers.texts(said), *_described(files)])
        return Read(entry, marks, frozenset(named))


def _described(files: Iterable[File]) -> Iterable[str]:
    return (text for file in files for text in (file.name, file.type))
