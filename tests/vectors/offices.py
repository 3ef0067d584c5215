"""Vectors of the shares of a secret and of the journal (SPEC 9)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from unittest import mock

from crypto import journal, shares, signing
from crypto.journal import Entry, Head, Presence, Signed
from crypto.signing import Label
from tests.vectors.fixtures import DAY, DEPLOYMENT, REPLY_SEED, Vector, fixed, flipped, vector

GENESIS = fixed("genesis")
OFFICERS = {"alice": Presence.CONFIRMED, "bruno": Presence.SHEET}


def shares_of_a_secret() -> list[Vector]:
    """SPEC 9.1: quorums of a 2-of-3 sharing, and sets of shares that are not a quorum."""
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


def journals() -> list[Vector]:
    """SPEC 9.3: journals of four entries. The vector of an invalid journal names the first invalid entry."""
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
