"""The shared fixtures give what they promise."""

import socket
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser
from sqlalchemy import NullPool, create_engine, text

from tests.support import gate


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_gets_an_empty_postgres_database(postgres_database: str, turn: str) -> None:
    """The table one test makes is not there for the next."""
    engine = create_engine(postgres_database, poolclass=NullPool)
    with engine.begin() as connection:
        tables = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        assert tables.scalar_one() == 0
        connection.execute(text(f"CREATE TABLE {turn} (n integer)"))


def test_postgres_listens_on_no_network_address(postgres_database: str) -> None:
    """The server of the tests is reachable through its socket file alone."""
    with create_engine(postgres_database, poolclass=NullPool).connect() as connection:
        assert connection.execute(text("SHOW listen_addresses")).scalar_one() == ""


def test_chromium_runs_a_page(chromium: Browser) -> None:
    """A page's own script runs in a real browser."""
    with chromium.new_context() as context:
        page = context.new_page()
        page.set_content("<title>a</title><script>document.title += 'b'</script>")
        assert page.title() == "ab"


def test_a_free_port_can_be_bound(free_port: Callable[[], int]) -> None:
    """Nothing listens on a port that free_port found."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


@pytest.mark.usefixtures("chromium")
def test_what_takes_a_browser_is_marked_so(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("browser")
    assert not request.node.get_closest_marker("database")


@pytest.mark.usefixtures("postgres_database")
def test_what_takes_postgresql_is_marked_so(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("database")
    assert not request.node.get_closest_marker("browser")


def test_what_takes_neither_is_marked_as_neither(request: pytest.FixtureRequest) -> None:
    """The control."""
    assert not {each.name for each in request.node.iter_markers()} & {"browser", "database"}


def test_the_gate_keeps_what_is_chosen_and_the_soak_has_the_rest() -> None:
    """Of two lists it keeps each with the first of the other; what is not there cannot be chosen."""
    kept = [each.values for each in gate.chosen("abc", "b") if not each.marks]
    assert [("b",)] == kept
    pairs = gate.crossed("abc", [1, 2])
    assert 6 == len(pairs)
    assert [("a", 1), ("a", 2), ("b", 1), ("c", 1)] == [each.values for each in pairs if not each.marks]
    with pytest.raises(AssertionError, match="no such parameter"):
        gate.chosen("abc", "d")
