"""Two bodies at one real portal: only the outside body can read and answer reports about the inspectorate."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from crypto import base64url, bundle, casetoken
from crypto.bundle import INTAKE, Intake
from crypto.casetoken import CaseKeys
from inbox.vault.tables import Case
from tests.support.bodies import BODY, accept, joined
from tests.support.inbox_builders import CHANNEL, Office
from tests.support.installation import Portal, PortalForked, free_port
from tests.support.page_visitor import SLOW, Visitor

pytestmark = pytest.mark.browser

SECRET = "Le chef de l'inspection a prévenu les trafiquants"
ANSWER = "Nous vous avons lu, ici, en dehors."


@dataclass
class Bodies:
    """The inspectorate with the root key, an outside body, their portal, and a reporter's browser."""

    root: Office
    body: Office
    portal: Portal
    browser: Browser
    fingerprint: str = ""
    medium: Path = field(default_factory=Path)

    def report(self, concerned: str, text: str) -> Visitor:
        """Make a report, and state in it whether the report is about the inspectorate."""
        page = self.browser.new_context().new_page()
        visitor = Visitor(page, self.portal.address)
        visitor.visit("fr/report")
        page.fill("#what", text)
        visitor.turn_to("#coi-no")
        page.check(f"#coi-{concerned}")
        visitor.to_token()
        visitor.confirm()
        visitor.arrived()
        return visitor

    def keys(self, visitor: Visitor) -> CaseKeys:
        entropy = casetoken.parse(" ".join(visitor.words))["fr"]
        return casetoken.derive(entropy, self.root.keyring()[0].deployment)

    def export(self) -> dict[str, Path]:
        made = self.portal.json("export", "--out", self.medium)
        return {each["channel"]: Path(each["file"]) for each in made}

    def collect(self, office: Office, path: Path) -> list[int]:
        (outcome,) = office.json("exchange", "collect", path, "--confirm-instance", self.fingerprint)
        cases: list[int] = outcome["cases"]
        return cases

    def bring(self, office: Office) -> dict[str, object]:
        """Carry the next outbox of a body to the portal; return the result of the import."""
        said: dict[str, object] = self.portal.json(
            "import", office.json("exchange", "outbox", "--out", office.out)["file"]
        )
        return said


@pytest.fixture
def bodies(tmp_path: Path, chromium: Browser) -> Iterator[Bodies]:
    (tmp_path / "root").mkdir()
    root = Office.found(tmp_path / "root")
    body = joined(tmp_path / "body", root)
    accept(root, body)
    made = root.json("exchange", "keyring", "--out", root.out / "keyring")
    (tmp_path / "portal").mkdir()
    portal = PortalForked(tmp_path / "portal", port=free_port())
    bodies = Bodies(root, body, portal, chromium, medium=tmp_path / "medium")
    bodies.medium.mkdir()
    bodies.fingerprint = portal.init(made["deployment"], made["root_key"])
    portal.run("keyring", root.out / "keyring")
    yield bodies
    for context in chromium.contexts:
        context.close()


def intake(path: Path) -> Intake:
    return INTAKE.parse(bundle.read([path.read_bytes()])[0].raw)


def hits(path: Path, keys: CaseKeys, other: Path) -> list[bytes]:
    """Return the traces of the case, or of envelopes for the other channel, in a bundle."""
    traces = [keys.case_id, keys.withdraw_id, keys.memo_key]
    for entry in intake(other).entries:
        traces += [entry.id, entry.hash]
    content = path.read_bytes()
    forms = [form for each in traces for form in (each, each.hex().encode(), base64url.encode(each).encode())]
    _, members = bundle.read([other.read_bytes()])
    forms += [b"".join(member.data)[2_000:2_064] for member in members]
    return [form for form in forms if form in content]


@pytest.mark.slow
def test_only_the_outside_body_reads_and_answers_a_report_about_the_inspectorate(bodies: Bodies) -> None:
    """A browser, the portal and both inboxes are real.

    The inspectorate's bundles have no trace of the report.
    """
    with bodies.portal.serving():
        bodies.report("no", "Un collègue a vendu un code")
        concerned = bodies.report("yes", SECRET)
        bodies.report("no", "Encore autre chose")
        sees_nothing(bodies, bodies.keys(concerned), expected=[1, 2])
        answered(bodies)
        read(concerned)
        ignored(bodies, bodies.keys(concerned))
        read(concerned)
        later = bodies.report("yes", SECRET)
        sees_nothing(bodies, bodies.keys(later), expected=[])


def sees_nothing(bodies: Bodies, keys: CaseKeys, expected: list[int]) -> None:
    """Export and collect. The inspectorate gets only its own cases, numbered without a gap."""
    bundles = bodies.export()
    assert {CHANNEL, BODY} == set(bundles)
    before = len(bodies.root.json("case", "list")["cases"])
    listed = intake(bundles[CHANNEL])
    assert (len(expected), ()) == (len(listed.entries), listed.withdrawn)
    assert listed.n == intake(bundles[BODY]).n
    assert [] == hits(bundles[CHANNEL], keys, bundles[BODY])
    assert len(hits(bundles[BODY], keys, bundles[BODY])) > 3
    assert expected == bodies.collect(bodies.root, bundles[CHANNEL])
    (case,) = bodies.collect(bodies.body, bundles[BODY])
    assert before + len(expected) == len(bodies.root.json("case", "list")["cases"])
    assert SECRET not in json.dumps(bodies.root.json("case", "list"), ensure_ascii=False)
    shown = bodies.body.json("case", "show", str(case))
    assert (SECRET, []) == (shown["answers"]["what"], shown["flags"])


def answered(bodies: Bodies) -> None:
    """The body answers without a keyring in its outbox, and signs with its own key."""
    assert 0 == bodies.body.run("message", "reply", "1", "--text", ANSWER).code
    said = bodies.bring(bodies.body)
    assert ("absent", 1, 1, True) == tuple(
        said[name] for name in ("keyring", "slots", "confirmed", "applied")
    )


def ignored(bodies: Bodies, keys: CaseKeys) -> None:
    """The portal ignores orders of the inspectorate about the case, even if they give its correct id.

    Other orders in the same outbox are carried out.
    """
    with bodies.root.opened() as inbox, inbox.transaction() as session:
        session.get_one(Case, 1).case_id = keys.case_id
    bodies.root.close("1")
    said = bodies.bring(bodies.root)
    assert (1, True, "taken") == tuple(said[name] for name in ("left_out", "applied", "keyring"))


def read(visitor: Visitor) -> None:
    """Check that the reporter reads the body's answer, and the name of the body."""
    visitor.open()
    visitor.opened()
    page = visitor.page
    expect(page.locator("#messages")).to_contain_text(ANSWER, timeout=SLOW)
    expect(page.locator("#confirmed")).to_contain_text("Défenseur")
    expect(page.locator("#status-fault")).to_be_hidden()


def test_the_outbox_of_a_channel_that_is_not_on_the_keyring_is_refused(bodies: Bodies) -> None:
    """A body therefore cannot answer before it is added to the keyring or after it is removed."""
    assert 0 == bodies.root.run("exchange", "channel", "remove", BODY).code
    assert bodies.bring(bodies.root)["keyring"] == "taken"
    path = Path(bodies.body.json("exchange", "outbox", "--out", bodies.body.out)["file"])
    before = hashlib.sha256((bodies.portal.folder / "portal.sqlite").read_bytes()).digest()
    assert "not signed by a reply key of its channel" in bodies.portal.run("import", path, code=1)
    assert before == hashlib.sha256((bodies.portal.folder / "portal.sqlite").read_bytes()).digest()
