"""Every member of every signed or sealed format accepts the sizes that SPEC states, and nothing beyond.

The documents below repeat the limits of SPEC, and do not read them from the code. If a limit
changes in the code alone, this test fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from crypto import backup, base64url, card, proof, strictjson
from crypto.bundle import INTAKE, OUTBOX
from crypto.challenge import ANSWER
from crypto.dossier import DOSSIER
from crypto.errors import Malformed
from crypto.journal import ENTRY, HEAD
from crypto.keyring import KEYRING
from crypto.messages import FOLLOW_UP, REPORT, SLOT
from crypto.pages import PAGES
from crypto.proof import PROOF
from crypto.strictjson import LARGEST
from crypto.work import OFFER

Document = Any


@dataclass(frozen=True)
class Leaf:
    """A member with a usual value, values at its limits, and the nearest invalid values."""

    usual: Document
    limits: tuple[Document, ...] = ()
    beyond: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A list of at most ``most`` items; if ``key`` is given, an object instead of a list."""

    member: Document
    most: int
    key: Callable[[int], str] | None = None
    also: tuple[Document, ...] = field(default=())

    def of(self, count: int) -> Document:
        """Return the list with ``count`` items."""
        one = _usual(self.member)
        if self.key:
            return {self.key(n): one for n in range(count)}
        return _Said(one, count) if count > 1_000 else [one] * count


class _Said(list[Document]):
    """A list that has one item but claims to have ``count`` items.

    Reading 250,000 items would take a second.
    """

    def __init__(self, member: Document, count: int) -> None:
        super().__init__([member])
        self._count = count

    def __len__(self) -> int:
        return self._count


@dataclass(frozen=True)
class Maybe:
    """An optional member."""

    member: Document


def whole(least: int = 0, most: int = LARGEST) -> Leaf:
    return Leaf(least, (least, most), (least - 1, most + 1) if most < LARGEST else (least - 1,))


def chars(most: int, sample: str = "a") -> Leaf:
    return Leaf(sample[:most], (sample * most,), (sample * (most + 1),))


def octets(size: int) -> Leaf:
    written = [base64url.encode(bytes(each)) for each in (size, size - 1, size + 1)]
    return Leaf(written[0], (), tuple(written[1:]))


DAY = Leaf("2026-11-30", ("2000-01-01", "2199-12-31"), ("1999-12-31", "2200-01-01"))
CHANNEL = chars(28)
ID = chars(32)
TEXT = chars(200_000)


def signed(kind: str, **members: Document) -> dict[str, Document]:
    return {"v": Leaf(1, (), (0, 2)), "kind": Leaf(kind, (), ("other",)), **members}


NUMBERED_HASH = {"n": whole(1), "hash": octets(32)}
TEXTS = {"fr": chars(2_000), "en": chars(2_000)}
DATES = {"not_before": DAY, "not_after": DAY}
CHANNEL_OF_KEYRING = {
    "id": CHANNEL,
    "name": TEXTS,
    "note": TEXTS,
    "intake_keys": Listed({"id": octets(16), "recipient": chars(1_959), **DATES}, 100),
    "reply_keys": Listed({"id": octets(16), "key": octets(32), **DATES}, 100),
}
SEEN = {"serial": whole(1), "hash": octets(32)}
FILE = {
    "number": whole(1, 99),
    "name": chars(255),
    "type": chars(127),
    "size": whole(),
    "digest": octets(32),
}
FILES = Listed(FILE, 99)
BUNDLE = {"deployment": octets(16), "channel": CHANNEL, "n": whole(1), "previous": octets(32)}


RECEIPT = {
    "statement": signed("receipt", deployment=octets(16), author=octets(32), day=DAY, key_id=octets(16)),
    "signature": octets(64),
}
RECEIPT_KEY = {
    "statement": signed("receipt-key", deployment=octets(16), channel=CHANNEL, key=octets(32), **DATES),
    "signature": octets(64),
}
CHALLENGE = signed(
    "challenge",
    deployment=octets(16),
    author=octets(32),
    verifier=chars(200),
    day=DAY,
    random=octets(32),
)


NAME_IN_BACKUP = Leaf(
    "vault.json",
    (
        *("vault-1.sqlite", "vault-9999999999.sqlite", f"attachments/{'A' * 64}.age"),
        *(f"unopened/{'_' * 64}.age", f"outbox/{'-' * 64}.tar", f"law/{'f' * 64}/{'a' * 32}.toml"),
    ),
    (
        *("vault-0.sqlite", "vault-10000000000.sqlite", f"attachments/{'A' * 65}.age"),
        *(f"unopened/{'_' * 65}.age", f"outbox/{'-' * 65}.tar", f"law/{'f' * 64}/{'a' * 33}.toml"),
    ),
)


def officer(n: int) -> str:
    return f"officer{'abcdefghijklmnopqrstuvwxyz'[n]}"


FORMATS: dict[str, tuple[Callable[[Document], object], dict[str, Document]]] = {
    "report (5.1)": (
        REPORT.read,
        signed(
            "report",
            channel=CHANNEL,
            key_id=octets(16),
            case_id=octets(32),
            salt=octets(32),
            author_key=octets(32),
            reply_recipient=octets(1_216),
            withdraw_id=octets(32),
            language=Leaf("fr", ("en",), ("nl",)),
            keyring=SEEN,
            questionnaire={"id": ID, "version": whole(1)},
            answers=Listed(TEXT, 1_000, "q{}".format, (Listed(TEXT, 1_000),)),
            files=FILES,
            written=DAY,
        ),
    ),
    "follow-up (5.2)": (
        FOLLOW_UP.read,
        signed(
            "follow-up",
            channel=CHANNEL,
            key_id=octets(16),
            case_id=octets(32),
            id=octets(16),
            seen=whole(),
            keyring=SEEN,
            text=TEXT,
            files=FILES,
            written=DAY,
        ),
    ),
    "slot (5.3)": (
        SLOT.read,
        signed(
            "slot",
            channel=CHANNEL,
            case_id=octets(32),
            serial=whole(1),
            issued=DAY,
            next_by=DAY,
            status=Leaf("received", ("closed",), ("open",)),
            measures_disclosed=Listed(ID, 1_000),
            earlier=whole(),
            messages=Listed({"serial": whole(1), "day": DAY, "text": TEXT}, 1_000),
            received={"count": whole(), "last_day": Maybe(DAY), "ids": Listed(octets(8), 16)},
            receipt=Maybe(RECEIPT),
        ),
    ),
    "proof (5.6)": (
        PROOF.read,
        signed("proof", root_key=octets(32), receipt=RECEIPT, receipt_key=RECEIPT_KEY),
    ),
    "answer (5.6)": (
        ANSWER.read,
        signed("answer", challenge=CHALLENGE, author_key=octets(32), signature=octets(64)),
    ),
    "keyring (6)": (
        KEYRING.read,
        signed(
            "keyring",
            deployment=octets(16),
            serial=whole(1),
            issued=DAY,
            valid_until=DAY,
            name=TEXTS,
            channels=Listed(CHANNEL_OF_KEYRING, 100),
            questionnaire={"id": ID, "version": whole(1), "hash": octets(32)},
            receipt_keys=Listed(RECEIPT_KEY, 10_000),
        ),
    ),
    "card (6.1)": (
        lambda document: card.parse(strictjson.encode(document)),
        signed(
            "card",
            deployment=octets(16),
            key=octets(32),
            serial=whole(1),
            issued=DAY,
            channel=CHANNEL_OF_KEYRING,
        ),
    ),
    "offer (7.6)": (OFFER.read, signed("work", seed=octets(32), cost=whole(1, 1_000_000))),
    "intake (8.1)": (
        INTAKE.read,
        signed(
            "intake",
            **BUNDLE,
            instance_key=octets(32),
            exported=DAY,
            applied={
                "n": whole(),
                "hash": octets(32),
                "imports": Listed({"n": whole(1), "day": DAY}, 64),
            },
            entries=Listed(
                {
                    "id": octets(16),
                    "case_id": Maybe(octets(32)),
                    "size": whole(1),
                    "hash": octets(32),
                    "day": DAY,
                },
                250_000,
            ),
            withdrawn=Listed({"case_id": octets(32), "withdraw_key": octets(32)}, 250_000),
        ),
    ),
    "outbox (8.2)": (
        OUTBOX.read,
        signed(
            "outbox",
            **BUNDLE,
            collected=Listed(NUMBERED_HASH, 250_000),
            slots=Listed({"case_id": octets(32), "hash": octets(32)}, 250_000),
            closed=Listed(octets(32), 250_000),
            opened=Maybe(
                Listed({"case_id": octets(32), "memo": octets(60), "withdraw_id": octets(32)}, 250_000)
            ),
            keyring=Maybe(SEEN),
            journal={"n": whole(), "hash": octets(32)},
        ),
    ),
    "pages (8.4)": (
        PAGES.read,
        signed(
            "pages",
            deployment=octets(16),
            serial=whole(1),
            valid_until=DAY,
            policy=chars(4_000),
            files=Listed({"path": chars(1_000, "/"), "type": chars(127), "hash": octets(32)}, 1_000),
        ),
    ),
    "dossier (8.5)": (
        DOSSIER.read,
        signed(
            "dossier",
            deployment=octets(16),
            key=octets(32),
            purpose=Leaf("prosecutor", (), ("other",)),
            language=Leaf("fr", ("en",), ("nl",)),
            made=DAY,
            case=whole(1),
            parts=Listed(
                {
                    "name": Leaf("dossier.pdf", ("files/999999.jpeg",), ("files/1000000.jpg",)),
                    "size": whole(),
                    "hash": octets(32),
                },
                100_000,
            ),
        ),
    ),
    "journal (9.3)": (
        ENTRY.read,
        signed(
            "journal",
            n=whole(1),
            previous=octets(32),
            day=DAY,
            officers=Listed(Leaf("passphrase", ("confirmed", "sheet"), ("other",)), 16, officer),
            action=chars(64),
            case=Maybe(whole(1)),
            values=Listed(chars(500), 16, "v{}".format, (whole(), Listed(chars(500), 32))),
            reason=chars(2_000),
        ),
    ),
    "head (9.3)": (HEAD.read, {"n": whole(), "hash": octets(32)}),
    "backup (9.8)": (
        backup.LISTED.read,
        signed(
            "backup",
            backup={
                "day": DAY,
                "journal": {"n": whole(), "hash": octets(32)},
                "keystore": whole(1),
                "keystore_hash": octets(32),
                "faults": Listed(NAME_IN_BACKUP, 10_000_000),
                "files": Listed({"name": NAME_IN_BACKUP, "hash": octets(32)}, 10_000_000),
            },
            mac=octets(32),
        ),
    ),
}


def _usual(described: Document) -> Document:
    match described:
        case Leaf(usual=usual):
            return usual
        case Listed():
            return described.of(1)
        case Maybe(member=member):
            return _usual(member)
        case _:
            return {name: _usual(member) for name, member in described.items()}


def _changed(described: Document) -> Iterator[tuple[str, bool, Document]]:
    """For each value at or beyond a limit, yield its path, its validity, and a document that contains it."""
    match described:
        case Leaf(limits=limits, beyond=beyond):
            yield from (("", True, value) for value in limits)
            yield from (("", False, value) for value in beyond)
        case Maybe(member=member):
            yield from _changed(member)
        case Listed(member=member, most=most, key=key, also=also):
            yield "", True, described.of(0)
            yield "", True, described.of(most)
            yield "", False, described.of(most + 1)
            for each in (member, *also):
                for path, valid, value in (("", True, _usual(each)), *_changed(each)):
                    yield f"[]{path}", valid, [value] if key is None else {key(0): value}
        case _:
            usual = _usual(described)
            for name, member in described.items():
                without = {key: value for key, value in usual.items() if key != name}
                yield f".{name}", isinstance(member, Maybe), without
                for path, valid, value in _changed(member):
                    yield f".{name}{path}", valid, {**usual, name: value}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_accepts_values_at_the_limits_of_spec_and_refuses_values_beyond_them(name: str) -> None:
    read, described = FORMATS[name]
    read(_usual(described))
    for path, valid, document in _changed(described):
        try:
            read(document)
        except Malformed:
            assert not valid, f"{path} refuses a value that SPEC allows: {str(document)[:200]}"
        else:
            assert valid, f"{path} accepts a value that SPEC does not allow: {str(document)[:200]}"


def test_a_proof_of_more_than_4096_bytes_is_refused_before_it_is_parsed() -> None:
    for size, said in ((4_096, "not JSON"), (4_097, "too large")):
        with pytest.raises(Malformed, match=said):
            proof.open_proof(b" " * size, root_key=bytes(32), deployment=bytes(16))
