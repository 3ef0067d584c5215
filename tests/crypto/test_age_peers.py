"""Our age and three others open each other's files: npm's age-encryption, pyrage and Debian's age."""

import subprocess
from base64 import b64encode
from pathlib import Path

import pyrage
import pytest

from crypto.age import CHUNK, seal_bytes, unseal_bytes
from crypto.errors import NotForUs
from crypto.recipients import (
    HybridIdentity,
    HybridRecipient,
    ScryptIdentity,
    ScryptRecipient,
    X25519Identity,
    X25519Recipient,
)

HYBRID = HybridIdentity.from_seed(bytes(range(32)))
CLASSICAL = X25519Identity(bytes(range(1, 33)))
IDENTITIES = pytest.mark.parametrize("identity", [HYBRID, CLASSICAL], ids=["hybrid", "x25519"])
SIZES = pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 200_000])
WORDS = "clé à molette"
# rage chooses the amount of work according to the speed of the machine.
RAGE_LOG_N = 22


def text(size: int) -> bytes:
    return bytes(at % 251 for at in range(size))


def debian_age(*arguments: str | Path, data: bytes = b"") -> bytes:
    return subprocess.run(["age", *arguments], input=data, check=True, capture_output=True).stdout


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """An X25519 key made by Debian's age."""
    path = tmp_path / "key.txt"
    subprocess.run(["age-keygen", "-o", path], check=True, capture_output=True)
    return path


def identity_in(key_file: Path) -> X25519Identity:
    return X25519Identity.parse(key_file.read_text().splitlines()[-1])


@IDENTITIES
def test_the_browser_library_derives_the_same_recipient(age_peer, identity):
    answer = age_peer.ask(do="recipient", identity=identity.encode())
    assert identity.recipient().encode() == answer["recipient"]
    kind = HybridRecipient if identity is HYBRID else X25519Recipient
    assert identity.recipient() == kind.parse(answer["recipient"])


@IDENTITIES
@SIZES
def test_the_browser_library_opens_our_envelopes(age_peer, identity, size):
    envelope = seal_bytes(text(size), [identity.recipient()])
    assert text(size) == age_peer.open(envelope, identity=identity.encode())


@IDENTITIES
@SIZES
def test_we_open_envelopes_that_the_browser_library_sealed(age_peer, identity, size):
    envelope = age_peer.seal(text(size), recipient=identity.recipient().encode())
    assert text(size) == unseal_bytes(envelope, [identity])


@IDENTITIES
def test_the_browser_library_refuses_envelopes_that_we_changed(age_peer, identity):
    """The control: the peer does verify the files that it opens."""
    envelope = bytearray(seal_bytes(b"text", [identity.recipient()]))
    envelope[-1] ^= 1
    answer = age_peer.ask(do="open", data=b64encode(envelope).decode(), identity=identity.encode())
    assert set(answer) == {"error"}


def test_we_and_the_browser_library_open_each_others_passphrase_files(age_peer):
    """A passphrase with accents has the same bytes on both sides."""
    sealed = seal_bytes(b"text", [ScryptRecipient(WORDS, log_n=10)])
    assert age_peer.open(sealed, passphrase=WORDS) == b"text"
    sealed = age_peer.seal(b"text", passphrase=WORDS)
    assert unseal_bytes(sealed, [ScryptIdentity(WORDS)]) == b"text"
    with pytest.raises(NotForUs):
        unseal_bytes(sealed, [ScryptIdentity(WORDS.title())])


@SIZES
def test_we_and_rage_open_each_others_x25519_files(size):
    theirs = pyrage.x25519.Identity.generate()
    ours = X25519Identity.parse(str(theirs))
    assert str(theirs.to_public()) == ours.recipient().encode()
    sealed = seal_bytes(text(size), [CLASSICAL.recipient(), ours.recipient()])
    assert text(size) == pyrage.decrypt(sealed, [theirs])
    sealed = pyrage.encrypt(text(size), [theirs.to_public()])
    assert text(size) == unseal_bytes(sealed, [CLASSICAL, ours])


def test_rage_opens_our_passphrase_files():
    """A passphrase with accents has the same bytes on both sides."""
    sealed = seal_bytes(b"text", [ScryptRecipient(WORDS, log_n=10)])
    assert pyrage.passphrase.decrypt(sealed, WORDS) == b"text"


@pytest.mark.soak
def test_we_open_passphrase_files_that_rage_wrote():
    """The program rage always makes a passphrase cost about one second of work."""
    sealed = pyrage.passphrase.encrypt(b"text", WORDS)
    assert unseal_bytes(sealed, [ScryptIdentity(WORDS, max_log_n=RAGE_LOG_N)]) == b"text"


@SIZES
def test_we_and_debians_age_open_each_others_x25519_files(key_file, size):
    identity = identity_in(key_file)
    recipient = subprocess.run(["age-keygen", "-y", key_file], check=True, capture_output=True).stdout
    assert recipient.decode().strip() == identity.recipient().encode()
    sealed = seal_bytes(text(size), [CLASSICAL.recipient(), identity.recipient()])
    assert text(size) == debian_age("--decrypt", "--identity", key_file, data=sealed)
    sealed = debian_age("--recipient", identity.recipient().encode(), data=text(size))
    assert text(size) == unseal_bytes(sealed, [CLASSICAL, identity])


def debian_age_asked(command: str, *, answers: int, folder: Path) -> None:
    """Run age on a terminal, since it reads passphrases only there. Type each passphrase when age asks."""
    typed = f"{WORDS}\n" * answers
    terminal = ["script", "--quiet", "--return", "--command", command, "/dev/null"]
    subprocess.run(terminal, input=typed.encode(), check=True, capture_output=True, cwd=folder, timeout=60)


def test_we_and_debians_age_open_each_others_passphrase_files(tmp_path):
    """Therefore Debian's age can open our key files."""
    (tmp_path / "ours.age").write_bytes(seal_bytes(b"text", [ScryptRecipient(WORDS, log_n=10)]))
    debian_age_asked("age --decrypt --output plain ours.age", answers=1, folder=tmp_path)
    assert (tmp_path / "plain").read_bytes() == b"text"
    debian_age_asked("age --passphrase --output theirs.age plain", answers=2, folder=tmp_path)
    assert unseal_bytes((tmp_path / "theirs.age").read_bytes(), [ScryptIdentity(WORDS)]) == b"text"
