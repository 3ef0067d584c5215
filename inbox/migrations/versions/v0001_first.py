"""Every table of the vault, in its form at the first release.

Before a second migration is added, write the tables out here (alembic renders them). Otherwise, this
migration would already create the additions of the second migration, and no test would find a vault to
upgrade.
"""

from alembic import op

from inbox.vault.casework_tables import Fulltext
from inbox.vault.destroyed_tables import Leaving

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Removed words also leave no trace in the index (FTS5, option secure-delete).
_FULLTEXT = "CREATE VIRTUAL TABLE fulltext USING fts5(text, tokenize='unicode61 remove_diacritics 2')"
_SECURE = "INSERT INTO fulltext (fulltext, rank) VALUES ('secure-delete', 1)"


def upgrade() -> None:
    """Create every table; raise an error if one already exists."""
    tables = Leaving.metadata.sorted_tables
    plain = [table for table in tables if table.name != Fulltext.__tablename__]
    Leaving.metadata.create_all(op.get_bind(), plain, checkfirst=False)
    op.execute(_FULLTEXT)
    op.execute(_SECURE)
