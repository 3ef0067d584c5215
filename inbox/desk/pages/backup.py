"""A copy of the inbox on the medium, its key store elsewhere."""

from pathlib import Path

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.desk import jobs, rendering
from inbox.desk.forms import line
from inbox.desk.jobs import work_goes_on
from inbox.desk.state import here, medium_folder
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.setup import backup as backups

pages = Blueprint("backup", __name__, url_prefix="/office/backup")


@pages.get("")
def ask() -> ResponseReturnValue:
    """Ask where the key store goes."""
    return rendering.page("office/backup.html", folder=here().medium)


@pages.post("")
@jobs.long("backup")
def make() -> ResponseReturnValue:
    """Copy the inbox into a new folder on the medium, and its key store into another one."""
    out, keys = medium_folder(), Path(line("keystore"))
    if not keys.is_absolute():
        raise Refused(
            sentence("the folder of the key store is no whole path"), sentence("begin it with a stroke: /")
        )
    made = backups.make(here().inbox, here().actor(), out, keys, progress=work_goes_on)
    return rendering.page("office/backup_made.html", made=made)
