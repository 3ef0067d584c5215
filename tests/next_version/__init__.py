"""An invented next version of portal and inbox, to test the upgrade to it.

The next version has one more migration than the program. This migration makes every kind of change that
a migration can make.
"""

from pathlib import Path

import pytest

from inbox.vault import schema_version
from portal.store.migrations import upgrading

_HERE = Path(__file__).parent
OF_THE_PORTAL = (*upgrading.LOCATIONS, _HERE / "portal")
OF_THE_INBOX = (*schema_version.LOCATIONS, _HERE / "inbox")
FIRST, NEXT = "0001", "0002"


def portal_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn the program into its next version until the test ends."""
    monkeypatch.setattr(upgrading, "LOCATIONS", OF_THE_PORTAL)


def inbox_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn the program into its next version until the test ends."""
    monkeypatch.setattr(schema_version, "LOCATIONS", OF_THE_INBOX)
