"""Verify a dossier's signature on any machine, with the inspectorate's public key alone (SPEC 8.5)."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from crypto import age, dossier
from crypto.age import Identity
from crypto.dossier import Dossier
from crypto.errors import CryptoError, NotForUs
from crypto.recipients import HybridIdentity, X25519Identity
from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import atomic_files

_SEALED = b"age-encryption.org/v1\n"
_HYBRID = "AGE-SECRET-KEY-PQ-"


def verify(file: BinaryIO, key: str, identities: Iterable[Identity]) -> Dossier:
    """Return the manifest of a dossier, which may be sealed or already opened with the age program.

    ``key`` is the inspectorate's public key or its fingerprint. Raises Refused with the name of the part that
    differs from the signed dossier.
    """
    start = file.read(len(_SEALED))
    pieces = chain([start], atomic_files.pieces(file))
    try:
        return dossier.verify(_unsealed(pieces, list(identities)) if start == _SEALED else pieces, key)
    except CryptoError as error:
        raise Refused(
            sentence("do not trust this dossier: {error}", error=library_errors.of_crypto(error)),
            sentence("ask the sender for the file again, and compare the key"),
        ) from None


def identities(path: Path, text: str) -> list[Identity]:
    """Return the secret keys in an age identity file; raises Refused if the file is invalid or empty."""
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [_identity(line) for line in lines if line and not line.startswith("#")]
    except CryptoError:
        found = []
    if not found:
        raise Refused(
            sentence("{path} is not an age identity file", path=path),
            sentence("give the file that age-keygen wrote"),
        )
    return found


def _identity(line: str) -> Identity:
    return (HybridIdentity if line.startswith(_HYBRID) else X25519Identity).parse(line)


def _unsealed(pieces: Iterable[bytes], identities: list[Identity]) -> Iterator[bytes]:
    """Yield the content.

    Raise Refused if no key opens the dossier, so that the dossier does not seem damaged.
    """
    opened = age.unseal(pieces, identities)
    try:
        first = next(opened, b"")
    except NotForUs:
        raise Refused(
            sentence("the dossier is sealed, and none of the given keys opens it"),
            sentence(
                "give the addressee's identity file: --identity FILE; or open the dossier first: age -d -i"
                " FILE"
            ),
        ) from None
    yield first
    yield from opened
