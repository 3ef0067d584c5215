"""Alembic runs this file for each upgrade. ``upgrading`` passes the connection, which is in a transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
