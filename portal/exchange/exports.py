"""Intake bundles: new envelopes for the inbox, in numbered, chained and signed files (SPEC 8.1)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from crypto import base64url, bundle
from crypto.archive import Member
from crypto.bundle import INTAKE, Intake, Link, Manifest
from crypto.errors import CryptoError
from portal import days, files
from portal.config import Settings
from portal.errors import Refused, why
from portal.exchange import keyrings
from portal.store import envelopes, intakes, outboxes
from portal.store.database import Database
from portal.store.keyrings import lock
from portal.typed import typed


@dataclass(frozen=True, slots=True)
class Exported:
    """An intake bundle on disk: its file, its manifest, and the link by which the inbox will confirm it."""

    path: Path
    intake: Intake
    link: Link

    @property
    def is_full(self) -> bool:
        """Whether more data may be waiting for the next bundle."""
        return (
            len(self.intake.entries) == intakes.MOST_ENVELOPES
            or len(self.intake.withdrawn) == intakes.MOST_WITHDRAWALS
        )


def channels(database: Database) -> list[str]:
    """Return the channels to export: all channels in the keyring, and any other channel with waiting data."""
    with database.read() as connection:
        keyring = keyrings.current(connection)
        listed = [channel.id for channel in keyring.channels] if keyring else []
        return [*listed, *sorted(intakes.channels_waiting(connection) - set(listed))]


def export(database: Database, settings: Settings, channel: str, folder: Path) -> Exported:
    """Put a channel's waiting data, up to the limit of a bundle, into its next bundle in ``folder``.

    Raises Refused. Nothing is recorded if the folder cannot be written or has too little room. If writing
    fails later, for example because the medium is removed, the bundle is recorded, and ``export_again`` can
    write it.
    """
    if channel not in channels(database):
        raise Refused(
            f"channel {channel!r} is not in the keyring",
            f"{typed('export')} without --channel exports all channels",
        )
    _refuse_to_replace(database, channel, folder)
    _hash(database, channel)
    with database.write() as connection:
        manifest = _next(connection, settings, channel, days.today())
        _refuse_without_room(folder, manifest)
    return _write(database, manifest, folder)


def export_again(database: Database, channel: str, n: int, folder: Path) -> Exported:
    """Write the same bundle ``n`` of a channel again; raises Refused once the inbox has confirmed it."""
    with database.read() as connection:
        manifest = intakes.manifest(connection, channel, n)
        last = intakes.last(connection, channel).n
    if manifest is None and n <= last:
        raise Refused(
            f"the inbox has confirmed bundle {n} of {channel}",
            "the envelopes of this bundle are no longer on the portal",
        )
    if manifest is None:
        raise Refused(f"bundle {n} of {channel} was never made", f"the newest bundle is {last}")
    return _write(database, manifest, folder)


def _hash(database: Database, channel: str) -> None:
    # Hash before the writing transaction, so that no upload waits while gigabytes are read.
    with database.read() as connection:
        waiting = intakes.unhashed(connection, channel)
    for envelope_id in waiting:
        digest, size = hashlib.sha256(), 0
        for piece in _content(database, envelope_id):
            digest.update(piece)
            size += len(piece)
        with database.write() as connection:
            # An envelope that lacks a piece gets no hash and is not exported, because such an envelope in a
            # bundle would block all later bundles.
            intakes.keep_hash(connection, envelope_id, digest.digest(), size)


def _next(connection: Connection, settings: Settings, channel: str, today: date) -> Manifest:
    keys = lock(connection)
    last = intakes.last(connection, channel)
    entries, withdrawn = intakes.fill(connection, channel, last.n + 1)
    intake = Intake(
        deployment=settings.deployment_id,
        channel=channel,
        n=last.n + 1,
        previous=last.hash,
        instance_key=keys.public,
        exported=today,
        applied=outboxes.imports(connection, channel),
        entries=tuple(sorted(entries, key=lambda entry: base64url.encode(entry.id))),
        withdrawn=tuple(sorted(withdrawn, key=lambda each: (each.case_id, each.withdraw_key))),
    )
    manifest = bundle.sign_intake(intake, keys.seed)
    intakes.record(connection, channel, intake.n, manifest)
    return manifest


def _write(database: Database, manifest: Manifest, folder: Path) -> Exported:
    intake = INTAKE.parse(manifest.raw)
    path = _path(folder, intake.channel, intake.n)
    members = (
        Member(bundle.envelope_name(entry.id), entry.size, _content(database, entry.id))
        for entry in intake.entries
    )
    again = f"write bundle {intake.n} again: {typed(f'export --channel {intake.channel} --again {intake.n}')}"
    try:
        files.write(path, bundle.write(manifest, members))
    except OSError as error:
        raise Refused(f"bundle {path} was not written: {why(error)}", again) from error
    except CryptoError as error:
        raise Refused(
            f"bundle {path} was not written: an import has just confirmed it",
            "the envelopes of this bundle are no longer on the portal",
        ) from error
    return Exported(path, intake, Link(intake.n, manifest.hash))


def _path(folder: Path, channel: str, n: int) -> Path:
    return folder / f"{channel}-{n}.tar"


def _refuse_to_replace(database: Database, channel: str, folder: Path) -> None:
    if not folder.is_dir():
        raise Refused(f"folder {folder} does not exist", "make this folder, or name another one with --out")
    with database.read() as connection:
        path = _path(folder, channel, intakes.last(connection, channel).n + 1)
    if path.exists():
        raise Refused(
            f"file {path} already exists",
            "the file belongs to another portal or an earlier database: keep it, and export to"
            " another folder",
        )


def _refuse_without_room(folder: Path, manifest: Manifest) -> None:
    """Refuse a bundle before its number is used up, because the inbox expects every number."""
    sizes = (entry.size for entry in INTAKE.parse(manifest.raw).entries)
    try:
        files.check_room(folder, bundle.size(manifest, sizes))
    except OSError as error:
        raise Refused(
            f"folder {folder} cannot take the bundle: {why(error)}",
            "nothing was exported: make room or check the rights, or name another folder with --out",
        ) from error


def _content(database: Database, envelope_id: bytes) -> Iterator[bytes]:
    # Each piece has its own transaction, because a long transaction would keep deleted bytes from being
    # overwritten.
    position = 0
    while True:
        with database.read() as connection:
            piece = envelopes.piece(connection, envelope_id, position)
        if not piece:
            return
        yield piece
        position += len(piece)
