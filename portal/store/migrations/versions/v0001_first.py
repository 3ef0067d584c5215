"""The tables of the first portal, which were made without a number."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "instance",
        sa.Column("public", sa.LargeBinary(32), primary_key=True),
        sa.Column("seed", sa.LargeBinary(32), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "keyring",
        sa.Column("serial", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sqlite_with_rowid=False,
    )
    _envelopes()
    op.create_table(
        "cases",
        sa.Column("case_id", sa.LargeBinary(32), primary_key=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("memo", sa.LargeBinary(60)),
        sa.Column("withdraw_id", sa.LargeBinary(32)),
        sa.Column("day", sa.Integer),
        sa.Column("slot", sa.LargeBinary),
        sa.Column("collected", sa.Boolean, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("cases_by_withdrawal", "cases", ["withdraw_id"])
    op.create_table(
        "withdrawals",
        sa.Column("case_id", sa.LargeBinary(32), primary_key=True),
        sa.Column("withdraw_key", sa.LargeBinary(32), primary_key=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("bundle", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    _bundles()


def _envelopes() -> None:
    op.create_table(
        "envelopes",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("case_id", sa.LargeBinary(32)),
        sa.Column("memo", sa.LargeBinary(60)),
        sa.Column("withdraw_id", sa.LargeBinary(32)),
        sa.Column("hash", sa.LargeBinary(32)),
        sa.Column("bundle", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_index("envelopes_by_bundle", "envelopes", ["channel", "bundle"])
    op.create_index("envelopes_by_withdrawal", "envelopes", ["withdraw_id"])
    op.create_table(
        "chunks",
        sa.Column(
            "envelope_id",
            sa.LargeBinary(16),
            sa.ForeignKey("envelopes.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )


def _bundles() -> None:
    op.create_table(
        "intakes",
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("raw", sa.LargeBinary),
        sa.Column("signature", sa.LargeBinary(64)),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outboxes",
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sqlite_with_rowid=False,
    )
