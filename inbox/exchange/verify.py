"""An intake bundle verified whole, from signature to last digest, before anything in it is believed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crypto import archive, bundle
from crypto.archive import Member
from crypto.bundle import Entry, Intake, IntakeHead
from crypto.errors import CryptoError, Malformed, Tampered, Truncated
from inbox.exchange.unseal import Place
from inbox.language import library_errors
from inbox.language.errors import BundleRefused, FileRefused
from inbox.language.messages import sentence
from inbox.system import atomic_files, given_files


@dataclass(frozen=True, slots=True)
class Announced:
    """What an intake bundle begins with, and H of its manifest, which the key named there signed.

    Whether that key is the portal's is not known yet, so nothing more of it is read.
    """

    head: IntakeHead
    hash: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """An intake bundle that holds together, signed by a key that is known to be the portal's."""

    intake: Intake
    places: tuple[Place, ...]


def named_instance(path: Path) -> bytes:
    """Return the instance key (32 bytes) that signed the bundle at ``path``; raise BundleRefused.

    This needs no vault, and does not tell whether the key is the portal's.
    """
    with _refusing(), given_files.opened(path) as file:
        manifest, _ = bundle.read(atomic_files.pieces(file))
        return bundle.named_instance(manifest)


def announced(path: Path, deployment: bytes, channel: str) -> Announced:
    """Return what the bundle at ``path`` begins with; raise BundleRefused."""
    with _refusing(), given_files.opened(path) as file:
        manifest, _ = bundle.read(atomic_files.pieces(file))
        head = bundle.intake_head(manifest, deployment)
    _check_channel(head, channel)
    return Announced(head, manifest.hash)


def verify(path: Path, announced: Announced) -> Verified:
    """Return the bundle at ``path``, of which its reader trusts the key, after reading all of it once.

    Raises BundleRefused, also if it begins otherwise than it did.
    """
    with _refusing():
        return _read(path, announced)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except Truncated:
        raise BundleRefused(
            sentence("the bundle ends early"), sentence("copy it again from the medium or the portal")
        ) from None
    except Tampered as error:
        raise BundleRefused(
            sentence("the bundle was altered: {error}", error=library_errors.of_crypto(error)),
            sentence("copy it again; tell who runs it"),
        ) from None
    except CryptoError as error:
        raise BundleRefused(
            sentence(
                "this is no intake bundle for this inbox: {error}", error=library_errors.of_crypto(error)
            ),
            sentence("check the file"),
        ) from None
    except FileRefused as refused:
        raise BundleRefused(refused.what, refused.hint) from None
    except OSError as error:
        raise BundleRefused(
            sentence("the bundle cannot be read: {error}", error=library_errors.of_system(error)),
            sentence("check path and medium"),
        ) from None


def _check_channel(head: IntakeHead, channel: str) -> None:
    if head.channel != channel:
        raise BundleRefused(
            sentence(
                "the bundle is for the channel {channel}, not {own}",
                channel=head.channel,
                own=channel,
            ),
            sentence("hand it to the inbox of that channel"),
        )


def _read(path: Path, announced: Announced) -> Verified:
    head = announced.head
    with given_files.opened(path) as file:
        manifest, members = bundle.read(atomic_files.pieces(file))
        if manifest.hash != announced.hash:
            raise BundleRefused(
                sentence("the bundle was altered while it was read"), sentence("copy it to a disk first")
            )
        intake = bundle.open_intake(manifest, head.deployment, head.instance_key)
        start = archive.span(len(manifest.raw)) + archive.span(len(manifest.signature))
        places = _places(path.resolve(), start, intake.entries)
        _drain(bundle.checked(members, intake.files()), places)
    return Verified(intake, places)


def _places(path: Path, start: int, entries: Iterable[Entry]) -> tuple[Place, ...]:
    places = []
    for entry in entries:
        places.append(Place(path, start + archive.BLOCK, entry.size, entry.hash))
        start += archive.span(entry.size)
    return tuple(places)


def _drain(members: Iterable[Member], places: Iterable[Place]) -> None:
    sizes = iter(places)
    for member in members:
        if member.size != next(sizes).size:
            raise Malformed("a file in the bundle is not of the size that its manifest lists")
        for _ in member.data:
            pass
