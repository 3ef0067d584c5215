"""An inbox of three officers, for tests that change the circle or open the inbox with printed sheets."""

from collections.abc import Sequence
from pathlib import Path

from inbox.keys import share_file, vault_header
from inbox.vault.casework_tables import Declaration
from tests.support.inbox_builders import Office, Portal, Reporter, Said, Sent, World, passphrase_of, today

NAMES = ("alice", "bruno", "chloe")
# The tables that a new circle of officers changes, except the journal.
CHANGED = {"officers", "key_store", "files"}


def found(folder: Path) -> Office:
    """Create the inbox in ``folder``, with a case in it, and a file with Dora's passphrase."""
    (folder / "office").mkdir()
    office = Office.found_by(folder / "office", NAMES, 2)
    world = World(office)
    portal, reporter = Portal(world, folder / "medium"), Reporter(world)
    report = reporter.report("Marchetti a tout vu", files=[b"a photograph"])
    bundle = portal.bundle(Sent(report, reporter.keys.case_id))
    office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    with office.opened() as inbox, inbox.transaction() as session:
        session.add_all(Declaration(case=1, officer=name, day=today()) for name in NAMES)
    office.secret_of("dora").write_text(passphrase_of("dora"))
    return office


def change(office: Office, *words: str, circle: tuple[str, ...]) -> Said:
    """Change the officers by command. The passphrases of the new circle are in files."""
    files = [word for name in circle for word in ("--new-passphrase-file", office.secret_of(name))]
    return office.run("officer", *words, "--shares", office.shares, *files)


def only(office: Office, pattern: str) -> str:
    """Return the name of the only file that matches."""
    (path,) = office.root.glob(pattern)
    return path.name


def header_of(office: Office) -> vault_header.Header:
    """Return the content of vault.json."""
    return vault_header.parse((office.root / "vault.json").read_bytes())


def opened_by(office: Office, *own: str, sheets: Sequence[str]) -> Office:
    """Return the inbox, opened by these officers together with the printed sheets of other officers."""
    found = office.of(*own)
    brought: list[str | Path] = [*found.opening()] if own else []
    for name in sheets:
        file = share_file.parse(office.share_of(name).read_bytes())
        (typed := office.shares / f"{name}.typed").write_text(share_file.unseal(file, passphrase_of(name)))
        brought += ["--share", typed]
    found.brought = brought
    return found
