"""Dossiers: signed extracts of a case for a prosecutor or a disciplinary file (SPEC 8.5)."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crypto import base64url, bundle, shape, signing
from crypto.archive import Member
from crypto.bundle import Manifest
from crypto.errors import CryptoError, Tampered
from crypto.shape import Shape, binary, integer, list_of, record, text
from crypto.signing import LARGEST_FILE, Label

PAGES = "dossier.pdf"
CONTENT = "dossier.json"
_PART = r"dossier\.pdf|dossier\.json|files/[0-9]{1,6}(\.[a-z]{1,4})?"
_LONGEST_PART = 17
_MOST_PARTS = 100_000


class Purpose(StrEnum):
    """The purpose of a dossier, which determines its contents."""

    PROSECUTOR = "prosecutor"
    DISCIPLINARY = "disciplinary"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a dossier: its name, its size in bytes, and its SHA-256."""

    name: str
    size: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of the manifest: the deployment and the key that signed it."""

    deployment: bytes
    key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The manifest: the parts, the purpose, the day, the case, and the key (32 bytes) that signed it."""

    deployment: bytes
    key: bytes
    purpose: Purpose
    language: str
    made: date
    case: int
    parts: tuple[Part, ...]


class PartDamaged(Tampered):
    """The part ``name`` of a dossier differs from the signed part."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not what was signed")
        self.name = name


_PURPOSE: shape.Shape[Purpose] = shape.Shape(
    lambda value: Purpose(shape.one_of(*Purpose).read(value)), lambda purpose: purpose.value
)
_SIGNER: Mapping[str, Shape[bytes]] = {
    "deployment": binary(signing.DEPLOYMENT),
    "key": binary(signing.PUBLIC),
}
_HEAD = record(Head, _SIGNER, kind="dossier")
DOSSIER = record(
    Dossier,
    {
        **_SIGNER,
        "purpose": _PURPOSE,
        "language": shape.one_of("fr", "en"),
        "made": shape.day,
        "case": integer(1),
        "parts": list_of(
            record(Part, {"name": text(_LONGEST_PART, _PART), "size": integer(), "hash": binary(32)}),
            _MOST_PARTS,
        ),
    },
    kind="dossier",
)


def part(name: str, pieces: Iterable[bytes]) -> Part:
    """Return the manifest's entry for a file."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return Part(name, size, digest.digest())


def sign(dossier: Dossier, seed: bytes) -> Manifest:
    """Return the manifest, signed with the key of ``seed`` (32 bytes)."""
    raw = DOSSIER.encode(dossier)
    return Manifest(raw, signing.sign(Label.DOSSIER, dossier.deployment, raw, seed))


def write(manifest: Manifest, parts: Iterable[Member]) -> Iterator[bytes]:
    """Yield a dossier: the manifest, its signature, then the parts in the order of the manifest."""
    return bundle.write(manifest, parts)


def verify(pieces: Iterable[bytes], key: str) -> Dossier:
    """Return the manifest of a dossier if every byte is covered by a signature of ``key``.

    ``key`` is the public key in base64url, or its fingerprint. Raise PartDamaged for the first changed part.
    Raise Tampered if another key signed the dossier.
    """
    with _damaged(f"{bundle.MANIFEST}, or its signature,"):
        manifest, members = bundle.read(pieces, most=LARGEST_FILE)
        head = bundle.begin(_HEAD, manifest.raw, "purpose")
        signing.verify(Label.DOSSIER, head.deployment, manifest.raw, manifest.signature, head.key)
    if not _is_same_key(head.key, key):
        raise Tampered("the dossier is signed by another key than the one given")
    with _damaged(bundle.MANIFEST):
        dossier = DOSSIER.parse(manifest.raw)
    rest = iter(bundle.checked(members, [(part.name, part.hash) for part in dossier.parts]))
    before = bundle.SIGNATURE
    while member := _next(rest, before):
        with _damaged(member.name):
            for _ in member.data:  # Reading a part checks its hash.
                pass
        before = member.name
    return dossier


def _next(members: Iterator[Member], before: str) -> Member | None:
    with _damaged(f"what stands behind {before}"):
        return next(members, None)


@contextmanager
def _damaged(name: str) -> Iterator[None]:
    try:
        yield
    except CryptoError:
        raise PartDamaged(name) from None


def _is_same_key(found: bytes, given: str) -> bool:
    return given == base64url.encode(found) or signing.is_same_fingerprint(given, signing.fingerprint(found))
