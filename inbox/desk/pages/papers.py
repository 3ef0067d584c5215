"""The folder for documents that are not for the portal. This folder must not be on the portal's medium."""

import os
from dataclasses import dataclass
from pathlib import Path

from flask import request

from inbox.desk import forms
from inbox.desk.state import here
from inbox.system import apart, media

FIELD = "papers"


def folder() -> Path:
    """Return the folder named in a form, and offer it from now on.

    Raises the same errors as ``elsewhere``.
    """
    here().papers = chosen = elsewhere(FIELD)
    return chosen


def elsewhere(name: str) -> Path:
    """Return the folder named in a field of a form.

    Raises the same errors as ``forms.path``. Raises Refused if the folder is on the desk's medium.
    ``apart.new`` checks the folder again when a file is written.
    """
    desk, chosen = here(), forms.path(name)
    if desk.medium is not None:
        apart.check_beside(chosen, desk.medium, same_disk=desk.same_disk)
    apart.check(desk.inbox.home, chosen)
    return chosen


@dataclass(frozen=True, slots=True)
class Offered:
    """The ``folder`` that a form offers before an officer types another folder, or ""."""

    folder: str
    is_in_memory: bool


def offered() -> Offered:
    """Return the folder from the form, the folder that was named last, or a folder in this machine's memory.

    Files in memory disappear when the machine is switched off, but they can be printed before that.
    """
    typed = request.form.get(FIELD, "").strip()
    if (last := Path(typed) if typed else here().papers) is not None:
        return Offered(str(last), _is_in_memory(last))
    given = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    is_fit = given.is_absolute() and _is_in_memory(given)
    return Offered(str(given) if is_fit else "", is_fit)


def _is_in_memory(folder: Path) -> bool:
    """Return whether a folder exists and is in memory. Its medium may have been unplugged."""
    return folder.is_dir() and media.is_in_memory(folder)
