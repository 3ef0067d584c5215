"""Vectors of memos, reports, follow-ups and slots (SPEC 5.1 to 5.4)."""

from datetime import date
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto import memo, messages, receipt, signing, strictjson
from crypto.shape import FIRST_DAY, LAST_DAY
from crypto.signing import Label
from tests.vectors.fixtures import (
    DAY,
    DEPLOYMENT,
    INTAKE,
    REPLY_SEED,
    SMALL_ORDER,
    TOKEN,
    Vector,
    fixed,
    flipped,
    vector,
)
from tests.vectors.receipts import receipt_with


def memos() -> list[Vector]:
    """SPEC 5.4."""
    given = {"memo_key": TOKEN.memo_key.hex(), "deployment": DEPLOYMENT.hex(), "case_id": TOKEN.case_id.hex()}
    bound_to = DEPLOYMENT + TOKEN.case_id

    def sealed(plain: bytes, label: str) -> str:
        nonce = fixed(label, 12)
        return (nonce + ChaCha20Poly1305(TOKEN.memo_key).encrypt(nonce, plain, bound_to)).hex()

    notes = [
        memo.Note("inspection", date(2026, 11, 24)),
        memo.Note("a", FIRST_DAY),
        memo.Note("abcdefghijklmnopqrstuvwxyz-0", LAST_DAY),
    ]
    made = [memo._seal(note, TOKEN.memo_key, bound_to, fixed(note.channel, 12)) for note in notes]
    first = made[0]
    good = [
        vector(
            f"channel-{len(note.channel)}",
            given | {"memo": raw.hex()},
            {"channel": note.channel, "day": note.day.isoformat()},
        )
        for note, raw in zip(notes, made, strict=True)
    ]
    epoch = date(1970, 1, 1)
    first_day = (FIRST_DAY - epoch).days.to_bytes(4, "big")
    malformed = {
        "day-1970": bytes(4) + b"a",
        "day-1999": ((FIRST_DAY - epoch).days - 1).to_bytes(4, "big") + b"a",
        "day-2200": ((LAST_DAY - epoch).days + 1).to_bytes(4, "big") + b"a",
        "day-beyond-the-calendar": b"\xff" * 4 + b"a",
        "no-channel": first_day,
        "channel-in-capitals": first_day + b"A",
        "zero-within-channel": first_day + b"a\0b",
        "zero-before-channel": first_day + b"\0a",
        "channel-before-day": b"inspection",
    }
    return [
        *good,
        *(
            vector(name, given | {"memo": sealed(plain.ljust(32, b"\0"), name)}, expect="malformed")
            for name, plain in malformed.items()
        ),
        vector("changed", given | {"memo": flipped(first).hex()}, expect="tampered"),
        vector("nonce-changed", given | {"memo": flipped(first, 0).hex()}, expect="tampered"),
        vector(
            "other-case", given | {"memo": first.hex(), "case_id": fixed("other").hex()}, expect="tampered"
        ),
        vector(
            "other-key", given | {"memo": first.hex(), "memo_key": fixed("other").hex()}, expect="tampered"
        ),
        vector("short", given | {"memo": first[:59].hex()}, expect="malformed"),
        vector("long", given | {"memo": first.hex() + "00"}, expect="malformed"),
    ]


def example_report(**changes: Any) -> bytes:
    """Return the message.json of a report whose reporter has the token of the vectors."""
    values: dict[str, Any] = {
        "channel": "inspection",
        "key_id": INTAKE.recipient().key_id,
        "case_id": TOKEN.case_id,
        "salt": TOKEN.salt,
        "author_key": TOKEN.author_key,
        "reply_recipient": TOKEN.reply_identity.recipient().raw,
        "withdraw_id": TOKEN.withdraw_id,
        "language": "fr",
        "keyring": messages.SeenKeyring(3, fixed("keyring")),
        "questionnaire": messages.QuestionnaireRef("customs", 1),
        "answers": {"what": "Ils m'ont abordé·e au café. 😀", "coi": "no"},
        "files": (),
        "written": DAY,
    }
    return messages.REPORT.encode(messages.Report(**values | changes))


def reports() -> list[Vector]:
    """SPEC 5.1."""

    def given(message: bytes, seed: bytes = TOKEN.author_seed, **expected: str) -> Vector:
        signature = signing.sign(Label.REPORT, DEPLOYMENT, message, seed)
        return {
            "message": message.hex(),
            "signature": signature.hex(),
            "deployment": DEPLOYMENT.hex(),
            "channel": "inspection",
            "key_id": INTAKE.recipient().key_id.hex(),
        } | expected

    good = example_report()
    ok = {"case_id": TOKEN.case_id.hex()}
    value = strictjson.decode(good)
    assert isinstance(value, dict)
    listed = example_report(answers={"who": ("agent", "other"), "none": ()})
    small = bytes.fromhex(SMALL_ORDER["order-8"])
    forged = example_report(author_key=small)
    made = [
        vector("french", given(good), ok),
        vector("list-of-answers", given(listed), ok),
        vector("no-answers", given(example_report(answers={})), ok),
        vector("question-id-of-32", given(example_report(answers={"a" * 32: ""})), ok),
        vector("other-author", given(good, seed=fixed("thief")), expect="tampered"),
        vector("another-case-id", given(example_report(case_id=fixed("other"))), expect="tampered"),
        vector("another-salt", given(example_report(salt=fixed("other"))), expect="tampered"),
        vector(
            "another-recipient",
            given(example_report(reply_recipient=INTAKE.recipient().raw)),
            expect="tampered",
        ),
        vector(
            "thief-signs-for-case",
            given(example_report(author_key=signing.public_key(fixed("thief"))), seed=fixed("thief")),
            expect="tampered",
        ),
        vector(
            "author-key-of-small-order",
            given(forged) | {"signature": (small + bytes(32)).hex()},
            expect="tampered",
        ),
        vector("other-channel", given(good, channel="other"), expect="tampered"),
        vector("other-key-id", given(good, key_id=fixed("k", 16).hex()), expect="tampered"),
        vector("other-deployment", given(good, deployment=fixed("d", 16).hex()), expect="tampered"),
        vector(
            "signature-of-slot",
            given(good) | {"signature": signing.sign(Label.SLOT, DEPLOYMENT, good, TOKEN.author_seed).hex()},
            expect="tampered",
        ),
    ]
    broken: dict[str, dict[str, Any]] = {
        "version-2": value | {"v": 2},
        "version-true": value | {"v": True},
        "kind-slot": value | {"kind": "slot"},
        "member-extra": value | {"extra": 1},
        "member-missing": {name: member for name, member in value.items() if name != "salt"},
        "member-order": dict(reversed(value.items())),
        "language-de": value | {"language": "de"},
        "day-of-february": value | {"written": "2026-02-30"},
        "day-before-2000": value | {"written": "1999-12-31"},
        "case-id-short": value | {"case_id": "AAAA"},
        "case-id-not-canonical": value | {"case_id": "A" * 42 + "B"},
        "channel-upper-case": value | {"channel": "Inspection"},
        "recipient-x25519": value | {"reply_recipient": "A" * 43},
        "answer-number": value | {"answers": {"what": 1}},
        "channel-of-29": value | {"channel": "a" * 29},
        "question-id-of-33": value | {"answers": {"a" * 33: ""}},
        "file-listed-not-there": value
        | {"files": [{"number": 1, "name": "", "type": "", "size": 1, "digest": "A" * 43}]},
    }
    return made + [
        vector(name, given(strictjson.encode(each)), expect="malformed") for name, each in broken.items()
    ]


def follow_ups() -> list[Vector]:
    """SPEC 5.2."""

    def message(**changes: Any) -> bytes:
        values: dict[str, Any] = {
            "channel": "inspection",
            "key_id": INTAKE.recipient().key_id,
            "case_id": TOKEN.case_id,
            "id": fixed("follow-up", 16),
            "seen": 2,
            "keyring": messages.SeenKeyring(3, fixed("keyring")),
            "text": "Encore une chose…",
            "files": (),
            "written": DAY,
        }
        return messages.FOLLOW_UP.encode(messages.FollowUp(**values | changes))

    def given(raw: bytes, seed: bytes = TOKEN.author_seed, label: Label = Label.FOLLOW_UP) -> Vector:
        return {
            "message": raw.hex(),
            "signature": signing.sign(label, DEPLOYMENT, raw, seed).hex(),
            "deployment": DEPLOYMENT.hex(),
            "channel": "inspection",
            "key_id": INTAKE.recipient().key_id.hex(),
            "case_id": TOKEN.case_id.hex(),
            "author_key": TOKEN.author_key.hex(),
        }

    good = message()
    value = strictjson.decode(good)
    assert isinstance(value, dict)
    return [
        vector("first", given(good), {"id": fixed("follow-up", 16).hex()}),
        vector("never-opened-a-slot", given(message(seen=0)), {"id": fixed("follow-up", 16).hex()}),
        vector("other-author", given(good, seed=fixed("thief")), expect="tampered"),
        vector("signed-as-report", given(good, label=Label.REPORT), expect="tampered"),
        vector("other-case", given(message(case_id=fixed("other"))), expect="tampered"),
        vector("other-channel", given(message(channel="other")), expect="tampered"),
        vector("seen-negative", given(message(seen=-1)), expect="malformed"),
        vector("id-short", given(message(id=b"short")), expect="malformed"),
        vector("kind-report", given(strictjson.encode(value | {"kind": "report"})), expect="malformed"),
    ]


def slots() -> list[Vector]:
    """SPEC 5.3."""

    def message(**changes: Any) -> bytes:
        values: dict[str, Any] = {
            "channel": "inspection",
            "case_id": TOKEN.case_id,
            "serial": 7,
            "issued": DAY,
            "next_by": date(2026, 12, 8),
            "status": messages.Status.IN_FOLLOW_UP,
            "measures_disclosed": (),
            "earlier": 1,
            "messages": (messages.Reply(5, date(2026, 11, 20), "Merci. Pouvez-vous préciser ?"),),
            "received": messages.Received(1, (fixed("follow-up", 8),), DAY),
        }
        return messages.SLOT.encode(messages.Slot(**values | changes))

    def given(raw: bytes, label: Label = Label.SLOT, seed: bytes = REPLY_SEED) -> Vector:
        return {
            "message": raw.hex(),
            "signature": signing.sign(label, DEPLOYMENT, raw, seed).hex(),
            "deployment": DEPLOYMENT.hex(),
            "channel": "inspection",
            "case_id": TOKEN.case_id.hex(),
            "reply_key": signing.public_key(REPLY_SEED).hex(),
        }

    none = message(received=messages.Received(0, ()), messages=(), earlier=0)
    kept = receipt.SignedReceipt(receipt_with(), fixed("not verified here", 64))
    unknown = strictjson.decode(message())
    assert isinstance(unknown, dict)
    return [
        vector("one-message", given(message()), {"serial": 7}),
        vector("nothing-yet", given(none), {"serial": 7}, comment="received without last_day"),
        vector("with-a-receipt", given(message(receipt=kept)), {"serial": 7}),
        vector(
            "receipt-without-its-kind",
            given(message(receipt=kept).replace(b'"kind":"receipt",', b"")),
            expect="malformed",
        ),
        vector("other-signer", given(message(), seed=fixed("thief")), expect="tampered"),
        vector("signed-as-follow-up", given(message(), label=Label.FOLLOW_UP), expect="tampered"),
        vector("other-case", given(message(case_id=fixed("other"))), expect="tampered"),
        vector("other-channel", given(message(channel="other")), expect="tampered"),
        vector("serial-zero", given(message(serial=0)), expect="malformed"),
        vector("status-unknown", given(strictjson.encode(unknown | {"status": "lost"})), expect="malformed"),
    ]
