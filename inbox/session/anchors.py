"""The journal compared with what others keep: outbox manifests at the portal, a head on paper (SPEC 9.3)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from crypto import anchors, bundle
from crypto.bundle import Manifest
from crypto.errors import CryptoError
from crypto.journal import Head, JournalBroken
from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.vault import queries_exchange, queries_office

_PAPER = re.compile(r"\s*([1-9][0-9]{0,15})[\s,]+((?:[A-Z2-7]\s*){32})", re.IGNORECASE)
_FETCH_AGAIN = sentence("have it made again with `portal anchors`, and fetched by somebody whom you trust")


@dataclass(frozen=True, slots=True)
class Paper:
    """A head as somebody wrote it down: number of the entry, 32 letters of its fingerprint."""

    n: int
    letters: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """What outbox ``n`` said of the journal."""

    n: int
    journal: Head


@dataclass(frozen=True, slots=True)
class Checked:
    """A journal that holds: its head, how many outboxes it was compared with, the last entry they name.

    ``warnings`` say what the comparison could not cover.
    """

    head: Head
    outboxes: int
    anchored: int
    warnings: list[str]


def paper(written: str) -> Paper:
    """Return a head as typed from paper, in any spacing and case; Refused for anything else."""
    found = _PAPER.fullmatch(written)
    if found is None:
        raise Refused(
            sentence("this is no head of a journal"),
            sentence('type the number and the eight groups: --head "57 ABCD EFGH …"'),
        )
    return Paper(int(found[1]), "".join(found[2].split()).upper())


def check(session: Session, pieces: Iterable[bytes] | None, written: Paper | None) -> Checked:
    """Return the head of a journal that holds, in itself and beside a file of anchors and a head on paper.

    Raises Refused: it names the first entry that does not hold, or says that the anchors are not ours.
    """
    try:
        heads = [head.hash for head in journal.follow(session)]
        if written is not None:
            _compare_paper(heads, written)
        kept = _kept(session, pieces) if pieces is not None else []
        for anchor in kept:
            _compare(heads, anchor)
    except JournalBroken as broken:
        raise Refused(
            sentence("{error}", error=library_errors.of_crypto(broken)),
            sentence(
                "keep a copy of the vault as it is now; find out with all officers what was done, and by whom"
            ),
        ) from None
    head = Head(len(heads) - 1, heads[-1])
    anchored = max((anchor.journal.n for anchor in kept), default=0)
    return Checked(head, len(kept), anchored, list(_gaps(session, kept)) if pieces is not None else [])


def _kept(session: Session, pieces: Iterable[bytes]) -> list[Anchor]:
    office = queries_office.office(session)
    keys = [key.key for key in queries_office.reply_keys(session)]
    try:
        return [_open(n, manifest, office.deployment, keys) for n, manifest in anchors.read(pieces)]
    except CryptoError as error:
        raise Refused(
            sentence("the file of anchors was not taken: {error}", error=library_errors.of_crypto(error)),
            _FETCH_AGAIN,
        ) from None


def _open(n: int, manifest: Manifest, deployment: bytes, keys: Sequence[bytes]) -> Anchor:
    """Return what the portal kept as outbox ``n``; Refused if none of our keys signed it as that.

    Reply keys that are past their date, or whose seed was destroyed, count as well.
    """
    outbox = bundle.open_outbox(manifest, deployment, keys)
    if outbox.n != n:
        raise Refused(
            sentence("in the file of anchors outbox {n} is kept as {other}", n=outbox.n, other=n),
            _FETCH_AGAIN,
        )
    return Anchor(n, outbox.journal)


def _compare(heads: Sequence[bytes], anchor: Anchor) -> None:
    n = anchor.journal.n
    if n >= len(heads):
        raise JournalBroken(len(heads), f"is missing: outbox {anchor.n} names {n} entries")
    if heads[n] != anchor.journal.hash:
        raise JournalBroken(n, f"is not the one that outbox {anchor.n} names: it was rewritten up to there")


def _compare_paper(heads: Sequence[bytes], written: Paper) -> None:
    n = written.n
    if n >= len(heads):
        raise JournalBroken(len(heads), f"is missing: the head on paper names {n} entries")
    if "".join(Head(n, heads[n]).fingerprint.split()) != written.letters:
        raise JournalBroken(n, "is not the one on paper: it was rewritten up to there, or a letter is wrong")


def _gaps(session: Session, kept: Sequence[Anchor]) -> Iterable[str]:
    numbers = [anchor.n for anchor in kept]
    if not numbers:
        yield "the file holds no anchor: nothing was compared"
        return
    if len(numbers) != numbers[-1] - numbers[0] + 1:
        yield f"some outboxes between {numbers[0]} and {numbers[-1]} are not among the anchors"
    confirmed = max(queries_exchange.confirmed_outboxes(session), default=0)
    if confirmed > numbers[-1]:
        yield f"the portal has applied outbox {confirmed}, but the anchors end with {numbers[-1]}"
