"""The binary vectors of the Community Cryptography Test Vectors for age, from npm's cctv-age.

Armored files are not part of this protocol (SPEC 3).
"""

import hashlib
import json
import subprocess
import zlib
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from crypto import age, stream
from crypto.errors import CryptoError, Malformed, NotForUs, Tampered, Truncated
from crypto.header import Header
from crypto.pieces import Pieces
from crypto.recipients import HybridIdentity, ScryptIdentity, X25519Identity
from tests.support.paths import ROOT

LIST_VECTORS = """
import * as vectors from "cctv-age";
const encoded = Object.entries(vectors).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")]);
process.stdout.write(JSON.stringify(encoded));
"""
NOTHING = hashlib.sha256().hexdigest()

ERRORS = {
    "success": None,
    "header failure": Malformed,
    "no match": NotForUs,
    "HMAC failure": Tampered,
    "payload failure": Tampered,
}
# The suite has no result for a truncated file. For the suite, a missing nonce is a header failure.
CUT_SHORT = {
    "stream_no_nonce",
    "stream_short_nonce",
    "stream_no_chunks",
    "stream_missing_tag",
    "stream_short_chunk",
    "stream_short_second_chunk",
    "stream_no_final_full",
    "stream_no_final_two_chunks_full",
}


@dataclass(frozen=True)
class Vector:
    """One file of the suite, with the fields of its heading."""

    name: str
    expect: str
    payload: str
    file_key: bytes
    identities: tuple[age.Identity, ...]
    armored: bool
    content: bytes

    @property
    def error(self) -> type[CryptoError] | None:
        return Truncated if self.name in CUT_SHORT else ERRORS[self.expect]


def identity(kind: str, text: str) -> age.Identity:
    if kind == "passphrase":
        return ScryptIdentity(text)
    return HybridIdentity.parse(text) if "-PQ-" in text else X25519Identity.parse(text)


def vector(name: str, raw: bytes) -> Vector:
    heading, content = raw.split(b"\n\n", 1)
    fields = [line.split(": ", 1) for line in heading.decode().splitlines()]
    once = dict(fields)
    return Vector(
        name=name,
        expect=once["expect"],
        payload=once.get("payload", NOTHING),
        file_key=bytes.fromhex(once["file key"]),
        identities=tuple(identity(key, text) for key, text in fields if key in {"identity", "passphrase"}),
        armored=once.get("armored") == "yes",
        content=zlib.decompress(content) if once.get("compressed") == "zlib" else content,
    )


def load() -> list[Vector]:
    command = ["node", "--input-type=module", "--eval", LIST_VECTORS]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    return [vector(name, b64decode(encoded)) for name, encoded in json.loads(listed)]


SUITE = load()
VECTORS = [each for each in SUITE if not each.armored]
READABLE = [each for each in VECTORS if each.expect != "header failure"]


def cases(vectors: Iterable[Vector]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", [pytest.param(each, id=each.name) for each in vectors])


def opened(vector: Vector, pieces: Iterable[bytes]) -> tuple[type[CryptoError] | None, str]:
    """Return the error of unsealing, if any, and the digest of all plaintext released before the error."""
    released = hashlib.sha256()
    try:
        for chunk in age.unseal(pieces, vector.identities):
            released.update(chunk)
    except CryptoError as error:
        return type(error), released.hexdigest()
    return None, released.hexdigest()


def test_the_suite_is_complete():
    """Only armored files are left out. The suite has the expected number of files with each result."""
    counted = Counter(each.expect for each in VECTORS)
    assert counted == {
        "success": 19,
        "no match": 12,
        "HMAC failure": 1,
        "header failure": 60,
        "payload failure": 18,
    }
    assert (143, 33) == (len(SUITE), sum(each.armored for each in SUITE))
    assert {each.name for each in VECTORS} >= CUT_SHORT


@cases(VECTORS)
def test_each_file_succeeds_or_fails_as_the_suite_says(vector):
    """The released plaintext also equals the plaintext of the suite."""
    assert (vector.error, vector.payload) == opened(vector, [vector.content])


@cases(each for each in VECTORS if len(each.content) < 4_096)
def test_each_file_has_the_same_result_when_it_arrives_byte_by_byte(vector):
    bytewise = (bytes([byte]) for byte in vector.content)
    assert (vector.error, vector.payload) == opened(vector, bytewise)


@cases(READABLE)
def test_a_header_is_written_as_it_was_read(vector):
    """Each header has only one valid encoding."""
    header = Header.read(Pieces([vector.content]))
    assert vector.content.startswith(header.encode())


@cases(READABLE)
def test_the_file_key_authenticates_the_header(vector):
    """The MAC of each header is valid, except in the file with a deliberately wrong MAC."""
    header = Header.read(Pieces([vector.content]))
    if vector.expect == "HMAC failure":
        with pytest.raises(Tampered):
            header.verify(vector.file_key)
    else:
        header.verify(vector.file_key)
        assert header == Header.authenticate(header.stanzas, vector.file_key)


@cases(each for each in VECTORS if each.expect == "success")
def test_sealing_again_with_the_same_keys_gives_the_same_file(vector):
    """The file depends only on its stanzas, file key, nonce and plaintext."""
    source = Pieces([vector.content])
    header, nonce = Header.read(source), source.read(stream.NONCE)
    plaintext = age.unseal([vector.content], vector.identities)
    payload = age._payload(plaintext, file_key=vector.file_key, nonce=nonce)
    assert vector.content == header.encode() + b"".join(payload)
