"""Vectors of signatures and of deployment ids (SPEC 1.4, 1.5)."""

from crypto import signing
from crypto.signing import Label
from tests.vectors.fixtures import (
    DEPLOYMENT,
    EXERCISE,
    NOT_CANONICAL,
    SMALL_ORDER,
    Vector,
    fixed,
    flipped,
    vector,
)

ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def signatures() -> list[Vector]:
    """SPEC 1.4."""
    made = []
    seed = fixed("author")
    key = signing.public_key(seed)
    file = b'{"v":1}'
    for label in Label:
        signature = signing.sign(label, DEPLOYMENT, file, seed)
        given = _signature(label, file, signature, key) | {"seed": seed.hex()}
        made.append(vector(f"label-{label.value.decode().rsplit('/', 1)[1]}", given))
    signature = signing.sign(Label.REPORT, DEPLOYMENT, file, seed)
    scalar = int.from_bytes(signature[32:], "little") + ED25519_ORDER
    wrong = {
        "other-label": _signature(Label.SLOT, file, signature, key),
        "other-deployment": _signature(Label.REPORT, file, signature, key)
        | {"deployment": fixed("d", 16).hex()},
        "file-changed": _signature(Label.REPORT, flipped(file), signature, key),
        "signature-changed": _signature(Label.REPORT, file, flipped(signature, 3), key),
        "key-changed": _signature(Label.REPORT, file, signature, flipped(key, 0)),
        "s-not-reduced": _signature(Label.REPORT, file, signature[:32] + scalar.to_bytes(32, "little"), key),
        "key-not-canonical": _signature(
            Label.REPORT, file, bytes.fromhex(NOT_CANONICAL) + bytes(32), bytes.fromhex(NOT_CANONICAL)
        ),
    }
    for name, point in SMALL_ORDER.items():
        # If S = 0 and R and A are the same point of small order, a lax verifier accepts the signature for
        # many messages.
        wrong[f"small-order-{name}"] = _signature(
            Label.REPORT, file, bytes.fromhex(point) + bytes(32), bytes.fromhex(point)
        )
    made += [vector(name, given, expect="tampered") for name, given in wrong.items()]
    short = {
        "signature-short": _signature(Label.REPORT, file, signature[:63], key),
        "key-long": _signature(Label.REPORT, file, signature, key + b"\0"),
    }
    return made + [vector(name, given, expect="malformed") for name, given in short.items()]


def _signature(label: Label, file: bytes, signature: bytes, key: bytes) -> Vector:
    given = {"deployment": DEPLOYMENT, "file": file, "signature": signature, "key": key}
    return {"label": label.value.decode()} | {name: value.hex() for name, value in given.items()}


def deployments() -> list[Vector]:
    """SPEC 1.5: which ids are of an exercise."""
    ids = {
        "exercise": (EXERCISE, True),
        "another-exercise": (EXERCISE[:8] + fixed("d", 8), True),
        "real": (DEPLOYMENT, False),
        "mark-in-english": (b"EXERCISE" + EXERCISE[8:], False),
        "mark-in-small-letters": (EXERCISE.lower(), False),
        "mark-at-the-end": (EXERCISE[8:] + EXERCISE[:8], False),
        "part-of-the-mark": (EXERCISE[:7] + bytes(9), False),
    }
    return [
        vector(name, {"deployment": raw.hex()}, {"exercise": is_exercise})
        for name, (raw, is_exercise) in ids.items()
    ]
