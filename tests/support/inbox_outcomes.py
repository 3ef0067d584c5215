"""Results of commands: refusals, and what the reporter of a case reads afterwards."""

from pathlib import Path
from typing import Any

from crypto import bundle
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office, Reporter


def refused(office: Office, *words: str) -> str:
    """Run a command that must be refused and change nothing. Return the error message of the command."""
    before = office.state()
    said = office.run(*words)
    assert (1, "") == (said.code, said.out)
    assert before == office.state()
    return said.err


def slot(office: Office, reporter: Reporter) -> Any:
    """Return what the reporter reads after the next outbox."""
    made = Path(office.json("exchange", "outbox", "--out", office.out)["file"])
    _, _, files = build.read_outbox(made, reporter.world)
    return build.read_slot(files[bundle.slot_name(reporter.keys.case_id)], reporter)


def papers(out: Path) -> Path:
    """Return a folder for answers, separate from the folder of an outbox."""
    made = out / "papers"
    made.mkdir(exist_ok=True)
    return made
