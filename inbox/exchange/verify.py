"""Verify a complete intake bundle, from its signature to its last hash, before any of it is used."""

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
    """The head of an intake bundle and the hash of its manifest. The key in the head has signed the manifest.

    Nobody has checked yet whether that key is the portal's, so no more of the bundle is read.
    """

    head: IntakeHead
    hash: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """A consistent intake bundle, signed with a key that is known to be the portal's."""

    intake: Intake
    places: tuple[Place, ...]


def named_instance(path: Path) -> bytes:
    """Return the instance key (32 bytes) that signed the bundle at ``path``; raises BundleRefused.

    The function needs no vault, and does not check whether the key is the portal's.
    """
    with _refusing(), given_files.opened(path) as file:
        manifest, _ = bundle.read(atomic_files.pieces(file))
        return bundle.named_instance(manifest)


def announced(path: Path, deployment: bytes, channel: str) -> Announced:
    """Return the head of the bundle at ``path``; raises BundleRefused."""
    with _refusing(), given_files.opened(path) as file:
        manifest, _ = bundle.read(atomic_files.pieces(file))
        head = bundle.intake_head(manifest, deployment)
    _check_channel(head, channel)
    return Announced(head, manifest.hash)


def verify(path: Path, announced: Announced) -> Verified:
    """Read all of the bundle at ``path`` once, verify it and return it; the caller trusts the bundle's key.

    Raises BundleRefused if the bundle is invalid, or if its head differs from the head that was
    ``announced``.
    """
    with _refusing():
        return _read(path, announced)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except Truncated:
        raise BundleRefused(
            sentence("the bundle ends early"),
            sentence("copy the bundle again from the USB stick or the portal"),
        ) from None
    except Tampered as error:
        raise BundleRefused(
            sentence("the bundle was altered: {error}", error=library_errors.of_crypto(error)),
            sentence("copy the bundle again, and tell whoever runs the portal"),
        ) from None
    except CryptoError as error:
        raise BundleRefused(
            sentence(
                "this is not an intake bundle for this inbox: {error}", error=library_errors.of_crypto(error)
            ),
            sentence("check that you chose the right file"),
        ) from None
    except FileRefused as refused:
        raise BundleRefused(refused.what, refused.hint) from None
    except OSError as error:
        raise BundleRefused(
            sentence("the bundle cannot be read: {error}", error=library_errors.of_system(error)),
            sentence("check the path and the disk or USB stick"),
        ) from None


def _check_channel(head: IntakeHead, channel: str) -> None:
    if head.channel != channel:
        raise BundleRefused(
            sentence(
                "the bundle is for the channel {channel}, not {own}",
                channel=head.channel,
                own=channel,
            ),
            sentence("give the bundle to the inbox of that channel"),
        )


def _read(path: Path, announced: Announced) -> Verified:
    head = announced.head
    with given_files.opened(path) as file:
        manifest, members = bundle.read(atomic_files.pieces(file))
        if manifest.hash != announced.hash:
            raise BundleRefused(
                sentence("the bundle was altered while it was read"),
                sentence("copy the bundle to a disk first"),
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
            raise Malformed("a file in the bundle does not have the size listed in its manifest")
        for _ in member.data:
            pass
