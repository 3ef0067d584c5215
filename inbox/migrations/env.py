"""The script that alembic runs for each upgrade, inside the transaction of the caller's connection."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
