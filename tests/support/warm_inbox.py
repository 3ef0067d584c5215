"""Loads all that the command line of the inbox can need: for a process from which others are forked."""

import gc
import pkgutil

from sqlalchemy.orm import configure_mappers

from inbox.cli import main
from inbox.desk import serving  # noqa: F401 - as the command of the desk does, once it is asked for
from inbox.law import folders
from templates.command_line import leaves

for leaf in leaves(main.commands.branch).values():
    pkgutil.resolve_name(leaf.place)
configure_mappers()
# It takes a seventh of a second: as long as all else that a command does.
folders.read(folders.given("fr"))
# Else each of those would visit, and so copy, what they share.
gc.freeze()
