"""Bundles: signed files are read unchanged, and any other files are refused."""

import hashlib
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from crypto import archive, bundle, shape, signing
from crypto.bundle import Link, Manifest
from crypto.errors import CryptoError, Malformed, Tampered, Truncated
from crypto.journal import Head
from crypto.shape import integer, text
from tests.vectors.fixtures import DEPLOYMENT, fixed

INSTANCE = fixed("instance")
REPLY = fixed("reply")
FILES = [fixed(f"envelope {n}", 1_700) for n in range(3)]
IDS = sorted((fixed(f"id {n}", 16) for n in range(3)), key=bundle.envelope_name)


def intake() -> bundle.Intake:
    entries = [
        bundle.Entry(id=i, size=len(f), hash=hashlib.sha256(f).digest(), day=date(2026, 11, 24))
        for i, f in zip(IDS, FILES, strict=True)
    ]
    return bundle.Intake(
        deployment=DEPLOYMENT,
        channel="inspection",
        n=1,
        previous=bundle.FIRST,
        instance_key=signing.public_key(INSTANCE),
        exported=date(2026, 11, 25),
        applied=bundle.Applied(0, bundle.FIRST),
        entries=(replace(entries[0], case_id=fixed("case")), *entries[1:]),
        withdrawn=(bundle.Withdrawal(fixed("case"), fixed("withdraw")),),
    )


def outbox() -> bundle.Outbox:
    return bundle.Outbox(
        deployment=DEPLOYMENT,
        channel="inspection",
        n=2,
        previous=fixed("previous"),
        collected=(bundle.Link(1, fixed("intake")),),
        slots=(bundle.SealedSlot(fixed("case"), hashlib.sha256(FILES[0]).digest()),),
        closed=(),
        keyring=bundle.KeyringLink(3, hashlib.sha256(FILES[1]).digest()),
        journal=Head(7, fixed("journal")),
    )


def member(name: str, data: bytes) -> archive.Member:
    return archive.Member(name, len(data), iter([data]))


def written(files: list[bytes] = FILES, ids: list[bytes] = IDS) -> bytes:
    manifest = bundle.sign_intake(intake(), INSTANCE)
    names = [bundle.envelope_name(each) for each in ids]
    return b"".join(bundle.write(manifest, map(member, names, files)))


def read(raw: bytes) -> tuple[bundle.Intake, list[bytes]]:
    manifest, members = bundle.read([raw])
    opened = bundle.open_intake(manifest, DEPLOYMENT, signing.public_key(INSTANCE))
    return opened, [b"".join(each.data) for each in bundle.checked(members, opened.files())]


def test_an_intake_bundle_is_read_as_written() -> None:
    """The manifest and the files are the same. Equal input gives equal bytes."""
    assert (intake(), FILES) == read(written())
    assert written() == written()


def test_the_size_of_a_bundle_is_known_before_it_is_written() -> None:
    """The size includes the padding, so a file of 1 byte fills a block."""
    for files in ([], [b"1"], FILES, [bytes(512), bytes(513)]):
        manifest = bundle.sign_intake(intake(), INSTANCE)
        raw = b"".join(bundle.write(manifest, map(member, "abc", files)))
        assert len(raw) == bundle.size(manifest, map(len, files))


def test_an_outbox_bundle_is_read_as_written() -> None:
    """An outbox bundle contains slots, then the keyring with its signature."""
    manifest = bundle.sign_outbox(outbox(), REPLY)
    names = [name for name, _ in outbox().files()]
    raw = b"".join(bundle.write(manifest, map(member, names, [FILES[0], FILES[1], bytes(64)])))
    found, members = bundle.read([raw])
    keys = [fixed("older key"), signing.public_key(REPLY)]
    assert outbox() == bundle.open_outbox(found, DEPLOYMENT, keys)
    assert [FILES[0], FILES[1], bytes(64)] == [
        b"".join(each.data) for each in bundle.checked(members, outbox().files())
    ]


def test_a_bundle_with_a_changed_byte_is_refused() -> None:
    """The test changes every 7th byte, and every byte of the headers and of the manifest's first kilobyte."""
    raw = written()
    for place in [*range(1_600), *range(1_600, len(raw), 7)]:
        changed = bytearray(raw)
        changed[place] ^= 0x20
        with pytest.raises(CryptoError):
            read(bytes(changed))


def test_a_truncated_bundle_is_refused() -> None:
    """The bundle may end between two files, or within the padding at its end."""
    raw = written()
    for size in [*range(0, len(raw), 97), len(raw) - 1, len(raw) - 512, len(raw) - 1_024]:
        with pytest.raises(CryptoError):
            read(raw[:size])


def test_a_bundle_cut_between_blocks_is_reported_as_truncated() -> None:
    """The officer should copy the file again, and need not suspect the portal."""
    with pytest.raises(Truncated):
        read(written()[:-512])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: written() + bytes(512),
        lambda: written(files=FILES[:2], ids=IDS[:2]),
        lambda: written(files=[*FILES, b"more"], ids=[*IDS, fixed("stray", 16)]),
        lambda: written(files=FILES[::-1], ids=IDS[::-1]),
        lambda: written(files=FILES, ids=[IDS[0], IDS[0], IDS[1]]),
        lambda: b"",
        lambda: b"not a bundle" * 100,
    ],
    ids=["longer", "file-missing", "file-more", "other-order", "file-twice", "empty", "no-bundle"],
)
def test_a_bundle_whose_files_differ_from_its_manifest_is_refused(spoil: Callable[[], bytes]) -> None:
    """The bundle must have exactly the listed files, in this order, and nothing after them."""
    with pytest.raises(CryptoError):
        read(spoil())


def test_a_bundle_with_swapped_file_contents_is_refused() -> None:
    """The names are unchanged."""
    with pytest.raises(Tampered):
        read(written(files=[FILES[1], FILES[0], FILES[2]]))


def test_ids_that_are_out_of_order_or_repeated_are_refused() -> None:
    """A signed manifest must still be canonical."""
    for entries in (intake().entries[::-1], (intake().entries[0],) * 2):
        manifest = bundle.sign_intake(replace(intake(), entries=entries), INSTANCE)
        with pytest.raises(Malformed):
            bundle.open_intake(manifest, DEPLOYMENT, signing.public_key(INSTANCE))


def test_an_empty_envelope_and_a_bundle_without_a_number_are_refused() -> None:
    key = signing.public_key(INSTANCE)
    for wrong in (
        replace(intake(), entries=(replace(intake().entries[0], size=0),)),
        replace(intake(), n=0),
        replace(intake(), entries=(replace(intake().entries[0], id=bytes(15)),)),
        replace(intake(), entries=(replace(intake().entries[0], case_id=bytes(31)),)),
    ):
        with pytest.raises(Malformed):
            bundle.open_intake(bundle.sign_intake(wrong, INSTANCE), DEPLOYMENT, key)


def test_a_manifest_with_too_long_a_head_is_refused() -> None:
    """The end of the head is searched for only in the first four KiB."""
    head = shape.record(Link, {"n": integer(), "hash": text(5_000)})
    most = 4_096 - len(b'{"n":1,"hash":""' + b',"x":')
    for size in (0, most):
        assert bundle.begin(head, b'{"n":1,"hash":"%s","x":1}' % (b"a" * size), "x").hash == "a" * size
    for raw in (b'{"n":1,"hash":"%s","x":1}' % (b"a" * (most + 1)), b'{"n":1}', b',"x":1}'):
        with pytest.raises(Malformed):
            bundle.begin(head, raw, "x")


@pytest.mark.parametrize("part", ["slots", "closed"])
def test_cases_that_are_out_of_order_or_repeated_are_refused(part: str) -> None:
    """In an outbox, each case has at most one slot and is closed at most once."""
    ids = sorted((fixed("case"), fixed("other case")), key=bundle.slot_name)
    listed = {"slots": [bundle.SealedSlot(each, fixed("slot")) for each in ids], "closed": ids}[part]

    def opened(members: list[object]) -> bundle.Outbox:
        manifest = bundle.sign_outbox(replace(outbox(), **{part: tuple(members)}), REPLY)
        return bundle.open_outbox(manifest, DEPLOYMENT, [signing.public_key(REPLY)])

    assert tuple(listed) == getattr(opened(list(listed)), part)
    for members in (listed[::-1], [listed[0], listed[0]]):
        with pytest.raises(Malformed):
            opened(list(members))


def test_an_oversized_manifest_is_refused_before_it_is_read() -> None:
    """The header states the size, so memory use stays bounded. SPEC 8 gives the limit."""
    most = 32 << 20
    with pytest.raises(Truncated):
        bundle.read([archive.header(bundle.MANIFEST, most)])
    with pytest.raises(Malformed):
        bundle.read([archive.header(bundle.MANIFEST, most + 1)])


def test_a_list_with_too_many_items_is_refused_before_its_items_are_read() -> None:
    """Even a known signer cannot send such a list, although ten million items would fit in 32 MiB."""
    raw = bundle.OUTBOX.encode(outbox())
    for count, said in ((250_000, "value"), (250_001, "too long")):
        full = raw.replace(b'"closed":[]', b'"closed":[%s]' % b",".join([b"1"] * count))
        manifest = Manifest(full, signing.sign(signing.Label.OUTBOX, DEPLOYMENT, full, REPLY))
        with pytest.raises(Malformed, match=said):
            bundle.open_outbox(manifest, DEPLOYMENT, [signing.public_key(REPLY)])


def test_a_bundle_of_another_signer_is_refused() -> None:
    """An intake bundle must have the portal's key; an outbox bundle needs a key of its channel."""
    raw = bundle.INTAKE.encode(intake())
    thief = signing.sign(signing.Label.INTAKE, DEPLOYMENT, raw, fixed("thief"))
    with pytest.raises(Tampered):
        bundle.open_intake(Manifest(raw, thief), DEPLOYMENT, signing.public_key(INSTANCE))
    with pytest.raises(Tampered):
        bundle.open_outbox(
            bundle.sign_outbox(outbox(), fixed("thief")), DEPLOYMENT, [signing.public_key(REPLY)]
        )


def malformed(raw: bytes) -> bytes:
    """Return bytes that begin like an intake manifest, and continue with garbage."""
    return raw[: raw.index(b'"entries":')] + b'"entries":[x'


def test_a_manifest_with_a_bad_signature_is_refused_before_it_is_parsed() -> None:
    """The error is about the signature, and not about the garbage."""
    broken = malformed(bundle.INTAKE.encode(intake()))
    manifest = Manifest(broken, signing.sign(signing.Label.INTAKE, DEPLOYMENT, broken, INSTANCE))
    assert bundle.intake_head(manifest, DEPLOYMENT).instance_key == signing.public_key(INSTANCE)
    with pytest.raises(Tampered):
        bundle.open_intake(manifest, DEPLOYMENT, signing.public_key(fixed("known")))
    with pytest.raises(Malformed):
        bundle.open_intake(manifest, DEPLOYMENT, signing.public_key(INSTANCE))
    raw = bundle.OUTBOX.encode(outbox())[:-1]
    signed = Manifest(raw, signing.sign(signing.Label.OUTBOX, DEPLOYMENT, raw, REPLY))
    with pytest.raises(Tampered):
        bundle.open_outbox(signed, DEPLOYMENT, [signing.public_key(INSTANCE)])
    with pytest.raises(Malformed):
        bundle.open_outbox(signed, DEPLOYMENT, [signing.public_key(REPLY)])


def test_checking_a_bad_signature_takes_little_memory() -> None:
    """The check needs memory of at most four times the size of the bundle.

    Parsing the lists would need memory of thirty times the size of the bundle.
    """
    lines = [b'{"case_id":"%s","hash":"%s"}' % (2 * (b"A" * 43,))] * 40_000
    raw = bundle.OUTBOX.encode(outbox()).replace(b'"slots":[', b'"slots":[' + b",".join(lines) + b",")
    manifest = Manifest(raw, bytes(64))
    tracemalloc.start()
    with pytest.raises(Tampered):
        bundle.open_outbox(manifest, DEPLOYMENT, [signing.public_key(REPLY)])
    assert tracemalloc.get_traced_memory()[1] < 4 * len(raw)
    tracemalloc.stop()


def test_a_bundle_of_another_deployment_is_refused() -> None:
    """Two inspectorates may use the same machine, but not the same bundles."""
    manifest = bundle.sign_intake(intake(), INSTANCE)
    with pytest.raises(Malformed):
        bundle.open_intake(manifest, fixed("other", 16), signing.public_key(INSTANCE))
    with pytest.raises(Malformed):
        bundle.open_outbox(
            bundle.sign_outbox(outbox(), REPLY), fixed("other", 16), [signing.public_key(REPLY)]
        )


def test_a_bundle_for_the_other_direction_is_refused() -> None:
    """An intake bundle that comes back to the portal is not an outbox."""
    manifest = bundle.sign_intake(intake(), INSTANCE)
    with pytest.raises(Malformed):
        bundle.open_outbox(manifest, DEPLOYMENT, [signing.public_key(INSTANCE)])


DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("n", "numbers"),
    [(0, [1]), (3, []), (3, [1, 2]), (3, [2, 3, 4]), (3, [1, 3, 2]), (3, [3, 3]), (3, [3, 2, 3])],
)
def test_imports_that_are_out_of_order_or_incomplete_are_refused(n: int, numbers: list[int]) -> None:
    """The refusal comes before any list of the manifest is read."""
    imports = tuple(bundle.Import(each, DAY) for each in numbers)
    link = fixed("outbox") if n else bundle.FIRST
    wrong = replace(intake(), applied=bundle.Applied(n, link, imports))
    manifest = bundle.sign_intake(wrong, INSTANCE)
    with pytest.raises(Malformed, match="imports"):
        bundle.intake_head(manifest, DEPLOYMENT)


def test_the_largest_number_of_imports_is_accepted_and_one_more_import_is_refused() -> None:
    def told(count: int) -> bundle.Manifest:
        imports = tuple(bundle.Import(10**9 + n, DAY) for n in range(count))
        applied = bundle.Applied(imports[-1].n, fixed("outbox"), imports)
        return bundle.sign_intake(replace(intake(), applied=applied), INSTANCE)

    assert len(bundle.intake_head(told(bundle.IMPORTS), DEPLOYMENT).applied.imports) == bundle.IMPORTS
    with pytest.raises(Malformed):
        bundle.intake_head(told(bundle.IMPORTS + 1), DEPLOYMENT)


def test_a_single_byte_after_the_end_of_a_bundle_is_refused_as_malformed() -> None:
    """Even a zero byte is refused, and the bundle does not count as truncated."""
    _, members = bundle.read([written() + bytes(1)])
    with pytest.raises(Malformed):
        [b"".join(each.data) for each in members]


def test_before_the_first_bundle_the_number_is_zero_and_the_hash_is_32_zero_bytes() -> None:
    assert Link(0, bytes(32)) == bundle.NOTHING
