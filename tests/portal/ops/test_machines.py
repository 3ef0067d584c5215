"""Several portals that share one PostgreSQL database behave like one portal."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crypto import bundle, work
from crypto.bundle import INTAKE
from crypto.work import OFFER
from portal import days
from portal.api.quotas import Limits
from portal.store import quotas
from portal.store.quotas import TEXT, Kind
from tests.support.builders import INSPECTORATE, Sealed, make_outbox, make_report_envelope, make_slot
from tests.support.portal_nginx import Nginx
from tests.support.portal_room import BODY, SITE, TUS, declared
from tests.support.portal_server import Server
from tests.support.work import INSTANCE_SEED, offered

pytestmark = pytest.mark.long

REPORTS = 24
PIECE = 300_000
HALF = 4 * PIECE


@pytest.fixture
def machines(
    tmp_path: Path, free_port: Callable[[], int], postgres_database: str
) -> Iterator[tuple[Server, Server]]:
    first = Server(tmp_path, free_port()).make(database=postgres_database)
    second = first.twin(tmp_path / "second", free_port())
    with first.serving(), second.serving():
        yield first, second


def test_the_pieces_of_an_upload_may_go_to_different_machines(machines: tuple[Server, Server]) -> None:
    """The upload is complete in the end, and both machines know its case."""
    sealed = make_report_envelope(SITE, file=bytes(2_000_000))
    address = machines[0].begin(sealed)
    for number, start in enumerate(range(0, len(sealed.envelope), PIECE), 1):
        send(machines[number % 2], address, sealed, range(start, start + PIECE, PIECE))
    assert machines[0].content(address) == sealed.envelope
    for machine in machines:
        assert machine.request("POST", "/api/slot", sealed.keys.locator)[2][0] == 1


def test_every_process_offers_the_same_proof_of_work_and_has_the_same_limits(
    machines: tuple[Server, Server],
) -> None:
    """Each process computes the puzzle and the limits from a secret that is shared through the database."""
    hour = 0
    while hour != days.hour():
        hour = days.hour()
        with ThreadPoolExecutor(8) as pool:
            asked = [*pool.map(lambda at: machines[at % 2].request("GET", "/api/work")[2], range(24))]
        offers = {OFFER.parse(raw).seed for raw in asked}
        with machines[0].store() as store, store.write() as connection:
            limits = Limits.of(connection, machines[0].settings, hour)
            taken = quotas.used(connection, hour)[Kind.REPORT]
            quotas.count(connection, Kind.REPORT, limits.of_kind(Kind.REPORT) + 1 - taken - TEXT)
        answers = [begin(machine) for machine in (*machines, *machines)]
    assert offers == {work.seed(INSTANCE_SEED, SITE.deployment, hour)}
    assert answers == [201, 507, 507, 507]


def begin(machine: Server) -> int:
    """Announce an upload of a text; return the status of the answer."""
    headers = {**TUS, **declared(make_report_envelope(SITE))}
    return machine.request("POST", "/api/envelopes", b"", headers)[0]


def test_an_upload_through_a_load_balancer_continues_when_one_of_two_machines_stops(
    tmp_path: Path, free_port: Callable[[], int], postgres_database: str
) -> None:
    """The shipped nginx has a second server.

    A page can get its puzzle from any machine. If one machine stops, the other accepts the pieces.
    """
    first = Server(tmp_path, free_port()).make(database=postgres_database)
    second = first.twin(tmp_path / "second", free_port())
    nginx = Nginx(first, tmp_path / "nginx").make()
    only = f"server 127.0.0.1:{first.port};"
    nginx.configure({only: f"{only} server 127.0.0.1:{second.port};"})
    balancer = Server(tmp_path, nginx.onion_port)
    sealed = make_report_envelope(SITE, file=bytes(2_000_000))
    with nginx.serving():
        with second.serving():
            with first.serving():
                offer = balancer.request("GET", "/api/work")[2]
                headers = {**TUS, **declared(sealed), **offered(offer, sealed.envelope)}
                status, answered, _ = balancer.request("POST", "/api/envelopes", b"", headers)
                assert status == 201
                address = answered["Location"]
                send(balancer, address, sealed, range(0, HALF, PIECE))
            send(balancer, address, sealed, range(HALF, len(sealed.envelope), PIECE))
            assert balancer.request("POST", "/api/slot", sealed.keys.locator)[2][0] == 1
        assert balancer.request("POST", "/api/slot", sealed.keys.locator)[0] == 503
    assert first.content(address) == sealed.envelope


def send(server: Server, address: str, sealed: Sealed, starts: range) -> None:
    """Send the pieces that start at these offsets."""
    for start in starts:
        headers = {**BODY, "Upload-Offset": str(start)}
        piece = sealed.envelope[start : start + PIECE]
        assert server.request("PATCH", address, piece, headers)[0] == 204


def test_simultaneous_exports_and_imports_on_two_machines_lose_nothing(
    machines: tuple[Server, Server], tmp_path: Path
) -> None:
    """Each envelope is in one bundle. One import applies the outbox; the other finds it already applied."""
    reports = [make_report_envelope(SITE) for _ in range(REPORTS)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda sent: machines[sent[0] % 2].send(sent[1]), enumerate(reports)))
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(export, machines, folders))
    entries = [entry for path in tmp_path.glob("[ab]/*.tar") for entry in exported(path)]
    assert sorted(each.case_id for each in reports) == sorted(entries)
    slots = {each.case_id: make_slot(each.keys) for each in reports}
    outbox = make_outbox(SITE, slots=slots).save(tmp_path / "outbox.tar")
    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(lambda machine: machine.run("import", outbox), machines))
    assert [" applied: " in line for line in said] == [True, False]
    answer = machines[1].request("POST", "/api/slot", reports[0].keys.locator)[2]
    assert answer[65:] == slots[reports[0].case_id]


def export(machine: Server, folder: Path) -> None:
    machine.run("export", "--out", folder, "--channel", INSPECTORATE)


def exported(path: Path) -> list[bytes]:
    """Return the case ids in a bundle."""
    with path.open("rb") as file:
        manifest, _ = bundle.read(iter(lambda: file.read(1 << 18), b""))
        return [entry.case_id or b"" for entry in INTAKE.parse(manifest.raw).entries]
