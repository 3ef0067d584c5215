"""What alembic runs for each upgrade; ``inbox.setup.upgrade`` provides the connection, in a transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
