"""The tables of what staff do with cases."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What is removed leaves no trace in the index either (FTS5, option secure-delete).
_WORDS = "CREATE VIRTUAL TABLE words USING fts5(text, tokenize='unicode61 remove_diacritics 2')"
_SECURE = "INSERT INTO words (words, rank) VALUES ('secure-delete', 1)"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "handlings",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("danger", sa.Integer(), nullable=False),
        sa.Column("immediacy", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("verifiability", sa.Integer(), nullable=False),
        sa.Column("corroboration", sa.Integer(), nullable=False),
        sa.Column("access", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("first_act", sa.Date(), nullable=True),
        sa.Column("acknowledged", sa.Date(), nullable=True),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index(
        "handlings_by_deadline",
        "handlings",
        ["is_open", "deadline", "rank", "category", "area"],
        unique=False,
    )
    op.create_index(
        "handlings_by_rank", "handlings", ["is_open", "rank", "deadline", "category", "area"], unique=False
    )
    op.create_index("cases_by_status", "cases", ["status"], unique=False)
    op.create_index("cases_unread", "cases", ["unread"], unique=False, sqlite_where=sa.text("unread IS 1"))
    op.create_index(
        "follow_ups_unread", "follow_ups", ["unread"], unique=False, sqlite_where=sa.text("unread IS 1")
    )
    op.execute(_WORDS)
    op.execute(_SECURE)
