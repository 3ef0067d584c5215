"""Bundles: what is signed comes back, what is not listed exactly so is refused."""

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


def test_an_intake_bundle_comes_back_whole() -> None:
    """Manifest and files are what was written, and the same input gives the same bytes."""
    assert (intake(), FILES) == read(written())
    assert written() == written()


def test_the_size_of_a_bundle_is_known_before_it_is_written() -> None:
    """Padding counts, too: a file of 1 byte fills a block."""
    for files in ([], [b"1"], FILES, [bytes(512), bytes(513)]):
        manifest = bundle.sign_intake(intake(), INSTANCE)
        raw = b"".join(bundle.write(manifest, map(member, "abc", files)))
        assert len(raw) == bundle.size(manifest, map(len, files))


def test_an_outbox_bundle_comes_back_whole() -> None:
    """Slots, then the keyring with its signature."""
    manifest = bundle.sign_outbox(outbox(), REPLY)
    names = [name for name, _ in outbox().files()]
    raw = b"".join(bundle.write(manifest, map(member, names, [FILES[0], FILES[1], bytes(64)])))
    found, members = bundle.read([raw])
    keys = [fixed("older key"), signing.public_key(REPLY)]
    assert outbox() == bundle.open_outbox(found, DEPLOYMENT, keys)
    assert [FILES[0], FILES[1], bytes(64)] == [
        b"".join(each.data) for each in bundle.checked(members, outbox().files())
    ]


def test_a_byte_changed_anywhere_is_refused() -> None:
    """Every 7th byte, and every byte of the headers and the manifest's first kilobyte."""
    raw = written()
    for place in [*range(1_600), *range(1_600, len(raw), 7)]:
        changed = bytearray(raw)
        changed[place] ^= 0x20
        with pytest.raises(CryptoError):
            read(bytes(changed))


def test_a_bundle_cut_anywhere_is_refused() -> None:
    """Also between two files, and in the zeros of its end."""
    raw = written()
    for size in [*range(0, len(raw), 97), len(raw) - 1, len(raw) - 512, len(raw) - 1_024]:
        with pytest.raises(CryptoError):
            read(raw[:size])


def test_a_cut_between_blocks_says_that_it_is_one() -> None:
    """The officer should copy the file again, not suspect the portal."""
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
def test_another_form_is_refused(spoil: Callable[[], bytes]) -> None:
    """The files are exactly those of the manifest, in its order, and nothing follows."""
    with pytest.raises(CryptoError):
        read(spoil())


def test_a_swapped_file_is_refused() -> None:
    """Same names, contents exchanged."""
    with pytest.raises(Tampered):
        read(written(files=[FILES[1], FILES[0], FILES[2]]))


def test_ids_out_of_order_or_twice_are_refused() -> None:
    """A signed manifest still has to be canonical."""
    for entries in (intake().entries[::-1], (intake().entries[0],) * 2):
        manifest = bundle.sign_intake(replace(intake(), entries=entries), INSTANCE)
        with pytest.raises(Malformed):
            bundle.open_intake(manifest, DEPLOYMENT, signing.public_key(INSTANCE))


def test_an_envelope_without_a_byte_or_a_bundle_without_a_number_is_listed_nowhere() -> None:
    key = signing.public_key(INSTANCE)
    for wrong in (
        replace(intake(), entries=(replace(intake().entries[0], size=0),)),
        replace(intake(), n=0),
        replace(intake(), entries=(replace(intake().entries[0], id=bytes(15)),)),
        replace(intake(), entries=(replace(intake().entries[0], case_id=bytes(31)),)),
    ):
        with pytest.raises(Malformed):
            bundle.open_intake(bundle.sign_intake(wrong, INSTANCE), DEPLOYMENT, key)


def test_a_head_longer_than_any_is_not_looked_for() -> None:
    """Its end is sought in the first four KiB alone."""
    head = shape.record(Link, {"n": integer(), "hash": text(5_000)})
    most = 4_096 - len(b'{"n":1,"hash":""' + b',"x":')
    for size in (0, most):
        assert bundle.begin(head, b'{"n":1,"hash":"%s","x":1}' % (b"a" * size), "x").hash == "a" * size
    for raw in (b'{"n":1,"hash":"%s","x":1}' % (b"a" * (most + 1)), b'{"n":1}', b',"x":1}'):
        with pytest.raises(Malformed):
            bundle.begin(head, raw, "x")


@pytest.mark.parametrize("part", ["slots", "closed"])
def test_cases_out_of_order_or_twice_are_refused(part: str) -> None:
    """In an outbox as well, where each case has one slot and is closed once."""
    ids = sorted((fixed("case"), fixed("other case")), key=bundle.slot_name)
    listed = {"slots": [bundle.SealedSlot(each, fixed("slot")) for each in ids], "closed": ids}[part]

    def opened(members: list[object]) -> bundle.Outbox:
        manifest = bundle.sign_outbox(replace(outbox(), **{part: tuple(members)}), REPLY)
        return bundle.open_outbox(manifest, DEPLOYMENT, [signing.public_key(REPLY)])

    assert tuple(listed) == getattr(opened(list(listed)), part)
    for members in (listed[::-1], [listed[0], listed[0]]):
        with pytest.raises(Malformed):
            opened(list(members))


def test_a_manifest_that_is_too_large_is_refused_before_it_is_read() -> None:
    """Its header is enough: memory stays bounded whatever lies on the medium. SPEC 8 has the bound."""
    most = 32 << 20
    with pytest.raises(Truncated):
        bundle.read([archive.header(bundle.MANIFEST, most)])
    with pytest.raises(Malformed):
        bundle.read([archive.header(bundle.MANIFEST, most + 1)])


def test_a_list_of_more_than_a_quarter_of_a_million_is_refused_before_its_members_are_read() -> None:
    """Also under a known key: a manifest of 32 MiB would else have room for ten million."""
    raw = bundle.OUTBOX.encode(outbox())
    for count, said in ((250_000, "value"), (250_001, "too long")):
        full = raw.replace(b'"closed":[]', b'"closed":[%s]' % b",".join([b"1"] * count))
        manifest = Manifest(full, signing.sign(signing.Label.OUTBOX, DEPLOYMENT, full, REPLY))
        with pytest.raises(Malformed, match=said):
            bundle.open_outbox(manifest, DEPLOYMENT, [signing.public_key(REPLY)])


def test_another_signer_is_refused() -> None:
    """An intake bundle names its key; an outbox bundle must be by a key of the channel."""
    raw = bundle.INTAKE.encode(intake())
    thief = signing.sign(signing.Label.INTAKE, DEPLOYMENT, raw, fixed("thief"))
    with pytest.raises(Tampered):
        bundle.open_intake(Manifest(raw, thief), DEPLOYMENT, signing.public_key(INSTANCE))
    with pytest.raises(Tampered):
        bundle.open_outbox(
            bundle.sign_outbox(outbox(), fixed("thief")), DEPLOYMENT, [signing.public_key(REPLY)]
        )


def malformed(raw: bytes) -> bytes:
    """Return what begins as an intake manifest does, and goes on as nothing that could be read."""
    return raw[: raw.index(b'"entries":')] + b'"entries":[x'


def test_what_a_stranger_signed_is_not_read() -> None:
    """Behind its first words anything may stand: it is refused for its signature, not for its form."""
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


def test_a_manifest_by_a_stranger_takes_no_more_memory_than_its_bytes_do() -> None:
    """Four times 4 MiB, as the signature is over a copy; in lists it would be thirty times."""
    lines = [b'{"case_id":"%s","hash":"%s"}' % (2 * (b"A" * 43,))] * 40_000
    raw = bundle.OUTBOX.encode(outbox()).replace(b'"slots":[', b'"slots":[' + b",".join(lines) + b",")
    manifest = Manifest(raw, bytes(64))
    tracemalloc.start()
    with pytest.raises(Tampered):
        bundle.open_outbox(manifest, DEPLOYMENT, [signing.public_key(REPLY)])
    assert tracemalloc.get_traced_memory()[1] < 4 * len(raw)
    tracemalloc.stop()


def test_another_deployment_is_refused() -> None:
    """Two inspectorates may share a machine, never a bundle."""
    manifest = bundle.sign_intake(intake(), INSTANCE)
    with pytest.raises(Malformed):
        bundle.open_intake(manifest, fixed("other", 16), signing.public_key(INSTANCE))
    with pytest.raises(Malformed):
        bundle.open_outbox(
            bundle.sign_outbox(outbox(), REPLY), fixed("other", 16), [signing.public_key(REPLY)]
        )


def test_a_manifest_of_the_other_direction_is_refused() -> None:
    """An intake bundle carried back to the portal is not an outbox."""
    manifest = bundle.sign_intake(intake(), INSTANCE)
    with pytest.raises(Malformed):
        bundle.open_outbox(manifest, DEPLOYMENT, [signing.public_key(INSTANCE)])


DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("n", "numbers"),
    [(0, [1]), (3, []), (3, [1, 2]), (3, [2, 3, 4]), (3, [1, 3, 2]), (3, [3, 3]), (3, [3, 2, 3])],
)
def test_imports_out_of_order_or_not_up_to_the_last_are_refused(n: int, numbers: list[int]) -> None:
    """Before any list of the manifest is read."""
    imports = tuple(bundle.Import(each, DAY) for each in numbers)
    link = fixed("outbox") if n else bundle.FIRST
    wrong = replace(intake(), applied=bundle.Applied(n, link, imports))
    manifest = bundle.sign_intake(wrong, INSTANCE)
    with pytest.raises(Malformed, match="imports"):
        bundle.intake_head(manifest, DEPLOYMENT)


def test_as_many_imports_as_may_be_are_read_and_one_more_is_not() -> None:
    def told(count: int) -> bundle.Manifest:
        imports = tuple(bundle.Import(10**9 + n, DAY) for n in range(count))
        applied = bundle.Applied(imports[-1].n, fixed("outbox"), imports)
        return bundle.sign_intake(replace(intake(), applied=applied), INSTANCE)

    assert len(bundle.intake_head(told(bundle.IMPORTS), DEPLOYMENT).applied.imports) == bundle.IMPORTS
    with pytest.raises(Malformed):
        bundle.intake_head(told(bundle.IMPORTS + 1), DEPLOYMENT)
