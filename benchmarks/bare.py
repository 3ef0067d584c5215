"""A minimal Flask and SQLAlchemy application for comparison: it inserts a body or returns a row."""

import os
import secrets
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import Column, LargeBinary, MetaData, Table, create_engine, event, insert, select

from portal.store.inserts import insert_new

ANSWER = 18_108
KEY = bytes(32)


def create_app(database: str = "") -> Flask:
    """Return the application.

    The application's database is at the address ``database``, or at ``BARE_DATABASE``. gunicorn passes no
    argument, so under gunicorn the address comes from the environment variable.
    """
    engine = create_engine(database or os.environ["BARE_DATABASE"])
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _as_the_portal)
    rows = Table(
        "rows",
        MetaData(),
        Column("key", LargeBinary, primary_key=True),
        Column("data", LargeBinary),
        sqlite_with_rowid=False,
    )
    with engine.begin() as connection:
        rows.metadata.create_all(connection)
        insert_new(connection, rows, key=KEY, data=bytes(ANSWER))
    engine.dispose()
    app = Flask(__name__)

    @app.post("/insert")
    def keep() -> Response:
        with engine.begin() as connection:
            connection.execute(insert(rows), {"key": secrets.token_bytes(16), "data": request.get_data()})
        return Response(status=201)

    @app.post("/answer")
    def answer() -> Response:
        with engine.connect() as connection:
            found = connection.scalar(select(rows.c.data).where(rows.c.key == request.get_data()))
        return Response(found, mimetype="application/octet-stream")

    return app


def _as_the_portal(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")
