"""The portal's machine is lost, and a new machine is made from a backup. The inbox is real."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from crypto import base64url
from portal import config
from portal.app import create_app
from tests.support import postgres
from tests.support.inbox_builders import Office, Reporter, World, read_slot
from tests.support.installation import PortalHere
from tests.support.portal_room import BACKENDS
from tests.support.reporting import announced

UNKNOWN, COLLECTED = 0, 2
NAMES = ("lost", "rebuilt")
# In the answer to a slot request, the slot comes after the state, the day and the memo.
SLOT = 65


class Machine(PortalHere):
    """A machine with a portal and a medium."""

    def __init__(self, folder: Path, database: str) -> None:
        folder.mkdir()
        super().__init__(folder, port=0, database=database)
        self.database = database
        self.medium = folder / "medium"
        self.medium.mkdir()

    @contextmanager
    def visitor(self) -> Iterator[FlaskClient]:
        """Yield a client for a visitor of the portal."""
        app = create_app(config.load(self.config))
        with closing(app.extensions["portal"].database):
            yield app.test_client()

    def report(self, reporter: Reporter) -> Reporter:
        """Send a report, as the page does."""
        envelope = reporter.report()
        with self.visitor() as visitor:
            headers = announced(reporter, envelope, visitor.get("/api/work").data)
            answer = visitor.post("/api/envelopes", headers=headers, data=envelope)
            assert answer.status_code == 201, answer.text
        return reporter

    def answer(self, reporter: Reporter) -> bytes:
        """Return the portal's answer to a reporter who opens their case."""
        with self.visitor() as visitor:
            content: bytes = visitor.post("/api/slot", data=reporter.keys.locator).data
        return content

    def export(self) -> Path:
        """Export, and return the new bundle."""
        (made,) = self.json("export", "--out", self.medium)
        return Path(made["file"])

    def bring(self, office: Office) -> None:
        """Import the next outbox."""
        self.run("import", office.json("exchange", "outbox", "--out", office.out)["file"])


@dataclass(frozen=True)
class Loss:
    """A backup of a lost portal, and three reports.

    ``answered`` was answered before the backup. After the backup, ``exported`` was exported, and ``missing``
    was not. ``before`` is the lost portal's answer to the first reporter.
    """

    backup: Path
    private: Path
    fingerprint: str
    answered: Reporter
    before: bytes
    exported: Reporter
    missing: Reporter


def lose(lost: Machine, world: World, folder: Path) -> Loss:
    """Use a portal, make a backup, use the portal again, and then lose the portal."""
    office = world.office
    fingerprint = lost.init(base64url.encode(world.deployment), base64url.encode(world.root_key))
    office.json("exchange", "keyring", "--out", office.out)
    lost.run("keyring", office.out)
    private, public, backup = (folder / name for name in ("backup.key", "backup.pub", "portal.backup"))
    lost.run("backup", "key", "--private", private, "--public", public)
    answered = lost.report(Reporter(world))
    office.json("exchange", "collect", lost.export(), "--confirm-instance", fingerprint)
    office.json("message", "reply", "1", "--text", "Merci")
    lost.bring(office)
    lost.run("backup", "make", "--public", public, "--out", backup)
    exported = lost.report(Reporter(world))
    office.json("exchange", "collect", lost.export())
    missing = lost.report(Reporter(world))
    return Loss(backup, private, fingerprint, answered, lost.answer(answered), exported, missing)


def restore(rebuilt: Machine, lost: Machine, loss: Loss) -> str:
    """Restore the backup on a new machine; return the new fingerprint."""
    rebuilt.config.write_text(
        lost.config.read_text().replace(json.dumps(lost.database), json.dumps(rebuilt.database))
    )
    words = ("backup", "restore", loss.backup, "--private", loss.private, "--fingerprint")
    assert "is from a portal with the fingerprint" in rebuilt.run(*words, "AAAA", code=1)
    return str(rebuilt.json(*words, loss.fingerprint)["fingerprint"])


def texts(machine: Machine, reporter: Reporter) -> list[str]:
    """Return the messages that a reporter reads."""
    return [each.text for each in read_slot(machine.answer(reporter)[SLOT:], reporter).messages]


@pytest.fixture(params=BACKENDS)
def machines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Machine]]:
    """The lost machine and a new one, each with an empty database."""
    with ExitStack() as stack:
        addresses = [f"sqlite:///{name}.sqlite" for name in NAMES]
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_url")
            addresses = [stack.enter_context(postgres.database(server)) for _ in NAMES]
        yield [Machine(tmp_path / name, address) for name, address in zip(NAMES, addresses, strict=True)]


@pytest.mark.slow
def test_a_lost_portal_is_restored_and_continues_with_the_real_inbox(
    world: World, machines: list[Machine], tmp_path: Path
) -> None:
    """A reporter reads the answer from the backup. Later reports reach the inbox under new numbers.

    A report that was exported after the backup is not lost. A report that was never exported is lost, and the
    new portal says that it does not know this report.
    """
    lost, rebuilt = machines
    loss, office = lose(lost, world, tmp_path), world.office
    fingerprint = restore(rebuilt, lost, loss)
    assert rebuilt.answer(loss.answered) == loss.before
    assert texts(rebuilt, loss.answered) == ["Merci"]
    late = (loss.exported, loss.missing)
    assert [rebuilt.answer(each)[0] for each in late] == [UNKNOWN, UNKNOWN]

    bundle = rebuilt.export()
    assert office.run("exchange", "collect", bundle).code == 1
    office.json("exchange", "collect", bundle, "--new-instance", fingerprint)
    office.json("message", "reply", "1", "--text", "Encore merci")
    rebuilt.bring(office)
    assert texts(rebuilt, loss.answered) == ["Merci", "Encore merci"]
    assert [rebuilt.answer(each)[0] for each in late] == [COLLECTED, UNKNOWN]
    rebuilt.report(loss.missing)
    office.json("exchange", "collect", rebuilt.export())
    assert len(office.json("case", "list")["cases"]) == 3
