"""Shares of the disk, challenges that were solved, days on which what is over goes."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# As they stood when this was written: the sealed size of a text, and how long closed cases stay by default.
_TEXT = 67_195
_CLOSED_DAYS = 180
_SPREAD_DAYS = 7
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_cases = sa.table("cases", sa.column("case_id"), sa.column("closed", sa.Boolean), sa.column("expires"))
_envelopes = sa.table("envelopes", sa.column("size"), sa.column("received"), sa.column("case_id"))
_usage = sa.table(
    "usage", sa.column("kind"), sa.column("size"), sa.column("unfinished"), sa.column("unfinished_size")
)


def upgrade() -> None:
    """Make the tables, count what is there, and draw a day for each case that is closed."""
    op.create_table(
        "remains",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spent",
        sa.Column("id", sa.LargeBinary(32), primary_key=True),
        sa.Column("day", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("spent_by_day", "spent", ["day"])
    op.create_table(
        "usage",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("unfinished", sa.BigInteger, nullable=False),
        sa.Column("unfinished_size", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "scriptless",
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    # Added, not copied into a new table: with the old one SQLite would delete the bytes of every envelope.
    op.add_column("envelopes", sa.Column("scriptless", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("cases", sa.Column("expires", sa.Integer))
    _count()
    _draw()
    op.drop_column("cases", "closed")


def _count() -> None:
    unfinished = _envelopes.c.received < _envelopes.c.size
    reports = sa.case((_envelopes.c.size <= _TEXT, "report"), else_="report_with_files")
    others = sa.case((_envelopes.c.size <= _TEXT, "follow_up"), else_="follow_up_with_files")
    kind = sa.case((_envelopes.c.case_id.is_not(None), reports), else_=others).label("kind")
    each = sa.select(
        kind,
        _envelopes.c.size,
        sa.case((unfinished, 1), else_=0).label("unfinished"),
        sa.case((unfinished, _envelopes.c.size), else_=0).label("unfinished_size"),
    ).subquery()
    sums = sa.select(
        each.c.kind, *(sa.func.sum(each.c[name]) for name in ("size", "unfinished", "unfinished_size"))
    )
    op.execute(_usage.insert().from_select(list(_usage.c.keys()), sums.group_by(each.c.kind)))


def _draw() -> None:
    connection = op.get_bind()
    first = (datetime.now(UTC) - _EPOCH).days + _CLOSED_DAYS
    for case_id in connection.scalars(sa.select(_cases.c.case_id).where(_cases.c.closed)).all():
        day = first + secrets.randbelow(_SPREAD_DAYS + 1)
        connection.execute(_cases.update().where(_cases.c.case_id == case_id).values(expires=day))
