"""Backups of a portal: signed files are read unchanged, and any other files are refused (SPEC 8.6)."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from crypto import archive, base64url, bundle, portal_backup, signing, strictjson
from crypto.bundle import Manifest
from crypto.errors import CryptoError, Malformed, Tampered, Truncated
from crypto.portal_backup import Backup, Case, Outbox, Withdrawal
from crypto.signing import Label
from tests.vectors.fixtures import DAY, DEPLOYMENT, NO_SIGNING_KEYS, fixed

MIB = 1 << 20
INSTANCE = fixed("instance")
KEYRING, KEYRING_SIGNATURE = fixed("keyring", 900), fixed("keyring signature", 64)
OUTBOXES = [fixed(f"outbox {n}", 700) for n in range(3)]
SLOT = fixed("slot", 1_700)
# The order of these ids as bytes is not the order of their base64url texts, which begin with A and 0.
FIRST_CASE, SECOND_CASE = bytes(32), b"\xd0" + bytes(31)
Json = dict[str, Any]


def digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def backup() -> Backup:
    """Return a backup with sorted lists. One case has every member, and another has the fewest members.

    The number 10 follows 9, although the text "10" would precede "9".
    """
    numbers = [("audit", 9), ("audit", 10), ("inspection", 1)]
    outboxes = [
        Outbox(channel=channel, n=n, hash=digest(raw), signature=fixed(f"signature {n}", 64), day=DAY)
        for (channel, n), raw in zip(numbers, OUTBOXES, strict=True)
    ]
    full = Case(
        case_id=SECOND_CASE,
        channel="inspection",
        memo=fixed("memo", 60),
        withdraw_id=fixed("withdraw id"),
        day=DAY,
        expires=DAY.replace(year=2027),
        slot=digest(SLOT),
    )
    return Backup(
        deployment=DEPLOYMENT,
        instance_key=signing.public_key(INSTANCE),
        made=DAY,
        keyring=digest(KEYRING),
        outboxes=tuple(outboxes),
        cases=(Case(case_id=FIRST_CASE, channel="audit"), full),
        withdrawn=(
            Withdrawal(case_id=FIRST_CASE, withdraw_key=bytes(32), channel="audit"),
            Withdrawal(case_id=FIRST_CASE, withdraw_key=b"\xd0" * 32, channel="audit"),
            Withdrawal(case_id=SECOND_CASE, withdraw_key=bytes(32), channel="inspection"),
        ),
    )


def listed() -> Json:
    """Return the manifest of ``backup`` as SPEC 8.6 lists its members."""
    made, text = backup(), base64url.encode
    full = made.cases[1]
    assert full.memo
    assert full.withdraw_id
    assert full.slot
    return {
        "v": 1,
        "kind": "portal-backup",
        "deployment": text(DEPLOYMENT),
        "instance_key": text(made.instance_key),
        "made": "2026-11-24",
        "keyring": text(made.keyring),
        "outboxes": [
            {
                "channel": each.channel,
                "n": each.n,
                "hash": text(each.hash),
                "signature": text(each.signature),
                "day": "2026-11-24",
            }
            for each in made.outboxes
        ],
        "cases": [
            {"case_id": text(FIRST_CASE), "channel": "audit"},
            {
                "case_id": text(SECOND_CASE),
                "channel": "inspection",
                "memo": text(full.memo),
                "withdraw_id": text(full.withdraw_id),
                "day": "2026-11-24",
                "expires": "2027-11-24",
                "slot": text(full.slot),
            },
        ],
        "withdrawn": [
            {
                "case_id": text(each.case_id),
                "withdraw_key": text(each.withdraw_key),
                "channel": each.channel,
            }
            for each in made.withdrawn
        ],
    }


def signed(value: Json, label: Label = Label.PORTAL_BACKUP, deployment: bytes = DEPLOYMENT) -> Manifest:
    raw = strictjson.encode(value)
    return Manifest(raw, signing.sign(label, deployment, raw, INSTANCE))


def contents() -> list[tuple[str, bytes]]:
    """Return the name and content of each file in the order of SPEC 8.6."""
    return [
        ("keyring.json", KEYRING),
        ("keyring.sig", KEYRING_SIGNATURE),
        ("outboxes/audit-9.json", OUTBOXES[0]),
        ("outboxes/audit-10.json", OUTBOXES[1]),
        ("outboxes/inspection-1.json", OUTBOXES[2]),
        (f"slots/{base64url.encode(SECOND_CASE)}.age", SLOT),
    ]


def written(files: list[tuple[str, bytes]] | None = None) -> bytes:
    files = contents() if files is None else files
    manifest = portal_backup.sign(backup(), INSTANCE)
    size = bundle.size(manifest, [len(content) for _, content in files])
    members = (archive.Member(name, len(content), iter([content])) for name, content in files)
    return b"".join(portal_backup.write(manifest, members, size))


def archive_size() -> int:
    """Return the size of the backup in bytes, without its zeros."""
    sizes = [len(content) for _, content in contents()]
    return bundle.size(portal_backup.sign(backup(), INSTANCE), sizes)


def read(pieces: Iterable[bytes]) -> tuple[Backup, list[tuple[str, bytes]]]:
    manifest, members = portal_backup.read(pieces)
    opened = portal_backup.open_backup(manifest, DEPLOYMENT)
    files = bundle.checked(members, opened.files())
    return opened, [(each.name, b"".join(each.data)) for each in files]


def refused(value: Json, words: str | None = None) -> None:
    """Check that a manifest is refused for its form, although the instance key signed it."""
    with pytest.raises(Malformed, match=words):
        portal_backup.open_backup(signed(value), DEPLOYMENT)


def test_a_backup_is_read_as_written() -> None:
    """The manifest and the files are the same. Equal input gives equal bytes."""
    assert (backup(), contents()) == read([written()])
    assert written() == written()


def test_a_manifest_has_the_members_that_spec_lists() -> None:
    manifest = portal_backup.sign(backup(), INSTANCE)
    assert strictjson.encode(listed()) == manifest.raw
    assert signed(listed()) == manifest
    assert portal_backup.open_backup(manifest, DEPLOYMENT) == backup()


def test_an_empty_backup_is_read_as_written() -> None:
    """A new portal has no outbox, case or withdrawal, but always a keyring."""
    empty = replace(backup(), outboxes=(), cases=(), withdrawn=())
    assert empty == portal_backup.open_backup(portal_backup.sign(empty, INSTANCE), DEPLOYMENT)
    assert empty.files() == [("keyring.json", digest(KEYRING)), ("keyring.sig", None)]


def test_the_manifest_has_the_hash_of_every_file_except_the_signature_of_the_keyring() -> None:
    """A case without a slot has no file."""
    expected = {name: digest(content) for name, content in contents()}
    assert backup().files() == list((expected | {"keyring.sig": None}).items())


@pytest.mark.parametrize("name", ["memo", "withdraw_id", "day", "expires", "slot"])
def test_a_case_may_lack_each_optional_member(name: str) -> None:
    """All other members are read."""
    value = listed()
    del value["cases"][1][name]
    manifest = signed(value)
    opened = portal_backup.open_backup(manifest, DEPLOYMENT)
    assert getattr(opened.cases[1], name) is None
    assert portal_backup.sign(opened, INSTANCE) == manifest


@pytest.mark.parametrize(
    ("place", "name"),
    [
        *((None, name) for name in listed()),
        *(("outboxes", name) for name in listed()["outboxes"][0]),
        *(("cases", name) for name in ("case_id", "channel")),
        *(("withdrawn", name) for name in listed()["withdrawn"][0]),
    ],
)
def test_a_manifest_without_a_required_member_is_refused(place: str | None, name: str) -> None:
    value = listed()
    del (value[place][0] if place else value)[name]
    refused(value)


@pytest.mark.parametrize("place", [None, "outboxes", "cases", "withdrawn"])
def test_a_manifest_with_an_unknown_or_misplaced_member_is_refused(place: str | None) -> None:
    right = listed()[place][0] if place else listed()
    for wrong in (right | {"more": 1}, dict(reversed(right.items()))):
        refused(listed() | {place: [wrong]} if place else wrong)


BINARY = [
    (None, "deployment", 16),
    (None, "instance_key", 32),
    (None, "keyring", 32),
    ("outboxes", "hash", 32),
    ("outboxes", "signature", 64),
    ("cases", "case_id", 32),
    ("cases", "memo", 60),
    ("cases", "withdraw_id", 32),
    ("cases", "slot", 32),
    ("withdrawn", "case_id", 32),
    ("withdrawn", "withdraw_key", 32),
]


@pytest.mark.parametrize(("place", "name", "size"), BINARY)
def test_a_binary_member_of_another_length_is_refused(place: str | None, name: str, size: int) -> None:
    """The member is one byte shorter or longer than SPEC states."""
    for wrong in (bytes(size - 1), bytes(size + 1)):
        value = listed()
        (value[place][-1] if place else value)[name] = base64url.encode(wrong)
        refused(value, "wrong length")


@pytest.mark.parametrize(
    ("place", "name"), [(None, "made"), ("outboxes", "day"), ("cases", "day"), ("cases", "expires")]
)
def test_a_day_that_does_not_exist_is_refused(place: str | None, name: str) -> None:
    value = listed()
    (value[place][-1] if place else value)[name] = "2026-02-29"
    refused(value, "day does not exist")


@pytest.mark.parametrize("place", ["outboxes", "cases", "withdrawn"])
def test_a_channel_has_1_to_28_letters(place: str) -> None:
    """The test changes the channel of the last entry of each list, so the order of the list stays valid."""
    value = listed()
    value[place][-1]["channel"] = "z" * 28
    opened = portal_backup.open_backup(signed(value), DEPLOYMENT)
    assert getattr(opened, place)[-1].channel == "z" * 28
    for wrong in ("z" * 29, "", "Z", "z/z"):
        value[place][-1]["channel"] = wrong
        refused(value, "text ")


def test_the_numbers_of_outboxes_begin_at_1() -> None:
    value = listed()
    value["outboxes"][0]["n"] = 1
    assert portal_backup.open_backup(signed(value), DEPLOYMENT).outboxes[0].n == 1
    value["outboxes"][0]["n"] = 0
    refused(value, "number ")


@pytest.mark.parametrize(("name", "wrong"), [("v", 2), ("kind", "intake"), ("kind", "outbox")])
def test_a_manifest_of_another_version_or_kind_is_refused(name: str, wrong: int | str) -> None:
    refused(listed() | {name: wrong}, "another version or kind")


@pytest.mark.parametrize("place", ["outboxes", "cases", "withdrawn"])
def test_an_entry_that_is_out_of_order_or_repeated_is_refused(place: str) -> None:
    """The order is checked between all neighbours, including the last two."""
    entries = listed()[place]
    swapped = [*entries[:-2], entries[-1], entries[-2]]
    for wrong in (entries[::-1], swapped, [*entries, entries[-1]], [entries[0], *entries]):
        refused(listed() | {place: wrong}, "twice or out of order")


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        ("outboxes", {"hash": base64url.encode(b"\xff" * 32), "day": "2026-11-25"}),
        ("cases", {"channel": "other", "slot": base64url.encode(bytes(32))}),
        ("withdrawn", {"channel": "other"}),
    ],
)
def test_two_entries_for_the_same_thing_are_refused(place: str, changes: Json) -> None:
    """The two entries differ, but not in the members by which the list is sorted."""
    value = listed()
    value[place].append(value[place][-1] | changes)
    refused(value, "twice or out of order")


def test_case_ids_are_sorted_as_bytes_and_not_as_texts() -> None:
    assert base64url.encode(SECOND_CASE) < base64url.encode(FIRST_CASE)
    assert [each.case_id for each in read([written()])[0].cases] == [FIRST_CASE, SECOND_CASE]


@pytest.mark.parametrize("place", ["outboxes", "cases", "withdrawn"])
def test_a_list_has_at_most_250_000_members(place: str) -> None:
    """The lists repeat one entry, so the order is not checked here."""
    full = listed() | {place: [listed()[place][0]] * 250_000}
    assert len(getattr(portal_backup.BACKUP.read(full), place)) == 250_000
    full[place].append(full[place][0])
    with pytest.raises(Malformed, match="too long"):
        portal_backup.BACKUP.read(full)


def test_a_manifest_has_at_most_128_mib() -> None:
    """The test gives the reader only the header.

    Therefore a manifest of an allowed size counts as truncated.
    """
    with pytest.raises(Truncated):
        portal_backup.read([archive.header("manifest.json", 128 * MIB)])
    with pytest.raises(Malformed):
        portal_backup.read([archive.header("manifest.json", 128 * MIB + 1)])


@pytest.mark.parametrize("size", [4 * MIB, 16 * MIB, 64 * MIB, 256 * MIB, 1_024 * MIB, 4_096 * MIB])
def test_the_sizes_of_backups_are_4_mib_times_powers_of_four(size: int) -> None:
    """A backup that fills its size exactly has no zeros; one more byte requires the next size."""
    assert [portal_backup.padded(size - 1), portal_backup.padded(size)] == [size, size]
    assert portal_backup.padded(size + 1) == 4 * size


def test_the_smallest_size_is_4_mib() -> None:
    assert portal_backup.padded(1) == 4 * MIB
    assert len(written()) == 4 * MIB


@pytest.mark.parametrize(
    ("more", "size"),
    [(-512, 4 * MIB), (0, 4 * MIB), (512, 16 * MIB), (12 * MIB, 16 * MIB), (12 * MIB + 512, 64 * MIB)],
)
def test_zeros_fill_a_backup_up_to_the_next_permitted_size(more: int, size: int) -> None:
    """Without the zeros, the backup has 4 MiB and ``more`` bytes. No piece needs much memory."""
    manifest = portal_backup.sign(backup(), INSTANCE)
    file = bytes(4 * MIB + more - bundle.size(manifest, [0]))
    plain = bundle.size(manifest, [len(file)])
    assert plain == 4 * MIB + more
    pieces = portal_backup.write(manifest, [archive.Member("file", len(file), iter([file]))], plain)
    total = 0
    for piece in pieces:
        assert total < plain or (len(piece) <= MIB and not any(piece))
        total += len(piece)
    assert total == size


def test_a_manifest_that_another_key_signed_is_refused() -> None:
    """The manifest names the key of the portal."""
    with pytest.raises(Tampered):
        portal_backup.open_backup(portal_backup.sign(backup(), fixed("another")), DEPLOYMENT)


@pytest.mark.parametrize("key", NO_SIGNING_KEYS.values(), ids=NO_SIGNING_KEYS)
def test_a_manifest_that_names_an_unsafe_key_is_refused(key: str) -> None:
    unsafe = replace(backup(), instance_key=bytes.fromhex(key))
    with pytest.raises(Tampered):
        portal_backup.open_backup(portal_backup.sign(unsafe, INSTANCE), DEPLOYMENT)


@pytest.mark.parametrize(
    "label", [each for each in Label if each is not Label.PORTAL_BACKUP], ids=lambda label: label.name
)
def test_a_signature_with_another_label_is_refused(label: Label) -> None:
    with pytest.raises(Tampered):
        portal_backup.open_backup(signed(listed(), label), DEPLOYMENT)


def test_a_backup_of_another_deployment_is_refused() -> None:
    other = fixed("other", 16)
    with pytest.raises(Malformed, match="another deployment"):
        portal_backup.open_backup(portal_backup.sign(backup(), INSTANCE), other)
    with pytest.raises(Tampered):
        portal_backup.open_backup(signed(listed(), deployment=other), DEPLOYMENT)


@pytest.mark.parametrize("name", ["instance_key", "made", "keyring", "outboxes", "cases", "withdrawn"])
def test_a_member_that_changed_after_the_signature_is_refused(name: str) -> None:
    """The new value has a valid form."""
    whole = portal_backup.sign(backup(), INSTANCE)
    other: Json = {
        "instance_key": base64url.encode(signing.public_key(fixed("other"))),
        "made": "2026-11-25",
        "keyring": base64url.encode(fixed("other")),
        "outboxes": [],
        "cases": [],
        "withdrawn": [],
    }
    raw = strictjson.encode(listed() | {name: other[name]})
    with pytest.raises(Tampered):
        portal_backup.open_backup(Manifest(raw, whole.signature), DEPLOYMENT)


def test_only_the_head_of_an_unsigned_manifest_is_parsed() -> None:
    """Otherwise the lists would be refused as malformed."""
    raw = strictjson.encode(listed() | {"outboxes": 1, "cases": 1})
    with pytest.raises(Tampered):
        portal_backup.open_backup(Manifest(raw, bytes(64)), DEPLOYMENT)


def test_a_backup_with_a_changed_byte_is_refused() -> None:
    """The signature of the keyring is an exception, because only the root key verifies it."""
    raw, size = written(), archive_size()
    unchecked = raw.index(KEYRING_SIGNATURE)
    excepted = range(unchecked, unchecked + len(KEYRING_SIGNATURE))
    for place in {*range(0, size, 17), size, len(raw) // 2, len(raw) - 1} - {*excepted}:
        with pytest.raises(CryptoError):
            read([raw[:place], bytes([raw[place] ^ 0x20]), raw[place + 1 :]])


def test_a_truncated_backup_is_refused() -> None:
    """The files or the last two blocks are incomplete. The sealed file detects cuts in all other zeros."""
    raw, size = written(), archive_size()
    for end in [*range(0, size, 97), size - 512, size - 1]:
        with pytest.raises(CryptoError):
            read([raw[:end]])
    with pytest.raises(Truncated):
        read([raw[: size - 512]])


def test_a_backup_whose_files_differ_from_its_manifest_is_refused() -> None:
    """A file is missing, unknown, repeated, changed or in another place."""
    files = contents()
    last, content = files[-1]
    for wrong in (
        files[:-1],
        files[1:],
        [*files, ("slots/other.age", SLOT)],
        [*files, files[-1]],
        [files[1], files[0], *files[2:]],
        [*files[:2], files[3], files[2], *files[4:]],
        [*files[:-1], (last, content[:-1] + b"x")],
        [("keyring.json", b"{}"), *files[1:]],
    ):
        with pytest.raises((Malformed, Tampered)):
            read([written(wrong)])


@pytest.mark.parametrize("raw", [b"", b"not a backup" * 100, bytes(4 * MIB)], ids=["empty", "text", "zeros"])
def test_a_file_of_another_kind_is_refused(raw: bytes) -> None:
    with pytest.raises(CryptoError):
        portal_backup.read([raw])
