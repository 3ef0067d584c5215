"""Who opens the vault: a quorum of officers, each with a share under an own passphrase (SPEC 9.1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crypto import shares
from crypto.errors import CryptoError, Malformed
from crypto.shares import TooFewShares
from inbox import sharefile
from inbox.errors import OtherSharing, Refused, ShareDamaged
from inbox.header import Header

MASTER = 32
SHORTEST = 12


@dataclass(frozen=True, slots=True)
class Credential:
    """What one officer brings: a share file with its passphrase, or the words of a sheet with none."""

    share: bytes
    passphrase: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """What the credentials of a quorum give: the master secret (32 bytes), and whose shares they were."""

    master: bytes = field(repr=False)
    members: tuple[int, ...]


def check_passphrase(chosen: str) -> None:
    """Raise Refused unless a new passphrase has at least 12 characters."""
    if len(chosen) < SHORTEST:
        raise Refused(
            f"the passphrase is shorter than {SHORTEST} characters",
            "five or more words drawn by lot are strong and can be remembered",
        )


def open_master(header: Header, credentials: Sequence[Credential]) -> Opened:
    """Return what the credentials open.

    Raises WrongPassphrase, ShareDamaged, OtherSharing, or Refused for too few and for one share twice.
    """
    words = [_words(header, each) for each in credentials]
    members = tuple(map(shares.member, words))
    if len(set(members)) != len(members):
        raise Refused("the same share was given twice", "each officer brings an own share")
    try:
        return Opened(shares.combine(words), members)
    except TooFewShares:
        raise Refused(
            f"{len(words)} of the {header.quorum} officers that it takes are here",
            "give one --share FILE for each officer",
        ) from None
    except CryptoError:
        raise OtherSharing from None


def _words(header: Header, credential: Credential) -> str:
    if credential.passphrase is None:
        return _typed(credential.share)
    file = sharefile.parse(credential.share)
    if file.sharing != header.sharing:
        raise OtherSharing
    return sharefile.unseal(file, credential.passphrase)


def _typed(sheet: bytes) -> str:
    try:
        return shares.normal(sheet.decode("ascii"))
    except (Malformed, UnicodeDecodeError):
        raise ShareDamaged from None
