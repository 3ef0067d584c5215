"""What a PostgreSQL server writes down by itself, which no table shows."""

from sqlalchemy import Connection, func, select


def settings(connection: Connection, *names: str) -> dict[str, str]:
    """Return server settings by name; none on SQLite, which has no server."""
    if connection.dialect.name == "sqlite":
        return {}
    return {name: str(connection.execute(select(func.current_setting(name))).scalar_one()) for name in names}
