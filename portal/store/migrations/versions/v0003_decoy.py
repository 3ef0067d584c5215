"""What is read where a case has no slot, so that the time taken tells nothing."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The sealed size of a slot when this was written.
_SLOT = 18_043

_instance = sa.table("instance", sa.column("decoy", sa.LargeBinary))


def upgrade() -> None:
    """Give the portal its decoy."""
    op.add_column(
        "instance", sa.Column("decoy", sa.LargeBinary, nullable=False, server_default=sa.literal(b""))
    )
    op.execute(_instance.update().values(decoy=secrets.token_bytes(_SLOT)))
