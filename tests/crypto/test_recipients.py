"""Keys as text, poisoned keys, and the stanzas that each kind of identity accepts."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import Malformed, NotForUs
from crypto.header import Stanza
from crypto.primitives import encode64
from crypto.recipients import (
    HybridIdentity,
    HybridRecipient,
    ScryptIdentity,
    ScryptRecipient,
    X25519Identity,
    X25519Recipient,
)

HYBRID = HybridIdentity.from_seed(bytes(range(32)))
CLASSICAL = X25519Identity(bytes(range(32)))
KEYS = [HYBRID, HYBRID.recipient(), CLASSICAL, CLASSICAL.recipient()]
FILE_KEY = bytes(range(16))
# The points of small order on Curve25519, canonical or not. The check for zero in RFC 7748 must find all
# these points.
LOW_ORDER = [
    bytes(32),
    (1).to_bytes(32, "little"),
    (2**255 - 20).to_bytes(32, "little"),
    (2**255 - 19).to_bytes(32, "little"),
    (2**255 - 18).to_bytes(32, "little"),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes(31) + b"\x80",
]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: type(key).__name__)
def test_a_written_key_is_read_unchanged(key):
    """Each key has only one encoding as text."""
    assert key == type(key).parse(key.encode())


@pytest.mark.parametrize("key", KEYS, ids=lambda key: type(key).__name__)
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(str.swapcase, id="other-case"),
        pytest.param(lambda text: text[:-1], id="cut"),
        pytest.param(lambda text: text + text[-1], id="longer"),
        pytest.param(lambda text: " " + text[1:], id="space"),
        pytest.param(lambda text: text[:-9] + ("qQ"[text.isupper()] * 9), id="checksum"),
        pytest.param(lambda text: text[:-9] + "é" + text[-8:], id="not-ascii"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda text: "1" * len(text), id="ones"),
        pytest.param(lambda _: "x" * 1_000_000, id="huge"),
    ],
)
def test_a_mistyped_key_is_refused(key, spoil):
    """The mistake is found before anything is sealed."""
    with pytest.raises(Malformed):
        type(key).parse(spoil(key.encode()))


def test_a_key_of_another_kind_is_refused():
    """The prefix shows the kind of a key, and each parser accepts only one prefix."""
    for key in KEYS:
        for kind in {type(other) for other in KEYS} - {type(key)}:
            with pytest.raises(Malformed):
                kind.parse(key.encode())


@given(st.binary(min_size=32, max_size=32))
def test_every_seed_makes_a_key(seed):
    """Any 32 bytes are a valid secret key of either kind. The text of the key contains the same bytes."""
    for identity in (HybridIdentity.from_seed(seed), X25519Identity(seed)):
        stanza = identity.recipient().wrap(FILE_KEY)
        assert type(identity).parse(identity.encode()).unwrap([stanza]) == FILE_KEY


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_seed_must_have_32_bytes(size):
    with pytest.raises(Malformed):
        HybridIdentity.from_seed(bytes(size))
    with pytest.raises(Malformed):
        X25519Identity(bytes(size))


def test_secrets_are_not_printed():
    """Neither a log nor a debugger shows any part of a secret."""
    assert repr(HYBRID) == "HybridIdentity()"
    assert repr(CLASSICAL) == "X25519Identity()"
    assert repr(ScryptIdentity("open sesame")) == "ScryptIdentity(max_log_n=18)"
    assert repr(ScryptRecipient("open sesame")) == "ScryptRecipient(log_n=18)"


def test_the_id_of_a_key_is_half_of_its_digest():
    """The id is the first half of the SHA-256 of the raw key."""
    recipient = HYBRID.recipient()
    assert len(recipient.raw) == 1_216
    assert hashlib.sha256(recipient.raw).digest()[:16] == recipient.key_id


@pytest.mark.parametrize("size", [0, 32, 1_184, 1_215, 1_217, 1_249])
def test_a_hybrid_recipient_must_have_1216_bytes(size):
    with pytest.raises(Malformed):
        HybridRecipient((HYBRID.recipient().raw + bytes(99))[:size])


@pytest.mark.parametrize("at", [0, 1, 600, 1_149, 1_150])
def test_a_key_with_a_coefficient_out_of_range_is_poisoned(at):
    """A key with an ML-KEM coefficient of 3329 or more is refused when it is read."""
    raw = bytearray(HYBRID.recipient().raw)
    raw[at : at + 2] = b"\xff\xff"
    with pytest.raises(Malformed):
        HybridRecipient(bytes(raw))


@pytest.mark.parametrize("point", LOW_ORDER, ids=lambda point: point.hex()[:8] + point.hex()[-4:])
def test_a_key_with_a_point_of_low_order_is_refused(point):
    """With such a public key, every shared secret would be zero. The key is refused when it is read."""
    with pytest.raises(Malformed):
        HybridRecipient(HYBRID.recipient().raw[:-32] + point)
    with pytest.raises(Malformed):
        X25519Recipient(point)


@pytest.mark.parametrize("point", LOW_ORDER, ids=lambda point: point.hex()[:8] + point.hex()[-4:])
def test_a_stanza_with_a_share_of_low_order_is_malformed(point):
    """No key can open such a stanza, so the error does not say that another key would open it."""
    stanza = HYBRID.recipient().wrap(FILE_KEY)
    hybrid = Stanza((stanza.args[0], encode64(bytes(1_088) + point)), stanza.body)
    with pytest.raises(Malformed):
        HYBRID.unwrap([hybrid])
    with pytest.raises(Malformed):
        CLASSICAL.unwrap([Stanza(("X25519", encode64(point)), bytes(32))])


@pytest.mark.parametrize("identity", [HYBRID, CLASSICAL], ids=lambda identity: type(identity).__name__)
def test_a_malformed_stanza_is_refused_even_after_a_valid_stanza(identity):
    """The file has several stanzas of the identity's own kind. All stanzas of that kind must be valid."""
    good = identity.recipient().wrap(FILE_KEY)
    assert identity.unwrap([good]) == FILE_KEY
    for args, body in [
        (good.args[:1], good.body),
        ((*good.args, "more"), good.body),
        ((good.args[0], good.args[1][:-2]), good.body),
        ((good.args[0], good.args[1] + "="), good.body),
        ((good.args[0], "!"), good.body),
        (good.args, good.body + bytes(16)),
        (good.args, good.body[:-1]),
    ]:
        with pytest.raises(Malformed):
            identity.unwrap([good, Stanza(args, body)])


def test_a_passphrase_opens_a_file_that_it_sealed():
    """The passphrase may be given as text or as UTF-8. A wrong passphrase is not reported as tampering."""
    stanza = ScryptRecipient("clé à molette", log_n=2).wrap(FILE_KEY)
    assert ScryptIdentity("clé à molette".encode()).unwrap([stanza]) == FILE_KEY
    with pytest.raises(NotForUs):
        ScryptIdentity("cle a molette").unwrap([stanza])
    with pytest.raises(NotForUs):
        ScryptIdentity("clé à molette").unwrap([HYBRID.recipient().wrap(FILE_KEY)])


def test_a_passphrase_is_not_tried_if_there_are_other_stanzas():
    """A scrypt stanza must be the only stanza."""
    stanza = ScryptRecipient("passphrase", log_n=2).wrap(FILE_KEY)
    for stanzas in ([stanza, stanza], [stanza, HYBRID.recipient().wrap(FILE_KEY)]):
        with pytest.raises(Malformed):
            ScryptIdentity("passphrase").unwrap(stanzas)


@pytest.mark.parametrize(
    "work", ["19", "63", "99", "100", "9" * 5_000, "0", "02", "+2", "-2", "2x", "0x2", "٢"]
)
def test_the_work_factor_of_a_passphrase_is_limited(work):
    """A number that is too high or not canonical is refused before any work is done."""
    stanza = ScryptRecipient("passphrase", log_n=2).wrap(FILE_KEY)
    with pytest.raises(Malformed):
        ScryptIdentity("passphrase").unwrap([Stanza((*stanza.args[:2], work), stanza.body)])


def test_the_default_work_factor_of_a_passphrase_is_18():
    """Each guess of a passphrase takes 256 MiB of memory."""
    stanza = ScryptRecipient("passphrase").wrap(FILE_KEY)
    assert stanza.args[2] == "18"
    assert ScryptIdentity("passphrase").unwrap([stanza]) == FILE_KEY
    with pytest.raises(Malformed):
        ScryptIdentity("passphrase", max_log_n=17).unwrap([stanza])
