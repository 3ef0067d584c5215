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
    """Make them, and tell the office's regime."""
    op.create_table("days_off", sa.Column("day", sa.Date(), nullable=False), sa.PrimaryKeyConstraint("day"))
    op.create_table(
        "eliminations",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "declarations",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.ForeignKeyConstraint(
            ["officer"],
            ["officers.name"],
        ),
        sa.PrimaryKeyConstraint("case", "officer"),
    )
    op.create_table(
        "disclosures",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case", "position"),
    )
    op.create_table(
        "duties",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("decided", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case", "kind"),
    )
    op.create_table(
        "handlings",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("came_by", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("danger", sa.Integer(), nullable=False),
        sa.Column("immediacy", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("verifiability", sa.Integer(), nullable=False),
        sa.Column("corroboration", sa.Integer(), nullable=False),
        sa.Column("access", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Boolean(), nullable=False),
        sa.Column("credibility", sa.Integer(), nullable=True),
        sa.Column("source_risk", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("first_act", sa.Date(), nullable=True),
        sa.Column("acknowledged", sa.Date(), nullable=True),
        sa.Column("extended", sa.Date(), nullable=True),
        sa.Column("answered", sa.Date(), nullable=True),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("disclosure", sa.String(), nullable=False),
        sa.Column("withheld", sa.String(), nullable=False),
        sa.Column("rejected", sa.Date(), nullable=True),
        sa.Column("held", sa.String(), nullable=False),
        sa.Column("quarantined", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.ForeignKeyConstraint(
            ["officer"],
            ["officers.name"],
        ),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index(
        "handlings_by_deadline",
        "handlings",
        ["is_open", "deadline", "rank", "category", "area", "officer"],
        unique=False,
    )
    op.create_index(
        "handlings_by_rank",
        "handlings",
        ["is_open", "rank", "deadline", "category", "area", "officer"],
        unique=False,
    )
    op.create_table(
        "identities",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_table(
        "links",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.ForeignKeyConstraint(
            ["other"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case", "other"),
    )
    op.create_index(op.f("ix_links_other"), "links", ["other"], unique=False)
    op.create_table(
        "measures",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case", "position"),
    )
    op.create_table(
        "notes",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case", "position"),
    )
    op.create_table(
        "tags",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case", "name"),
    )
    op.create_index(op.f("ix_tags_name"), "tags", ["name"], unique=False)
    op.create_table(
        "terms",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case", "kind", "digest"),
    )
    op.create_index("terms_by_digest", "terms", ["digest"], unique=False)
    op.create_index("cases_by_status", "cases", ["status"], unique=False)
    op.create_index("cases_unread", "cases", ["unread"], unique=False, sqlite_where=sa.text("unread IS 1"))
    op.create_index(
        "follow_ups_unread", "follow_ups", ["unread"], unique=False, sqlite_where=sa.text("unread IS 1")
    )
    op.add_column("office", sa.Column("regime", sa.String(), server_default="internal", nullable=False))
    op.execute(_WORDS)
    op.execute(_SECURE)
