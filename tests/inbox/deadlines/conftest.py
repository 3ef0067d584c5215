"""Fixture: an inbox in which legal decisions are pending."""

import pytest

from tests.support.inbox_builders import Office, Portal, Reporter, World, answering, first


@pytest.fixture(scope="session")
def founded_offence(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox with two cases, which tests copy.

    One case reports an offence and names somebody; the other is trivial.
    """
    folder = tmp_path_factory.mktemp("offence")
    office = Office.found(folder)
    world = World(office)
    portal = Portal(world, folder / "medium")
    grave = answering(category="info_leak", who_id="Untel, 06 12 34 56 78")
    for report in (first(Reporter(world), edit=grave), first(Reporter(world))):
        office.json("exchange", "collect", portal.bundle(report), "--confirm-instance", portal.fingerprint)
    return office
