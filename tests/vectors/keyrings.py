"""Vectors of keyrings and of channel cards (SPEC 6)."""

import hashlib
from datetime import date

from crypto import base64url, card, keyring, keytext, signing, strictjson
from crypto.recipients import HybridIdentity
from crypto.signing import Label
from tests.vectors.fixtures import (
    DAY,
    DEPLOYMENT,
    EXERCISE,
    INTAKE,
    NO_SIGNING_KEYS,
    REPLY_SEED,
    ROOT_SEED,
    Vector,
    fingerprint,
    fixed,
    flipped,
    vector,
)
from tests.vectors.receipts import receipt_key_with


def keyrings() -> list[Vector]:
    """SPEC 6."""
    recipients = [HybridIdentity.from_seed(fixed(f"epoch {n}")).recipient() for n in (1, 2)]
    # The older key outlives the newer one, so that only the first day can decide between them.
    dates = [(date(2026, 9, 1), date(2027, 3, 31)), (date(2026, 11, 20), date(2027, 2, 17))]
    intake = tuple(
        keyring.IntakeKey(r.key_id, r.encode(), *days) for r, days in zip(recipients, dates, strict=True)
    )
    reply = signing.public_key(REPLY_SEED)
    texts = keyring.Texts("Inspection", "Inspectorate")
    channel = keyring.Channel(
        "inspection", texts, texts, intake, (keyring.ReplyKey(keyring.reply_key_id(reply), reply, *dates[0]),)
    )
    ring = keyring.Keyring(
        deployment=DEPLOYMENT,
        serial=4,
        issued=date(2026, 11, 1),
        valid_until=date(2026, 12, 6),
        name=texts,
        channels=(channel,),
        questionnaire=keyring.Questionnaire("customs", 1, fixed("questionnaire")),
        receipt_keys=(receipt_key_with(),),
    )
    raw, signature = keyring.sign(ring, ROOT_SEED)
    value = strictjson.decode(raw)
    assert isinstance(value, dict)

    def given(today: str = "2026-11-24", known: int | None = None, **changes: bytes) -> Vector:
        files = {
            "keyring": raw,
            "signature": signature,
            "root_key": signing.public_key(ROOT_SEED),
            "deployment": DEPLOYMENT,
        }
        return {name: data.hex() for name, data in (files | changes).items()} | {
            "today": today,
            "known": known,
        }

    def signed(changed: Vector, deployment: bytes = DEPLOYMENT) -> Vector:
        data = strictjson.encode(changed)
        return given(keyring=data, signature=signing.sign(Label.KEYRING, deployment, data, ROOT_SEED))

    def state(today: str, name: str, key: int | None) -> Vector:
        key_id = None if key is None else recipients[key].key_id.hex()
        return vector(name, given(today), {"state": "valid", "serial": 4, "channels": {"inspection": key_id}})

    (listed,) = value["channels"]

    return [
        state("2026-11-01", "first-day", 0),
        state("2026-11-19", "before-the-second-key", 0),
        state("2026-11-20", "both-keys-newest-wins", 1),
        state("2026-12-06", "last-day", 1),
        vector("past-its-date", given("2026-12-07"), {"state": "keyring-expired"}),
        vector("before-issued", given("2026-10-31"), {"state": "clock-behind"}),
        vector("older-than-known", given(known=5), {"state": "keyring-older"}),
        vector(
            "as-known",
            given(known=4),
            {"state": "valid", "serial": 4, "channels": {"inspection": recipients[1].key_id.hex()}},
        ),
        vector("unsigned", given(signature=bytes(64)), expect="tampered"),
        vector("altered", given(keyring=flipped(raw, 40)), expect="tampered"),
        vector("other-root", given(root_key=signing.public_key(fixed("thief"))), expect="tampered"),
        vector("other-deployment", given(deployment=fixed("d", 16)), expect="tampered"),
        vector(
            "of-an-exercise",
            signed(value | {"deployment": base64url.encode(EXERCISE)}, EXERCISE),
            expect="tampered",
        ),
        vector("at-an-exercise", given(deployment=EXERCISE), expect="tampered"),
        vector("valid-too-long", signed(value | {"valid_until": "2026-12-07"}), expect="malformed"),
        vector("ends-before-it-begins", signed(value | {"valid_until": "2026-10-31"}), expect="malformed"),
        vector(
            "reply-key-in-two-channels",
            signed(value | {"channels": [listed, listed | {"id": "other", "intake_keys": []}]}),
            expect="malformed",
        ),
        vector("channel-twice", signed(value | {"channels": [listed, listed]}), expect="malformed"),
        *(
            vector(
                f"reply-key-{name}",
                signed(value | {"channels": [_replying_by(listed, bytes.fromhex(key))]}),
                expect="malformed",
            )
            for name, key in NO_SIGNING_KEYS.items()
        ),
        vector(
            "key-under-another-id",
            signed(
                value
                | {
                    "channels": [
                        listed
                        | {"intake_keys": [listed["intake_keys"][0] | {"id": listed["intake_keys"][1]["id"]}]}
                    ]
                }
            ),
            expect="malformed",
        ),
        vector(
            "poisoned-key",
            signed(value | {"channels": [listed | {"intake_keys": [_poisoned(listed["intake_keys"][0])]}]}),
            expect="malformed",
        ),
        vector("serial-zero", signed(value | {"serial": 0}), expect="malformed"),
    ]


def _poisoned(key: Vector) -> Vector:
    raw = b"\xff" * 1_184 + bytes(31) + b"\x09"
    return key | {
        "recipient": keytext.encode_key("age1pq", raw),
        "id": base64url.encode(hashlib.sha256(raw).digest()[:16]),
    }


def _replying_by(listed: Vector, key: bytes) -> Vector:
    """Return a channel with only this reply key, under the id that matches the key."""
    (one,) = listed["reply_keys"]
    changed = one | {"id": base64url.encode(keyring.reply_key_id(key)), "key": base64url.encode(key)}
    return listed | {"reply_keys": [changed]}


def cards() -> list[Vector]:
    """SPEC 6.1."""
    seed = fixed("card key")
    dates = (DAY, date(2027, 2, 22))
    recipient, reply = INTAKE.recipient(), signing.public_key(REPLY_SEED)
    texts = keyring.Texts("Défenseur", "Ombudsman")
    channel = keyring.Channel(
        "ombudsman",
        texts,
        texts,
        (keyring.IntakeKey(recipient.key_id, recipient.encode(), *dates),),
        (keyring.ReplyKey(keyring.reply_key_id(reply), reply, *dates),),
    )
    raw, signature = card.sign(
        card.Card(deployment=DEPLOYMENT, key=signing.public_key(seed), serial=3, issued=DAY, channel=channel),
        seed,
    )
    value = strictjson.decode(raw)
    assert isinstance(value, dict)
    listed = value["channel"]

    def given(**changes: bytes) -> Vector:
        files = {"card": raw, "signature": signature, "deployment": DEPLOYMENT}
        return {name: data.hex() for name, data in (files | changes).items()}

    exercising = card.sign(
        card.Card(deployment=EXERCISE, key=signing.public_key(seed), serial=3, issued=DAY, channel=channel),
        seed,
    )

    def signed(changed: Vector, by: bytes = seed, label: Label = Label.CARD) -> Vector:
        data = strictjson.encode(changed)
        return given(card=data, signature=signing.sign(label, DEPLOYMENT, data, by))

    poisoned = listed | {"intake_keys": [_poisoned(listed["intake_keys"][0])]}
    twice = listed | {"reply_keys": listed["reply_keys"] * 2}
    foreign = listed | {"reply_keys": [listed["reply_keys"][0] | {"id": base64url.encode(bytes(16))}]}
    own = {"key": base64url.encode(signing.public_key(fixed("thief")))}
    return [
        vector("card", given(), {"serial": 3, "channel": "ombudsman", "fingerprint": fingerprint(seed)}),
        vector(
            "by-another-key-that-it-names",
            signed(value | own, fixed("thief")),
            {"serial": 3, "channel": "ombudsman", "fingerprint": fingerprint(fixed("thief"))},
            comment="holds by itself: only who compared the fingerprint knows whose it is",
        ),
        vector("unsigned", given(signature=bytes(64)), expect="tampered"),
        vector("altered", given(card=raw.replace(b'"serial":3', b'"serial":4')), expect="tampered"),
        vector("by-another-key", signed(value, fixed("thief")), expect="tampered"),
        vector("signed-as-a-keyring", signed(value, label=Label.KEYRING), expect="tampered"),
        vector("other-deployment", given(deployment=fixed("d", 16)), expect="malformed"),
        vector("of-an-exercise", given(card=exercising[0], signature=exercising[1]), expect="malformed"),
        vector("at-an-exercise", given(deployment=EXERCISE), expect="malformed"),
        vector("poisoned-key", signed(value | {"channel": poisoned}), expect="malformed"),
        *(
            vector(
                f"reply-key-{name}",
                signed(value | {"channel": _replying_by(listed, bytes.fromhex(key))}),
                expect="malformed",
            )
            for name, key in NO_SIGNING_KEYS.items()
        ),
        vector("key-twice", signed(value | {"channel": twice}), expect="malformed"),
        vector("key-under-another-id", signed(value | {"channel": foreign}), expect="malformed"),
        vector("serial-zero", signed(value | {"serial": 0}), expect="malformed"),
        vector("unknown-member", signed(value | {"more": 1}), expect="malformed"),
    ]
