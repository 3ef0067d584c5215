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
    op.create_table("days_off", sa.Column("day", sa.Date(), nullable=False), sa.PrimaryKeyConstraint("day"))
    op.create_table(
        "settings",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
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
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("assigned", sa.String(), nullable=True),
        sa.Column("source_risk", sa.String(), nullable=False),
        sa.Column("credibility", sa.String(), nullable=False),
        sa.Column("answered", sa.Date(), nullable=True),
        sa.Column("extended", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("disclosure", sa.String(), nullable=False),
        sa.Column("withheld", sa.String(), nullable=False),
        sa.Column("held", sa.Date(), nullable=True),
        sa.Column("quarantined", sa.Date(), nullable=True),
        sa.Column("rejected", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assigned"],
            ["officers.name"],
        ),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index(
        "handlings_by_deadline",
        "handlings",
        ["is_open", "deadline", "rank", "category", "area", "rejected", "assigned"],
        unique=False,
    )
    op.create_index(
        "handlings_by_officer",
        "handlings",
        ["assigned", "is_open", "rank", "deadline", "category", "area", "rejected"],
        unique=False,
    )
    op.create_index(
        "handlings_by_rank",
        "handlings",
        ["is_open", "rank", "deadline", "category", "area", "rejected", "assigned"],
        unique=False,
    )
    op.create_table(
        "notes",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
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
    op.create_index("tags_by_name", "tags", ["name", "case"], unique=False)
    op.create_table(
        "measures",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("degree", sa.Integer(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
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
        sa.Column("known", sa.Date(), nullable=False),
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
        "links",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
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
    op.create_table(
        "dismissals",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
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
    op.create_table(
        "terms",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case", "kind", "value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "index_key",
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("terms_by_value", "terms", ["kind", "value", "case"], unique=False)
    op.create_table(
        "identities",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("consent", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_table(
        "disclosures",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
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
        "handlers",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
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
        "strikes",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.PrimaryKeyConstraint("case", "position"),
    )
    op.create_table(
        "openings",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("memo", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case"],
            ["cases.number"],
        ),
        sa.ForeignKeyConstraint(
            ["told"],
            ["outboxes.n"],
        ),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index("cases_by_status", "cases", ["status"], unique=False)
    op.create_index("cases_new", "cases", ["new"], unique=False, sqlite_where=sa.text("new IS 1"))
    op.create_index(
        "follow_ups_unread", "follow_ups", ["unread"], unique=False, sqlite_where=sa.text("unread IS 1")
    )
    op.execute(_WORDS)
    op.execute(_SECURE)
    op.create_index(
        "handlings_in_quarantine",
        "handlings",
        ["quarantined"],
        unique=False,
        sqlite_where=sa.text("quarantined IS NOT NULL"),
    )
    _make_remains()


def _make_remains() -> None:
    op.create_table(
        "eliminations",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("received", sa.Date(), nullable=False),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("case"),
    )
    op.create_table(
        "past_exclusions",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer"],
            ["officers.name"],
        ),
        sa.PrimaryKeyConstraint("case", "officer"),
    )
    op.create_table(
        "tombstones",
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key"],
            ["intake_keys.id"],
        ),
        sa.PrimaryKeyConstraint("value"),
    )
    op.create_table(
        "leavings", sa.Column("name", sa.String(), nullable=False), sa.PrimaryKeyConstraint("name")
    )
