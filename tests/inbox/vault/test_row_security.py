"""Row-level security. While an excluded officer is signed in, no query finds anything of the case."""

import ast
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Engine, and_, delete, event, exists, func, select, union, update
from sqlalchemy.orm import aliased
from sqlalchemy.orm.exc import DetachedInstanceError

from inbox.access import conflicts
from inbox.language.errors import VaultDamaged
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from inbox.vault import row_security
from inbox.vault.casework_tables import Dismissal, Fulltext, Handler, Link, Note, Workflow
from inbox.vault.row_security import AS_A_LINE, WHOLE_JOURNAL
from inbox.vault.tables import Attachment, Case, Exclusion, FollowUp, JournalEntry, Message, Office, Unopened
from tests.support.inbox_builders import today
from tests.support.inbox_trio import (
    CANARY,
    FULLTEXT,
    KEPT,
    OF_THE_CASE,
    TABLES,
    Trio,
    of_the_case,
    three_answers,
    undone,
)
from tests.support.paths import ROOT


def test_the_case_in_these_tests_has_rows_in_every_table_that_refers_to_cases(opened_trio: Inbox) -> None:
    """The control for all tests below.

    The test fails if a table refers to cases by a column with an unknown name.
    """
    with opened_trio.vault.transaction() as session:
        assert all(of_the_case(session).values())
    refer = {
        name: [column.name for column in table.columns if column.references(TABLES["cases"].c.number)]
        for name, table in TABLES.items()
    }
    assert {"case", "other"} == {name for names in refer.values() for name in names}
    assert {name for name, names in refer.items() if names} == set(OF_THE_CASE) - {
        "cases",
        "journal",
        FULLTEXT,
    }


OTHER = aliased(Case)
NUMBERS = select(Case.number)
STATEMENTS: dict[str, Any] = {
    "rows": select(Case),
    "column": NUMBERS,
    "several columns": select(Case.number, Case.summary, Case.message),
    "count": select(func.count()).select_from(Case),
    "count of a column": select(func.count(Case.number)),
    "largest": select(func.max(Case.number)),
    "sum by status": select(Case.status, func.count()).group_by(Case.status),
    "alias": select(OTHER),
    "column of an alias": select(OTHER.number),
    "join to": select(Case.summary).join(FollowUp, FollowUp.case == Case.number),
    "join from": select(FollowUp.text).join(Case, FollowUp.case == Case.number),
    "outer join": select(FollowUp.text, Case.summary).outerjoin(Case, FollowUp.case == Case.number),
    "join of an alias": select(FollowUp.text).join(OTHER, FollowUp.case == OTHER.number),
    "join with itself": select(Case.number, OTHER.summary).join(OTHER, OTHER.status == Case.status),
    "two of one table": select(Case.number, OTHER.summary).where(OTHER.number > Case.number),
    "two tables": select(Case.summary, Message.text).where(Message.case == Case.number),
    "subquery": select(NUMBERS.subquery()),
    "common table": select(NUMBERS.cte()),
    "scalar subquery": select(select(func.max(Case.number)).scalar_subquery()),
    "exists": select(Office.name).where(exists().where(Case.number == KEPT)),
    "in a subquery": select(Office.name).where(select(Case.number).where(Case.summary == CANARY).exists()),
    "union": union(NUMBERS, select(FollowUp.case)),
    "number over rows": select(func.row_number().over(order_by=Case.number), Case.number),
    "search": select(FollowUp.case).where(FollowUp.text.contains("quartz")),
    "follow-ups": select(FollowUp),
    "messages": select(Message.text),
    "files": select(Attachment.name, Attachment.size, Attachment.case),
    "what could not be filed": select(Unopened.number),
    "who is excluded": select(Exclusion.officer),
    "journal": select(JournalEntry.n),
    "work": select(Workflow),
    "notes": select(Note.text),
    "links from it": select(Link.case),
    "links to it": select(Link.other),
    "dismissals of others with it": select(Dismissal.other),
    "words": select(Fulltext.text),
    "words that match": select(Fulltext.case).where(Fulltext.text.match("quartz")),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_kind_of_statement_omits_the_hidden_case(opened_trio: Inbox, name: str) -> None:
    """The answer is as if the case had never existed.

    The control is the same SQL statement with nobody signed in.
    """
    narrowed, never_was, whole = three_answers(
        opened_trio, lambda session: list(session.execute(STATEMENTS[name]).all())
    )
    assert never_was == narrowed
    assert whole != narrowed


def test_rows_of_the_hidden_case_are_not_found_by_their_keys(opened_trio: Inbox) -> None:
    """The test uses ``get``, which first looks in the session, and the older ``query``."""
    with opened_trio.vault.transaction() as session:
        (follow_up, *_) = session.scalars(select(FollowUp.id).filter_by(case=KEPT))
        (file, *_) = session.scalars(select(Attachment.id).filter_by(case=KEPT))
    keys = ((Case, KEPT), (FollowUp, (KEPT, follow_up)), (Attachment, file), (Message, (KEPT, 1)))
    with opened_trio.vault.transaction(("bruno",)) as session:
        assert [None] * 4 == [session.get(kind, key) for kind, key in keys]
        assert 2 == session.query(Case).count() == len(session.query(Case).all())
    with opened_trio.vault.transaction(("alice",)) as session:
        assert all(session.get(kind, key) for kind, key in keys)
        assert 3 == session.query(Case).count()


def test_no_statement_changes_the_rows_of_the_hidden_case(opened_trio: Inbox) -> None:
    """As a control, the statements do change the rows of other cases."""
    statements = [
        update(Case).values(summary="x"),
        update(Message).where(Message.case == KEPT).values(text="x"),
        delete(Message).where(Message.text.contains("quartz")),
        update(FollowUp).values(unread=False),
        delete(Exclusion),
        delete(Attachment),
    ]
    for statement in statements:
        with undone(opened_trio, ["bruno"]) as session:
            before = of_the_case(session)
            run = session.connection().execute
            others = run(select(TABLES["cases"]).where(TABLES["cases"].c.number < KEPT)).all()
            session.execute(statement)
            assert before == of_the_case(session)
            if statement.is_update and statement.entity_description["entity"] is Case:
                assert others != run(select(TABLES["cases"])).all()[:2]


def test_a_new_exclusion_removes_the_loaded_case_from_the_session(trio: Trio) -> None:
    """Otherwise a signed-in officer could still read data that was loaded before the exclusion."""
    with trio.excluded.opened() as inbox, inbox.vault.transaction(("alice", "bruno")) as session:
        case = session.get_one(Case, 1)
        conflicts._exclude(session, Actor({}, today()), 1, "bruno", 2)
        assert session.get(Case, 1) is None
        with pytest.raises(DetachedInstanceError):
            assert case.message


@pytest.mark.parametrize(("most", "read"), [(1, [1, 2, 1]), (2, [1, 2])])
def test_a_session_loads_a_case_again_only_after_it_has_loaded_many_others(
    opened_trio: Inbox, monkeypatch: pytest.MonkeyPatch, most: int, read: list[int]
) -> None:
    """Every query about a case needs the row of that case, but memory must not fill up with all cases."""
    monkeypatch.setattr(row_security, "_MOST_HELD", most)
    asked: list[int] = []

    def hear(*given: Any) -> None:
        _, _, statement, parameters, *_ = given
        if "FROM cases" in statement:
            asked.append(parameters[0])

    with opened_trio.vault.transaction(("alice", "chloe")) as session:
        event.listen(Engine, "before_cursor_execute", hear)
        for number in (1, 1, 2, 1):
            assert number == session.get_one(Case, number).number
        event.remove(Engine, "before_cursor_execute", hear)
    assert read == asked


def test_a_cached_statement_is_restricted_again_for_other_signed_in_officers(trio: Trio) -> None:
    """SQLAlchemy caches compiled statements.

    The cached form must not contain the officers of an earlier run.
    """
    with trio.others.opened() as inbox:
        with inbox.transaction() as session:
            session.add(Exclusion(case=1, officer="alice", since=today()))
        for _ in range(2):
            for present, numbers in {
                ("alice",): [2, 3],
                ("bruno",): [1, 2],
                ("chloe",): [1, 2, 3],
                ("alice", "bruno"): [2],
                (): [1, 2, 3],
            }.items():
                with inbox.vault.transaction(present) as session:
                    assert numbers == list(session.scalars(select(Case.number).order_by(Case.number)))
                    followed = select(FollowUp.case).join(OTHER, FollowUp.case == OTHER.number).distinct()
                    assert numbers == sorted(session.scalars(followed))


def test_a_cached_statement_is_restricted_again_if_the_officer_may_now_see_more_or_less_of_a_case(
    trio: Trio,
) -> None:
    """The cached statement must not be used again if the officer may now see more or less of a case."""
    with trio.others.opened() as inbox:
        with inbox.transaction() as session:
            session.execute(delete(Handler))
            session.add(Handler(case=1, officer="chloe", since=today()))
            session.get_one(Workflow, 2).quarantined = today()
        wanted = select(Workflow.case).order_by(Workflow.case)
        noted = select(JournalEntry.case).where(JournalEntry.case.is_not(None)).distinct()
        for _ in range(2):
            with inbox.vault.transaction(("alice",)) as session:
                assert [3] == list(session.scalars(wanted))
                assert [1, 2, 3] == list(session.scalars(wanted.execution_options(**AS_A_LINE)))
            with inbox.vault.transaction(("alice",), quarantine=True) as session:
                assert [2, 3] == list(session.scalars(wanted))
            with inbox.vault.transaction(("bruno",)) as session:
                assert {1, 2} == set(session.scalars(noted))
                assert {1, 2, 3} == set(session.scalars(noted.execution_options(**WHOLE_JOURNAL)))


def test_the_officers_of_an_earlier_transaction_have_no_effect_on_a_later_one(opened_trio: Inbox) -> None:
    """The earlier transaction was either committed or rolled back."""
    for fails in (False, True):
        for present, numbers in {("alice",): [1, 2, 3], ("bruno",): [1, 2]}.items():
            with suppress(VaultDamaged), opened_trio.vault.transaction(present) as session:
                assert numbers == list(session.scalars(select(Case.number).order_by(Case.number)))
                if fails:
                    raise VaultDamaged


def test_the_vault_allows_only_one_transaction_at_a_time(opened_trio: Inbox) -> None:
    """A second transaction would end the first one.

    The first transaction would then read with the rights of other officers.
    """
    vault = opened_trio.vault
    with vault.transaction(("alice",)):
        pass
    with vault.transaction(("bruno",)) as session:
        for use in (
            lambda: vault.transaction(("alice",)).__enter__(),
            vault.check,
            lambda: vault.compact(print),
        ):
            with pytest.raises(RuntimeError):
                use()
            assert [1, 2] == list(session.scalars(select(Case.number).order_by(Case.number)))
    vault.check()


NOT_NARROWED: dict[str, Any] = {
    "window function": select(func.max(Case.number).over()),
    "words by window": select(func.group_concat(Case.summary).over()),
    "filtered": select(func.count(Case.number).filter(Case.number > 0)),
    "condition": select(and_(Case.number > 0, Case.summary != "")),
    "table": select(TABLES["cases"]),
}


@pytest.mark.parametrize("name", NOT_NARROWED)
def test_a_statement_that_cannot_be_restricted_is_refused_while_an_officer_is_signed_in(
    opened_trio: Inbox, name: str
) -> None:
    """SQLAlchemy cannot restrict these statements.

    As a control, the program itself may run such statements while nobody is signed in.
    """
    with opened_trio.vault.transaction(("bruno",)) as session, pytest.raises(RuntimeError):
        session.execute(NOT_NARROWED[name])
    with opened_trio.vault.transaction() as session:
        assert session.execute(NOT_NARROWED[name]).all()


def test_no_case_is_visible_if_the_table_of_signed_in_officers_is_empty(opened_trio: Inbox) -> None:
    """Only a fault could empty the table of signed-in officers, and no fault may make all cases visible.

    Rows that belong to no case stay visible.
    """
    with opened_trio.vault.transaction(("alice",)) as session:
        session.connection().exec_driver_sql("DELETE FROM temp.present")
        assert not any(session.scalars(select(kind)).all() for kind in (Case, FollowUp, Message, Exclusion))
        assert session.scalars(select(JournalEntry).where(JournalEntry.case.is_(None))).all()


def test_no_table_of_the_vault_has_the_name_of_a_temporary_table(opened_trio: Inbox) -> None:
    """Otherwise SQLite would use the temporary table or view of the connection instead."""
    with opened_trio.vault.transaction(("alice",)) as session:
        names = session.connection().exec_driver_sql("SELECT name FROM sqlite_temp_schema").scalars().all()
    assert {"present", "today", "hidden", "hidden_unseen", "kept"} == set(names)
    assert not TABLES.keys() & set(names)


FORBIDDEN = {
    "text",
    "__table__",
    "metadata",
    "connection",
    "exec_driver_sql",
    "literal_column",
    "raw_connection",
}
FORBIDDEN |= {"Session", "sessionmaker", "create_engine", "table", "column"}


def past_the_hook(source: str) -> set[str]:
    """Return the names in a module that could be used to read the vault without row-level security."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            found |= FORBIDDEN & {name.name for name in node.names} - {"Session"}
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN - {
            "text",
            "Session",
            "table",
            "column",
        }:
            found.add(node.attr)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Session":
            found.add("Session")
    return found


# Some of these modules make up the vault with its row-level security. The other modules create the tables of
# the vault, read its version, or upgrade the vault. None of these modules shows a row to anybody.
PAST_THE_HOOK = {
    "vault/row_security.py",
    "vault/database.py",
    "vault/schema_version.py",
    "setup/upgrade.py",
    "migrations/versions/v0001_first.py",
}


def test_only_the_vault_and_its_row_security_access_its_tables_directly() -> None:
    """Raw SQL, bare tables and other sessions would bypass the exclusion."""
    folder = ROOT / "inbox"
    found = {
        path.relative_to(folder).as_posix(): names
        for path in folder.rglob("*.py")
        if (names := past_the_hook(path.read_text("utf-8")))
    }
    assert set(found) == PAST_THE_HOOK, found


@pytest.mark.parametrize(
    "source",
    [
        "from sqlalchemy import text",
        "session.connection()",
        "select(Case.__table__)",
        "Base.metadata.tables",
        "from sqlalchemy.orm import Session\nSession(engine)",
        "engine.raw_connection()",
    ],
)
def test_the_search_finds_each_way_to_bypass_row_level_security(source: str) -> None:
    """The control for the test above."""
    assert past_the_hook(source)
