"""A case waits for an open access request if its texts contain the person's full name or family name."""

import pytest

from inbox.access import access_requests, named
from tests.support.inbox_builders import Office, Reporter, Scene, World, first, today

pytestmark = pytest.mark.copy_of("founded_named")

NAME = "Firmin Quélennec"
TEXTS = {1: f"{NAME} a loué son badge.", 2: "Quélennec a loué son badge.", 3: "Soizic a loué son badge."}


@pytest.fixture(scope="module")
def founded_named(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Three cases, and an access request.

    One case has the person's full name, one the family name, and one neither.
    """
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("named"))
    for text in TEXTS.values():
        scene.collect(first(Reporter(scene.world), text=text))
    scene.world.office.json(
        "request", "add", "--person", NAME, "--received", today().isoformat(), "--way", "letter"
    )
    return scene


def test_a_case_with_the_full_or_the_family_name_waits_until_the_request_is_answered(office: Office) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        assert {1: {1}, 2: {1}, 3: set()} == {n: named.waiting_for(session, n) for n in TEXTS}


def test_a_case_with_only_the_family_name_may_concern_another_person(office: Office) -> None:
    """A case with the full name concerns the person for certain, so officers have nothing to decide."""
    with office.opened() as inbox, inbox.transaction() as session:
        (row,) = access_requests.pending(session)
        assert {1: True, 2: False, 3: False} == {n: named.concerns(session, n, row) for n in TEXTS}
        assert {1: False, 2: True, 3: False} == {n: named.may_name(session, n, row) for n in TEXTS}
