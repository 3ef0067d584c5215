"""Sealed backups of the portal: their content, and the making of a new portal from a backup."""

import json
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, insert, select

from crypto import age, base64url, bundle, portal_backup, signing
from crypto.bundle import Link
from crypto.portal_backup import Backup
from crypto.recipients import HybridIdentity
from portal import days
from portal.config import Settings
from portal.errors import Refused
from portal.exchange import backups, expire, exports, imports
from portal.exchange.backups import Source
from portal.store import database
from portal.store.database import Database
from portal.store.schema import cases, metadata, withdrawals
from tests.support.builders import (
    INSPECTORATE,
    OUTSIDE,
    OutboxBundle,
    Sealed,
    make_keyring,
    make_outbox,
    make_report_envelope,
)
from tests.support.portal_room import Room, filed, slots

KEY = HybridIdentity.from_seed(bytes(32))
OTHER_KEY = HybridIdentity.from_seed(bytes(range(32)))
MIB = 1 << 20


def backup(room: Room, name: str = "portal.backup") -> Path:
    """Write a backup of a portal, sealed to KEY, and return it."""
    path = room.folder / name
    path.unlink(missing_ok=True)
    backups.make(room.database, room.settings, KEY.recipient(), path, room.day)
    return path


def plain(path: Path) -> bytes:
    """Return what a backup contains, as the holder of the private key sees it."""
    return age.unseal_bytes(path.read_bytes(), [KEY])


def listed(path: Path, room: Room) -> Backup:
    """Return the manifest of a backup."""
    manifest, _ = portal_backup.read([plain(path)])
    return portal_backup.open_backup(manifest, room.settings.deployment_id)


def answered(room: Room, n: int = 1, previous: bytes = bundle.FIRST) -> tuple[Sealed, OutboxBundle]:
    """Send a report that the inbox collects and answers; return the report and the outbox."""
    case = filed(room)
    exported = room.export()
    outbox = make_outbox(room.site, n=n, previous=previous, collected=[exported.link], slots=slots(case))
    room.bring(outbox)
    return case, outbox


def fingerprint(room: Room) -> str:
    with room.database.read() as connection:
        keys = backups.key_pair(connection)
    assert keys
    return signing.fingerprint(keys.public)


@dataclass
class Rebuilt:
    """The new portal that is made from a backup of ``room``."""

    room: Room
    settings: Settings

    @property
    def exists(self) -> bool:
        return database.version(self.settings.database_url) is not None

    def restore(self, path: Path, day: date | None = None, **changes: object) -> None:
        source = replace(Source(path, KEY, fingerprint(self.room)), **changes)  # type: ignore[arg-type]
        backups.restore(self.settings, source, day or self.room.day)

    def opened(self) -> closing[Database]:
        return closing(database.open_database(self.settings.database_url))

    def rows(self, table: str) -> list[tuple[object, ...]]:
        """Return all rows of a table."""
        with self.opened() as store, store.read() as connection:
            return sorted(map(tuple, connection.execute(select(metadata.tables[table]))), key=repr)

    def bring(self, outbox: OutboxBundle) -> imports.Imported:
        path = outbox.save(self.room.folder / "rebuilt.tar")
        with self.opened() as store:
            return imports.import_outbox(store, self.settings, path, self.room.day)


@pytest.fixture
def rebuilt(request: pytest.FixtureRequest, room: Room) -> Rebuilt:
    """A new machine with an empty database of the same kind as the lost one."""
    address = "sqlite:///rebuilt.sqlite"
    if "postgresql" in room.settings.database:
        address = request.getfixturevalue("postgres_database")
    return Rebuilt(room, replace(room.settings, database=address))


def refused(rebuilt: Rebuilt, path: Path, words: str, day: date | None = None, **changes: object) -> None:
    """Check that a restore is refused with these words and makes no database."""
    with pytest.raises(Refused, match=words) as caught:
        rebuilt.restore(path, day, **changes)
    assert caught.value.hint
    assert not rebuilt.exists


def test_a_backup_is_opened_only_by_its_private_key(room: Room, rebuilt: Rebuilt) -> None:
    refused(rebuilt, backup(room), "none of these keys opens the file", identity=OTHER_KEY)


@pytest.mark.parametrize("place", [0.0, 0.001, 0.3, 0.7, 1.0])
def test_an_altered_backup_is_refused(room: Room, rebuilt: Rebuilt, place: float) -> None:
    """One bit is changed in the header, in the manifest, in the padding or in the last byte."""
    answered(room)
    raw = bytearray(backup(room).read_bytes())
    raw[int(place * (len(raw) - 1))] ^= 1
    (room.folder / "altered").write_bytes(raw)
    refused(rebuilt, room.folder / "altered", "altered refused: ")


@pytest.mark.parametrize("size", [0, 1_000, age.CHUNK * 3, -age.CHUNK, -1])
def test_a_truncated_backup_is_refused(room: Room, rebuilt: Rebuilt, size: int) -> None:
    raw = backup(room).read_bytes()
    (room.folder / "short").write_bytes(raw[:size])
    refused(rebuilt, room.folder / "short", "short refused: ")


def test_a_backup_of_another_deployment_is_refused(room: Room, rebuilt: Rebuilt) -> None:
    """The new portal may also have the wrong root key. Then the keyring in the backup is not valid."""
    path, right = backup(room), rebuilt.settings
    rebuilt.settings = replace(right, deployment=base64url.encode(bytes(16)))
    refused(rebuilt, path, "belongs to another deployment")
    rebuilt.settings = replace(right, root_key=base64url.encode(signing.public_key(bytes(32))))
    refused(rebuilt, path, "signature does not hold")


def test_a_backup_that_another_portal_signed_is_refused(room: Room, rebuilt: Rebuilt) -> None:
    """Anybody with the public key can seal a backup, but the fingerprint reveals who signed it."""
    path = backup(room)
    refused(rebuilt, path, f"a portal with the fingerprint {fingerprint(room)}", fingerprint="AAAA")
    seed = secrets.token_bytes(32)
    forged = portal_backup.sign(replace(listed(path, room), instance_key=signing.public_key(seed)), seed)
    manifest, _ = portal_backup.read([plain(path)])
    wrong = replace(manifest, raw=forged.raw)
    for made in (forged, wrong):
        (room.folder / "forged").write_bytes(
            b"".join(age.seal(portal_backup.write(made, [], 0), [KEY.recipient()]))
        )
        words = "a portal with the fingerprint" if made is forged else "signature does not hold"
        refused(rebuilt, room.folder / "forged", words)


def test_a_file_that_differs_from_the_manifest_is_refused(room: Room, rebuilt: Rebuilt) -> None:
    """A backup that lacks a file, and a backup with a file of another case, are refused too."""
    answered(room)
    path = backup(room)
    manifest, members = portal_backup.read([plain(path)])
    kept = [(each.name, b"".join(each.data)) for each in members]
    changed = [*kept[:-1], (kept[-1][0], kept[-1][1][:-1] + b"x")]
    for files in (changed, kept[:-1], [*kept, kept[-1]], [kept[1], kept[0], *kept[2:]]):
        given = [bundle.Member(name, len(data), iter([data])) for name, data in files]
        sealed = age.seal(portal_backup.write(manifest, given, 0), [KEY.recipient()])
        (room.folder / "other").write_bytes(b"".join(sealed))
        refused(rebuilt, room.folder / "other", "other refused: ")


def test_a_backup_can_be_restored_for_35_days(room: Room, rebuilt: Rebuilt) -> None:
    """A backup from the future is refused too, because the clock must be wrong."""
    path = backup(room)
    refused(rebuilt, path, "older than 35 days", room.day + timedelta(36))
    refused(rebuilt, path, "was made in the future", room.day - timedelta(1))
    rebuilt.restore(path, room.day + timedelta(35))
    assert rebuilt.exists


@pytest.mark.databases_differ
def test_an_existing_portal_is_never_replaced(room: Room) -> None:
    answered(room)
    path, before = backup(room), room.state()
    with pytest.raises(Refused, match="already exists"):
        Rebuilt(room, room.settings).restore(path)
    assert room.state() == before


@pytest.mark.databases_differ
def test_a_restore_that_fails_while_it_fills_the_tables_leaves_no_tables(
    room: Room, rebuilt: Rebuilt
) -> None:
    """The medium is removed after the backup was verified.

    The control: with the medium, the same backup is restored.
    """
    path, removed = backup(room), room.folder / "removed"
    source = Source(path, KEY, fingerprint(room))

    def remove(_: object) -> None:
        if path.exists():
            path.rename(removed)

    event.listen(Engine, "begin", remove)
    try:
        with pytest.raises(Refused, match="was not read"):
            backups.restore(rebuilt.settings, source, room.day)
    finally:
        event.remove(Engine, "begin", remove)
    assert not rebuilt.exists
    removed.rename(path)
    rebuilt.restore(path)
    assert rebuilt.exists


def test_no_file_is_overwritten(room: Room) -> None:
    path = backup(room)
    before = path.read_bytes()
    with pytest.raises(Refused, match="already exists"):
        backups.make(room.database, room.settings, KEY.recipient(), path, room.day)
    for private, public in ((path, room.folder / "new"), (room.folder / "new", path)):
        with pytest.raises(Refused, match="already exists"):
            backups.make_key(private, public)
    assert path.read_bytes() == before
    assert not (room.folder / "new").exists()


@pytest.mark.databases_differ
def test_a_backup_is_the_same_with_and_without_waiting_reports(room: Room) -> None:
    """Exported reports, new reports and unfinished uploads do not change the backup.

    The control: the backup changes with the import that confirms a report.
    """
    answered(room)
    before = plain(backup(room))
    exported = [filed(room) for _ in range(3)]
    link = room.export().link
    waiting = [filed(room, channel) for channel in (INSPECTORATE, OUTSIDE) for _ in range(3)]
    room.begin(make_report_envelope(room.site))
    after = backup(room)
    assert plain(after) == before
    for each in (*exported, *waiting):
        assert base64url.encode(each.case_id).encode() not in before
    room.bring(next_outbox(room, [link], *exported))
    later = plain(backup(room))
    assert all(base64url.encode(each.case_id).encode() in later for each in exported)


def next_outbox(room: Room, collected: list[Link], *answers: Sealed) -> OutboxBundle:
    """Return the second outbox, which follows the only outbox that the portal has applied."""
    (first,) = room.state()["outboxes"]
    return make_outbox(room.site, n=2, previous=first[2], collected=collected, slots=slots(*answers))


def test_a_backup_has_one_of_a_few_sizes(room: Room) -> None:
    """The size is the same for 0 to 200 answered cases. 300 cases need the next larger size."""
    sizes = []
    for count in (0, 200, 100):
        with room.database.write() as connection:
            for _ in range(count):
                row = insert(cases).values(case_id=secrets.token_bytes(32), channel=INSPECTORATE)
                connection.execute(row.values(collected=True, slot=bytes(age.sealed_size(16_384))))
        path = backup(room)
        assert len(plain(path)) in {4 * MIB, 16 * MIB}
        sizes.append(path.stat().st_size)
    assert sizes[0] == sizes[1] == age.sealed_size(4 * MIB)
    assert sizes[2] == age.sealed_size(16 * MIB)


@pytest.mark.databases_differ
def test_a_backup_reveals_no_order_and_no_time(room: Room) -> None:
    """Everything is sorted by random ids, and the only times are days.

    The file's timestamp is a fixed day. An import updates the rows of all cases that its outbox names, in the
    order of their ids. So PostgreSQL stores other rows in another order.
    """
    collected = [filed(room) for _ in range(9)]
    room.bring(make_outbox(room.site, collected=[room.export().link], slots=slots(*collected)))
    closed = [secrets.token_bytes(32) for _ in range(9)]
    keys = [secrets.token_bytes(32) for _ in closed]
    with room.database.write() as connection:
        for case, key in zip(closed, keys, strict=True):
            row = {"case_id": case, "channel": INSPECTORATE}
            connection.execute(insert(cases).values(**row, collected=True))
            connection.execute(insert(withdrawals).values(**row, withdraw_key=key))
    path = backup(room)
    manifest = listed(path, room)
    ids = [each.case_id for each in manifest.cases]
    arrived = [*(each.case_id for each in collected), *closed]
    assert ids == sorted(arrived) != arrived
    assert [each.case_id for each in manifest.withdrawn] == sorted(closed)
    raw = portal_backup.read([plain(path)])[0].raw
    assert {type(each) for each in numbers(json.loads(raw))} <= {int}
    assert max(numbers(json.loads(raw))) < 100
    assert path.stat().st_mtime == days.number(date(2000, 1, 1)) * 86_400
    assert path.stat().st_mode & 0o777 == 0o600


def numbers(value: object) -> Iterator[float]:
    """Yield all numbers in nested values: versions and bundle numbers, but no times."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from numbers(each)
    elif isinstance(value, int | float):
        yield value


@pytest.mark.databases_differ
def test_a_restored_portal_has_the_answers_but_no_report(room: Room, rebuilt: Rebuilt) -> None:
    """Waiting, exported and withdrawn reports are not restored.

    Cases that were withdrawn before the backup are not restored either.
    """
    case, outbox = answered(room)
    gone, _ = filed(room), filed(room)
    room.client.post("/api/withdraw", data=gone.keys.withdraw_key)
    room.export()
    filed(room)
    rebuilt.restore(backup(room))
    (row,) = rebuilt.rows("cases")
    (before,) = (each for each in room.state()["cases"] if case.case_id in each)
    assert row[:6] == before[:6]
    assert row[7] == before[7] == outbox.content[outbox.content.index(before[7]) :][: len(before[7])]
    assert rebuilt.rows("envelopes") == rebuilt.rows("chunks") == rebuilt.rows("intakes") == []
    assert [each[:6] for each in rebuilt.rows("outboxes")] == [each[:6] for each in room.state()["outboxes"]]
    assert rebuilt.rows("keyring") == room.state()["keyring"]


def test_a_restored_portal_has_a_new_key_and_begins_with_bundle_1(room: Room, rebuilt: Rebuilt) -> None:
    """The lost portal may have used any number after the backup, so the new portal starts again at 1."""
    path = backup(room)
    answered(room)
    rebuilt.restore(path)
    (room.folder / "bundles").mkdir()
    with rebuilt.opened() as store:
        made = exports.export(store, rebuilt.settings, INSPECTORATE, room.folder / "bundles")
    assert (made.intake.n, made.intake.previous) == (1, bundle.FIRST)
    assert signing.fingerprint(made.intake.instance_key) != fingerprint(room)


def test_waiting_withdrawals_are_restored_for_the_next_export(room: Room, rebuilt: Rebuilt) -> None:
    """The withdrawn reports stay deleted, because an outbox with a slot does not open the case again."""
    case, outbox = answered(room)
    room.client.post("/api/withdraw", data=case.keys.withdraw_key)
    rebuilt.restore(backup(room))
    assert rebuilt.rows("cases") == []
    rebuilt.bring(make_outbox(room.site, n=2, previous=outbox.manifest.hash, slots=slots(case)))
    assert rebuilt.rows("cases") == []
    (room.folder / "bundles").mkdir()
    with rebuilt.opened() as store:
        made = exports.export(store, rebuilt.settings, INSPECTORATE, room.folder / "bundles")
    (withdrawn,) = made.intake.withdrawn
    assert withdrawn.withdraw_key == case.keys.withdraw_key


@pytest.mark.databases_differ
def test_expired_cases_are_not_restored(room: Room, rebuilt: Rebuilt) -> None:
    """One case had expired before the backup, and the other expired after it.

    The control: a third case is still valid.
    """
    room.configure(closed_days=10)
    found = [filed(room) for _ in range(3)]
    outbox = make_outbox(
        room.site,
        collected=[room.export().link],
        slots=slots(*found),
        closed=[each.case_id for each in found],
    )
    room.bring(outbox)
    with room.database.write() as connection:
        for case, left in zip(found, (0, 1, 9), strict=True):
            chosen = cases.c.case_id == case.case_id
            connection.execute(cases.update().where(chosen).values(expires=days.number(room.day) + left))
    path = backup(room)
    assert base64url.encode(found[0].case_id).encode() not in portal_backup.read([plain(path)])[0].raw
    rebuilt.restore(path, room.day + timedelta(1))
    assert [row[0] for row in rebuilt.rows("cases")] == [found[2].case_id]
    assert rebuilt.rows("cases")[0][6] == days.number(room.day) + 9


def test_a_restored_case_that_no_outbox_names_is_deleted(room: Room, rebuilt: Rebuilt) -> None:
    """The inbox may have destroyed the case since the backup. The next outbox names all open cases."""
    still, outbox = answered(room)
    over = filed(room)
    second = make_outbox(
        room.site,
        n=2,
        previous=outbox.manifest.hash,
        collected=[room.export().link],
        slots=slots(still, over),
    )
    room.bring(second)
    rebuilt.restore(backup(room))
    rebuilt.bring(make_outbox(room.site, n=3, previous=second.manifest.hash, slots=slots(still)))
    day = room.day + timedelta(room.settings.closed_days + 8)
    with rebuilt.opened() as store:
        keyring = make_keyring(room.site, 9, day=day)
        with store.write() as connection:
            backups.kept.replace(connection, backups.Files(9, keyring.raw, keyring.signature))
        expire.expire(store, rebuilt.settings, day)
    assert [row[0] for row in rebuilt.rows("cases")] == [still.case_id]


@pytest.mark.databases_differ
def test_a_restored_portal_accepts_a_gap_in_the_outboxes_once(room: Room, rebuilt: Rebuilt) -> None:
    """The inbox no longer has the outboxes that the lost portal had confirmed after the backup.

    A known outbox changes nothing, and an outbox older than the first one is refused.
    """
    case, outbox = answered(room, n=3)
    rebuilt.restore(backup(room))
    assert not rebuilt.bring(outbox).applied
    with pytest.raises(Refused, match="older than the first"):
        rebuilt.bring(make_outbox(room.site, n=2))
    with pytest.raises(Refused, match="does not follow bundle 3"):
        rebuilt.bring(make_outbox(room.site, n=4))
    after = make_outbox(room.site, n=7, previous=bytes(32), slots=slots(case))
    assert rebuilt.bring(after).applied
    with pytest.raises(Refused, match="cannot be applied before bundle 8"):
        rebuilt.bring(make_outbox(room.site, n=9, previous=after.manifest.hash))


def test_only_the_owner_of_the_file_can_read_the_private_key_for_backups(tmp_path: Path) -> None:
    private, public = tmp_path / "private", tmp_path / "public"
    backups.make_key(private, public)
    assert private.stat().st_mode & 0o777 == 0o600
    assert backups.private_key(private).recipient().encode() == backups.public_key(public).encode()
