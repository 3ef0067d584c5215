"""The pretended portal of an exercise, and the courier who carries its medium: bundles in and out.

The inbox collects these bundles exactly as it collects those of a portal. No portal takes part.
"""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from crypto import base64url, bundle, casetoken, signing
from crypto.archive import Member
from crypto.bundle import KEYRING, KEYRING_SIGNATURE, Applied, Entry, Import, Intake, Link
from crypto.errors import CryptoError
from crypto.messages import Slot
from inbox.exchange.outbox import HANDED
from inbox.exercise import reporters, state
from inbox.exercise.reporters import Envelope, Site
from inbox.exercise.state import State
from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import atomic_files, given_files


@dataclass(frozen=True, slots=True)
class Read:
    """What an invented reporter reads after an outbox: the newest slot, and the texts that are new."""

    report: str
    slot: Slot
    new: Sequence[str]


def fingerprint(of: State) -> str:
    """Return the fingerprint of the pretended portal, which officers compare before they collect."""
    return signing.fingerprint(signing.public_key(of.instance))


def export(folder: Path, before: State, sent: Sequence[Envelope], today: date) -> State:
    """Write the next bundle with these envelopes to the medium; return the new state."""
    entries = {secrets.token_bytes(16): each for each in sent}
    ordered = dict(sorted(entries.items(), key=lambda pair: base64url.encode(pair[0])))
    intake = Intake(
        deployment=before.deployment,
        channel=before.channel,
        n=before.last.n + 1,
        previous=before.last.hash,
        instance_key=signing.public_key(before.instance),
        exported=today,
        applied=before.applied,
        entries=tuple(_entry(entry_id, each) for entry_id, each in ordered.items()),
        withdrawn=(),
    )
    manifest = bundle.sign_intake(intake, before.instance)
    members = [
        Member(bundle.envelope_name(entry_id), len(each.raw), iter([each.raw]))
        for entry_id, each in ordered.items()
    ]
    path = folder / state.MEDIUM / f"{before.channel}-{intake.n}.tar"
    atomic_files.write(path, bundle.write(manifest, members))
    return replace(before, last=Link(intake.n, manifest.hash))


@dataclass(frozen=True, slots=True)
class Back:
    """The state after outboxes were applied, what reporters now read, and the files that can be removed."""

    state: State
    read: Sequence[Read]
    applied: Sequence[Path]


def carry_back(folder: Path, before: State, site: Site) -> Back:
    """Apply the outboxes on the medium. Remove the files only once the new state is saved.

    Raises Refused for an outbox that is invalid, or does not follow the last one.
    """
    after, read = before, list[Read]()
    paths = sorted((folder / state.MEDIUM).glob(f"{HANDED}*.tar"), key=_number)
    for path in paths:
        try:
            after, heard = _apply(folder, after, path, site)
        except CryptoError as error:
            said = library_errors.of_crypto(error)
            raise Refused(
                sentence("the outbox {name} is invalid: {error}", name=path.name, error=said),
                sentence("prepare the outbox again, on the medium of this exercise"),
            ) from None
        read += heard
    return Back(after, read, paths)


def _apply(folder: Path, before: State, path: Path, site: Site) -> tuple[State, list[Read]]:
    with given_files.opened(path) as file:
        manifest, members = bundle.read(atomic_files.pieces(file))
        signers = [key.key for key in site.keyring.channels[0].reply_keys]
        outbox = bundle.open_outbox(manifest, before.deployment, signers)
        if outbox.n <= before.applied.n:
            return before, []  # The same outbox again.
        if (outbox.n, outbox.previous) != (before.applied.n + 1, before.applied.hash):
            raise Refused(
                sentence("the outbox {name} does not follow outbox {n}", name=path.name, n=before.applied.n),
                sentence("put every outbox on the medium of this exercise, in order"),
            )
        found = {member.name: b"".join(member.data) for member in bundle.checked(members, outbox.files())}
    if outbox.keyring:
        state.save_keyring(folder, found[KEYRING], found[KEYRING_SIGNATURE])
    imports = (*before.applied.imports, Import(outbox.n, site.today))[-bundle.IMPORTS :]
    after = replace(before, applied=Applied(outbox.n, manifest.hash, imports))
    read = list(_delivered(after, found, site))
    for each in read:
        after = after.with_player(replace(after.player(each.report), seen=each.slot.serial))
    return after, read


def _delivered(of: State, found: dict[str, bytes], site: Site) -> Iterator[Read]:
    """Yield what each reporter reads whose slot has new messages, or the first status."""
    for player in of.players:
        keys = casetoken.derive(player.token, of.deployment)
        sealed = found.get(bundle.slot_name(keys.case_id))
        if sealed is None:
            continue
        slot = reporters.read(site, sealed, player)
        new = [each.text for each in slot.messages if each.serial > player.seen]
        yield Read(player.report, slot, new)


def _entry(entry_id: bytes, sent: Envelope) -> Entry:
    hashed = hashlib.sha256(sent.raw).digest()
    return Entry(id=entry_id, size=len(sent.raw), hash=hashed, day=sent.day, case_id=sent.case_id)


def _number(path: Path) -> int:
    last = path.stem.rpartition("-")[2]
    return int(last) if last.isdigit() else 0
