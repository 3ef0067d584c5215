"""What comes of a command: how it is refused, and what the author of a case reads afterwards."""

from pathlib import Path
from typing import Any

from crypto import bundle
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office, Reporter


def refused(office: Office, *words: str) -> str:
    """Run a command that is refused, see that it changed nothing, and return what it says."""
    before = office.state()
    said = office.run(*words)
    assert (1, "") == (said.code, said.out)
    assert before == office.state()
    return said.err


def slot(office: Office, reporter: Reporter) -> Any:
    """Return what the author reads after the next outbox."""
    made = Path(office.json("exchange", "outbox", "--out", office.out)["file"])
    _, _, files = build.read_outbox(made, reporter.world)
    return build.read_slot(files[bundle.slot_name(reporter.keys.case_id)], reporter)


def papers(out: Path) -> Path:
    """Return a folder for answers: where an outbox was written none is."""
    made = out / "papers"
    made.mkdir(exist_ok=True)
    return made
