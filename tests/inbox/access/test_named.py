"""A case waits for an open access request if its texts contain the person's full name or family name."""

import pytest
from sqlalchemy import delete

from inbox.access import access_requests, named
from inbox.deadlines.bonds import Relation
from inbox.vault.casework_tables import AccessCase, AccessRequest, Link
from tests.support.inbox_builders import Office, Reporter, Scene, World, first, today

pytestmark = pytest.mark.copy_of("founded_named")

NAME = "Firmin Quélennec"
TEXTS = {1: f"{NAME} a loué son badge.", 2: "Quélennec a loué son badge.", 3: "Soizic a loué son badge."}


@pytest.fixture(scope="module")
def founded_named(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Three cases, and an access request.

    One case has the person's full name, one has the family name, and one has neither.
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


def test_a_case_also_waits_if_a_link_says_that_the_case_concerns_the_person(office: Office) -> None:
    """A link of another kind does not make the case wait."""
    with office.opened() as inbox, inbox.transaction() as session:
        (row,) = access_requests.pending(session)
        for kind, waits in ((Relation.SAME_PLACE, False), (Relation.SAME_PERSON, True)):
            session.execute(delete(Link))
            for case, other in ((1, 3), (3, 1)):
                session.add(Link(case=case, other=other, kind=kind.value, since=today()))
            assert waits is named.may_name(session, 3, row)
            assert ({1} if waits else set()) == named.waiting_for(session, 3)
            assert ((2, 3) if waits else (2,)) == named.find(session, row).maybe


@pytest.mark.parametrize("same", [False, True])
def test_a_decision_about_a_family_name_counts_for_only_one_access_request(
    office: Office, *, same: bool
) -> None:
    """Another person with the same family name has also requested access.

    The other request still waits for a decision about the case.
    """
    days = dict.fromkeys(("received", "earliest", "due"), today())
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(AccessRequest(n=2, way="letter", names="Soizic Quélennec", **days))
        session.flush()
        session.add(AccessCase(case=2, request=1, same=same))
        told = {each.n: named.concerns(session, 2, each) for each in access_requests.pending(session)}
        assert {1: same, 2: False} == told
        assert ({1, 2} if same else {2}) == named.waiting_for(session, 2)
