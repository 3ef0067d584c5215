"""A flood of junk buries nothing and shuts nobody out but those who come in its own way."""

from collections.abc import Callable
from pathlib import Path

from tests.support.flood import flood
from tests.support.portal_server import Server

JUNK = 400


def test_hundreds_of_junk_reports_leave_a_true_one_untouched(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """What fits is kept, the rest is refused as full; ten thousand in `make soak`."""
    server = Server(tmp_path, free_port()).make(capacity_gb=0.04)
    with server.serving():
        answers = flood(server, JUNK)
    assert set(answers) == {201, 507}
    assert answers[201] < JUNK / 3 < answers[507]
