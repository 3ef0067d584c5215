"""The tables: random keys, days in place of times, no row numbers (THREAT_MODEL: a seized portal).

``WITHOUT ROWID`` sorts rows by their random keys, not by arrival. What of an envelope is larger than a page
lies in pages beside, in the order in which it came, until the database is written anew (THREAT_MODEL). A day
is a count of days since 1970.
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
    # PostgreSQL copies a hundred values of each column into a table of its own, to plan queries by. They
    # outlive their rows there, and what we ask is found by keys.
    for column in table.columns:
        command = f"ALTER TABLE {name} ALTER COLUMN {column.name} SET STATISTICS 0"
        unsampled = DDL(command).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]
        event.listen(table, "after_create", unsampled)
    return table


# One row: the key pair that signs intake bundles. Whoever must not run beside another locks it. `decoy` is
# random; it is read where a case has no slot, which PostgreSQL keeps beside the row and needs time to gather.
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

# `day` is the day of the upload's begin, then that of its end; whole is who has received its size;
# `scriptless` is whose room it takes, so that the same sum shrinks when it goes;
# `hash` is known from the first export on; `bundle` is the intake bundle that carries it.
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

# An envelope that is kept: its last byte is there.
whole = envelopes.c.received == envelopes.c.size

# The bytes of an envelope in rows of at most 256 KiB, each with its offset.
chunks = _table(
    "chunks",
    Column("envelope_id", LargeBinary(16), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

# Deleted envelopes that still have rows in chunks. No upload may begin under the same id meanwhile: the clock
# would delete its bytes too.
deleted = _table("deleted", Column("envelope_id", LargeBinary(16), primary_key=True))

# What a sender can still ask of an envelope that the inbox has confirmed, until the day `expires`.
remains = _table(
    "remains",
    Column("id", LargeBinary(16), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("expires", Integer, nullable=False),
)

# What a slot request is answered from. A case whose slot alone came has no memo, withdraw id or day.
# `expires` is the day on which a closed case goes, drawn once.
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

# Withdraw keys on their way to the inbox. The key is part of the primary key, as somebody who files under
# another's case id could otherwise take the place of the true one.
withdrawals = _table(
    "withdrawals",
    Column("case_id", LargeBinary(32), primary_key=True),
    Column("withdraw_key", LargeBinary(32), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("bundle", BigInteger),
)

# Manifests of intake bundles; once the inbox has confirmed one, its number and hash are all that is needed,
# and once there is a newer one, nothing.
intakes = _table(
    "intakes",
    Column("channel", String(32), primary_key=True),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("raw", LargeBinary),
    Column("signature", LargeBinary(64)),
)

# Every outbox manifest that was applied, kept as it came, with the day of its import.
outboxes = _table(
    "outboxes",
    Column("channel", String(32), primary_key=True),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
    Column("day", Integer, nullable=False),
)

# Headers of envelopes whose work was taken, by hash, with the day; kept through the next, after which their
# seed is no longer taken.
spent = _table(
    "spent",
    Column("id", LargeBinary(32), primary_key=True),
    Column("day", Integer, nullable=False),
    Index("spent_by_day", "day"),
)

# Days on which there was no room for an envelope that was paid for, with the level of the cost on that day.
refusals = _table(
    "refusals",
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("level", Integer, nullable=False),
)

# The sum over envelopes of one kind, sizes as declared; and what of it was deleted in the last even, or odd,
# hour, which counts until that is over.
usage = _table(
    "usage",
    Column("kind", String(32), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("left_even", BigInteger, nullable=False, default=0),
    Column("left_odd", BigInteger, nullable=False, default=0),
)

# What came on one day by the way without script, where no work is asked for: texts, and what is larger.
scriptless = _table(
    "scriptless",
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("texts", BigInteger, nullable=False),
    Column("larger", BigInteger, nullable=False),
)

# What the disk had for the database as it was looked at for an even, or odd, hour.
disk = _table(
    "disk",
    Column("is_odd", Boolean, primary_key=True),
    Column("size", BigInteger, nullable=False),
)
