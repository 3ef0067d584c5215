"""The shared fixtures and marks do what they promise."""

import socket
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser
from sqlalchemy import NullPool, create_engine, text

from tests.support import gate


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_gets_an_empty_postgres_database(postgres_database: str, turn: str) -> None:
    """The first test creates a table, which must no longer exist when the second begins."""
    engine = create_engine(postgres_database, poolclass=NullPool)
    with engine.begin() as connection:
        tables = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        assert tables.scalar_one() == 0
        connection.execute(text(f"CREATE TABLE {turn} (n integer)"))


def test_postgres_listens_on_no_network_address(postgres_database: str) -> None:
    """Programs can reach the server only through its socket file."""
    with create_engine(postgres_database, poolclass=NullPool).connect() as connection:
        assert connection.execute(text("SHOW listen_addresses")).scalar_one() == ""


def test_chromium_runs_the_script_of_a_page(chromium: Browser) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.set_content("<title>a</title><script>document.title += 'b'</script>")
        assert page.title() == "ab"


def test_the_port_that_the_fixture_finds_is_free(free_port: Callable[[], int]) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


@pytest.mark.usefixtures("chromium")
def test_a_test_that_uses_a_browser_gets_the_browser_mark(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("browser")
    assert not request.node.get_closest_marker("database")


@pytest.mark.usefixtures("postgres_database")
def test_a_test_that_uses_postgresql_gets_the_database_mark(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("database")
    assert not request.node.get_closest_marker("browser")


def test_a_test_without_a_browser_or_a_database_gets_neither_mark(request: pytest.FixtureRequest) -> None:
    """The two tests above need this control."""
    assert not {each.name for each in request.node.iter_markers()} & {"browser", "database"}


def test_the_gate_runs_the_chosen_parameters_and_leaves_the_others_to_the_soak() -> None:
    """Of two lists, the gate runs each value of one list with the first value of the other list.

    A chosen value that is not in the list is an error.
    """
    kept = [each.values for each in gate.chosen("abc", "b") if not each.marks]
    assert [("b",)] == kept
    pairs = gate.crossed("abc", [1, 2])
    assert 6 == len(pairs)
    assert [("a", 1), ("a", 2), ("b", 1), ("c", 1)] == [each.values for each in pairs if not each.marks]
    with pytest.raises(AssertionError, match="no such parameter"):
        gate.chosen("abc", "d")
