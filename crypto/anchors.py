"""Files of anchors: the outbox manifests with which a portal vouches for a journal (SPEC 9.3)."""

import re
from collections.abc import Iterable, Iterator

from crypto import archive
from crypto.archive import Member, Reader
from crypto.bundle import LARGEST_MANIFEST, Manifest
from crypto.errors import Malformed
from crypto.signing import SIGNATURE

_NAME = re.compile(r"([1-9][0-9]{0,15})\.json")


def write(manifests: Iterable[tuple[int, Manifest]]) -> Iterator[bytes]:
    """Yield a file of anchors from pairs of outbox number and manifest, in ascending order of number."""
    for n, manifest in manifests:
        parts = ((f"{n}.json", manifest.raw), (f"{n}.sig", manifest.signature))
        yield from archive.write(Member(name, len(data), iter([data])) for name, data in parts)
    yield bytes(archive.END)


def read(pieces: Iterable[bytes]) -> Iterator[tuple[int, Manifest]]:
    """Yield the number and the unverified manifest of each outbox. Raise Malformed or Truncated."""
    members = iter(Reader(pieces, most_padding=0))
    last = 0
    for member in members:
        found = _NAME.fullmatch(member.name)
        if found is None or (n := int(found[1])) <= last or member.size > LARGEST_MANIFEST:
            raise Malformed("this is not a file of anchors")
        raw = b"".join(member.data)
        signature = next(members, None)
        if signature is None or signature.name != f"{n}.sig" or signature.size != SIGNATURE:
            raise Malformed("this is not a file of anchors")
        yield n, Manifest(raw, b"".join(signature.data))
        last = n
