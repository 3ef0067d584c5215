"""A migration with new columns, a table, indexes, and changed rows.

Some columns have a value for existing rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_cases = sa.table("cases", sa.column("case_id"), sa.column("collected"), sa.column("turn"))
_envelopes = sa.table("envelopes", sa.column("channel"), sa.column("size"))
_sums = sa.table("sums", sa.column("channel"), sa.column("size"))


def upgrade() -> None:
    op.create_table(
        "sums",
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("sums_by_size", "sums", ["size"])
    op.add_column("envelopes", sa.Column("again", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("cases", sa.Column("turn", sa.Integer))
    op.drop_index("cases_by_withdrawal", "cases")
    op.create_index("cases_by_withdrawal", "cases", ["withdraw_id", "turn"])
    sums = sa.select(_envelopes.c.channel, sa.func.sum(_envelopes.c.size)).group_by(_envelopes.c.channel)
    op.execute(_sums.insert().from_select(["channel", "size"], sums))
    connection = op.get_bind()
    found = connection.scalars(sa.select(_cases.c.case_id).where(_cases.c.collected)).all()
    for turn, case_id in enumerate(found, 1):
        connection.execute(_cases.update().where(_cases.c.case_id == case_id).values(turn=turn))
    op.add_column("intakes", sa.Column("gone", sa.Integer))
    op.drop_column("intakes", "gone")
