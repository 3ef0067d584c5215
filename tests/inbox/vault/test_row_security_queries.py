"""A case may be hidden from a signed-in officer.

For an officer from whom a case is hidden, every query of the vault answers as if the case had never existed.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox import vault
from inbox.replies import slots
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases
from inbox.vault.tables import Case, FollowUp, Instance, Officer, QuestionnaireFile
from inbox.vault.unopened_reasons import Kind
from tests.support import inbox_builders as build
from tests.support.inbox_trio import KEPT, Trio, entrusted, three_answers

# The answers of these queries contain data of the case. Every new query of this kind must be added here.
OF_CASES = {
    "last_reply", "unread_counts",
    "case", "numbers_by_case_id", "case_from", "cases", "cases_to_refresh", "follow_up",
    "follow_ups", "last_follow_up_position", "last_attachment_number", "attachments", "attachment_ids",
    "messages", "dialogues", "counts", "unopened", "count_unopened", "set_aside", "envelope_hashes",
    "done_hashes",
    "journal_numbers", "journal_of", "exclusions", "excluded_from", "case_numbers",
    "unopened_numbers", "first_messages", "follow_up_texts", "file_names", "strikes", "is_unread",
    "unread_follow_ups", "is_acknowledged", "gives_feedback",
    "arrivals",
}  # fmt: skip
# The chain includes entries that not everybody may read. `lines` withholds such entries, using
# `journal_numbers`.
WHOLE = {"last_journal_entry", "journal"}


# A restriction to handlers does not hide that a case exists, or which officers take which action on it.
OF_OFFICERS = {"journal_numbers", "journal_of", "exclusions", "excluded_from", "case"}


def with_word(session: Session) -> set[int]:
    """Return the cases for which the condition ``has_word`` is true.

    Lists use the condition in the same way.
    """
    return {*session.scalars(select(Case.number).where(queries_cases.has_word(Case.number)))}


def modules() -> list[ModuleType]:
    """Return the query modules of the vault."""
    found = [each.name for each in pkgutil.iter_modules(vault.__path__) if each.name.startswith("queries_")]
    return [importlib.import_module(f"{vault.__name__}.{name}") for name in found]


def questions() -> dict[str, Callable[..., Any]]:
    """Return every public query function of these modules, by its name."""
    return {
        name: function
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    } | {"dialogues": slots.dialogues, "has_word": with_word}


@pytest.fixture(scope="module")
def for_handlers(founded_trio: Trio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    copy = Trio(founded_trio.office.copy(tmp_path_factory.mktemp("entrusted")))
    with entrusted(copy) as inbox:
        yield inbox


@pytest.fixture(scope="module")
def arguments(opened_trio: Inbox) -> dict[str, Any]:
    """Return a value for each parameter name of a query. With these values, the answer is about case 3."""
    with opened_trio.vault.transaction() as session:
        case = session.get_one(Case, KEPT)
        follow_up = session.query(FollowUp).filter_by(case=KEPT).first()
        instance = session.query(Instance).one()
        asked = session.query(QuestionnaireFile).first()
        officer = session.query(Officer).first()
    assert follow_up and asked  # noqa: PT018
    assert officer
    return {
        "number": KEPT,
        "envelope_hash": case.envelope,
        "follow_up_id": follow_up.id,
        "instance_key": instance.key,
        "questionnaire_id": asked.id,
        "version": asked.version,
        "name": officer.name,
        "word": officer.name,
        "members": (1, 2, 3),
        "kind": Kind.FALSE_SIGNATURE,
        "n": 1,
        "first": 1,
        "last": 100,
        "today": build.today(),
        "next_by": build.today(),
        "junk_over": set(),
        "skip": 0,
        "most": 100,
        "keys": b"",
        "days": [build.today()],
        "numbers": [KEPT],
        "seen": set(),
    }


@pytest.mark.parametrize("name", sorted(questions().keys() - WHOLE))
def test_every_query_answers_as_if_the_hidden_case_had_never_existed(
    opened_trio: Inbox, arguments: dict[str, Any], name: str
) -> None:
    """The test covers counts, maximums and sets, too.

    The test fails for a new query with a parameter that has no value here.
    """
    function = questions()[name]
    _, *names = inspect.signature(function).parameters

    def ask(session: Session) -> Any:
        return function(session, **{each: arguments[each] for each in names})

    narrowed, never_was, whole = three_answers(opened_trio, ask)
    assert never_was == narrowed
    assert (narrowed != whole) is (name in OF_CASES)


@pytest.mark.parametrize("name", sorted(OF_CASES - OF_OFFICERS))
def test_every_query_hides_a_restricted_case_if_a_signed_in_officer_is_not_a_handler(
    for_handlers: Inbox, arguments: dict[str, Any], name: str
) -> None:
    """One of the two officers is a handler. The control is the same query with nobody signed in."""
    function = questions()[name]
    _, *names = inspect.signature(function).parameters
    narrowed, never_was, whole = three_answers(
        for_handlers, lambda session: function(session, **{each: arguments[each] for each in names})
    )
    assert never_was == narrowed != whole


def test_the_lists_of_queries_name_only_existing_queries() -> None:
    assert OF_CASES | WHOLE <= questions().keys()
