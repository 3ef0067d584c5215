"""The tables: random keys, days instead of times, no row numbers (THREAT_MODEL: a seized portal).

``WITHOUT ROWID`` sorts rows by their random keys, not by arrival. But if the bytes of an envelope do not fit
its page, they go to overflow pages, which keep the order of arrival until the database is rewritten
(THREAT_MODEL). Days are counted since 1970.
"""

import secrets

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    event,
)

from crypto import age, padding

_SLOT = age.sealed_size(padding.SLOT)

metadata = MetaData()


def _table(name: str, *columns: Column[object] | Index | UniqueConstraint) -> Table:
    table = Table(name, metadata, *columns, sqlite_with_rowid=False)
    # To plan queries, PostgreSQL copies a hundred values of each column into a separate table, where they
    # outlive their rows. Our queries find rows by keys and do not need these statistics.
    for column in table.columns:
        command = f"ALTER TABLE {name} ALTER COLUMN {column.name} SET STATISTICS 0"
        unsampled = DDL(command).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]
        event.listen(table, "after_create", unsampled)
    return table


# One row: the key pair that signs intake bundles. Exports and imports lock this row to exclude each other.
# `decoy` is random. `decoy` is read if a case has no slot, so that the answer takes the same time.
# PostgreSQL stores a slot outside its row, and reading a slot takes time.
instance = _table(
    "instance",
    Column("public", LargeBinary(32), primary_key=True),
    Column("seed", LargeBinary(32), nullable=False),
    Column("decoy", LargeBinary, nullable=False, default=lambda: secrets.token_bytes(_SLOT)),
)

# One row: the newest keyring.
keyring = _table(
    "keyring",
    Column("serial", BigInteger, primary_key=True, autoincrement=False),
    Column("raw", LargeBinary, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
)

# `day` is the day on which the upload began and, once it is complete, the day on which it ended. Two sums
# count the envelopes: `scriptless` says which of them counts this one, until it is deleted. `hash` is set by
# the first export. `bundle` is the number of the intake bundle that contains the envelope.
envelopes = _table(
    "envelopes",
    Column("id", LargeBinary(16), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("day", Integer, nullable=False),
    Column("case_id", LargeBinary(32)),
    Column("memo", LargeBinary(60)),
    Column("withdraw_id", LargeBinary(32)),
    Column("scriptless", Boolean, nullable=False),
    Column("hash", LargeBinary(32)),
    Column("bundle", BigInteger),
    Index("envelopes_by_bundle", "channel", "bundle"),
    Index("envelopes_by_withdrawal", "withdraw_id"),
)

# A complete envelope: all bytes are received.
whole = envelopes.c.received == envelopes.c.size

# The bytes of an envelope in rows of at most 256 KiB, each with its offset.
chunks = _table(
    "chunks",
    Column("envelope_id", LargeBinary(16), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# Deleted envelopes that still have rows in chunks. Until these rows are deleted, no upload may begin under
# the same id, because the clock would delete its bytes too.
deleted = _table("deleted", Column("envelope_id", LargeBinary(16), primary_key=True))

# The data about a confirmed envelope that a client can still request until the day `expires`.
remains = _table(
    "remains",
    Column("id", LargeBinary(16), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("expires", Integer, nullable=False),
)

# The data for slot requests. A case has no memo, withdraw id or day if only a slot was imported.
# `expires` is the day on which a closed case is deleted, drawn once.
cases = _table(
    "cases",
    Column("case_id", LargeBinary(32), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("memo", LargeBinary(60)),
    Column("withdraw_id", LargeBinary(32)),
    Column("day", Integer),
    Column("collected", Boolean, nullable=False),
    Column("expires", Integer),
    Column("slot", LargeBinary),
    Index("cases_by_withdrawal", "withdraw_id"),
)

# Withdraw keys that the inbox has not confirmed yet. The withdraw key is part of the row's primary key.
# Otherwise somebody who files under another reporter's case id could replace the true key.
withdrawals = _table(
    "withdrawals",
    Column("case_id", LargeBinary(32), primary_key=True),
    Column("withdraw_key", LargeBinary(32), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("bundle", BigInteger),
)

# Manifests of intake bundles. Once the inbox has confirmed a bundle, only its number and hash are kept. Once
# there is a newer confirmed bundle, the row is deleted.
intakes = _table(
    "intakes",
    Column("channel", String(32), primary_key=True),
    Column("n", BigInteger, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False),
    Column("raw", LargeBinary),
    Column("signature", LargeBinary(64)),
)

# Every outbox manifest that was applied, unchanged, with the day of its import. `restored` says that the
# manifest came from a backup. Newer outboxes may be lost, so the next outbox may skip numbers.
outboxes = _table(
    "outboxes",
    Column("channel", String(32), primary_key=True),
    Column("n", BigInteger, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
    Column("day", Integer, nullable=False),
    Column("restored", Boolean, nullable=False),
)

# Hashes of the envelope headers whose work was accepted, with the day. Hashes are kept through the next day.
# After that day, the seeds of their work are no longer accepted.
spent = _table(
    "spent",
    Column("id", LargeBinary(32), primary_key=True),
    Column("day", Integer, nullable=False),
    Index("spent_by_day", "day"),
)

# Days on which an envelope with a valid proof of work was refused for lack of room, each with its cost level.
refusals = _table(
    "refusals",
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("level", Integer, nullable=False),
)

# The sum of the declared sizes of all envelopes of each kind. `left_even` and `left_odd` are the bytes
# deleted in the last even or odd hour. The sum contains these bytes until that hour is over.
usage = _table(
    "usage",
    Column("kind", String(32), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("left_even", BigInteger, nullable=False, default=0),
    Column("left_odd", BigInteger, nullable=False, default=0),
)

# The bytes of texts, and of larger envelopes, sent on one day without JavaScript and so without proof of
# work.
scriptless = _table(
    "scriptless",
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("texts", BigInteger, nullable=False),
    Column("larger", BigInteger, nullable=False),
)

# The disk space available to the database, measured for an even or an odd hour.
disk = _table(
    "disk",
    Column("is_odd", Boolean, primary_key=True),
    Column("size", BigInteger, nullable=False),
)
