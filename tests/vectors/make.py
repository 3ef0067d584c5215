"""Write the vectors beside this file anew; with --check only compare, and fail on a difference.

Each file is ``{topic, spec, notes, tests: [{id, comment, input, expect, output}]}``. Binary is hex.
``expect`` is a word of SPEC 1.6. Every negative vector has one fault. A changed vector without a
changed SPEC is a mistake: the two go together.
"""

import argparse
import hashlib
import json
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto import (
    age,
    archive,
    base64url,
    bundle,
    card,
    casetoken,
    challenge,
    container,
    dossier,
    journal,
    keyring,
    keytext,
    memo,
    messages,
    padding,
    proof,
    receipt,
    receipt_key,
    shares,
    signing,
    strictjson,
    work,
)
from crypto.bundle import Link, Opened, Outbox, SealedSlot
from crypto.challenge import Challenge
from crypto.journal import Entry, Head, Presence, Signed
from crypto.recipients import HybridIdentity
from crypto.shape import FIRST_DAY, LAST_DAY
from crypto.signing import Label
from crypto.work import OFFER, Offer, Payment, Puzzle

HERE = Path(__file__).parent
DEPLOYMENT = bytes(range(16))
DAY = date(2026, 11, 24)
Vector = dict[str, Any]


def fixed(name: str, size: int = 32) -> bytes:
    """Return bytes that are the same in every run and different for every name."""
    return hashlib.shake_256(b"fanal vectors " + name.encode()).digest(size)


def vector(
    name: str, given: Vector, output: Vector | None = None, *, expect: str = "ok", comment: str = ""
) -> Vector:
    """Return one vector."""
    made = {"id": name, "comment": comment or name.replace("-", " "), "input": given, "expect": expect}
    return made if output is None else made | {"output": output}


def flipped(raw: bytes, place: int = -1) -> bytes:
    """Return ``raw`` with one bit changed."""
    changed = bytearray(raw)
    changed[place] ^= 1
    return bytes(changed)


TOKEN = casetoken.derive(fixed("entropy", 16), DEPLOYMENT)
INTAKE = HybridIdentity.from_seed(fixed("intake"))
REPLY_SEED = fixed("reply key")
ROOT_SEED = fixed("root")
GENESIS = fixed("genesis")
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = {
    "identity": "0100000000000000000000000000000000000000000000000000000000000000",
    "order-2": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order-4": "0000000000000000000000000000000000000000000000000000000000000000",
    "order-8": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
}
NOT_CANONICAL = "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
NO_SIGNING_KEYS = SMALL_ORDER | {"not-canonical": NOT_CANONICAL, "no-point": "ff" * 32}


def strict_json() -> list[Vector]:
    """SPEC 1.3."""
    good = {
        "empty-object": "{}",
        "accents-and-emoji": '{"a":"É😀\u2028\u007f"}',
        "escapes": r'{"a":"\"\\\b\f\n\r\t\u0000\u001f"}',
        "largest-integer": "[9007199254740991,-9007199254740991]",
        "eight-deep": "[[[[[[[[]]]]]]]]",
        "constants": "[true,false,null]",
        "digits-in-key": '{"a1_b":0}',
        "hyphen-and-dot-in-key": '{"anne-marie.b":0}',
    }
    bad = {
        "white-space": "{ }",
        "trailing-newline": "{}\n",
        "trailing-value": "{}{}",
        "float": "[1.5]",
        "integral-float": "[1.0]",
        "exponent": "[1e3]",
        "minus-zero": "[-0]",
        "leading-zero": "[01]",
        "too-large-integer": "[9007199254740992]",
        "too-small-integer": "[-9007199254740992]",
        "nan": "[NaN]",
        "infinity": "[Infinity]",
        "repeated-key": '{"a":1,"a":1}',
        "repeated-key-escaped": '{"a":1,"\\u0061":1}',
        "upper-case-key": '{"A":1}',
        "proto-key": '{"__proto__":1}',
        "empty-key": '{"":1}',
        "key-begins-with-hyphen": '{"-a":1}',
        "key-begins-with-dot": '{".a":1}',
        "number-key": '{"1":1}',
        "nine-deep": "[[[[[[[[[]]]]]]]]]",
        "lone-surrogate": r'["\ud800"]',
        "escaped-pair": r'["\ud83d\ude00"]',
        "escaped-slash": r'["\/"]',
        "escaped-letter": r'["\u0061"]',
        "upper-case-escape": r'["\u001F"]',
        "long-newline": r'["\u000a"]',
        "raw-control": '["\x01"]',
        "single-quotes": "['a']",
        "comment": "[/**/]",
        "trailing-comma": "[1,]",
        "empty": "",
    }
    raw = {
        "byte-order-mark": b"\xef\xbb\xbf{}",
        "not-utf-8": b'["\xff"]',
        "overlong": b'["\xc0\x80"]',
        "surrogate-utf-8": b'["\xed\xa0\x80"]',
    }
    return (
        [vector(name, {"json": text.encode().hex()}) for name, text in good.items()]
        + [vector(name, {"json": text.encode().hex()}, expect="malformed") for name, text in bad.items()]
        + [vector(name, {"json": data.hex()}, expect="malformed") for name, data in raw.items()]
    )


def paddings() -> list[Vector]:
    """SPEC 4.2 and 3."""
    rules: dict[str, tuple[Callable[[int], int], Sequence[int]]] = {
        "padme": (padding.padme, [1, 2, 3, 8, 9, 65_537, 100_000, 10_000_019, 2**30, 2**30 + 1]),
        "report": (padding.bucket, [2_048, 65_536, 65_537, 67_584, 1_000_000_000, 1_107_296_256]),
        "slot": (padding.slot, [2_048, 16_384]),
        "sealed": (age.sealed_size, [0, 1, 16_384, 65_536, 65_537, 1_107_296_256]),
    }
    made = [
        vector(f"{kind}-{size}", {"kind": kind, "size": size}, {"size": rule(size)})
        for kind, (rule, sizes) in rules.items()
        for size in sizes
    ]
    sizes = [0, 1, 512, 513, 64]
    total = archive.END + sum(map(archive.span, sizes))
    return [
        *made,
        vector("archive-of-five", {"kind": "archive", "sizes": sizes}, {"size": total}),
        vector("report-too-large", {"kind": "report", "size": 1_107_296_257}, expect="malformed"),
        vector("slot-too-large", {"kind": "slot", "size": 16_385}, expect="malformed"),
    ]


def tokens() -> list[Vector]:
    """SPEC 2."""
    made = []
    for name, entropy in {"zeros": bytes(16), "ones": b"\xff" * 16, "fixed": fixed("entropy", 16)}.items():
        keys = casetoken.derive(entropy, DEPLOYMENT)
        listed = {
            language: unicodedata.normalize("NFKD", " ".join(casetoken.words(entropy, language)))
            for language in ("en", "fr")
        }
        output = {
            "words": listed,
            "reply_identity": keys.reply_identity.encode(),
            "reply_recipient": keys.reply_identity.recipient().encode(),
            **{
                part: getattr(keys, part).hex()
                for part in (
                    "author_key",
                    "memo_key",
                    "withdraw_key",
                    "withdraw_id",
                    "salt",
                    "locator",
                    "case_id",
                )
            },
        }
        made.append(
            vector(f"derive-{name}", {"entropy": entropy.hex(), "deployment": DEPLOYMENT.hex()}, output)
        )
    entropy = fixed("entropy", 16)
    french, english = (casetoken.words(entropy, language) for language in ("fr", "en"))
    plain = ["".join(c for c in unicodedata.normalize("NFKD", w) if c.isascii()) for w in french]
    readings = {
        "french": ("fr", " ".join(french)),
        "english": ("en", " ".join(english)),
        "decomposed": ("fr", unicodedata.normalize("NFD", " ".join(french))),
        "no-accents-upper-case": ("fr", " ".join(plain).upper()),
        "first-four-letters": ("fr", " ".join(word[:4] for word in plain)),
        "hyphens-and-lines": ("fr", "\n- ".join(french)),
        "numbered": ("en", " ".join(f"{n}. {word}" for n, word in enumerate(english, 1))),
    }
    for name, (language, text) in readings.items():
        found = {"candidates": [{"language": language, "entropy": entropy.hex()}]}
        made.append(vector(f"read-{name}", {"words": text}, found))
    zero = ["abandon"] * 11 + ["about"]
    wrong = {
        "eleven-words": (" ".join(english[:11]), {"reason": "wrong-count"}),
        "thirteen-words": (" ".join([*english, "zoo"]), {"reason": "wrong-count"}),
        "nothing": ("", {"reason": "wrong-count"}),
        "swapped-words": (" ".join([english[1], english[0], *english[2:]]), {"reason": "wrong-checksum"}),
        "last-word-wrong": (" ".join([*zero[:11], "zoo"]), {"reason": "wrong-checksum"}),
        "unknown-word": (
            " ".join([*zero[:5], "lanternx", *zero[6:]]),
            {"reason": "unknown-word", "index": 5, "word": "lanternx"},
        ),
        "five-letters": (
            " ".join(["aband", *zero[1:]]),
            {"reason": "unknown-word", "index": 0, "word": "aband"},
        ),
        "languages-mixed": (
            " ".join([*english[:7], "brebis", *english[8:]]),
            {"reason": "unknown-word", "index": 7, "word": "brebis"},
        ),
    }
    return made + [
        vector(f"read-{name}", {"words": text}, output, expect="malformed")
        for name, (text, output) in wrong.items()
    ]


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
        # With S = 0 and R = A = a point of small order a lax verifier accepts for many messages.
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


def containers() -> list[Vector]:
    """SPEC 4."""
    data = [b"", b"a", b"b" * 513]
    sources = [(len(each), [each]) for each in data]
    message, signature = b'{"v":1}', fixed("signature", 64)
    with_files = b"".join(container.write(sources, lambda _: message, lambda _: signature))
    text_only = b"".join(container.write([], lambda _: message, lambda _: signature))
    most = b"".join(container.write([(0, [])] * 99, lambda _: message, lambda _: signature))
    good = {"text-only": text_only, "three-files": with_files, "ninety-nine-files": most}
    made = []
    for name, raw in good.items():
        read = container.read([raw], lambda _number, _data: None)
        assert isinstance(read, container.Signed)
        files = [{"number": f.number, "size": f.size, "digest": f.digest.hex()} for f in read.files]
        output = {"message": read.message.hex(), "signature": read.signature.hex(), "files": files}
        made.append(vector(name, _container(raw), output))
    made += [
        vector(name, _container(raw), expect="malformed") for name, raw in _wrong_archives(text_only).items()
    ]
    cut = {
        "cut-in-file": text_only[:700],
        "cut-in-header": text_only[:100],
        "one-end-block": text_only[: 2 * 512 + 2 * 512 + 512],
    }
    return made + [
        vector(name, {"container": raw.hex(), "size": len(raw)}, expect="truncated")
        for name, raw in cut.items()
    ]


def _container(raw: bytes) -> Vector:
    return {"container": raw.rstrip(b"\0").hex(), "size": len(raw)}


def _wrong_archives(good: bytes) -> dict[str, bytes]:
    def archived(*names: str, size: int = 65_536, signature: int = 64) -> bytes:
        sizes = {"message.sig": signature}
        members = [archive.Member(n, sizes.get(n, 7), iter([b"m" * sizes.get(n, 7)])) for n in names]
        return b"".join(archive.write(members)).ljust(size, b"\0")

    def patched(place: int, data: bytes, *, mend: bool = True) -> bytes:
        changed = bytearray(good)
        changed[place : place + len(data)] = data
        if mend:
            changed[148:156] = b" " * 8
            changed[148:156] = b"%06o\0 " % sum(changed[:512])
        return bytes(changed)

    return {
        "mode-0644": patched(100, b"0000644\0"),
        "owner-1000": patched(108, b"0001750\0"),
        "user-name": patched(265, b"agent\0"),
        "time": patched(136, b"14000000000\0"),
        "link": patched(156, b"1"),
        "folder": patched(156, b"5"),
        "link-name": patched(157, b"x"),
        "prefix": patched(345, b"etc"),
        "checksum": patched(148, b"000000\0 ", mend=False),
        "size-in-base-256": patched(124, b"\x80" + bytes(10) + b"\x07"),
        "size-with-spaces": patched(124, b"         7 \0"),
        "size-oversize": patched(124, b"77777777777\0"),
        "hidden-behind-file": patched(512 + 7, b"x", mend=False),
        "hidden-behind-end": patched(60_000, b"x", mend=False),
        "hidden-in-last-byte": patched(65_535, b"x", mend=False),
        "path-up": archived("../01", "message.json", "message.sig"),
        "path-absolute": archived("/files/01", "message.json", "message.sig"),
        "file-unexpected": archived("notes.txt", "message.json", "message.sig"),
        "file-twice": archived("files/01", "files/01", "message.json", "message.sig"),
        "file-gap": archived("files/02", "message.json", "message.sig"),
        "file-zero": archived("files/00", "message.json", "message.sig"),
        "file-after-message": archived("message.json", "files/01", "message.sig"),
        "file-after-signature": archived("message.json", "message.sig", "files/01"),
        "hundred-files": archived(
            *[f"files/{n:02}" for n in range(1, 101)], "message.json", "message.sig", size=106_496
        ),
        "message-twice": archived("message.json", "message.json", "message.sig"),
        "no-message": archived("files/01"),
        "no-signature": archived("message.json"),
        "signature-short": archived("message.json", "message.sig", signature=63),
        "empty": bytes(65_536),
        "too-large-for-its-content": archived("message.json", "message.sig", size=67_584),
        "size-not-a-bucket": archived("message.json", "message.sig", size=66_048),
    }


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
    """Return the message.json of a report by the fixed token."""
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
    kept = receipt.SignedReceipt(_receipt(), fixed("not verified here", 64))
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
        receipt_keys=(_receipt_key(),),
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

    def signed(changed: Vector) -> Vector:
        data = strictjson.encode(changed)
        return given(keyring=data, signature=signing.sign(Label.KEYRING, DEPLOYMENT, data, ROOT_SEED))

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


def seals() -> list[Vector]:
    """SPEC 3. The envelope in envelope.age was sealed once: encapsulation takes no seed from outside."""
    envelope = (HERE / "envelope.age").read_bytes()
    plain = age.unseal_bytes(envelope, [INTAKE])
    identity = INTAKE.encode()

    def given(data: bytes, key: str = identity) -> Vector:
        return {"envelope": data.hex(), "identity": key}

    header = age.ENVELOPE_HEADER
    grease = envelope.replace(b"\n--- ", b"\n-> grease x\nAAAA\n--- ", 1)
    return [
        vector("opens", given(envelope), {"sha256": hashlib.sha256(plain).hexdigest(), "size": len(plain)}),
        vector(
            "other-identity",
            given(envelope, HybridIdentity.from_seed(fixed("other")).encode()),
            expect="not-for-us",
        ),
        vector("header-mac-changed", given(flipped_letter(envelope, header - 10)), expect="tampered"),
        vector("payload-changed", given(flipped(envelope)), expect="tampered"),
        vector("nonce-changed", given(flipped(envelope, header)), expect="tampered"),
        vector("bytes-behind", given(envelope + b"x"), expect="tampered"),
        vector("second-stanza", given(grease), expect="malformed"),
        vector("version-2", given(envelope.replace(b"/v1\n", b"/v2\n", 1)), expect="malformed"),
        vector("plaintext", given(b"I was approached in a bar. " * 80), expect="malformed"),
        vector("cut-in-header", given(envelope[:1_000]), expect="malformed"),
        vector("cut-in-nonce", given(envelope[: header + 8]), expect="truncated"),
    ]


def journals() -> list[Vector]:
    """SPEC 9.3: journals of four entries; what is wrong is named by the number of its entry."""
    good = _journal()
    whole = Head(4, good[3].hash)
    other = [*good[:2], _entry(3, good[1], reason="another"), good[3]]
    back = [*good[:2], _entry(3, good[1], day=date(2026, 11, 22)), good[3]]
    unknown = good[2].raw.replace(b'"kind":"journal"', b'"kind":"journal","more":1')
    officer, sheet = b'{"officer":"chloe"}', b'"bruno":"sheet"'
    wrong: dict[str, tuple[int, Sequence[Signed], Vector]] = {
        "entry-flipped": (3, [*good[:2], Signed(flipped(good[2].raw, 200), good[2].signature), good[3]], {}),
        "signature-flipped": (2, [good[0], Signed(good[1].raw, flipped(good[1].signature)), *good[2:]], {}),
        "first-missing": (1, good[1:], {}),
        "one-missing": (2, [good[0], *good[2:]], {}),
        "two-exchanged": (2, [good[0], good[2], good[1], good[3]], {}),
        "one-twice": (3, [*good[:2], good[1], *good[2:]], {}),
        "one-signed-anew": (4, other, {}),
        "day-goes-back": (3, back, {}),
        "unknown-member": (3, [*good[:2], _sign(unknown), good[3]], {}),
        **{
            f"value-{name}": (3, [*good[:2], _sign(good[2].raw.replace(officer, value)), good[3]], {})
            for name, value in {
                "false": b'{"officer":false}',
                "negative": b'{"officer":-1}',
                "object": b'{"officer":{"name":"chloe"}}',
                "list-of-numbers": b'{"officer":[1]}',
                "of-another-name": b'{"Officer":"chloe"}',
                "too-long": b'{"officer":"%s"}' % (b"c" * 501),
            }.items()
        },
        **{
            f"officer-{name}": (3, [*good[:2], _sign(good[2].raw.replace(sheet, value)), good[3]], {})
            for name, value in {
                "present-otherwise": b'"bruno":"telephone"',
                "without-presence": b'"bruno":""',
                "of-another-name": b'"Bruno":"sheet"',
                "name-too-long": b'"%s":"sheet"' % (b"b" * 33),
            }.items()
        },
        "signed-as-a-card": (3, [*good[:2], _sign(good[2].raw, Label.CARD), good[3]], {}),
        "other-genesis": (1, good, {"genesis": fixed("other genesis").hex()}),
        "other-deployment": (1, good, {"deployment": bytes(16).hex()}),
        "other-key": (1, good, {"key": signing.public_key(REPLY_SEED).hex()}),
    }
    corrected = [*good, _entry(5, good[3], action=journal.CORRECT_CLOCK, day=DAY)]
    later = _entry(6, corrected[4], day=DAY)
    wrong["day-before-the-corrected-one"] = (
        6,
        [*corrected, _entry(6, corrected[4], day=date(2026, 11, 23))],
        {},
    )
    return [
        vector("four-entries", _kept(good), _end(whole)),
        vector("clock-corrected", _kept([*corrected, later]), _end(Head(6, later.hash))),
        vector("no-entry", _kept([]), _end(Head(0, GENESIS))),
        *(
            vector(name, _kept(entries) | changes, {"entry": n}, expect="tampered")
            for name, (n, entries, changes) in wrong.items()
        ),
    ]


def _journal() -> list[Signed]:
    made: list[Signed] = []
    acts: list[Vector] = [
        {"action": "found", "values": {"sharing": "ABCD", "quorum": 2}},
        {"action": "entrust", "case": 1, "values": {"officers": ("alice", "bruno")}},
        {"action": "exclude", "case": 1, "values": {"officer": "chloe"}, "reason": "named in « l'écluse »"},
        {
            "action": "reply",
            "case": 1,
            "values": {"template": "received", "feedback": True},
            "day": date(2026, 12, 1),
        },
    ]
    for n, changes in enumerate(acts, 1):
        made.append(_entry(n, made[-1] if made else None, **changes))
    return made


OFFICERS = {"alice": Presence.CONFIRMED, "bruno": Presence.SHEET}


def _entry(n: int, previous: Signed | None, **changes: Any) -> Signed:
    given = {"day": DAY, "officers": OFFICERS, "action": "exclude", "values": {}, "reason": ""}
    entry = Entry(n=n, previous=previous.hash if previous else GENESIS, **given | changes)
    return journal.sign(entry, DEPLOYMENT, fixed("journal key"))


def _sign(raw: bytes, label: Label = Label.JOURNAL) -> Signed:
    return Signed(raw, signing.sign(label, DEPLOYMENT, raw, fixed("journal key")))


def _kept(entries: Sequence[Signed]) -> Vector:
    return {
        "deployment": DEPLOYMENT.hex(),
        "genesis": GENESIS.hex(),
        "key": signing.public_key(fixed("journal key")).hex(),
        "entries": [{"entry": each.raw.hex(), "signature": each.signature.hex()} for each in entries],
    }


def _end(head: Head) -> Vector:
    return {"n": head.n, "hash": head.hash.hex(), "fingerprint": head.fingerprint}


def works() -> list[Vector]:
    """SPEC 7.6: seed of an hour, id of an upload, and what a solver makes of a header, trying from 0 on."""
    cases = [
        ("text", 500_000, "inspectorate", 67_195, 1),
        ("longest-channel", 2**32 - 1, "a" * 28, 1, 20),
        *(
            (f"class-{size_class}", 500_001, "ombudsman", age.sealed_size(size), 3)
            for size_class, size in enumerate(
                (1 << 20, 4 << 20, (4 << 20) + 1, 64 << 20, 256 << 20, padding.LARGEST), 1
            )
        ),
    ]
    seed = fixed("work seed")
    offer = OFFER.encode(Offer(seed, 4_000))
    shorter = base64url.encode(seed[:31]).encode()
    wrong = {
        "cost-of-zero": offer.replace(b"4000", b"0"),
        "cost-above-the-most": offer.replace(b"4000", b"1000001"),
        "cost-as-text": offer.replace(b"4000", b'"4000"'),
        "cost-missing": offer.replace(b',"cost":4000', b""),
        "another-kind": offer.replace(b'"work"', b'"toll"'),
        "seed-of-31-bytes": offer.replace(base64url.encode(seed).encode(), shorter),
    }
    return [
        *(_work(*case) for case in cases),
        *_bound_of_the_largest_class(),
        vector("offer", {"offer": offer.hex()}, {"seed": seed.hex(), "cost": 4_000}),
        *(vector(name, {"offer": raw.hex()}, expect="malformed") for name, raw in wrong.items()),
    ]


def _work(name: str, hour: int, channel: str, size: int, cost: int) -> Vector:
    secret, header = fixed("instance"), fixed(f"header {name}", 1_627)
    header_hash, seed = work.header_hash(header), work.seed(secret, DEPLOYMENT, hour)
    puzzle = Puzzle(seed, header_hash, channel, work.size_class(size), cost)
    payment = Payment(seed, header_hash, puzzle.solve())
    given = {
        "secret": secret.hex(),
        "deployment": DEPLOYMENT.hex(),
        "hour": hour,
        "header": header.hex(),
        "channel": channel,
        "size": size,
        "class": puzzle.size_class,
        "cost": cost,
        "seed": seed.hex(),
        "upload_id": work.upload_id(secret, DEPLOYMENT, header_hash).hex(),
    }
    return vector(name, given, {"payment": payment.encode()})


def _bound_of_the_largest_class() -> list[Vector]:
    """The least counter of 13 zero bits comes before that of 14: who asks for one bit too few stops there."""
    puzzle = Puzzle(bytes(32), b"\x22" * 32, "inspectorate", 6, 1)
    given = {
        "seed": puzzle.seed.hex(),
        "header_hash": puzzle.header_hash.hex(),
        "channel": puzzle.channel,
        "class": puzzle.size_class,
        "cost": puzzle.cost,
    }
    return [
        vector("class-6-by-13-bits", given | {"counter": 4_059}, {"solved": False}),
        vector("class-6-by-14-bits", given | {"counter": puzzle.solve()}, {"solved": True}),
    ]


def shares_of_a_secret() -> list[Vector]:
    """SPEC 9.1: quorums of a 2-of-3 sharing, and what is none."""
    secret = fixed("share secret")
    first, second, third = _split(secret, "shares", quorum=2, count=3)
    foreign = _split(secret, "other shares", quorum=2, count=3)
    (alone,) = _split(secret, "one share", quorum=1, count=1)
    words = first.split()
    wrong_word = " ".join([*words[:9], "academic" if words[9] != "academic" else "acid", *words[10:]])
    swapped = " ".join([*words[:9], words[10], words[9], *words[11:]])
    good = {
        "first-and-second": [first, second],
        "third-and-first": [third, first],
        "all-three": [first, second, third],
        "capitals": [first.upper(), third],
        "one-of-one": [alone],
    }
    bad = {
        "none": ([], "truncated"),
        "one-of-two": ([first], "truncated"),
        "same-share-twice": ([first, first], "tampered"),
        "another-split": ([first, foreign[1]], "tampered"),
        "another-split-beside-a-quorum": ([first, second, foreign[2]], "tampered"),
        "wrong-word": ([wrong_word, second], "malformed"),
        "two-words-swapped": ([swapped, second], "malformed"),
        "word-of-no-list": ([first.replace(words[9], "fanal"), second], "malformed"),
        "word-missing": ([" ".join(words[:-1]), second], "malformed"),
        "a-secret-of-16-bytes": ([*_split(secret[:16], "short", quorum=2, count=2)], "malformed"),
    }
    return [
        *(vector(name, {"shares": given}, {"secret": secret.hex()}) for name, given in good.items()),
        *(vector(name, {"shares": given}, expect=expect) for name, (given, expect) in bad.items()),
    ]


def _split(secret: bytes, name: str, *, quorum: int, count: int) -> list[str]:
    """Return shares that are the same in every run."""
    drawn = (fixed(f"{name} {n}", 64) for n in range(100))
    with mock.patch("shamir_mnemonic.shamir.RANDOM_BYTES", lambda size: next(drawn)[:size]):
        return list(shares.split(secret, quorum=quorum, count=count))


def _replying_by(listed: Vector, key: bytes) -> Vector:
    """Return a channel that answers by this key alone, under the id that fits it."""
    (one,) = listed["reply_keys"]
    changed = one | {"id": base64url.encode(keyring.reply_key_id(key)), "key": base64url.encode(key)}
    return listed | {"reply_keys": [changed]}


def flipped_letter(raw: bytes, place: int) -> bytes:
    """Return ``raw`` with another base-64 letter at ``place``."""
    other = b"B" if raw[place : place + 1] == b"A" else b"A"
    return raw[:place] + other + raw[place + 1 :]


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

    def signed(changed: Vector, by: bytes = seed, label: Label = Label.CARD) -> Vector:
        data = strictjson.encode(changed)
        return given(card=data, signature=signing.sign(label, DEPLOYMENT, data, by))

    poisoned = listed | {"intake_keys": [_poisoned(listed["intake_keys"][0])]}
    twice = listed | {"reply_keys": listed["reply_keys"] * 2}
    foreign = listed | {"reply_keys": [listed["reply_keys"][0] | {"id": base64url.encode(bytes(16))}]}
    own = {"key": base64url.encode(signing.public_key(fixed("thief")))}
    return [
        vector("card", given(), {"serial": 3, "channel": "ombudsman", "fingerprint": _fingerprint(seed)}),
        vector(
            "by-another-key-that-it-names",
            signed(value | own, fixed("thief")),
            {"serial": 3, "channel": "ombudsman", "fingerprint": _fingerprint(fixed("thief"))},
            comment="holds by itself: only who compared the fingerprint knows whose it is",
        ),
        vector("unsigned", given(signature=bytes(64)), expect="tampered"),
        vector("altered", given(card=raw.replace(b'"serial":3', b'"serial":4')), expect="tampered"),
        vector("by-another-key", signed(value, fixed("thief")), expect="tampered"),
        vector("signed-as-a-keyring", signed(value, label=Label.KEYRING), expect="tampered"),
        vector("other-deployment", given(deployment=fixed("d", 16)), expect="malformed"),
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


def dossiers() -> list[Vector]:
    """SPEC 8.5."""
    seed = fixed("root key")
    files = {
        dossier.PAGES: b"%PDF-1.7 ",
        dossier.CONTENT: b"{}",
        "files/2": b"as it came",
        "files/3.png": b"anew",
    }
    made = dossier.Dossier(
        deployment=DEPLOYMENT,
        key=signing.public_key(seed),
        purpose=dossier.Purpose.PROSECUTOR,
        language="fr",
        made=DAY,
        case=7,
        parts=tuple(dossier.part(name, [content]) for name, content in files.items()),
    )
    manifest = dossier.sign(made, seed)
    value = strictjson.decode(manifest.raw)
    assert isinstance(value, dict)

    def given(signed: bundle.Manifest = manifest, key: str = "", **changed: bytes) -> Vector:
        parts = files | {name.replace("_", "."): content for name, content in changed.items()}
        members = [archive.Member(name, len(content), iter([content])) for name, content in parts.items()]
        raw = b"".join(dossier.write(signed, members))
        return {"dossier": raw.hex(), "key": key or base64url.encode(made.key)}

    def signed(changed: Vector, by: bytes = seed, label: Label = Label.DOSSIER) -> bundle.Manifest:
        raw = strictjson.encode(value | changed)
        return bundle.Manifest(raw, signing.sign(label, DEPLOYMENT, raw, by))

    said = {"case": 7, "parts": list(files)}
    thief = {"key": base64url.encode(signing.public_key(fixed("thief")))}
    whole = bytes.fromhex(given()["dossier"])

    def cut(raw: bytes) -> Vector:
        return {"dossier": raw.hex(), "key": base64url.encode(made.key)}

    listed = value["parts"]
    assert isinstance(listed, list)
    return [
        vector("dossier", given(), said),
        vector("by-fingerprint", given(key=_fingerprint(seed)), said),
        vector("part-changed", given(dossier_json=b"[]"), {"part": dossier.CONTENT}, expect="tampered"),
        vector("part-longer", given(dossier_pdf=b"%PDF-1.7  "), {"part": dossier.PAGES}, expect="tampered"),
        vector("part-missing", given(signed({"parts": [*listed, listed[3]]})), expect="tampered"),
        vector("part-not-listed", given(signed({"parts": listed[:3]})), expect="tampered"),
        vector("byte-behind-a-part", cut(flipped(whole, whole.index(b"%PDF") + 20)), expect="tampered"),
        vector("bytes-behind-the-end", cut(whole + bytes(512)), expect="tampered"),
        vector("cut-short", cut(whole[:-1_024]), expect="tampered"),
        vector("manifest-changed", cut(whole.replace(b'"case":7', b'"case":8')), expect="tampered"),
        vector("unsigned", given(bundle.Manifest(manifest.raw, bytes(64))), expect="tampered"),
        vector("signed-as-an-outbox", given(signed({}, label=Label.OUTBOX)), expect="tampered"),
        vector("by-another-key-that-it-names", given(signed(thief, fixed("thief"))), expect="tampered"),
        vector(
            "name-out-of-the-folder",
            given(signed({"parts": [listed[0] | {"name": "../x"}]})),
            expect="tampered",
        ),
    ]


def _fingerprint(seed: bytes) -> str:
    return signing.fingerprint(signing.public_key(seed))


def outboxes() -> list[Vector]:
    """SPEC 8.2: the manifest of an outbox, whose files have vectors of their own."""
    slots = tuple(SealedSlot(_case(n), fixed(f"slot {n}")) for n in (1, 2))
    opened = tuple(Opened(_case(n), fixed(f"memo {n}", memo.SIZE), fixed(f"withdraw {n}")) for n in (1, 2))
    plain = Outbox(
        deployment=DEPLOYMENT,
        channel="inspection",
        n=2,
        previous=fixed("outbox 1"),
        collected=(Link(1, fixed("intake 1")),),
        slots=slots,
        closed=(_case(2),),
        journal=Head(7, fixed("journal")),
    )
    whole = replace(plain, opened=opened)
    raw = bundle.OUTBOX.encode(whole)
    stranger = (replace(opened[0], case_id=_case(3)),)
    wrong = {
        "opened-is-empty": replace(whole, opened=()),
        "opened-twice": replace(whole, opened=(opened[0], opened[0])),
        "opened-out-of-order": replace(whole, opened=opened[::-1]),
        "opened-without-a-slot": replace(whole, opened=stranger),
        "opened-with-a-short-memo": replace(whole, opened=(replace(opened[0], memo=bytes(59)),)),
        "opened-with-a-short-withdraw-id": replace(
            whole, opened=(replace(opened[0], withdraw_id=bytes(31)),)
        ),
    }
    return [
        vector("nothing-opened", _outbox(bundle.OUTBOX.encode(plain)), {"opened": []}),
        vector("two-opened", _outbox(raw), {"opened": [each.case_id.hex() for each in opened]}),
        *(
            vector(name, _outbox(bundle.OUTBOX.encode(each)), expect="malformed")
            for name, each in wrong.items()
        ),
        vector(
            "altered", _outbox(raw) | {"manifest": raw.replace(b'"n":2', b'"n":3').hex()}, expect="tampered"
        ),
        vector("signed-as-a-slot", _outbox(raw, Label.SLOT), expect="tampered"),
    ]


def _case(n: int) -> bytes:
    """Return one of three case ids, which are sorted as texts."""
    return sorted((fixed(f"case {each}") for each in (1, 2, 3)), key=base64url.encode)[n - 1]


def _outbox(raw: bytes, label: Label = Label.OUTBOX) -> Vector:
    seed = fixed("reply key of an outbox")
    signature = signing.sign(label, DEPLOYMENT, raw, seed)
    parts = {
        "manifest": raw,
        "signature": signature,
        "deployment": DEPLOYMENT,
        "key": signing.public_key(seed),
    }
    return {name: part.hex() for name, part in parts.items()}


def _receipt(**changes: Any) -> receipt.Receipt:
    values: dict[str, Any] = {
        "deployment": DEPLOYMENT,
        "author": receipt.author_hash(signing.public_key(TOKEN.author_seed)),
        "day": DAY,
        "key_id": keyring.reply_key_id(signing.public_key(REPLY_SEED)),
    }
    return receipt.Receipt(**values | changes)


def _receipt_key(seed: bytes = ROOT_SEED, **changes: Any) -> receipt_key.SignedReceiptKey:
    values: dict[str, Any] = {
        "deployment": DEPLOYMENT,
        "channel": "inspection",
        "key": signing.public_key(REPLY_SEED),
        "not_before": DAY,
        "not_after": date(2027, 2, 22),
    }
    return receipt_key.sign(receipt_key.ReceiptKey(**values | changes), seed)


def proofs() -> list[Vector]:
    """SPEC 5.6."""
    thief = fixed("thief")

    def file(**changes: Any) -> bytes:
        values: dict[str, Any] = {
            "root_key": signing.public_key(ROOT_SEED),
            "receipt": receipt.sign(_receipt(), REPLY_SEED),
            "receipt_key": _receipt_key(),
        }
        return proof.PROOF.encode(proof.Proof(**values | changes))

    def given(raw: bytes, deployment: bytes = DEPLOYMENT, root_seed: bytes = ROOT_SEED) -> Vector:
        parts = {"proof": raw, "deployment": deployment, "root_key": signing.public_key(root_seed)}
        return {name: part.hex() for name, part in parts.items()}

    def receipted(by: bytes = REPLY_SEED, **changes: Any) -> bytes:
        return file(receipt=receipt.sign(_receipt(**changes), by))

    def dated(first: date, last: date) -> bytes:
        return file(receipt_key=_receipt_key(not_before=first, not_after=last))

    def labelled(label: Label) -> bytes:
        raw = receipt.RECEIPT.encode(_receipt())
        return file(
            receipt=receipt.SignedReceipt(_receipt(), signing.sign(label, DEPLOYMENT, raw, REPLY_SEED))
        )

    before = DAY - timedelta(1)
    shown = {
        "author": _receipt().author.hex(),
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
    forged = _receipt_key(key=stolen)
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
        vector("another-author", given(_swapped(file(), _receipt(author=bytes(32)))), expect="tampered"),
        vector("signed-by-another-key", given(receipted(by=thief)), expect="tampered"),
        vector("signed-as-a-slot", given(labelled(Label.SLOT)), expect="tampered"),
        vector("signed-as-an-answer", given(labelled(Label.ANSWER)), expect="tampered"),
        vector(
            "key-of-another-id",
            given(
                file(receipt=receipt.sign(_receipt(), thief), receipt_key=forged),
            ),
            expect="tampered",
            comment="the root vouches for the key, but the receipt names another",
        ),
        vector(
            "key-vouched-for-by-itself",
            given(file(receipt_key=_receipt_key(seed=REPLY_SEED))),
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
            given(file(root_key=stolen, receipt_key=_receipt_key(seed=thief))),
            expect="not-for-us",
            comment="signed in full by a root key that only the file itself names",
        ),
        vector("another-deployment", given(file(), deployment=foreign), expect="not-for-us"),
        vector("receipt-of-another-deployment", given(receipted(deployment=foreign)), expect="not-for-us"),
        vector(
            "key-of-another-deployment",
            given(file(receipt_key=_receipt_key(deployment=foreign))),
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


TOPICS: dict[str, tuple[str, Callable[[], list[Vector]]]] = {
    "strictjson": ("1.3", strict_json),
    "padding": ("4.2", paddings),
    "token": ("2", tokens),
    "signature": ("1.4", signatures),
    "container": ("4", containers),
    "memo": ("5.4", memos),
    "report": ("5.1", reports),
    "follow-up": ("5.2", follow_ups),
    "slot": ("5.3", slots),
    "proof": ("5.6", proofs),
    "answer": ("5.6", answers),
    "keyring": ("6", keyrings),
    "card": ("6.1", cards),
    "seal": ("3", seals),
    "shares": ("9.1", shares_of_a_secret),
    "work": ("7.6", works),
    "journal": ("9.3", journals),
    "outbox": ("8.2", outboxes),
    "dossier": ("8.5", dossiers),
}


def encode(topic: str) -> str:
    """Return the file of a topic as it stands on disk."""
    spec, make = TOPICS[topic]
    tests = make()
    assert len({test["id"] for test in tests}) == len(tests), f"{topic}: an id is used twice"
    head = {"topic": topic, "spec": spec, "generator": "make.py", "tests": tests}
    return json.dumps(head, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write or compare every topic."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    if not (HERE / "envelope.age").exists():
        (HERE / "envelope.age").write_bytes(age.seal_bytes(b"Fanal " * 20, [INTAKE.recipient()]))
    different = [topic for topic in TOPICS if not _current(topic, check=check)]
    for topic in different:
        sys.stderr.write(f"{topic}.json {'differs' if check else 'written'}\n")
    return int(check and bool(different))


def _current(topic: str, *, check: bool) -> bool:
    file, text = HERE / f"{topic}.json", encode(topic)
    if file.exists() and file.read_text("utf-8") == text:
        return True
    if not check:
        file.write_text(text, "utf-8")
    return False


if __name__ == "__main__":
    sys.exit(main())
