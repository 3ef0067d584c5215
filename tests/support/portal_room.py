"""A portal for one test, with its own database; the test can compare the portal's whole state."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from crypto import base64url, signing
from portal import days
from portal.api.context import Context
from portal.app import create_app
from portal.config import Settings
from portal.errors import Refused
from portal.exchange import expire, exports, imports
from portal.exchange.exports import Exported
from portal.exchange.imports import Imported
from portal.store import database, deletion, keyrings
from portal.store.keyrings import Files, Instance, keep_key_pair
from portal.store.schema import metadata, spent, usage
from tests.support import postgres
from tests.support.builders import (
    INSPECTORATE,
    OutboxBundle,
    Sealed,
    SignedKeyring,
    Site,
    make_keyring,
    make_report_envelope,
    make_slot,
    today,
)
from tests.support.work import COSTS, INSTANCE_SEED, work

TUS = {"Tus-Resumable": "1.0.0"}
BODY = {**TUS, "Content-Type": "application/offset+octet-stream"}
BACKENDS = ["sqlite", "postgresql"]
_IN_SOAK = (pytest.mark.soak, pytest.mark.second_database)
# For tests that the gate runs on only one database: the faster database, or the database that refuses more
# and leaves more traces.
QUICKER = ["sqlite", pytest.param("postgresql", marks=_IN_SOAK)]
STRICTER = [pytest.param("sqlite", marks=_IN_SOAK), "postgresql"]
State = Mapping[str, list[tuple[Any, ...]]]


# All processes and runs use one site, so that its pages are always equal and are compressed only once.
SITE = Site(deployment=bytes(range(16)), root_seed=bytes(range(32)))
_applications: dict[Site, Flask] = {}


class Room:
    """A portal with a keyring, as `portal init` and `portal keyring` leave it."""

    def __init__(self, folder: Path, address: str, site: Site | None = None) -> None:
        self.folder = folder
        self.site = site or SITE
        self.day = today()
        self.hour = days.hour()
        self.settings = Settings(
            deployment=base64url.encode(self.site.deployment),
            root_key=base64url.encode(self.site.root_key),
            database=address,
            work_cost=COSTS,
            folder=folder,
        )
        self.database = database.create(self.settings.database_url)
        with self.database.write() as connection:
            keep_key_pair(connection, Instance(signing.public_key(INSTANCE_SEED), INSTANCE_SEED))
        self.publish(make_keyring(self.site))
        self.app = self._application()
        self.app.extensions["portal"] = Context(
            self.settings, self.database, lambda: self.day, lambda: self.hour
        )

    def configure(self, **settings: Any) -> None:
        """Change some settings of the running application."""
        self.settings = replace(self.settings, **settings)
        self.app.extensions["portal"] = replace(self.app.extensions["portal"], settings=self.settings)

    @property
    def client(self) -> FlaskClient:
        """Return a client for a visitor."""
        return self.app.test_client()

    def close(self) -> None:
        """Close all connections."""
        self.database.close()

    def _application(self) -> Flask:
        """Return the site's application. Pages are rendered once for all tests."""
        if self.site not in _applications:
            app = create_app(self.settings)
            app.extensions["portal"].database.close()
            _applications[self.site] = app
        return _applications[self.site]

    def publish(self, keyring: SignedKeyring) -> None:
        """Replace the keyring."""
        with self.database.write() as connection:
            keyrings.replace(connection, Files(keyring.value.serial, keyring.raw, keyring.signature))

    def wait(self, days: int) -> date:
        """Let days pass. Return the new day."""
        self.day += timedelta(days=days)
        return self.day

    def state(self) -> State:
        """Return every row of every table except used headers, with pending deletions and sums applied."""
        deletion.overwrite_portion(self.database)
        with self.database.read() as connection:
            rows = {
                table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
                if table is not spent
            }
        sums = [(kind, size - even - odd) for kind, size, even, odd in rows[usage.name]]
        return rows | {usage.name: [row for row in sums if row[1]]}

    def begin(self, sealed: Sealed, **headers: str) -> str:
        """Announce a report without sending its bytes. Return its address."""
        made = self.client.post("/api/envelopes", headers={**TUS, **self.declared(sealed), **headers})
        assert made.status_code == 201
        return made.headers["Location"]

    def send(self, sealed: Sealed) -> TestResponse:
        """Send a report in one request."""
        headers = {**BODY, **self.declared(sealed)}
        return self.client.post("/api/envelopes", headers=headers, data=sealed.envelope)

    def follow_up(self, envelope: bytes, channel: str = INSPECTORATE) -> TestResponse:
        """Send an envelope without naming its case."""
        bare = {"Upload-Length": str(len(envelope)), "Upload-Metadata": f"channel {_base64(channel)}"}
        bare |= work(self.site, envelope, channel, self.hour)
        return self.client.post("/api/envelopes", headers={**BODY, **bare}, data=envelope)

    def declared(self, sealed: Sealed) -> dict[str, str]:
        """Return the headers that announce a report to this portal."""
        return declared(sealed, self.site, self.hour)

    def patch(self, address: str, offset: int, data: bytes, **more: Any) -> TestResponse:
        """Continue the upload of an envelope."""
        return self.client.patch(address, headers={**BODY, "Upload-Offset": str(offset)}, data=data, **more)

    def slot(self, locator: bytes) -> bytes:
        """Fetch the slot of a case."""
        answer = self.client.post("/api/slot", data=locator)
        assert answer.status_code == 200
        content: bytes = answer.data
        return content

    def export(self, channel: str = INSPECTORATE) -> Exported:
        """Export a channel into the folder."""
        return exports.export(self.database, self.settings, channel, self.folder)

    def bring(self, outbox: OutboxBundle) -> Imported:
        """Import an outbox bundle, as `portal import` does."""
        path = outbox.save(self.folder / "outbox.tar")
        imported = imports.import_outbox(self.database, self.settings, path, self.day, lambda: self.hour)
        expire.tidy(self.database)
        return imported


def declared(sealed: Sealed, site: Site = SITE, hour: int | None = None) -> dict[str, str]:
    """Return the headers that announce a report, including the proof of work."""
    size = len(sealed.envelope)
    paid = work(site, sealed.envelope, sealed.channel, hour)
    return {"Upload-Length": str(size), "Upload-Metadata": sealed.metadata, **paid}


@contextmanager
def opened(request: pytest.FixtureRequest, folder: Path, backend: str) -> Iterator[Room]:
    """Yield a room on SQLite, or on a real PostgreSQL server, where rooms share one database in turn."""
    address = "sqlite:///portal.sqlite"
    if backend == "postgresql":
        address = request.getfixturevalue("postgres_tables")
        postgres.clear(address, [table.name for table in reversed(metadata.sorted_tables)])
    room = Room(folder, address)
    try:
        yield room
    finally:
        room.close()


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def code(answer: TestResponse) -> tuple[int, str]:
    """Return the status and the code of a response, which must be an error."""
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == answer.status_code
    return answer.status_code, answer.json["code"]


def filed(room: Room, channel: str = INSPECTORATE) -> Sealed:
    """Send a report to the portal, and return the report."""
    sealed = make_report_envelope(room.site, channel)
    assert room.send(sealed).status_code == 201
    return sealed


def slots(*cases: Sealed) -> dict[bytes, bytes]:
    return {case.case_id: make_slot(case.keys) for case in cases}


def refused(room: Room, outbox: OutboxBundle, words: str) -> None:
    """Check that a bundle is refused with these words and changes nothing."""
    before = room.state()
    with pytest.raises(Refused, match=words) as caught:
        room.bring(outbox)
    assert caught.value.hint
    assert room.state() == before
