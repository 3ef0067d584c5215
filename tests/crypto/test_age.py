"""Sealed files: chunk boundaries, refused files, and memory use."""

import secrets
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import age, hybrid
from crypto.age import CHUNK, ENVELOPE_HEADER, seal, seal_bytes, unseal, unseal_bytes, unseal_envelope
from crypto.errors import CryptoError, Malformed, NotForUs, Tampered, Truncated
from crypto.header import MAX_HEADER, Header, Stanza
from crypto.primitives import encode64
from crypto.recipients import HybridIdentity, HybridRecipient, ScryptRecipient, X25519Identity

IDENTITY = HybridIdentity.from_seed(bytes(range(32)))
RECIPIENT = IDENTITY.recipient()
OTHER = HybridIdentity.from_seed(bytes(32))
CLASSICAL = X25519Identity(bytes(range(32)))
BOUNDARIES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]
FULL = CHUNK + 16
START = ENVELOPE_HEADER + 16

SPLITS = st.lists(st.integers(min_value=1, max_value=CHUNK + 99), max_size=8)


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Cut data into pieces of these sizes, with an empty piece after each."""
    for size in sizes:
        yield data[:size]
        yield b""
        data = data[size:]
    yield data


def chunks(envelope: bytes) -> list[bytes]:
    return [envelope[at : at + FULL] for at in range(START, len(envelope), FULL)]


class Grease:
    """A recipient of an unknown kind."""

    def wrap(self, file_key: bytes) -> Stanza:
        return Stanza(("example-grease", str(len(file_key))), b"")


@pytest.mark.parametrize("size", BOUNDARIES)
def test_a_sealed_file_opens_with_its_key(size):
    """The plaintext ends at or near a chunk boundary. The envelope has the predicted size."""
    plaintext = secrets.token_bytes(size)
    envelope = seal_bytes(plaintext, [RECIPIENT])
    assert age.sealed_size(size) == len(envelope)
    assert plaintext == unseal_bytes(envelope, [IDENTITY])
    assert plaintext == b"".join(unseal_envelope([envelope], [OTHER, IDENTITY]))


@given(
    size=st.sampled_from(BOUNDARIES) | st.integers(min_value=0, max_value=2 * CHUNK),
    before=SPLITS,
    after=SPLITS,
)
def test_the_size_of_the_pieces_does_not_change_the_result(size, before, after):
    """Pieces of any size give the same plaintext and the same envelope."""
    plaintext = bytes(secrets.token_bytes(1)) * size
    envelope = b"".join(seal(cut(plaintext, before), [RECIPIENT]))
    assert plaintext == b"".join(unseal_envelope(cut(envelope, after), [IDENTITY]))


def test_two_sealings_have_no_randomness_in_common():
    """Every envelope has a fresh file key, encapsulation and nonce."""
    first, second = (seal_bytes(b"the same words", [RECIPIENT]) for _ in range(2))
    (one,), (other,) = (Header.parse(each[:ENVELOPE_HEADER]).stanzas for each in (first, second))
    assert one.args[0] == other.args[0]
    assert one.args[1] != other.args[1]
    assert one.body != other.body
    assert first[ENVELOPE_HEADER:START] != second[ENVELOPE_HEADER:START]
    assert first[START:] != second[START:]


def test_a_wrong_key_is_distinguished_from_a_changed_file():
    """A wrong key is not reported as tampering. Without a key, no file opens."""
    envelope = seal_bytes(b"text", [RECIPIENT])
    for identities in ([], [OTHER], [CLASSICAL, OTHER]):
        with pytest.raises(NotForUs):
            unseal_bytes(envelope, identities)


def test_an_envelope_with_one_changed_byte_does_not_open():
    """The changed byte may be at any position. The error is always a CryptoError."""
    envelope = seal_bytes(b"a small secret", [RECIPIENT])
    for at in range(len(envelope)):
        changed = bytearray(envelope)
        changed[at] ^= 1
        with pytest.raises(CryptoError):
            unseal_bytes(bytes(changed), [IDENTITY])


def test_a_truncated_envelope_does_not_open():
    """The envelope may be cut at any position."""
    envelope = seal_bytes(b"a small secret", [RECIPIENT])
    for size in range(len(envelope)):
        with pytest.raises(CryptoError):
            unseal_bytes(envelope[:size], [IDENTITY])


@pytest.mark.parametrize(
    ("kept", "error"),
    [
        pytest.param(ENVELOPE_HEADER, Truncated, id="nonce-missing"),
        pytest.param(START - 1, Truncated, id="nonce-cut"),
        pytest.param(START, Truncated, id="no-chunk"),
        pytest.param(START + FULL, Truncated, id="last-chunk-missing"),
        pytest.param(START + FULL + 15, Truncated, id="tag-cut"),
        pytest.param(START + FULL - 1, Tampered, id="first-chunk-cut"),
    ],
)
def test_a_truncated_file_is_reported_as_truncated(kept, error):
    """A cut within a full chunk cannot be distinguished from a change."""
    envelope = seal_bytes(bytes(CHUNK + 9), [RECIPIENT])
    with pytest.raises(error) as caught:
        unseal_bytes(envelope[:kept], [IDENTITY])
    assert error is caught.type


@pytest.mark.parametrize(
    "order",
    [
        pytest.param([1, 0, 2], id="swapped"),
        pytest.param([0, 2], id="middle-dropped"),
        pytest.param([1, 2], id="first-dropped"),
        pytest.param([0, 1, 1, 2], id="repeated"),
        pytest.param([0, 1, 2, 2], id="last-repeated"),
        pytest.param([2], id="only-last"),
    ],
)
def test_moved_or_missing_or_repeated_chunks_are_refused(order):
    envelope = seal_bytes(secrets.token_bytes(3 * CHUNK), [RECIPIENT])
    moved = b"".join(chunks(envelope)[index] for index in order)
    with pytest.raises(Tampered):
        unseal_bytes(envelope[:START] + moved, [IDENTITY])


@pytest.mark.parametrize("size", [0, 5, CHUNK])
@pytest.mark.parametrize("more", [1, 16, FULL])
def test_data_after_the_last_chunk_is_refused(size, more):
    envelope = seal_bytes(bytes(size), [RECIPIENT])
    with pytest.raises(Tampered):
        unseal_bytes(envelope + bytes(more), [IDENTITY])


def test_only_authentic_chunks_are_released():
    """Chunks before the changed chunk are released."""
    plaintext = secrets.token_bytes(3 * CHUNK)
    envelope = bytearray(seal_bytes(plaintext, [RECIPIENT]))
    envelope[START + FULL + 7] ^= 1
    unsealed = unseal([bytes(envelope)], [IDENTITY])
    assert plaintext[:CHUNK] == next(unsealed)
    with pytest.raises(Tampered):
        next(unsealed)


def test_errors_do_not_contain_the_refused_bytes():
    """The cause of the exception does not contain the refused bytes either."""
    envelope = bytearray(seal_bytes(b"canary", [RECIPIENT]))
    envelope[-1] ^= 1
    with pytest.raises(Tampered) as caught:
        unseal_bytes(bytes(envelope), [IDENTITY])
    assert str(caught.value) == "the file was changed after it was sealed; ask for it again"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_streaming_takes_constant_memory():
    """Sealing and unsealing 64 MiB takes less than 4 MiB of memory."""
    size = 64 * 1_024 * 1_024
    piece = bytes(100_000)
    plaintext = (piece[: min(len(piece), size - at)] for at in range(0, size, len(piece)))
    tracemalloc.start()
    try:
        envelope = seal(plaintext, [RECIPIENT])
        unsealed = sum(len(chunk) for chunk in unseal_envelope(envelope, [IDENTITY]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == unsealed
    assert peak < 4 * 1_024 * 1_024


def test_an_endless_header_takes_bounded_memory():
    """Reading stops after 64 KiB."""
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield b"age-encryption.org/v1\n"
        while True:
            taken += 1_000
            yield b"-> a\n\n" * 100 + b"-" * 400

    with pytest.raises(Malformed):
        list(unseal(endless(), [IDENTITY]))
    assert taken <= MAX_HEADER + 1_000


def test_a_header_has_room_for_forty_recipients():
    """Sealing refuses what unsealing would refuse."""
    assert unseal_bytes(seal_bytes(b"x", [RECIPIENT] * 40), [IDENTITY]) == b"x"
    with pytest.raises(Malformed):
        seal_bytes(b"x", [RECIPIENT] * 50)


def test_the_largest_header_has_64_kib():
    stanza = Stanza(("a",), b"")
    room = MAX_HEADER - len(Header((stanza,), bytes(32)).encode())
    largest = Header((Stanza(("a" * (1 + room),), b""),), bytes(32))
    assert 65_536 == len(largest.encode())
    with pytest.raises(Malformed):
        Header((Stanza(("a" * (2 + room),), b""),), bytes(32))


def test_sealing_to_nobody_is_refused():
    """Nobody could open the file."""
    with pytest.raises(Malformed):
        seal_bytes(b"x", [])


def test_a_passphrase_must_be_the_only_recipient():
    """With a passphrase alone, only somebody who knows the passphrase can have sealed the file."""
    with pytest.raises(Malformed):
        seal_bytes(b"x", [ScryptRecipient("passphrase", log_n=1), RECIPIENT])


@pytest.mark.parametrize("args", [(), ("",), ("a", ""), ("a b",), ("a\n",), ("é",), ("a\x7f",)], ids=repr)
def test_a_stanza_with_unprintable_arguments_is_refused(args):
    """If such a stanza were written, no reader could read it."""
    with pytest.raises(Malformed):
        Stanza(args, b"")


@pytest.mark.parametrize("size", [0, 1, 47, 48, 49, 96])
def test_a_stanza_may_have_a_body_of_any_size(size):
    """A body ends with a line of fewer than 64 columns, which may be empty."""
    header = Header.authenticate([Stanza(("kind",), bytes(size))], bytes(16))
    assert header == Header.parse(header.encode())


def test_the_profile_accepts_the_header_of_an_envelope():
    """The first 1,627 bytes are enough."""
    envelope = seal_bytes(b"", [RECIPIENT])
    age.check_profile(envelope[:ENVELOPE_HEADER])
    age.check_profile(envelope)


def low_order() -> bytes:
    """An envelope whose X25519 share has low order."""
    stanza = RECIPIENT.wrap(bytes(16))
    encapsulated = hybrid.parse_stanza(stanza)[: hybrid.ENCAPSULATED]
    poisoned = encode64(encapsulated[:-32] + bytes(32))
    return Header.authenticate([Stanza((stanza.args[0], poisoned), stanza.body)], bytes(16)).encode()


def of_envelope_size(*stanzas: Stanza) -> bytes:
    """A header as long as that of an envelope, but without a hybrid stanza."""
    bare = Header.authenticate([*stanzas, Stanza(("x",), b"")], bytes(16)).encode()
    filler = Stanza(("x" * (1 + ENVELOPE_HEADER - len(bare)),), b"")
    header = Header.authenticate([*stanzas, filler], bytes(16)).encode()
    assert len(header) == ENVELOPE_HEADER
    return header


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"Dear inspectorate, " * 200, id="plaintext"),
        pytest.param(b"PK\x03\x04" + bytes(70_000), id="document"),
        pytest.param(seal_bytes(bytes(2_000), [CLASSICAL.recipient()]), id="x25519"),
        pytest.param(seal_bytes(bytes(2_000), [ScryptRecipient("passphrase", log_n=1)]), id="scrypt"),
        pytest.param(seal_bytes(bytes(2_000), [RECIPIENT, RECIPIENT]), id="two-recipients"),
        pytest.param(seal_bytes(bytes(2_000), [RECIPIENT, CLASSICAL.recipient()]), id="hybrid-then-x25519"),
        pytest.param(seal_bytes(bytes(2_000), [RECIPIENT, Grease()]), id="grease-after"),
        pytest.param(seal_bytes(bytes(2_000), [Grease(), RECIPIENT]), id="grease-before"),
        pytest.param(seal_bytes(b"", [RECIPIENT])[: ENVELOPE_HEADER - 1], id="short"),
        pytest.param(seal_bytes(b"", [RECIPIENT]).replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(low_order(), id="low-order-share"),
        pytest.param(of_envelope_size(), id="grease-of-that-size"),
        pytest.param(of_envelope_size(Stanza(("grease",), b"")), id="two-stanzas-of-that-size"),
    ],
)
def test_the_profile_refuses_any_other_header(start):
    """The profile allows exactly one hybrid stanza in canonical form.

    The portal checks this without a key.
    """
    with pytest.raises(Malformed):
        age.check_profile(start)
    with pytest.raises(Malformed):
        list(unseal_envelope([start], [IDENTITY, CLASSICAL]))


def test_an_unknown_stanza_is_skipped_outside_the_profile():
    """The other stanzas still open the file."""
    assert unseal_bytes(seal_bytes(b"x", [Grease(), RECIPIENT, Grease()]), [IDENTITY]) == b"x"


def test_each_of_two_recipients_can_open_a_file():
    """The file has a separate stanza for each recipient."""
    envelope = seal_bytes(b"x", [RECIPIENT, OTHER.recipient()])
    assert unseal_bytes(envelope, [IDENTITY]) == b"x"
    assert unseal_bytes(envelope, [OTHER]) == b"x"


def test_a_header_with_a_removed_stanza_is_refused():
    """The MAC reveals the removal, although the file key can still be unwrapped."""
    header = Header.authenticate([RECIPIENT.wrap(bytes(16)), Grease().wrap(bytes(16))], bytes(16))
    bare = Header(header.stanzas[:1], header.mac)
    with pytest.raises(Tampered):
        unseal_bytes(bare.encode() + bytes(32), [IDENTITY])


def test_a_recipient_can_be_rebuilt_from_its_bytes():
    """A keyring contains these bytes."""
    again = HybridRecipient(RECIPIENT.raw)
    assert unseal_bytes(seal_bytes(b"x", [again]), [IDENTITY]) == b"x"
