"""Load everything that the inbox's command line may need, in a process from which others are forked."""

import gc
import pkgutil

from sqlalchemy.orm import configure_mappers

from inbox.cli import main
from inbox.desk import serving  # noqa: F401 - the command of the desk imports it when it runs
from inbox.law import folders
from templates.command_line import leaves

for leaf in leaves(main.commands.branch).values():
    pkgutil.resolve_name(leaf.place)
configure_mappers()
# Reading the law takes a seventh of a second. The rest of a command takes equally long.
folders.read(folders.given("fr"))
# Otherwise, the garbage collector of each fork would visit the shared objects, and so copy them.
gc.freeze()
