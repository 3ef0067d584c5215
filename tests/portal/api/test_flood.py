"""A flood of junk reports deletes no stored report, and blocks only new reports of the same kind."""

from collections.abc import Callable
from pathlib import Path

from tests.support.flood import flood
from tests.support.portal_server import Server

JUNK = 400


def test_hundreds_of_junk_reports_do_not_affect_a_stored_report(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """The portal accepts junk until the quota is full. `make soak` sends ten thousand junk reports."""
    server = Server(tmp_path, free_port()).make(capacity_gb=0.04)
    with server.serving():
        answers = flood(server, JUNK)
    assert set(answers) == {201, 507}
    assert answers[201] < JUNK / 3 < answers[507]
