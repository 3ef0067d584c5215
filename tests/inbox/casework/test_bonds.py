"""Restrictions on a case also apply to all cases that are linked to it as the same matter."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.journal import Presence
from inbox.access import handlers
from inbox.casework import legal_hold, links, prosecutor_word
from inbox.deadlines import bonds, proceedings, retention_schedule, workflow
from inbox.deadlines.bonds import Relation
from inbox.language.errors import Locked, Refused
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_access
from inbox.vault.casework_tables import AccessRequest, Duty, Measure, Workflow
from inbox.vault.tables import Case, Exclusion
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, Portal, Sent, World, drop, today

BINDING = {Relation.DUPLICATE, Relation.SAME_FACTS, Relation.SAME_PERSON, Relation.FOLLOW_UP}
OF_CASE_2 = "because of the linked case 2"
NO_WORD = "the prosecutor has not said that"

pytestmark = pytest.mark.copy_of("read")


@pytest.fixture(scope="module")
def read(with_reporter: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two linked cases about the same facts.

    Officers have read both cases, and have sent only case 2 to the prosecutor.
    """
    office = with_reporter.copy(tmp_path_factory.mktemp("read"))
    office.read_all(1, 2, risk="low")
    office.json("case", "decide", "2", "transmit", "--reason", "x")
    office.json("case", "decide", "1", "no_transmission", "--reason", "sent as case 2")
    office.json("case", "link", "add", "1", "2", "same_facts")
    return office


@pytest.fixture(scope="module")
def founded_bound(founded_three: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Three officers, and three cases linked in a chain. Case 1 is on hold and in judicial proceedings."""
    folder = tmp_path_factory.mktemp("bound")
    office = founded_three.copy(folder / "office").of("alice", "bruno")
    portal = Portal(World(office), folder / "medium")
    office.json(
        "exchange",
        "collect",
        portal.bundle(*(Sent(drop(portal.world, text)) for text in ("one", "two", "three"))),
        "--confirm-instance",
        portal.fingerprint,
    )
    office.json("case", "declare", "1", "2", "3")
    office.tell_no_prosecutor(1, 2, 3)
    office.json("case", "link", "add", "1", "2", "same_person")
    office.json("case", "link", "add", "2", "3", "duplicate")
    office.json("retention", "hold", "1", "--reason", "x")
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(Measure(case=1, position=1, kind="judicial_investigation", day=today(), recorded=today()))
    return office


@pytest.fixture
def bound(founded_bound: Office, tmp_path: Path) -> Office:
    """A copy of ``founded_bound``."""
    return founded_bound.copy(tmp_path / "bound")


@contextmanager
def acting(office: Office, *confirming: str) -> Iterator[tuple[Inbox, Actor]]:
    """Yield an inbox and its signed-in officers.

    The officers in ``confirming`` confirm actions that take two officers.
    """
    with office.unlocked() as opened:
        given = dict.fromkeys(confirming, Presence.OWN)
        yield opened.inbox, Actor(opened.present, today(), lambda *_: given)


def test_only_some_relations_carry_restrictions_from_one_case_to_another() -> None:
    """Two reports about one place may concern two matters.

    A report that contradicts another report may be false.
    """
    assert BINDING == {each for each in Relation if each.binds}


def test_if_the_prosecutor_has_a_linked_case_no_action_on_the_other_case_may_warn_anybody(
    office: Office,
) -> None:
    """Officers can inform the reporter and the persons only once the prosecutor has no objection."""
    for words, said in (
        (["case", "decide", "1", "informed", "--reason", "x"], "would warn them"),
        (["case", "measure", "add", "1", "hearing"], NO_WORD),
        (["case", "measure", "add", "1", "process_fix", "--tell"], NO_WORD),
        (["case", "set-status", "1", "in_follow_up"], NO_WORD),
        (["case", "close", "1", "founded", "--disclosure", "full", "--text", "Merci."], NO_WORD),
    ):
        err = office.run(*words).err
        assert (True, True) == (said in err, OF_CASE_2 in err), (words, err)
    assert (
        "inbox case measure add 2 prosecutor_word" in office.run("case", "measure", "add", "1", "hearing").err
    )
    assert (
        "that the case is with the judiciary"
        in office.run("message", "reply", "1", "--text", "Le procureur est saisi.").err
    )
    with sitting(office) as client:
        answer = client.send("/en/case/1/close", outcome="founded", disclosure="full", text="Merci.")
        assert (409, True) == (answer.status_code, OF_CASE_2 in answer.text)
    office.json("case", "measure", "add", "2", "prosecutor_word")
    office.json("case", "measure", "add", "1", "hearing")
    office.json("case", "decide", "1", "informed", "--reason", "x")


def test_a_restriction_by_the_prosecutor_applies_to_linked_cases_but_is_not_quoted(
    office: Office,
) -> None:
    """Perhaps the officers have no right to read the case with the restriction."""
    office.json("case", "measure", "add", "2", "prosecutor_word", "--restrictions", "no word to the brigade")
    err = office.run("case", "measure", "add", "1", "hearing").err
    assert f"case 1: the prosecutor restricted what can be done, {OF_CASE_2}" in err
    assert "brigade" not in err


@pytest.mark.parametrize("relation", Relation)
def test_only_a_binding_relation_makes_a_case_wait_for_the_prosecutor(
    office: Office, relation: Relation
) -> None:
    office.json("case", "link", "add", "1", "2", relation.value)
    assert (relation in BINDING) is (office.run("case", "measure", "add", "1", "hearing").code == 1)


def test_a_pending_decision_about_the_prosecutor_also_restricts_linked_cases(
    office: Office,
) -> None:
    """A linked case adds no restriction if no rule requires the decision in the linked case."""
    office.json("case", "measure", "add", "2", "prosecutor_word")
    with office.opened() as inbox, inbox.transaction() as session:
        assert not prosecutor_word.is_undecided(session, 2)
    office.json("case", "tag", "add", "1", "crime")
    with office.opened() as inbox, inbox.transaction() as session:
        assert prosecutor_word.is_undecided(session, 2)
        session.delete(session.get_one(Duty, (1, "art40")))
        session.flush()
        assert (True, False) == tuple(prosecutor_word.is_undecided(session, each) for each in (1, 2))


def test_a_case_linked_to_a_case_on_hold_or_in_proceedings_is_kept_as_long_as_that_case(
    bound: Office,
) -> None:
    """The link may lead through a third case.

    The linked case cannot be destroyed, archived, or redacted as a whole.
    """
    bound.settle(3)
    with bound.opened() as inbox, inbox.transaction() as session:
        assert {1, 2, 3} == set(proceedings.pursued(session)) == set(proceedings.held(session))
        assert (1, 1) == (proceedings.pursuing(session, 3), proceedings.holding(session, 3))
        workflow.of(session, 3).outcome = "moot"
        workflow.set_closed(workflow.of(session, 3), today())
        workflow.keep_in_step(session, 3)
        assert workflow.of(session, 3).archive_from is None
    said = bound.run("retention", "destroy", "3").err
    assert "held for a procedure, because of the linked case 1" in said
    assert "held for a procedure" in bound.run("case", "redact", "3", "note:all", "--reason", "x").err
    with acting(bound, "alice", "bruno") as (inbox, who):
        legal_hold.release(inbox, who, 1, "x")
    assert (
        "proceedings are under way: kept until the final decision, because of the linked case 1"
        in bound.run("retention", "destroy", "3").err
    )
    assert "only parts of a text" in bound.run("case", "redact", "3", "note:all", "--reason", "x").err
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
def test_one_officer_alone_cannot_remove_a_link_that_restricts_a_case(
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


def test_one_officer_alone_can_remove_a_link_that_restricts_nothing(bound: Office) -> None:
    with bound.opened() as inbox, inbox.transaction() as session:
        workflow.of(session, 1).held = None
        session.delete(session.get_one(Measure, (1, 1)))
    with acting(bound, "alice") as (inbox, who):
        links.unlink(inbox, who, 2, 3)


def test_unlinking_a_case_that_may_concern_an_open_access_request_takes_two_officers(bound: Office) -> None:
    """Only the link shows that the case may concern the person.

    Deciding that the case does not concern the person also takes two officers.
    """
    with bound.opened() as inbox, inbox.transaction() as session:
        session.delete(session.get_one(Measure, (1, 1)))
        workflow.of(session, 1).held = None
        text = session.scalars(select(Case.message).filter_by(number=1)).one().decode()
        asked = AccessRequest(
            n=1, received=today(), way="letter", names=text, earliest=today(), due=today() + timedelta(30)
        )
        session.add(asked)
    with acting(bound, "alice") as (inbox, who):
        for loosen in (
            lambda: links.unlink(inbox, who, 1, 2),
            lambda: links.unlink(inbox, who, 2, 1),
            lambda: links.dismiss(inbox, who, 1, 2),
            lambda: links.link(inbox, who, 1, 2, Relation.SAME_FACTS),
        ):
            with pytest.raises(Locked):
                loosen()
        with inbox.transaction() as session:
            session.get_one(AccessRequest, 1).answered = today()
        links.unlink(inbox, who, 1, 2)


def test_an_original_is_kept_as_long_as_its_duplicate_until_two_officers_unlink_them(
    bound: Office,
) -> None:
    """In this test, no other rule applies to the retention of the two cases."""
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


def test_an_original_cannot_be_marked_as_junk_and_the_refusal_names_the_duplicate(bound: Office) -> None:
    """Otherwise nobody would investigate either case.

    The officers in this test may not read the duplicate.
    """
    with bound.opened() as inbox, inbox.transaction() as session:
        session.delete(session.get_one(Measure, (1, 1)))
        workflow.of(session, 1).held = None
        workflow.of(session, 3).outcome = "duplicate"
        workflow.of(session, 3).quarantined = today()
        workflow.set_closed(workflow.of(session, 3), today())
    said = bound.run("case", "junk", "2", "--reason", "x").err
    assert "case 2: another case was closed as its duplicate, because of the linked case 3" in said
    assert "inbox case reopen 3 --reason TEXT" in said


def test_a_case_can_be_closed_only_as_a_duplicate_of_a_case_that_is_still_investigated(bound: Office) -> None:
    """If the original is junk or a closed duplicate, nobody would investigate either case.

    An original in quarantine is refused too, because one officer alone can place a case there.
    """
    with bound.opened() as inbox, inbox.transaction() as session:
        assert [False, True, True] == [links.is_duplicate(session, each) for each in (1, 2, 3)]
        workflow.set_junked(workflow.of(session, 2), today())
        session.flush()
        assert [True, False] == [links.is_duplicate(session, each) for each in (2, 3)]
        workflow.set_junked(workflow.of(session, 2), None)
        workflow.of(session, 2).quarantined = today()
        session.flush()
        assert [True, False] == [links.is_duplicate(session, each) for each in (2, 3)]
        workflow.of(session, 2).quarantined = None
        workflow.of(session, 3).outcome = "duplicate"
        session.flush()
        assert [False, True] == [links.is_duplicate(session, each) for each in (2, 3)]


def test_restrictions_of_a_linked_case_apply_even_if_the_officers_may_not_read_that_case(
    bound: Office,
) -> None:
    """Otherwise one officer could hide a case to escape its restrictions."""
    with acting(bound, "alice", "bruno") as (inbox, who):
        handlers.entrust(inbox, who, 1, ["bruno", "chloe"])
    with (
        acting(bound, "alice", "bruno") as (inbox, who),
        inbox.acting(who, action(Code.LIST_LINKS, 3)) as session,
    ):
        assert (1, 1) == (proceedings.pursuing(session, 3), proceedings.holding(session, 3))
        assert prosecutor_word.is_awaited(session, 3)


def kept(office: Office) -> list[tuple[int, str]]:
    """Return all exclusions as (case, officer), without row-level security."""
    with office.opened() as inbox, inbox.transaction() as session:
        return [(row.case, row.officer) for row in queries_access.exclusions(session)]


def test_an_exclusion_by_hand_extends_to_all_cases_of_the_same_matter(bound: Office) -> None:
    """Otherwise officers who exclude themselves from one case would escape its restrictions in the others."""
    with sitting(bound, officer="alice") as client:
        client.send("/en/case/1/readers/exclude", officer="alice", reason="I know them")
        for path, said in (("note", {"text": "x"}), ("links/2/unlink", {})):
            answer = client.send(f"/en/case/3/{path}", **said)
            assert (409, True) == (answer.status_code, "There is no case 3" in answer.text), path
    assert [(1, "alice"), (2, "alice"), (3, "alice")] == kept(bound)
    others = bound.of("bruno", "chloe")
    others.json("case", "declare", "1", "2", "3")
    entries = [
        (each["case"], each["action"], each["values"], bool(each["reason"]))
        for each in others.json("journal", "list")["entries"]
        if each.get("action") in {"exclude", "spread-conflict"}
    ]
    alice = {"officer": "alice"}
    assert [(1, "exclude", alice, True), *((n, "spread-conflict", alice, False) for n in (2, 3))] == entries


def test_an_excluded_officer_cannot_tell_that_the_cases_of_a_matter_exist(
    bound: Office,
) -> None:
    """Each answer about such a case has the same words as the answer about a case that does not exist.

    The journal shows none of the exclusions.
    """
    bound.of("bruno", "chloe").json("access", "conflict", "add", "2", "alice", "--reason", "x")
    for number in ("1", "2", "3"):
        for words in (
            ["case", "show", number],
            ["case", "tag", "add", number, "x"],
            ["case", "link", "add", number, "8", "same_facts"],
        ):
            kept_one, absent = bound.run(*words), bound.run(*("9" if n == number else n for n in words))
            said = absent.err.replace("case 9", f"case {number}")
            assert (absent.code, absent.out, said) == (kept_one.code, kept_one.out, kept_one.err), words
    assert ([], []) == (
        bound.json("case", "list")["cases"],
        bound.json("access", "conflict", "list")["exclusions"],
    )
    entries = bound.json("journal", "list")["entries"]
    assert {"exclude", "spread-conflict"}.isdisjoint(each.get("action") for each in entries)


def test_an_exclusion_that_would_leave_no_quorum_for_a_linked_case_is_refused(bound: Office) -> None:
    with bound.opened() as inbox, inbox.transaction() as session:
        session.add(Exclusion(case=2, officer="chloe", since=today()))
    said = bound.run("access", "conflict", "add", "1", "bruno", "--reason", "x")
    assert "with this change, fewer than 2 officers could still read case 2" in said.err
    assert [(2, "chloe")] == kept(bound)


def test_a_link_about_the_same_facts_extends_the_exclusions_of_each_case_to_the_other(bound: Office) -> None:
    """A link about the same place does not extend exclusions.

    A case that was assigned to the excluded officer is no longer assigned.
    """
    with acting(bound, "alice", "bruno") as (inbox, who):
        links.unlink(inbox, who, 2, 3)
    bound.json("case", "assign", "1", "chloe")
    bound.json("access", "conflict", "add", "3", "chloe", "--reason", "x")
    bound.json("case", "link", "add", "2", "3", "same_place")
    assert [(3, "chloe")] == kept(bound)
    bound.json("access", "quarantine", "1", "--reason", "x")
    said = bound.run("case", "link", "add", "2", "3", "same_facts").out
    assert "case 1 excludes chloe, like the other cases of the same matter" in said
    assert [(1, "chloe"), (2, "chloe"), (3, "chloe")] == kept(bound)
    with bound.opened() as inbox, inbox.transaction() as session:
        assert workflow.of(session, 1).assigned is None


def test_a_link_that_would_leave_too_few_officers_to_read_a_case_is_refused(bound: Office) -> None:
    with acting(bound, "alice", "bruno") as (inbox, who):
        links.unlink(inbox, who, 2, 3)
        with inbox.transaction() as session:
            session.add(Exclusion(case=3, officer="chloe", since=today()))
            session.add_all(Exclusion(case=n, officer="bruno", since=today()) for n in (1, 2))
    with acting(bound, "alice") as (inbox, who):
        one = replace(who, present={"alice": Presence.OWN})
        with pytest.raises(Refused, match="could still read case 1") as refused:
            links.link(inbox, one, 2, 3, Relation.SAME_PERSON)
        hint = str(refused.value.hint)
        assert all((each.value in hint) is (each not in BINDING) for each in Relation)
        links.link(inbox, one, 2, 3, Relation.SAME_PLACE)
    assert [(1, "bruno"), (2, "bruno"), (3, "chloe")] == kept(bound)


def test_an_officer_named_in_a_report_is_excluded_from_all_linked_cases_even_if_no_quorum_is_left(
    bound: Office,
) -> None:
    """Otherwise the officer might, in good faith, warn the persons whom the other cases concern."""
    others = bound.of("alice", "chloe")
    assert [1, 2, 3] == sorted(others.json("access", "alias", "add", "bruno", "two")["cases"])
    assert [(1, "bruno"), (2, "bruno"), (3, "bruno")] == kept(bound)
    for number in ("1", "2", "3"):
        others.json("case", "declare", number)
    found = {
        each["case"]: each["action"]
        for each in others.json("journal", "list")["entries"]
        if str(each.get("action")).endswith("-conflict")
    }
    assert ["found-conflict", "spread-conflict", "spread-conflict"] == sorted(found.values())
    others.json("access", "alias", "add", "chloe", "two")
    assert 6 == len(kept(bound))
    assert 3 == bound.json("access", "conflict", "list")["out_of_reach"]


def test_an_exclusion_extended_by_a_link_remains_after_unlinking(bound: Office) -> None:
    """Two officers lift the exclusion for all linked cases together.

    The two officers must be able to read every linked case, because any case may name the excluded officer.
    """
    others = bound.of("bruno", "chloe")
    others.json("access", "conflict", "add", "1", "alice", "--reason", "x")
    others.json("case", "declare", "1", "2", "3")
    others.json("case", "link", "remove", "2", "3")
    assert [(1, "alice"), (2, "alice"), (3, "alice")] == kept(bound)
    others.json("access", "quarantine", "1", "--reason", "x")
    assert "quarantine" in others.run("access", "conflict", "remove", "2", "alice", "--reason", "x").err
    others.json("access", "unquarantine", "1", "--reason", "x")
    assert "case 1" in others.run("access", "conflict", "remove", "2", "alice", "--reason", "x").out
    assert [(3, "alice")] == kept(bound)


def states(office: Office) -> list[tuple[object, ...]]:
    """Return the computed values of the three cases, without row-level security."""
    with office.opened() as inbox, inbox.transaction() as session:
        found = [workflow.of(session, number) for number in (1, 2, 3)]
        return [(each.deadline, each.archive_from, each.put_off, each.withheld) for each in found]


@pytest.fixture
def hidden(bound: Office) -> Office:
    """All three cases are closed and wait for the prosecutor because of case 3.

    Alice may not read case 3, and no officer may read case 2.
    """
    bound.settle(1, 2, 3)
    with bound.opened() as inbox, inbox.transaction() as session:
        session.delete(session.get_one(Measure, (1, 1)))
        for number in (1, 2, 3):
            work = workflow.of(session, number)
            work.outcome, work.disclosure, work.withheld, work.put_off = "moot", "withheld", "x", True
            work.held = None
            workflow.set_closed(work, today())
        session.add(Measure(case=3, position=1, kind="judicial_investigation", day=today(), recorded=today()))
        for number in (1, 2, 3):
            workflow.keep_in_step(session, number)
    bound.of("bruno", "chloe").json("case", "declare", "1", "2", "3")
    bound.json("access", "restrict", "3", "bruno", "chloe")
    bound.json("access", "quarantine", "2", "--reason", "x")
    return bound


@pytest.mark.parametrize("pair", [("alice", "bruno"), ("bruno", "chloe")], ids=lambda pair: pair[0])
def test_the_computed_state_of_a_case_is_the_same_whichever_officers_act(
    hidden: Office, pair: tuple[str, str]
) -> None:
    """A case that the officers may not read is updated too, but their session never shows it."""
    before = states(hidden)
    assert {(None, True, "x")} == {state[1:] for state in before}
    for is_over in (False, True):
        if is_over:
            with hidden.opened() as inbox, inbox.transaction() as session:
                session.delete(session.get_one(Measure, (3, 1)))
        with (
            acting(hidden.of(*pair)) as (inbox, who),
            inbox.acting(who, action(Code.TAG, 1)) as session,
        ):
            workflow.acted(session, 1, today())
            prosecutor_word.freed(session, 1)
            seen = {1} if pair[0] == "alice" else {1, 3}
            assert seen == set(session.scalars(select(Workflow.case)))
            assert seen >= {each.case for each in session if isinstance(each, Workflow)}
        assert is_over is (before != states(hidden))
    assert {(False, "")} == {state[2:] for state in states(hidden)}
    assert all(state[1] is not None for state in states(hidden))
