"""Where the desk writes what is for somebody else than the portal: never on the medium that goes there."""

import os
from dataclasses import dataclass
from pathlib import Path

from flask import request

from inbox.desk import forms
from inbox.desk.state import here
from inbox.system import apart, media

FIELD = "papers"


def folder() -> Path:
    """Return the folder that a form names, which is offered from now on; raises as ``elsewhere``."""
    here().papers = chosen = elsewhere(FIELD)
    return chosen


def elsewhere(name: str) -> Path:
    """Return the folder that a field of a form names.

    Raises Refused as ``forms.path``, and if it is on the desk's medium; what is written there is looked at
    once more by ``apart.new``.
    """
    desk, chosen = here(), forms.path(name)
    if desk.medium is not None:
        apart.check_beside(chosen, desk.medium, same_disk=desk.same_disk)
    apart.check(desk.inbox.home, chosen)
    return chosen


@dataclass(frozen=True, slots=True)
class Offered:
    """The ``folder`` that stands in a form before anybody types there, an empty text for none."""

    folder: str
    is_in_memory: bool


def offered() -> Offered:
    """Return the folder that the form names, or was last named here, else one in this machine's memory.

    What is in memory goes with it when the machine is switched off: it is enough to print from.
    """
    typed = request.form.get(FIELD, "").strip()
    if (last := Path(typed) if typed else here().papers) is not None:
        return Offered(str(last), _is_in_memory(last))
    given = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    is_fit = given.is_absolute() and _is_in_memory(given)
    return Offered(str(given) if is_fit else "", is_fit)


def _is_in_memory(folder: Path) -> bool:
    """Tell whether a folder is there and in memory: a medium may be unplugged."""
    return folder.is_dir() and media.is_in_memory(folder)
