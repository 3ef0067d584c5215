"""The script that alembic runs for each upgrade, on a connection that the caller has in a transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
