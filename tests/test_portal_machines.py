"""Several portals on one PostgreSQL behave as one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crypto import bundle
from crypto.bundle import INTAKE
from tests.builders import INSPECTORATE, make_outbox, make_report_envelope, make_slot
from tests.portal_room import BODY, SITE
from tests.portal_server import Server

REPORTS = 24
PIECE = 300_000


@pytest.fixture
def machines(
    tmp_path: Path, free_port: Callable[[], int], postgres_database: str
) -> Iterator[tuple[Server, Server]]:
    first = Server(tmp_path, free_port()).make(database=postgres_database)
    second = first.twin(tmp_path / "second", free_port())
    with first.serving(), second.serving():
        yield first, second


def test_an_upload_moves_between_machines_at_each_request(machines: tuple[Server, Server]) -> None:
    """Begun here, continued there, in turns: whole, and its case known to both."""
    sealed = make_report_envelope(SITE, file=bytes(2_000_000))
    address = machines[0].begin(sealed)
    for number, start in enumerate(range(0, len(sealed.envelope), PIECE), 1):
        headers = {**BODY, "Upload-Offset": str(start)}
        piece = sealed.envelope[start : start + PIECE]
        assert machines[number % 2].request("PATCH", address, piece, headers)[0] == 204
    assert machines[0].content(address) == sealed.envelope
    for machine in machines:
        assert machine.request("POST", "/api/slot", sealed.keys.locator)[2][0] == 1


def test_exports_and_imports_on_two_machines_at_once_share_nothing_and_lose_nothing(
    machines: tuple[Server, Server], tmp_path: Path
) -> None:
    """Each envelope is in one bundle; one of two imports applies, the other finds that it was done."""
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
