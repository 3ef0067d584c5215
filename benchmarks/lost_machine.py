"""Replace the lost machine of a portal with the commands of the administrator's guide.

The commands come from the parts of the guide on backups, a lost machine and PostgreSQL. Only names and places
are replaced.
"""

import re
import shutil
from pathlib import Path

from benchmarks import bare_tree, guide
from benchmarks.first_report import CERTIFICATES, Walk, all_serve
from portal.setup import answers
from portal.setup.settings import CONFIGURATION
from tests.support.machine import Machine

_KEYS = "media/key"
_PRIVATE, _PUBLIC = "backup.key", "backup.pub"
_RESTORED = re.compile(r"its new fingerprint is (.+)")
_PAGES = (" manifest ", " sign-pages ", " publish ")


def back_up(walk: Walk) -> None:
    """Exchange bundles in both directions, and make a backup."""
    assert "0 new" in walk.collect()
    assert "2 slots" in walk.bring_back()
    make_keys, *commands = guide.titled("Backups.")
    walk.do(make_keys)
    # The commands on the portal's machine run in the folder `/`.
    shutil.copy(walk.elsewhere / _PUBLIC, walk.machine.tree)
    for command in commands:
        walk.do(command)


def replaced(walk: Walk, bare: Path) -> Machine:
    """Return a machine that takes the place of the lost one, which must no longer run.

    ``bare`` is a tree with the package and PostgreSQL. The medium and the copies that the guide names come
    from the lost machine. The private key comes from the machine where it was made.
    """
    lost, folder = walk.machine, walk.machine.folder / "another"
    bare_tree.copy(bare, folder / "tree")
    another = Machine(folder)
    (keys := another.tree / _KEYS).mkdir(parents=True)
    for name in (answers.FILE, *CERTIFICATES):
        shutil.copy(lost.tree / name[1:], another.tree / name[1:])
    shutil.copy(lost.tree / CONFIGURATION[1:], keys)
    shutil.copy(walk.elsewhere / _PRIVATE, keys)
    walk.carry(lost.tree, another.tree)
    shutil.rmtree(lost.tree)
    return another


def restore(walk: Walk) -> None:
    """Restore the backup on the running machine, and send and collect a report there."""
    walk.mount_medium()
    if walk.database == answers.POSTGRESQL:
        for command in guide.titled("Moving from SQLite to PostgreSQL."):
            walk.do(command)
    for command in guide.titled("If the machine is lost."):
        said = walk.do(command.replace("FINGERPRINT OF THE LOST PORTAL", walk.printed["fingerprint"]))
        if found := _RESTORED.search(said):
            walk.printed["fingerprint"] = found[1]
    assert "done: portal@8080" in walk.do("fanal-portal setup")
    for command in guide.commands():
        if any(word in command for word in _PAGES):
            walk.do(command)
    all_serve(walk.machine)
    walk.send_report()
    walk.take_empty_medium()
    assert "1 new" in walk.collect("--new-instance", walk.printed["fingerprint"])
    assert "3 slots" in walk.bring_back()
    assert all(walk.has_report(number) for number in (1, 2, 3))
