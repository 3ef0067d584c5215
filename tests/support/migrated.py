"""The tables that the migrations of the portal or the inbox make, up to a given migration."""

import re
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

# SQLite itself makes the tables in which the fulltext index keeps its data.
_STATEMENTS = """
    SELECT sql FROM sqlite_schema
    WHERE sql IS NOT NULL AND name <> 'alembic_version' AND name NOT LIKE 'fulltext\\_%' ESCAPE '\\'
    ORDER BY tbl_name, type DESC, name
"""


def tables(locations: Sequence[Path], number: str) -> str:
    """Return the SQL of the tables and indexes that the migrations up to ``number`` make in SQLite."""
    config = Config()
    config.set_main_option("script_location", str(locations[0].parent))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, locations)))
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, number)
        made = [each.replace("\t", "    ").strip() for each in connection.scalars(text(_STATEMENTS))]
    engine.dispose()
    return "\n\n".join(re.sub(" +\n", "\n", each) for each in made) + "\n"
