"""The commands of docs/when-something-goes-wrong.md work on a real portal and a real inbox."""

from contextlib import closing
from pathlib import Path

import brotli
import pytest
from sqlalchemy import func, select

from portal import config, days
from portal.store.database import open_database
from portal.store.schema import cases
from tests.support import damaging, guides, quick_pages, threat_model
from tests.support.inbox_builders import Reporter
from tests.support.inbox_clock import Clock
from tests.support.incident import DEPLOYING, PAGE, TEXT, Incident
from tests.support.paths import ROOT
from tests.support.portal_nginx import Nginx
from tests.support.signed_site import SignedSite
from tests.support.small_disk import small_disk

FRENCH = (ROOT / "docs" / "fr" / "incidents.md").read_text("utf-8")
FILE = bytes(400_000)


@pytest.fixture(autouse=True)
def _quickly_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brotli, "compress", quick_pages.compress)
    for name, value in quick_pages.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def incident(tmp_path: Path) -> Incident:
    return Incident(tmp_path)


def test_a_lost_server_is_rebuilt_by_the_commands_of_the_page(incident: Incident) -> None:
    """The rebuilt portal has the mailbox of the case again, and the inbox accepts its bundles."""
    incident.lose_server()
    *_, collected, _, applied = incident.do("The server is lost").values()
    assert "bundle 1 collected" in collected
    assert "1 slots" in applied


def test_bundles_on_a_lost_medium_are_made_again_by_the_commands_of_the_page(incident: Incident) -> None:
    """A bundle that nobody has collected is lost, and so is an outbox that nobody has imported."""
    incident.type("fanal-portal run export --out /media/stick")
    incident.type("inbox exchange outbox --out /media/stick")
    assert (2, 2) == (incident.bundle, incident.outbox)
    incident.lose_medium()
    _, collected, _, applied = incident.do("The exchange medium is lost").values()
    assert "bundle 2 collected" in collected
    assert "outbox 2" in applied


def test_the_commands_of_the_page_empty_a_full_portal(tmp_path: Path) -> None:
    """Reports and another program have filled the disk, so that even an export needs some room first.

    Afterwards the portal accepts the report that it refused. All accepted reports are in the inbox.
    """
    with small_disk(tmp_path / "disk", "8m"):
        other = tmp_path / "disk" / "other"
        other.write_bytes(bytes(1_500_000))
        database = f"sqlite:///{tmp_path}/disk/portal.sqlite"
        incident = Incident(tmp_path, database=database, settings="spare_gb = 0\n")
        with incident.installation.portal.serving():
            accepted = 0
            while (status := incident.send(refused := Reporter(incident.world), files=[FILE])) == 201:
                accepted += 1
            assert (accepted > 1, status) == (True, 503)
            assert "less than 2 GiB" in incident.type("fanal-portal run doctor")
            assert "full or busy" in incident.type("fanal-portal run export --out /media/stick", code=1)
            other.unlink()
            said = incident.do("A disk is full")
            assert f": {accepted} envelopes" in said["fanal-portal run export --out /media/stick"]
            assert f"{accepted} new" in said["inbox exchange collect /media/stick/inspection-N.tar"]
            assert incident.send(refused, files=[FILE]) == 201


def test_expired_keys_are_replaced_by_the_commands_of_the_page(
    incident: Incident, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Portal and inbox use one clock. Before the commands, doctor finds that the keys have expired."""
    monkeypatch.setattr(days, "datetime", clock)
    clock.wait(130)
    portal = incident.installation.portal
    assert "expired" in portal.run("doctor", code=1)
    said = incident.do("The keys have expired")
    assert "outbox 2" in said["fanal-portal run import /media/stick/outbox-inspection-N.tar"]
    assert "expired on" not in said["fanal-portal run doctor"]


def test_a_damaged_database_of_the_portal_is_replaced_by_the_commands_of_the_pages(
    incident: Incident,
) -> None:
    """The backup has the answer to the exported case. The report that nobody had exported is lost.

    No command hides the damage or blames something else, and nothing is written to the medium.
    """
    installation = incident.installation
    for line in guides.lines(guides.titled(DEPLOYING, "Backups.")):
        incident.type(line)
    reporter = Reporter(incident.world)
    with installation.portal.serving():
        assert incident.send(reporter, files=[FILE]) == 201
    backup = (installation.medium / "portal.backup").read_bytes()
    damaging.damage(installation.portal.folder / "portal.sqlite")
    assert "wrong: the database is damaged\n" in incident.type("fanal-portal run doctor")
    for line in ("fanal-portal run export --out /media/stick", "fanal-portal run expire"):
        said = incident.type(line, code=1)
        assert "error: the database is damaged\nhint: stop the portal, keep a copy" in said, line
    assert not (installation.medium / "inspection-2.tar").exists()

    incident.lose_server()
    (installation.medium / "portal.backup").write_bytes(backup)
    incident.bring_configuration()
    for line in guides.lines(guides.titled(DEPLOYING, "If the machine is lost.")):
        incident.type(line)
    assert mailboxes(incident) == 1
    before = ("inbox exchange keyring", "fanal-portal setup")
    told = incident.do("The server is lost", without=before)
    _, collected, _, applied = told.values()
    assert "bundle 1 collected: 0 new" in collected
    assert "1 slots" in applied
    # The commands of the page let only the portal read the configuration, so doctor finds no fault.
    assert "database is damaged" not in installation.portal.run("doctor")


def mailboxes(incident: Incident) -> int:
    """Return how many answers wait at the portal for reporters."""
    settings = config.load(incident.installation.portal.config)
    with closing(open_database(settings.database_url)) as store, store.read() as connection:
        waiting = select(func.count()).select_from(cases).where(cases.c.slot.is_not(None))
        return int(connection.execute(waiting).scalar_one())


@pytest.mark.slow
def test_the_commands_of_the_page_show_whether_a_page_was_altered_or_nobody_signed_a_new_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages are signed, altered, served by another machine, and finally changed without a new list.

    Only the Brotli version of a script was altered.
    """
    verify, *compare, same = guides.lines(guides.section(TEXT, "The site serves altered pages"))
    site = SignedSite(tmp_path)
    site.sign()
    nginx = site.publish("seized")
    trust(nginx, monkeypatch)
    with site.server.serving():
        with nginx.serving():
            assert site.type(verify) == "the site serves what was signed\n"
            altered = nginx.frozen / "site/static/js/report.js.br"
            altered.write_bytes(brotli.compress(altered.with_suffix("").read_bytes() + b"// altered"))
            assert site.type(verify, code=1) == "/static/js/report.js: the bytes differ from those signed\n"
            list_again(site, compare)
            assert site.type(same) == ""
        assert "was not fetched" in site.type(verify, code=1)

        other = site.publish("other")
        trust(other, monkeypatch)
        with other.serving():
            assert site.type(verify) == "the site serves what was signed\n"

    site.configure(leave_to="https://elsewhere.example/")
    forgotten = site.publish("forgotten")
    trust(forgotten, monkeypatch)
    with site.server.serving(), forgotten.serving():
        assert "/en/report: the bytes differ from those signed\n" in site.type(verify, code=1)
        list_again(site, compare)
        assert "differ" in site.type(same, code=1)


def trust(nginx: Nginx, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the commands trust the certificate of a site, as they trust an authority."""
    for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(nginx.certificate))


def list_again(site: SignedSite, compare: list[str]) -> None:
    """Fetch the signed list from a site, and make the list again, with the commands of the page."""
    fetch, again = compare
    site.type(fetch)
    site.note_published()
    site.type(again)


def test_a_clock_that_was_ahead_is_corrected_by_the_command_of_the_page(
    incident: Incident, clock: Clock
) -> None:
    """Until then, every command is refused with a hint that names the command of the page."""
    incident.type("inbox case note 1 --text written")
    clock.wait(400)
    incident.type("inbox case note 1 --text early")
    clock.wait(-400)
    (command,) = guides.lines(guides.section(TEXT, "A clock is wrong"))
    assert command in incident.type("inbox case list", code=1)
    incident.type(f"{command} --reason 'a new battery'")
    incident.type("inbox case note 1 --text today")
    assert "Quelque chose" in incident.type("inbox case list")


def test_every_test_that_the_page_names_exists() -> None:
    named = [(name, PAGE.parent / path) for name, path in threat_model.tests_named(TEXT)]
    assert len(named) > 20
    assert [name for name, path in named if f"def {name}(" not in path.read_text("utf-8")] == []


def test_every_incident_names_its_remedy_and_its_losses_and_a_test() -> None:
    incidents = TEXT.split("\n## ")[1:]
    assert len(incidents) > 9
    for each in incidents:
        heading = each.partition("\n")[0]
        for words in ("**What to do.**", "**What is lost.**", "\u2192 [`test_"):
            assert words in each, heading


def test_the_french_edition_has_the_same_incidents_with_the_same_commands() -> None:
    """Each incident says in French, too, what to do and what is lost."""
    english, french = TEXT.split("\n## ")[1:], FRENCH.split("\n## ")[1:]
    assert [guides.lines(each) for each in french] == [guides.lines(each) for each in english]
    for each in french:
        assert "**Que faire.**" in each
        assert "**Ce qui est perdu.**" in each
