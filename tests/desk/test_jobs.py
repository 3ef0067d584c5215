"""Long jobs at the desk: their progress, their errors, and the answers to other requests meanwhile."""

import os
import re
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Browser, expect

from inbox.session import journal
from tests.support import accessibility
from tests.support.desk_room import SAME, Served, Visitor, serving, sitting, tell
from tests.support.gate import chosen
from tests.support.inbox_builders import Office, Portal, Sent, World, drop, passphrase_of

pytestmark = pytest.mark.long

NAMES = ("alice", "bruno")
BOTH = {f"passphrase-{name}": passphrase_of(name) for name in NAMES}
# This many bundles take so long that several pages are requested before the job ends.
MANY = 400
# This many bundles are enough for helper processes to start, so tests that stop the helpers use this number.
ENOUGH = 70
QUICK_SECONDS = 1.0
BUSY = "In progress: the collection of bundles. Please wait."


@dataclass
class Place:
    """An inbox that knows its portal, and a medium with two bundles.

    One bundle is large, and the other is just large enough for helper processes to start.
    """

    office: Office
    medium: Path
    cases: int = 1

    @property
    def acts(self) -> list[str]:
        """Return all journalled actions, including those on a case that some officers have not declared."""
        with self.office.opened() as inbox, inbox.transaction() as session:
            return [line.entry.action for line in journal.lines(session) if line.entry]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("prepared")
    office = Office.found_by(folder, NAMES, 2)
    world = World(office)
    portal = Portal(world, folder / "medium")
    tell(world, portal, {"what": "a first report"})
    # Both bundles follow the first bundle of the same portal.
    for name, notes, again in (("many", MANY, copy(portal)), ("enough", ENOUGH, copy(portal))):
        bundle = again.bundle(*(Sent(drop(world, f"note {n}")) for n in range(notes)))
        bundle.rename(bundle.with_name(f"{name}.tar"))
    return Place(office, folder / "medium")


@pytest.fixture
def place(prepared: Place, tmp_path: Path) -> Place:
    return Place(prepared.office.copy(tmp_path / "copy"), tmp_path / "copy" / "medium")


@contextmanager
def standing_still(place: Place, language: str = "en") -> Iterator[tuple[Served, Visitor, list[int]]]:
    """Yield a desk whose collection is stopped midway, a visitor, and the ids of the stopped processes."""
    with serving(place.office, "--medium", place.medium) as served:
        visitor = Visitor(served)
        visitor.post(f"/{language}/medium/collect", bundle="enough.tar")
        helpers: list[int] = []
        while not helpers:
            helpers = [each for each in children(served.process.pid) if b"spawn_main" in command(each)]
        for each in helpers:
            os.kill(each, signal.SIGSTOP)
        try:
            yield served, visitor, helpers
        finally:
            go_on(helpers)


def go_on(helpers: list[int]) -> None:
    for each in helpers:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGCONT)


def children(process: int) -> list[int]:
    return [
        int(each)
        for thread in Path(f"/proc/{process}/task").iterdir()
        for each in (thread / "children").read_text().split()
    ]


def command(process: int) -> bytes:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


@pytest.mark.slow
def test_a_job_shows_its_progress_and_then_its_result_or_error(place: Place) -> None:
    """More than half of the other pages must answer within a second, although the cores are busy."""
    with serving(place.office, "--medium", place.medium) as served:
        visitor = Visitor(served)
        seen = [visitor.post("/en/medium/collect", bundle="many.tar")]
        while "Refresh" in seen[-1].headers:
            seen += [visitor.get("/en/"), visitor.get("/en/job/1")]
        *meanwhile, last = seen
        assert len(meanwhile) > 2
        assert median(each.seconds for each in meanwhile) < QUICK_SECONDS
        assert any(re.search(rf"\d+ of {MANY}", each.text) for each in meanwhile)
        assert all(BUSY in each.text for each in meanwhile[:-1])
        assert (200, True) == (last.status, "<h1>Collected</h1>" in last.text)
        assert last.text == visitor.get("/en/job/1").text
        assert visitor.get("/en/job/2").status == 404
        visitor.post(
            "/en/office/backup", keystore="below/another", **{"backup-folder": str(place.office.out)}
        )
        refused = visitor.end_of_job(2)
        assert (409, True) == (refused.status, "This is not an absolute path" in refused.text)
        assert "below/another" in refused.text
        assert visitor.get("/en/").status == 200
    assert "collect" in place.acts


def test_during_a_job_the_desk_refuses_forms_and_shows_again_what_was_typed(
    place: Place,
) -> None:
    """A client without the cookie learns nothing about the job.

    The control sends the same form afterwards.
    """
    before = place.acts
    with standing_still(place) as (served, visitor, helpers):
        written = {"text": "a long thought", "priority": "x"}
        pages = [visitor.get(path) for path in ("/en/", "/en/case/1", "/en/journal", "/en/office")]
        pages += [visitor.post(path, **written) for path in ("/en/case/1/note", "/en/medium/collect")]
        assert [503] * 6 == [each.status for each in pages]
        assert all(BUSY in each.text for each in pages)
        assert all("a long thought" in each.text for each in pages[4:])
        assert all(each.seconds < QUICK_SECONDS for each in pages)
        assert "occupée" in visitor.get("/fr/").text
        assert visitor.get("/style.css").status == 200
        stranger = urllib.request.build_opener()
        with pytest.raises(urllib.error.HTTPError) as refused:
            stranger.open(f"{served.root}/en/", timeout=30)
        with refused.value as answer:
            assert (403, False) == (answer.status, b"busy" in answer.read())
        go_on(helpers)
        assert "<h1>Collected</h1>" in visitor.end_of_job(1).text
        assert visitor.post("/en/case/1/declare").status == 200
        assert "a long thought" in visitor.post("/en/case/1/note", text="a long thought").text
    assert ["collect", "declare", "note"] == [
        each for each in place.acts[len(before) :] if each in {"collect", "declare", "note"}
    ]


@pytest.mark.slow
@pytest.mark.browser
def test_a_browser_follows_a_job_from_its_progress_to_its_result(chromium: Browser, place: Place) -> None:
    """No script is needed. The progress page and the page about a busy desk are accessible."""
    with standing_still(place, "fr") as (served, visitor, helpers), chromium.new_context() as context:
        context.add_cookies(
            [
                {"name": each.name, "value": str(each.value), "domain": "127.0.0.1", "path": each.path}
                for each in visitor.cookies
            ]
        )
        page = context.new_page()
        page.set_viewport_size({"width": 320, "height": 640})
        for path in ("", "job/1"):
            page.goto(f"{served.root}/fr/{path}")
            expect(page.get_by_role("progressbar")).to_be_visible()
            assert accessibility.violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
        go_on(helpers)
        expect(page.locator("h1")).to_have_text("Récupéré", timeout=60_000)


@pytest.mark.slow
def test_a_desk_that_is_told_to_lock_during_a_job_finishes_the_job_first(place: Place) -> None:
    """The page says when the desk will lock, and does not claim that it is locked already.

    The collected reports are kept.
    """
    with standing_still(place) as (served, visitor, helpers):
        said = visitor.post("/en/lock", all="on")
        assert (200, True) == (said.status, "locks as soon as this is done" in said.text)
        assert "No key is left" not in said.text
        assert "locks as soon" in visitor.get("/en/job/1").text
        assert 1 == place.office.run("case", "list").code  # commands are refused while the desk has the inbox
        go_on(helpers)
        assert any("no key is left in memory" in line for line in served.printed)
        locked = visitor.get("/en/job/1")
        assert (503, True) == (locked.status, "The desk is locked" in locked.text)
        assert "collect" in place.acts


@pytest.mark.slow
@pytest.mark.parametrize("sent", chosen([signal.SIGTERM, signal.SIGINT], signal.SIGTERM))
def test_a_desk_killed_during_a_job_leaves_nothing_half_done(place: Place, sent: signal.Signals) -> None:
    """The job can be repeated, and no helper process remains."""
    before = place.acts
    with standing_still(place) as (served, _, helpers):
        os.kill(served.process.pid, sent)
        go_on(helpers)
        assert served.process.wait(60) == (1 if sent is signal.SIGINT else -sent)
        end = time.monotonic() + 30
        while any(b"spawn_main" in command(each) for each in helpers):
            assert time.monotonic() < end
            time.sleep(0.01)
    assert "collect" not in place.acts[len(before) :]
    if sent is signal.SIGTERM:  # the outcome is the same for both signals
        place.office.json("exchange", "collect", place.medium / "enough.tar")


def test_passphrases_confirm_only_the_job_for_which_they_were_typed(place: Place) -> None:
    """If a form is refused during the job, the passphrases in that form do not confirm the job."""
    stranger = Portal(World(place.office), place.medium.parent / "stranger")
    bundle = stranger.bundle(Sent(drop(World(place.office), "x")))
    bundle.rename(place.medium / "other.tar")
    form = {"bundle": "other.tar", "fingerprint": stranger.fingerprint}
    with sitting(place.office, place.medium) as client:
        base, path = f"http://{client.desk.host}", f"{client.desk.place}/en/medium/collect"
        for given, meanwhile, status in (({}, BOTH, 401), (BOTH, {}, 200)):
            token = {"csrf_token": client.token()}
            begun = client.raw.post(path, base_url=base, headers=SAME, data=token | form | given)
            other = client.raw.post(path, base_url=base, headers=SAME, data=token | form | meanwhile)
            assert (303, 503) == (begun.status_code, other.status_code)
            assert passphrase_of("alice") not in other.text
            job = client.desk.pending
            assert job
            job.run()
            ended = client.raw.get(begun.location, base_url=base)
            assert (status, False) == (ended.status_code, passphrase_of("alice") in ended.text)
    entries = place.office.json("journal", "list")["entries"]
    noted = [each["officers"] for each in entries if each.get("action") == "accept-instance"]
    assert [dict.fromkeys(NAMES, how) for how in ("passphrase", "confirmed")] == noted


def test_a_wrong_fingerprint_is_refused_before_the_desk_asks_for_passphrases(place: Place) -> None:
    """The control is the test above, where the right fingerprint leads to the request for passphrases."""
    stranger = Portal(World(place.office), place.medium.parent / "another")
    stranger.bundle(Sent(drop(World(place.office), "x"))).rename(place.medium / "another.tar")
    with sitting(place.office, place.medium) as client:
        answer = client.send("/en/medium/collect", bundle="another.tar", fingerprint="AAAA BBBB")
    assert (200, False) == (answer.status_code, "passphrase-" in answer.text)
    assert stranger.fingerprint in answer.text


def test_a_page_that_reloads_itself_does_not_prolong_a_session(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The controls are a page that an officer requests, and the page of the finished job."""
    renewed: list[str] = []
    with sitting(place.office, place.medium) as client:
        base = f"http://{client.desk.host}"
        begun = client.raw.post(
            f"{client.desk.place}/en/medium/outbox",
            base_url=base,
            headers=SAME,
            data={"csrf_token": client.token()},
        )
        monkeypatch.setattr(client.desk.seats, "acts", lambda _: renewed.append("once more"))
        asked = {"Sec-Fetch-User": "?1"}
        assert "Refresh" in client.raw.get(begun.location, base_url=base).headers
        assert [] == renewed
        client.ask("/en/", **asked)
        assert ["once more"] == renewed
        job = client.desk.pending
        assert job
        job.run()
        del renewed[:]
        assert "Refresh" not in client.raw.get(begun.location, base_url=base, headers=asked).headers
        assert ["once more"] == renewed
