"""The team of the second check: its key, and the result that only it can open."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from crypto import age, base64url
from crypto.errors import CryptoError
from crypto.recipients import X25519Identity, X25519Recipient
from draws import csv_files, freezing, protocol, verify
from draws.freezing import Private
from draws.language import headings_of
from draws.protocol import Transcript
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import atomic_files, given_files

# The columns of an opened result before those of the list. An item is a line in the order of the transcript.
# With its salt and the transcript, a line shows that it was drawn (3.1).
ADDED = ("item", "stratum", "salt")


class TeamRefused(Refused):
    """The result of a draw cannot be opened."""


@dataclass(frozen=True, slots=True)
class Result:
    """The lines that were drawn, as a table with a heading; how many, and of how many; and the transcript."""

    rows: tuple[tuple[str, ...], ...]
    count: int
    total: int
    transcript: bytes


def create_key(path: Path) -> str:
    """Write a new secret key, and return the public key, ``age1…``. Raises Refused if the file exists."""
    identity = X25519Identity(secrets.token_bytes(32))
    with atomic_files.new(path) as file:
        file.write(f"{identity.encode()}\n".encode())
    return identity.recipient().encode()


def read_key(path: Path) -> X25519Identity:
    """Return the secret key in a file of ours or of ``age-keygen``. Raises TeamRefused."""
    lines = given_files.content(path).decode("ascii", "replace").splitlines()
    try:
        (key,) = (line for line in lines if line and not line.startswith("#"))
        return X25519Identity.parse(key)
    except (ValueError, CryptoError):
        raise TeamRefused(
            sentence("{path} is not the secret key of a team", path=path),
            sentence("it has one line, which begins with AGE-SECRET-KEY-1"),
        ) from None


def seal_result(transcript: bytes, team: X25519Recipient) -> bytes:
    """Return the transcript of a draw, sealed for the team until it is published."""
    return age.seal_bytes(transcript, [team])


@dataclass(frozen=True, slots=True)
class Opened:
    """The lines of a list, the leaf of each (3.1), and the transcript of its draw."""

    lines: Private
    leaves: Sequence[bytes]
    transcript: Transcript
    raw: bytes


def opened(private: bytes, result: bytes, key: X25519Identity, today: date) -> Opened:
    """Return what is in both files. Raises TeamRefused or CryptoError.

    The transcript is verified, its draw took place, and its list is that of the private file.
    """
    lines = freezing.unseal(private, key)
    if today < lines.opens:
        raise TeamRefused(
            sentence("the result may be opened on {day} or later", day=lines.opens),
            sentence("wait for that day: nobody concerned may know earlier"),
        )
    raw = age.unseal_bytes(result, [key])
    try:
        transcript = verify.parsed(raw)
        found, strata = verify.with_leaves(transcript)
    except verify.Disproved as error:
        raise TeamRefused(
            sentence("the draw is not valid: rule “{rule}”", rule=error.rule),
            sentence("do not use the result; tell the parties"),
        ) from None
    own = lines.salted()
    # No leaf of a valid transcript occurs twice. For a million leaves, a lookup for each would take longer.
    if protocol.list_hash(transcript.list) != lines.list or {*chain.from_iterable(strata)} != {*own}:
        raise TeamRefused(
            sentence("the draw was made from another list than this private file"),
            sentence("do not use the result; tell the parties"),
        )
    if found.is_void:
        raise TeamRefused(sentence("this draw is void"), sentence("wait for the result of the next draw"))
    return Opened(lines, own, transcript, raw)


def open_result(private: bytes, result: bytes, key: X25519Identity, today: date) -> Result:
    """Return the lines that were drawn. Raises TeamRefused or CryptoError, as ``opened``."""
    found = opened(private, result, key, today)
    lines, transcript = found.lines, found.transcript
    drawn = [protocol.split(base64url.decode(text)) for text in transcript.drawn]
    wanted = {*chain.from_iterable(drawn)}
    positions = {leaf: at for at, leaf in enumerate(found.leaves) if leaf in wanted}
    rows = [(*ADDED, *lines.columns)]
    for stratum, leaves in zip(transcript.list.strata, drawn, strict=True):
        for leaf in leaves:
            at = positions[leaf]
            added = (str(len(rows)), stratum.name, protocol.salt(lines.secret, at).hex())
            rows.append((*added, *lines.lines[at].split("\n")))
    return Result(tuple(rows), len(rows) - 1, transcript.list.total, found.raw)


def written(result: Result) -> bytes:
    """Return the result as CSV."""
    return csv_files.write([headings_of(result.rows[0]), *result.rows[1:]])
