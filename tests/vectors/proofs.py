"""Vectors of proofs of receipt, and of answers to a challenge (SPEC 5.6)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from crypto import challenge, proof, receipt, signing, strictjson
from crypto.challenge import Challenge
from crypto.signing import Label
from tests.vectors.fixtures import (
    DAY,
    DEPLOYMENT,
    EXERCISE,
    REPLY_SEED,
    ROOT_SEED,
    TOKEN,
    Vector,
    fixed,
    vector,
)
from tests.vectors.receipts import receipt_key_with, receipt_with


def proofs() -> list[Vector]:
    """SPEC 5.6."""
    thief = fixed("thief")

    def file(**changes: Any) -> bytes:
        values: dict[str, Any] = {
            "root_key": signing.public_key(ROOT_SEED),
            "receipt": receipt.sign(receipt_with(), REPLY_SEED),
            "receipt_key": receipt_key_with(),
        }
        return proof.PROOF.encode(proof.Proof(**values | changes))

    def given(raw: bytes, deployment: bytes = DEPLOYMENT, root_seed: bytes = ROOT_SEED) -> Vector:
        parts = {"proof": raw, "deployment": deployment, "root_key": signing.public_key(root_seed)}
        return {name: part.hex() for name, part in parts.items()}

    def receipted(by: bytes = REPLY_SEED, **changes: Any) -> bytes:
        return file(receipt=receipt.sign(receipt_with(**changes), by))

    def dated(first: date, last: date) -> bytes:
        return file(receipt_key=receipt_key_with(not_before=first, not_after=last))

    def labelled(label: Label) -> bytes:
        raw = receipt.RECEIPT.encode(receipt_with())
        return file(
            receipt=receipt.SignedReceipt(receipt_with(), signing.sign(label, DEPLOYMENT, raw, REPLY_SEED))
        )

    before = DAY - timedelta(1)
    shown = {
        "author": receipt_with().author.hex(),
        "day": DAY.isoformat(),
        "channel": "inspection",
        "not_before": DAY.isoformat(),
        "not_after": "2027-02-22",
    }
    value = strictjson.decode(file())
    assert isinstance(value, dict)
    foreign = fixed("d", 16)
    outside = {"reason": "day-outside"}
    stolen = signing.public_key(thief)
    forged = receipt_key_with(key=stolen)
    return [
        vector("a-day-before-the-key", given(receipted(day=before)), outside, expect="malformed"),
        vector("a-day-after-the-key", given(dated(before, before)), outside, expect="malformed"),
        vector("first-day-of-the-key", given(file()), shown),
        vector(
            "last-day-of-the-key",
            given(dated(before, DAY)),
            shown | {"not_before": before.isoformat(), "not_after": DAY.isoformat()},
        ),
        vector("another-day", given(file().replace(b"2026-11-24", b"2026-11-25", 1)), expect="tampered"),
        vector("another-author", given(_swapped(file(), receipt_with(author=bytes(32)))), expect="tampered"),
        vector("signed-by-another-key", given(receipted(by=thief)), expect="tampered"),
        vector("signed-as-a-slot", given(labelled(Label.SLOT)), expect="tampered"),
        vector("signed-as-an-answer", given(labelled(Label.ANSWER)), expect="tampered"),
        vector(
            "key-of-another-id",
            given(
                file(receipt=receipt.sign(receipt_with(), thief), receipt_key=forged),
            ),
            expect="tampered",
            comment="the root vouches for the key, but the receipt names another",
        ),
        vector(
            "key-vouched-for-by-itself",
            given(file(receipt_key=receipt_key_with(seed=REPLY_SEED))),
            expect="tampered",
        ),
        vector(
            "key-of-longer-life",
            given(file().replace(b"2027-02-22", b"2027-02-28")),
            expect="tampered",
        ),
        vector("root-of-another-site", given(file(), root_seed=thief), expect="not-for-us"),
        vector(
            "root-as-the-file-says",
            given(file(root_key=stolen, receipt_key=receipt_key_with(seed=thief))),
            expect="not-for-us",
            comment="signed in full by a root key that only the file itself names",
        ),
        vector("another-deployment", given(file(), deployment=foreign), expect="not-for-us"),
        vector("receipt-of-an-exercise", given(receipted(deployment=EXERCISE)), expect="not-for-us"),
        vector("receipt-at-an-exercise", given(file(), deployment=EXERCISE), expect="not-for-us"),
        vector("receipt-of-another-deployment", given(receipted(deployment=foreign)), expect="not-for-us"),
        vector(
            "key-of-another-deployment",
            given(file(receipt_key=receipt_key_with(deployment=foreign))),
            expect="not-for-us",
        ),
        vector("one-member-more", given(strictjson.encode(value | {"salt": ""})), expect="malformed"),
        vector("too-large", given(file() + b" " * 4_096), expect="malformed"),
        vector("not-a-proof", given(b"{}"), expect="malformed"),
    ]


def _swapped(raw: bytes, statement: receipt.Receipt) -> bytes:
    found = proof.PROOF.parse(raw)
    return proof.PROOF.encode(replace(found, receipt=replace(found.receipt, statement=statement)))


def answers() -> list[Vector]:
    """SPEC 5.6."""
    author_key = signing.public_key(TOKEN.author_seed)

    def ask(**changes: Any) -> bytes:
        values: dict[str, Any] = {
            "deployment": DEPLOYMENT,
            "author": receipt.author_hash(author_key),
            "verifier": "Maître Élise Dupont",
            "day": DAY,
            "random": fixed("challenge"),
        }
        return challenge.CHALLENGE.encode(Challenge(**values | changes))

    def given(asked: bytes, answered: bytes, author: bytes = author_key) -> Vector:
        parts = {
            "challenge": asked,
            "answer": answered,
            "author": receipt.author_hash(author),
            "deployment": DEPLOYMENT,
        }
        return {name: part.hex() for name, part in parts.items()}

    def signed(asked: bytes, seed: bytes = TOKEN.author_seed, label: Label = Label.ANSWER) -> bytes:
        answer = challenge.Answer(
            challenge=challenge.CHALLENGE.parse(asked),
            author_key=signing.public_key(seed),
            signature=signing.sign(label, DEPLOYMENT, asked, seed),
        )
        return challenge.ANSWER.encode(answer)

    def other(**changes: Any) -> Vector:
        given_ = given(ask(), signed(ask(**changes)))
        return vector(
            f"other-{next(iter(changes))}", given_, {"reason": "other-challenge"}, expect="not-for-us"
        )

    def misnamed(name: str, verifier: str) -> Vector:
        raw = ask().replace("Maître Élise Dupont".encode(), strictjson.encode(verifier)[1:-1])
        return vector(f"verifier-{name}", given(raw, signed(ask())), expect="malformed")

    other_author = {"reason": "other-author"}
    seed = fixed("another author")
    borrowed = replace(challenge.ANSWER.parse(signed(ask(), seed)), author_key=author_key)
    return [
        other(verifier="Maître Élise Durand"),
        other(day=DAY + timedelta(1)),
        other(random=fixed("another challenge")),
        vector("by-other-words", given(ask(), signed(ask(), seed)), other_author, expect="not-for-us"),
        vector(
            "for-another-receipt",
            given(ask(), signed(ask()), signing.public_key(seed)),
            other_author,
            expect="not-for-us",
        ),
        vector(
            "challenge-for-another-receipt",
            given(ask(author=bytes(32)), signed(ask(author=bytes(32)))),
            other_author,
            expect="not-for-us",
        ),
        vector(
            "challenge-of-another-deployment",
            given(ask(deployment=bytes(16)), signed(ask(deployment=bytes(16)))),
            other_author,
            expect="not-for-us",
        ),
        vector("another-signature", given(ask(), challenge.ANSWER.encode(borrowed)), expect="tampered"),
        vector(
            "signed-as-a-follow-up", given(ask(), signed(ask(), label=Label.FOLLOW_UP)), expect="tampered"
        ),
        misnamed("empty", ""),
        misnamed("of-spaces", "  "),
        misnamed("ends-in-a-space", "Court "),
        misnamed("of-two-lines", "Court\nof Appeal"),
        misnamed("too-long", "x" * 201),
        vector(
            "answered",
            given(ask(), signed(ask())),
            {"verifier": "Maître Élise Dupont", "day": DAY.isoformat()},
        ),
        vector(
            "longest-name",
            given(ask(verifier="É" * 200), signed(ask(verifier="É" * 200))),
            {"verifier": "É" * 200, "day": DAY.isoformat()},
        ),
        vector(
            "made-by-the-page",
            given(ask(), signed(ask())) | {"author_seed": TOKEN.author_seed.hex()},
            {"verifier": "Maître Élise Dupont", "day": DAY.isoformat()},
            comment="signatures are deterministic, so both languages write the same answer",
        ),
    ]
