"""Compare the journal with outside copies: outbox manifests at the portal, and a head on paper (SPEC 9.3)."""

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
_FETCH_AGAIN = sentence(
    "ask somebody you trust to run `fanal-portal run anchors --out FILE` on the portal again, and to bring"
    " the file"
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A head as an officer wrote it down: the number of the entry, and the 32 letters of its fingerprint."""

    n: int
    letters: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The journal head that outbox ``n`` recorded."""

    n: int
    journal: Head


@dataclass(frozen=True, slots=True)
class Checked:
    """The result for an intact journal: its head, how many outboxes were compared, and their last entry.

    ``warnings`` say what the comparison could not cover.
    """

    head: Head
    outboxes: int
    anchored: int
    warnings: list[str]


def paper(written: str) -> Paper:
    """Parse a head typed from paper, with any spacing and letter case. Raises Refused for any other text."""
    found = _PAPER.fullmatch(written)
    if found is None:
        raise Refused(
            sentence("this is not a journal head"),
            sentence('type the number and the eight groups: --head "57 ABCD EFGH …"'),
        )
    return Paper(int(found[1]), "".join(found[2].split()).upper())


def check(session: Session, pieces: Iterable[bytes] | None, written: Paper | None) -> Checked:
    """Verify the journal, and compare it with an anchor file and a head on paper, if they are given.

    Raises Refused. The error names the first wrong entry, or says that the anchors belong to another inbox.
    """
    try:
        heads = [head.hash for head in journal.follow(session)]
        if written is not None:
            _compare_paper(heads, written)
        kept = _kept(session, pieces) if pieces is not None else []
        for anchor in kept:
            _compare(heads, anchor)
    except JournalBroken as broken:
        raise refusal(broken) from None
    head = Head(len(heads) - 1, heads[-1])
    anchored = max((anchor.journal.n for anchor in kept), default=0)
    return Checked(head, len(kept), anchored, list(_gaps(session, kept)) if pieces is not None else [])


def refusal(broken: JournalBroken) -> Refused:
    """Return the error for a journal that was altered."""
    return Refused(
        sentence("{error}", error=library_errors.of_crypto(broken)),
        sentence(
            "keep a copy of the vault as it is now; with all officers, find out what happened and who did it"
        ),
    )


def _kept(session: Session, pieces: Iterable[bytes]) -> list[Anchor]:
    office = queries_office.office(session)
    keys = [key.key for key in queries_office.reply_keys(session)]
    try:
        return [_open(n, manifest, office.deployment, keys) for n, manifest in anchors.read(pieces)]
    except CryptoError as error:
        raise Refused(
            sentence("the anchor file was refused: {error}", error=library_errors.of_crypto(error)),
            _FETCH_AGAIN,
        ) from None


def _open(n: int, manifest: Manifest, deployment: bytes, keys: Sequence[bytes]) -> Anchor:
    """Return the anchor that the portal kept as outbox ``n``. Raises Refused if another inbox signed it.

    Signatures by expired reply keys, and by keys whose seed was destroyed, are also valid.
    """
    outbox = bundle.open_outbox(manifest, deployment, keys)
    if outbox.n != n:
        raise Refused(
            sentence("the anchor file gives the number {other} to outbox {n}", n=outbox.n, other=n),
            _FETCH_AGAIN,
        )
    return Anchor(n, outbox.journal)


def _compare(heads: Sequence[bytes], anchor: Anchor) -> None:
    n = anchor.journal.n
    if n >= len(heads):
        raise JournalBroken(len(heads), f"is missing: outbox {anchor.n} names {n} entries")
    if heads[n] != anchor.journal.hash:
        raise JournalBroken(
            n, f"differs from the one that outbox {anchor.n} names: entries up to it were rewritten"
        )


def _compare_paper(heads: Sequence[bytes], written: Paper) -> None:
    n = written.n
    if n >= len(heads):
        raise JournalBroken(len(heads), f"is missing: the head on paper names {n} entries")
    if "".join(Head(n, heads[n]).fingerprint.split()) != written.letters:
        raise JournalBroken(
            n, "differs from the one on paper: entries up to it were rewritten, or a letter is mistyped"
        )


def _gaps(session: Session, kept: Sequence[Anchor]) -> Iterable[str]:
    numbers = [anchor.n for anchor in kept]
    if not numbers:
        yield "the file holds no anchor: nothing was compared"
        return
    first, last = numbers[0], numbers[-1]
    if len(numbers) != last - first + 1:
        yield f"some outboxes between {first} and {last} are not among the anchors"
    if later := [n for n in queries_exchange.confirmed_outboxes(session) if n > last]:
        yield f"the portal has applied outbox {max(later)}, but the anchors end with {last}"
