"""Every table of ``schema``, as it is until the first release.

Write the tables out here before a second migration comes (alembic renders them): a new portal would else
get from this one what the second adds, and no test would find a portal to upgrade.
"""

from alembic import op

from portal.store.schema import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table; an error if one is there already."""
    metadata.create_all(op.get_bind(), checkfirst=False)
