"""A secret split into shares of words, of which a quorum gives it back (SLIP-39; SPEC 9.1)."""

from collections.abc import Sequence
from dataclasses import replace

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics

from crypto.errors import Malformed, Tampered, Truncated

LEAST_QUORUM = 2
LARGEST_COUNT = 7
WORDS = 33
CHECKSUM_WORDS = 3
IDENTIFIERS = 1 << 15


class TooFewShares(Truncated):
    """Fewer shares than the quorum: nothing can be said about the secret."""


def split(secret: bytes, *, quorum: int, count: int) -> tuple[str, ...]:
    """Return ``count`` shares of a 32-byte secret, 33 words each, any ``quorum`` of which give it back.

    Raises Malformed unless 2 ≤ quorum ≤ count ≤ 7, or both are 1: one of several would not need the others.
    """
    if not (LEAST_QUORUM <= quorum <= count <= LARGEST_COUNT or quorum == count == 1):
        raise Malformed("quorum and number of shares do not go together")
    # No passphrase of SLIP-39's own: each share stands under its officer's, by Argon2id.
    groups = generate_mnemonics(1, [(quorum, count)], secret, iteration_exponent=0)
    return tuple(groups[0])


def member(words: str) -> int:
    """Return whose share it is: a number from 1; Malformed if a word is wrong."""
    return _parse(words).index + 1


def identifier(words: str) -> int:
    """Return the number (15 bits) that all shares of one split carry; Malformed if a word is wrong."""
    return _parse(words).identifier


def quorum(words: str) -> int:
    """Return how many shares give the secret, as each of them says; Malformed if a word is wrong."""
    return int(_parse(words).member_threshold)


def restated(words: str, quorum: int) -> str:
    """Return the same share with another quorum written into it; Malformed if a word is wrong.

    What ``combine`` refuses for the number alone can be tried in earnest so.
    """
    return str(replace(_parse(words), member_threshold=quorum).mnemonic())


def combine(shares: Sequence[str]) -> bytes:
    """Return the 32-byte secret from at least a quorum of shares, all of which must be of it.

    Raises Malformed for a wrong word, TooFewShares, Tampered for shares of different splits or one twice.
    """
    parsed = [_parse(words) for words in shares]
    if not parsed or len(parsed) < parsed[0].member_threshold:
        raise TooFewShares("fewer shares than the quorum")
    if len({share.index for share in parsed}) != len(parsed):
        raise Tampered("one share is given twice")
    least = parsed[0].member_threshold
    first, rest = list(shares[:least]), shares[least:]
    # SLIP-39 takes exactly a quorum: each one more has to give the same in the place of the last.
    secrets = {_combine(chosen) for chosen in (first, *([*first[:-1], words] for words in rest))}
    if len(secrets) != 1:
        raise Tampered("the shares are not of one split")
    return secrets.pop()


def normal(words: str) -> str:
    """Return a share as ``split`` writes it; Malformed if a word is wrong."""
    return str(_parse(words).mnemonic())


def _parse(words: str) -> Share:
    try:
        share = Share.from_mnemonic(words)
    except (MnemonicError, ValueError):
        raise Malformed("a word of the share is wrong, missing or in another place") from None
    if len(words.split()) != WORDS or share.group_count != 1:
        raise Malformed("the share has another form than those of an inbox")
    return share


def _combine(shares: list[str]) -> bytes:
    try:
        return bytes(combine_mnemonics(shares))
    except (MnemonicError, ValueError):
        raise Tampered("the shares are not of one split") from None
