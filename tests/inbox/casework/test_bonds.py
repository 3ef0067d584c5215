"""What binds a case binds every case that is linked to it as one matter: else a link would be a way round."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.journal import Presence
from inbox.access import handlers
from inbox.casework import legal_hold, links, prosecutor_word
from inbox.deadlines import bonds, proceedings, retention_schedule, workflow
from inbox.deadlines.bonds import Relation
from inbox.language.errors import Locked
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Duty, Measure
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, Portal, Sent, World, drop, today

BINDING = {Relation.DUPLICATE, Relation.SAME_FACTS, Relation.SAME_PERSON, Relation.FOLLOW_UP}
OF_CASE_2 = "because of case 2, to which it is linked"
NO_WORD = "the prosecutor has not said that"

pytestmark = pytest.mark.copy_of("read")


@pytest.fixture(scope="module")
def read(authored: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two cases, read, of the same facts: of the second the prosecutor is told, of the first not."""
    office = authored.copy(tmp_path_factory.mktemp("read"))
    office.read_all(1, 2, risk="low")
    office.json("decide", "2", "transmit", "--reason", "x")
    office.json("decide", "1", "no_transmission", "--reason", "sent as case 2")
    office.json("link", "1", "2", "same_facts")
    return office


@pytest.fixture(scope="module")
def founded_bound(founded_three: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Three officers and three cases that are bound in a chain; the first is held, and with justice."""
    folder = tmp_path_factory.mktemp("bound")
    office = founded_three.copy(folder / "office").of("alice", "bruno")
    portal = Portal(World(office), folder / "medium")
    office.json(
        "collect",
        portal.bundle(*(Sent(drop(portal.world, text)) for text in ("one", "two", "three"))),
        "--confirm-instance",
        portal.fingerprint,
    )
    office.json("declare", "1", "2", "3")
    office.tell_no_prosecutor(1, 2, 3)
    office.json("link", "1", "2", "same_person")
    office.json("link", "2", "3", "duplicate")
    office.json("hold", "1", "--reason", "x")
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(Measure(case=1, position=1, kind="judicial_investigation", day=today()))
    return office


@pytest.fixture
def bound(founded_bound: Office, tmp_path: Path) -> Office:
    """A copy of it."""
    return founded_bound.copy(tmp_path / "bound")


@contextmanager
def acting(office: Office, *confirming: str) -> Iterator[tuple[Inbox, Actor]]:
    """Give an inbox and its officers, of whom these confirm what takes two."""
    with office.unlocked() as opened:
        given = dict.fromkeys(confirming, Presence.OWN)
        yield opened.inbox, Actor(opened.present, today(), lambda *_: given)


def test_which_links_bind() -> None:
    """Two reports of one place may be of two matters; one that contradicts another may be of none."""
    assert BINDING == {each for each in Relation if each.binds}


def test_nobody_is_warned_by_a_case_that_is_linked_to_one_with_the_prosecutor(office: Office) -> None:
    """Neither persons nor reporter: on the command line."""
    for words, said in (
        (["decide", "1", "informed", "--reason", "x"], "would warn them"),
        (["measure", "1", "hearing"], NO_WORD),
        (["measure", "1", "process_fix", "--tell"], NO_WORD),
        (["status", "1", "in_follow_up"], NO_WORD),
        (["close", "1", "founded", "--disclosure", "full", "--text", "Merci."], NO_WORD),
    ):
        err = office.run(*words).err
        assert (True, True) == (said in err, OF_CASE_2 in err), (words, err)
    assert "inbox measure 2 prosecutor_word" in office.run("measure", "1", "hearing").err
    assert "that justice has the case" in office.run("reply", "1", "--text", "Le procureur est saisi.").err
    with sitting(office) as client:
        answer = client.send("/en/case/1/close", outcome="founded", disclosure="full", text="Merci.")
        assert (409, True) == (answer.status_code, OF_CASE_2 in answer.text)
    office.json("measure", "2", "prosecutor_word")
    office.json("measure", "1", "hearing")
    office.json("decide", "1", "informed", "--reason", "x")


def test_a_restriction_of_another_case_binds_and_is_not_quoted(office: Office) -> None:
    """Whoever may read the one need not have read the other."""
    office.json("measure", "2", "prosecutor_word", "--restrictions", "no word to the brigade")
    err = office.run("measure", "1", "hearing").err
    assert f"case 1: the prosecutor restricted what can be done, {OF_CASE_2}" in err
    assert "brigade" not in err


@pytest.mark.parametrize("relation", Relation)
def test_only_what_is_one_matter_is_bound(office: Office, relation: Relation) -> None:
    office.json("link", "1", "2", relation.value)
    assert (relation in BINDING) is (office.run("measure", "1", "hearing").code == 1)


def test_it_is_asked_of_the_linked_case_before_anybody_is_warned(office: Office) -> None:
    """Once it is asked; a duplicate of which nobody asked it stands in nobody's way."""
    office.json("measure", "2", "prosecutor_word")
    with office.opened() as inbox, inbox.transaction() as session:
        assert not prosecutor_word.is_undecided(session, 2)
    office.json("tag", "1", "crime")
    with office.opened() as inbox, inbox.transaction() as session:
        assert prosecutor_word.is_undecided(session, 2)
        session.delete(session.get_one(Duty, (1, "art40")))
        session.flush()
        assert (True, False) == tuple(prosecutor_word.is_undecided(session, each) for each in (1, 2))


def test_what_is_bound_to_a_case_that_is_kept_is_kept(bound: Office) -> None:
    """Over another case, too: neither destroyed nor in the archive, nor struck as a whole."""
    with bound.opened() as inbox, inbox.transaction() as session:
        assert {1, 2, 3} == set(proceedings.pursued(session)) == set(proceedings.held(session))
        assert (1, 1) == (proceedings.pursuing(session, 3), proceedings.holding(session, 3))
        workflow.of(session, 3).outcome = "moot"
        workflow.set_closed(workflow.of(session, 3), today())
        workflow.keep_in_step(session, 3)
        assert workflow.of(session, 3).archive_from is None
    said = bound.run("destroy", "3").err
    assert "held for a procedure, because of case 1" in said
    assert "held for a procedure" in bound.run("minimise", "3", "note:all", "--reason", "x").err
    with acting(bound, "alice", "bruno") as (inbox, who):
        legal_hold.release(inbox, who, 1, "x")
    assert (
        "proceedings go on: kept until the final decision, because of case 1" in bound.run("destroy", "3").err
    )
    assert "struck only in parts" in bound.run("minimise", "3", "note:all", "--reason", "x").err
    with acting(bound, "alice", "bruno") as (inbox, who):
        links.unlink(inbox, who, 2, 3)
        with inbox.transaction() as session:
            assert workflow.of(session, 3).archive_from is not None


@pytest.mark.parametrize(
    "loosen",
    [
        lambda inbox, who: links.unlink(inbox, who, 2, 3),
        lambda inbox, who: links.dismiss(inbox, who, 3, 2),
        lambda inbox, who: links.link(inbox, who, 2, 3, Relation.SAME_PLACE),
    ],
    ids=["unlink", "dismiss", "weaker"],
)
def test_one_officer_alone_does_not_free_a_case_of_what_binds_it(
    bound: Office, loosen: Callable[[Inbox, Actor], None]
) -> None:
    with acting(bound, "alice") as (inbox, who):
        with pytest.raises(Locked):
            loosen(inbox, who)
        links.link(inbox, who, 2, 3, Relation.SAME_FACTS)
    with acting(bound, "alice", "bruno") as (inbox, who):
        loosen(inbox, who)
        with inbox.transaction() as session:
            assert (frozenset({3}), False) == (bonds.of(session, 3), 3 in proceedings.held(session))


def test_what_nothing_binds_one_officer_unlinks(bound: Office) -> None:
    with bound.opened() as inbox, inbox.transaction() as session:
        workflow.of(session, 1).held = None
        session.delete(session.get_one(Measure, (1, 1)))
    with acting(bound, "alice") as (inbox, who):
        links.unlink(inbox, who, 2, 3)


def test_what_ended_as_a_duplicate_is_unlinked_by_two_and_its_original_kept_as_long(bound: Office) -> None:
    """Though nothing else binds them."""
    with bound.opened() as inbox, inbox.transaction() as session:
        workflow.of(session, 1).held = None
        session.delete(session.get_one(Measure, (1, 1)))
        for number, outcome, day in ((2, "moot", today() - timedelta(90)), (3, "duplicate", today())):
            workflow.of(session, number).outcome = outcome
            workflow.set_closed(workflow.of(session, number), day)
    with acting(bound, "alice") as (inbox, who):
        for loosen in (
            lambda: links.unlink(inbox, who, 2, 3),
            lambda: links.link(inbox, who, 3, 2, Relation.SAME_FACTS),
        ):
            with pytest.raises(Locked):
                loosen()
        with inbox.transaction() as session:
            days = {each.case: each.day for each in retention_schedule.listing(inbox.home, session)}
            assert (days[2], True) == (days[3], days[2] > today())
    with acting(bound, "alice", "bruno") as (inbox, who):
        links.unlink(inbox, who, 2, 3)
        with inbox.transaction() as session:
            days = {each.case: each.day for each in retention_schedule.listing(inbox.home, session)}
            assert days[2] < days[3]


def test_a_duplicate_repeats_a_case_that_is_looked_into(bound: Office) -> None:
    """Neither one that is junk, nor one that ended as a duplicate itself: nobody would look into either."""
    with bound.opened() as inbox, inbox.transaction() as session:
        assert [False, True, True] == [links.is_duplicate(session, each) for each in (1, 2, 3)]
        workflow.set_junked(workflow.of(session, 2), today())
        session.flush()
        assert [True, False] == [links.is_duplicate(session, each) for each in (2, 3)]
        workflow.set_junked(workflow.of(session, 2), None)
        workflow.of(session, 3).outcome = "duplicate"
        session.flush()
        assert [False, True] == [links.is_duplicate(session, each) for each in (2, 3)]


def test_a_case_binds_that_those_present_may_not_read_unless_it_is_kept_from_them(bound: Office) -> None:
    """Else one officer would hide the one to free the other; whom it is kept from learns nothing of it."""
    with acting(bound, "alice", "bruno") as (inbox, who):
        handlers.entrust(inbox, who, 1, ["bruno", "chloe"])
    with (
        acting(bound, "alice", "bruno") as (inbox, who),
        inbox.acting(who, action(Code.LIST_LINKS, 3)) as session,
    ):
        assert (1, 1) == (proceedings.pursuing(session, 3), proceedings.holding(session, 3))
        assert prosecutor_word.is_awaited(session, 3)
    bound.of("bruno", "chloe").json("conflict", "exclude", "1", "alice", "--reason", "x")
    with (
        acting(bound, "alice", "bruno") as (inbox, who),
        inbox.acting(who, action(Code.LIST_LINKS, 3)) as session,
    ):
        assert (None, None) == (proceedings.pursuing(session, 3), proceedings.holding(session, 3))
        assert not prosecutor_word.is_awaited(session, 3)
