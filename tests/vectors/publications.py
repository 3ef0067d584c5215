"""Vectors of published figures and of their signatures (SPEC 8.7)."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence

from nacl.signing import SigningKey

from crypto import minisign, signing
from inbox.figures import layout, plan, release
from inbox.figures.rule import protect
from tests.support.publication import PATH, plan_file, total
from tests.vectors.fixtures import Vector, fixed, flipped, vector

YEAR = 2027
PLAN = plan_file(YEAR, parts=total("received", "received") + PATH)
# Of 20 reports, the rule hides the small group and the first one of the plan.
COUNTS = {"received": 20, "path/other": 9, "path/approached": 10, "path/saw": 1}
SHOWN = {"received": 20, "path/other": 6, "path/approached": 9, "path/saw": 5}
FILE, NAME = b"some figures\n", "figures-2027.json"


def figures() -> list[Vector]:
    """SPEC 8.7: the figures of one edition with their certificate."""
    edition = _edition(COUNTS)
    # The small group has five values, and the other hidden group has the rest.
    witnesses = [_whole({**COUNTS, "path/other": 10 - n, "path/saw": n}) for n in range(5)]

    def adding(**changed: float) -> Vector:
        cells = {f"{YEAR}/path/{group}": count for group, count in changed.items()}
        return _given(edition, [*witnesses, {**witnesses[0], **cells}])

    wrong = {
        "no-witness": _given(_edition(SHOWN), []),
        "a-witness-that-is-no-object": _given(edition, [*witnesses, []]),
        "too-few-witnesses": _given(edition, witnesses[:4]),
        "a-witness-that-does-not-add-up": adding(saw=5),
        "a-witness-with-another-shown-count": adding(other=9, approached=11),
        "a-witness-that-the-rule-would-show": adding(other=5, saw=5),
        "a-witness-without-a-cell": _given(edition, [*witnesses, {f"{YEAR}/received": 20}]),
        "a-negative-count": adding(other=11, saw=-1),
        "a-count-that-is-no-integer": adding(saw=0.0),
        "another-shown-count": _given(edition.replace(b": 10", b": 11"), witnesses),
        "a-hidden-count-that-the-rule-shows": _given(edition.replace(b": 10", b": null"), witnesses),
        "other-spaces": _given(json.dumps(json.loads(edition)).encode(), witnesses),
    }
    return [
        vector("one-edition", _given(edition, witnesses)),
        vector("one-edition-of-all-shown-counts", _given(_edition(SHOWN), [_whole(SHOWN)])),
        *(vector(name, given, expect="malformed") for name, given in wrong.items()),
    ]


def _whole(counts: dict[str, int]) -> dict[str, int]:
    return {f"{YEAR}/{cell}": count for cell, count in counts.items()}


def _edition(counts: dict[str, int]) -> bytes:
    cells, _ = layout.layout([plan.parse(PLAN)], YEAR)
    return release.write(cells, protect(cells, _whole(counts)), YEAR)


def _given(edition: bytes, witnesses: Sequence[Mapping[str, float] | Sequence[None]]) -> Vector:
    certificate = json.dumps({"witnesses": witnesses}).encode()
    return {"plans": [PLAN.hex()], "figures": {str(YEAR): edition.hex()}, "certificate": certificate.hex()}


def signatures_of_files() -> list[Vector]:
    """SPEC 8.7: signatures in the format of minisign."""
    seed, other = fixed("card"), fixed("another card")
    public = minisign.public_file(signing.public_key(seed))
    signature = minisign.sign(FILE, seed, f"the office: {NAME}")

    def given(**changed: bytes | str) -> Vector:
        whole = {"file": FILE, "name": NAME, "signature": signature, "public": public, **changed}
        return {key: value if isinstance(value, str) else value.hex() for key, value in whole.items()}

    first, line, comment, both, _ = signature.split(b"\n")
    legacy = SigningKey(seed).sign(FILE).signature
    number = b64decode(line)[2:10]
    end = SigningKey(seed).sign(legacy + comment.removeprefix(b"trusted comment: ")).signature
    old = b"\n".join([first, b64encode(b"Ed" + number + legacy), comment, b64encode(end), b""])
    wrong = {
        "file-changed": given(file=flipped(FILE)),
        "signature-changed": given(signature=b"\n".join([first, _flipped(line), comment, both, b""])),
        "comment-changed": given(signature=signature.replace(b"the office", b"an office")),
        "signature-of-the-comment-changed": given(
            signature=b"\n".join([first, line, comment, _flipped(both), b""])
        ),
        "other-key": given(public=minisign.public_file(signing.public_key(other))),
        "other-name": given(name="figures-2028.json"),
        "legacy-signature-without-a-hash": given(signature=old),
        "a-line-too-many": given(signature=signature + b"\n"),
    }
    return [
        vector("signed", given(), {"fingerprint": signing.fingerprint(signing.public_key(seed))}),
        vector(
            "another-untrusted-comment",
            given(signature=signature.replace(b"verify with minisign", b"anything")),
            {"fingerprint": signing.fingerprint(signing.public_key(seed))},
        ),
        *(vector(name, each, expect="tampered") for name, each in wrong.items()),
    ]


def _flipped(line: bytes) -> bytes:
    return b64encode(flipped(b64decode(line)))
