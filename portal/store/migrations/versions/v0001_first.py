"""Make every table of ``schema``; this suffices until the first release.

Before you add a second migration, write the tables out here (alembic renders them). Without these tables, the
first migration would already include the changes of the second migration, and tests could not make an old
portal to upgrade.
"""

from alembic import op

from portal.store.schema import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table; raises an error if one of them exists."""
    metadata.create_all(op.get_bind(), checkfirst=False)
