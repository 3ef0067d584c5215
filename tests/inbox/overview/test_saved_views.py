"""Each officer can save views of the queue under names of their choice. Unused views are deleted."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from inbox.language.errors import Refused
from inbox.overview import saved_views
from inbox.overview.queue_filter import Due, Filter, Order, QueueView
from inbox.overview.saved_views import KEPT_DAYS, LONGEST_NAME, MOST
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox, Unlocked
from inbox.vault.casework_tables import SavedView
from tests.support.desk_room import Client, sitting, tell
from tests.support.inbox_builders import Office, Portal, World, today

pytestmark = pytest.mark.copy_of("founded_three")

WORDS = "zibeline-quai"
# For a field of each type, a value that is not the default.
VALUES = {str: "x", bool: True, int: 1}
THREATS = QueueView(Filter(category="threat", due=Due.WEEK), Order.DEADLINE)


def actor(opened: Unlocked, *names: str) -> Actor:
    present = {name: how for name, how in opened.present.items() if name in names}
    assert len(present) == len(names)
    return Actor(present, today(), opened.by_opening(today()).confirm)


def kept(inbox: Inbox) -> list[tuple[str, str]]:
    with inbox.transaction() as session:
        return sorted((row.officer, row.name) for row in session.scalars(select(SavedView)))


def test_a_view_can_be_saved_and_renamed_and_removed_on_the_command_line(office: Office) -> None:
    """In a session of two officers, the view is saved for both.

    Unknown views are refused. The journal records no action on a view.
    """
    noted = len(office.json("journal", "list")["entries"])
    office.json("queue", "view", "save", "Menaces", "--category", "threat", "--sort", "deadline", "--all")
    asked = {"sort": "deadline", "state": "all", "category": "threat"}
    assert {"Menaces": asked} == office.json("queue", "view", "list")["kept"]
    assert 0 == office.run("queue", "view", "rename", "Menaces", "Menaces d\u2019abord").code
    assert "Menaces d\u2019abord: sort deadline" in office.run("queue", "view", "list").out
    assert 0 == office.json("queue", "list", "--view", "Menaces d\u2019abord")["count"]
    for words in (
        ["queue", "list", "--view", "Menaces"],
        ["queue", "view", "remove", "x"],
        ["queue", "view", "rename", "x", "y"],
    ):
        said = office.run(*words)
        assert (1, True) == (said.code, "there is no view" in said.err)
    assert 0 == office.run("queue", "view", "remove", "Menaces d\u2019abord").code
    assert {} == office.json("queue", "view", "list")["kept"]
    actions = [each["action"] for each in office.json("journal", "list")["entries"][noted:]]
    assert ["list"] == [each for each in actions if each not in {"open", "read-journal"}]


def test_a_saved_view_keeps_each_field_of_its_filter_except_search_words(office: Office) -> None:
    full = Filter(
        **{each.name: VALUES[type(each.default)] for each in fields(Filter) if each.name != "search"}
    )
    assert {each.name for each in fields(Filter) if full != full.without(each.name)} == {
        each.name for each in fields(Filter)
    } - {"search"}
    with office.unlocked() as opened:
        alice = actor(opened, "alice")
        saved_views.keep(opened.inbox, alice, "full", QueueView(full, Order.DEADLINE))
        assert {"full": QueueView(full, Order.DEADLINE)} == saved_views.of(opened.inbox, alice)


@pytest.mark.parametrize("name", ["", "  ", "mine", "week", "x" * (LONGEST_NAME + 1)])
def test_a_view_is_refused_if_it_has_no_name_or_a_long_name_or_a_built_in_name(
    office: Office, name: str
) -> None:
    assert (1, {}) == (
        office.run("queue", "view", "save", name).code,
        office.json("queue", "view", "list")["kept"],
    )


def test_a_saved_view_cannot_contain_search_words(office: Office) -> None:
    """Search words may come from a report, and would remain after the case of the report is destroyed.

    Before officers save a view, the desk tells them that search words are not saved.
    """
    said = office.run("queue", "view", "save", "Quai", "--search", WORDS, "--category", "threat")
    assert (1, True) == (said.code, "a saved view cannot contain search words" in said.err)
    assert {} == office.json("queue", "view", "list")["kept"]
    with sitting(office) as alice:
        alice.send("/en/queue", search=WORDS, sort="deadline")
        assert "A view keeps no words of a search. Take them out first." in alice.page("/en/")
        assert 409 == alice.send("/en/queue/views/keep", **{"view-name": "Quai"}).status_code
        assert {} == saved_views.of(alice.desk.inbox, alice.seat.actor())


def test_options_given_with_a_view_take_precedence_over_the_view(office: Office, tmp_path: Path) -> None:
    """Everybody has the built-in views. In the built-in views, @me stands for the officer who asks."""
    world = World(office)
    tell(world, Portal(world, tmp_path / "medium"), *({"what": each, "coi": "no"} for each in "abc"))
    office.json("case", "declare", "1", "2", "3")
    office.json("case", "assign", "1", "alice")
    office.json("case", "assign", "2", "chloe")
    office.json("case", "set-status", "1", "assessing")
    found: Any = lambda *words: {row["case"] for row in office.json("queue", "list", *words)["cases"]}  # noqa: E731
    assert {1} == found("--view", "mine") == found("--officer", "@me")
    assert {3} == found("--view", "unassigned")
    assert {1, 2, 3} == found("--view", "open") == found()
    assert set() == found("--view", "mine", "--status", "received")
    assert {2} == found("--view", "mine", "--officer", "chloe")


def test_an_officer_cannot_see_the_saved_views_of_another_officer(office: Office) -> None:
    """If two officers are signed in, they see only the views that both have saved with the same contents.

    As a control, an owner who is signed in alone sees the view.
    """
    with office.unlocked() as opened:
        inbox = opened.inbox
        alice, bruno, both = actor(opened, "alice"), actor(opened, "bruno"), actor(opened, "alice", "bruno")
        saved_views.keep(inbox, alice, "mine alone", THREATS)
        saved_views.keep(inbox, bruno, "alike by name", QueueView(Filter(status="closed")))
        saved_views.keep(inbox, alice, "alike by name", THREATS)
        assert {"mine alone": THREATS, "alike by name": THREATS} == saved_views.of(inbox, alice)
        assert ["alike by name"] == list(saved_views.of(inbox, bruno))
        assert {} == saved_views.of(inbox, both)
        with pytest.raises(Refused, match="there is no view mine alone"):
            saved_views.find(inbox, bruno, "mine alone")
        for who in (bruno, both):
            with pytest.raises(Refused, match="there is no view mine alone"):
                saved_views.remove(inbox, who, "mine alone")
        saved_views.keep(inbox, both, "ours", THREATS)
        assert {"ours": THREATS} == saved_views.of(inbox, both)
        assert THREATS == saved_views.find(inbox, bruno, "ours")
        with inbox.vault.transaction(["bruno"]) as session:
            assert {"bruno"} == set(session.scalars(select(SavedView.officer)))


def test_an_officer_can_save_at_most_thirty_views(office: Office) -> None:
    """At that limit, an officer can still replace an existing view."""
    with office.unlocked() as opened:
        alice = actor(opened, "alice")
        for n in range(MOST):
            saved_views.keep(opened.inbox, alice, f"view {n}", THREATS)
        with pytest.raises(Refused, match="at most 30 views"):
            saved_views.keep(opened.inbox, alice, "one more", THREATS)
        saved_views.keep(opened.inbox, alice, "view 1", QueueView(Filter()))
        assert QueueView(Filter()) == saved_views.of(opened.inbox, alice)["view 1"]
        with pytest.raises(Refused, match="a view with this name exists already"):
            saved_views.rename(opened.inbox, alice, "view 1", "view 2")


def test_a_view_is_deleted_when_it_is_unused_or_its_officer_leaves(office: Office) -> None:
    """Applying or replacing a view counts as using it. The views of other officers are kept."""
    with office.unlocked() as opened:
        inbox, alice, bruno = opened.inbox, actor(opened, "alice"), actor(opened, "bruno")
        for who in (alice, bruno):
            saved_views.keep(inbox, who, "used", THREATS)
            saved_views.keep(inbox, who, "left alone", THREATS)
        later = Actor(alice.present, today() + timedelta(days=1), alice.confirm)
        saved_views.find(inbox, later, "used")
        saved_views.sweep(inbox, today() + timedelta(days=KEPT_DAYS))
        assert 4 == len(kept(inbox))
        saved_views.sweep(inbox, today() + timedelta(days=KEPT_DAYS + 1))
        assert [("alice", "used")] == kept(inbox)
        saved_views.keep(inbox, bruno, "of bruno", THREATS)
        with inbox.transaction() as session:
            saved_views.end(session, ["alice"])
        assert [("bruno", "of bruno")] == kept(inbox)


def test_the_desk_saves_a_view_for_its_officer_and_applies_it_to_the_queue(office: Office) -> None:
    """The name of the view is neither on pages of other officers, nor in an address, nor in the journal."""
    with sitting(office) as alice:
        bruno = Client(alice.desk, alice.app, "bruno")
        alice.send("/en/queue", search="", sort="deadline")
        alice.send("/en/queue/facet", choice="due:week")
        assert alice.send("/en/queue/views/keep", **{"view-name": "Zibelines"}).status_code == 303
        alice.send("/en/queue/view", view="open")
        assert "Zibelines" in alice.page("/en/")
        assert "/en/" in alice.send("/en/queue/view", view="Zibelines").location
        assert QueueView(Filter(due=Due.WEEK), Order.DEADLINE) == QueueView(
            alice.seat.wanted, alice.seat.order
        )
        assert "Zibelines" not in bruno.page("/en/")
        assert bruno.send("/en/queue/view", view="Zibelines").status_code == 409
        alice.send("/en/queue/views/rename", view="Zibelines", **{"view-name": "Martres"})
        assert "Martres" in alice.page("/en/")
        alice.send("/en/queue/views/remove", view="Martres")
        assert "Martres" not in alice.page("/en/")
    said = office.run("journal", "list").out
    assert not {"Zibelines", "Martres"} & set(said.split())
