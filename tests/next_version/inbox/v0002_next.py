"""A migration with a new column, new and rebuilt tables, an index, and changed rows.

The column has a value for existing rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_cases = sa.table("cases", sa.column("number"), sa.column("received"), sa.column("turn"))
_visits = sa.table("visits", sa.column("case"), sa.column("day"))


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("case", sa.Integer, sa.ForeignKey("cases.number"), primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
    )
    op.add_column("cases", sa.Column("turn", sa.Integer, nullable=False, server_default="0"))
    op.drop_index("cases_by_status", "cases")
    op.create_index("cases_by_status", "cases", ["status", "turn"])
    seen = sa.select(_cases.c.number, _cases.c.received)
    op.execute(_visits.insert().from_select(["case", "day"], seen))
    connection = op.get_bind()
    for number in connection.scalars(sa.select(_cases.c.number)).all():
        connection.execute(_cases.update().where(_cases.c.number == number).values(turn=number))
    with op.batch_alter_table("notes") as notes:
        notes.alter_column("text", existing_type=sa.String(), nullable=True)
