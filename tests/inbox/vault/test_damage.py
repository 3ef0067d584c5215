"""A damaged page of the vault is reported as damage, no matter what a command reads from that page."""

from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.recipients import HybridRecipient
from inbox.language.errors import VaultDamaged
from inbox.vault.tables import Case
from tests.support.inbox_builders import Office, Portal, Reporter, World, first

_PAGE = 4_096
_REPORTS = 12


def read_all(office: Office) -> int:
    """Read every case, and use the key of its reporter. Return the number of keys."""
    with office.opened() as inbox, inbox.transaction() as session:
        found = session.scalars(select(Case)).all()
        return len([HybridRecipient(each.recipient) for each in found if each.recipient])


@pytest.mark.usefixtures("quick")
def test_a_damaged_page_is_not_taken_for_a_wrong_key(tmp_path: Path) -> None:
    """SQLCipher returns zeros for the first damaged page, and an error only for the next page.

    The test damages each page in turn. The control is the undamaged vault.
    """
    office = Office.found(tmp_path)
    portal = Portal(World(office), tmp_path / "medium")
    for _ in range(3):
        bundle = portal.bundle(*[first(Reporter(portal.world), text="x" * 300) for _ in range(_REPORTS // 3)])
        office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    (path,) = office.root.glob("vault-*.sqlite")
    whole = path.read_bytes()
    assert read_all(office) == _REPORTS
    damaged = 0
    for page in range(len(whole) // _PAGE):
        content = bytearray(whole)
        content[page * _PAGE + 1_000] ^= 1
        path.write_bytes(content)
        try:
            read_all(office)
        except VaultDamaged:
            damaged += 1
    assert damaged > 2
