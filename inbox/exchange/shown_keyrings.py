"""Detect reporters who were shown an old or unknown keyring."""

from datetime import date

from sqlalchemy.orm import Session

from crypto.messages import SeenKeyring
from inbox.vault import queries_exchange, queries_office
from inbox.vault.tables import ShownKeyring


class Shown:
    """The keyrings that reporters may have seen.

    The root's inbox knows the keyrings that it issued. Any other inbox learns of keyrings from reports.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._is_root = queries_office.office(session).root_seed is not None
        self._issued = queries_office.keyrings(session)
        self._told = {row.serial: row.hash for row in queries_exchange.shown_keyrings(session)}

    def warning(self, seen: SeenKeyring, received: date) -> str:
        """Return ``unknown`` or ``old`` if a reporter was shown an unexpected keyring, otherwise "".

        In every inbox except the root's, a keyring is unknown if an earlier report named a different keyring
        with the same serial.
        """
        if not self._is_root:
            return "" if self._first_told(seen) == seen.hash else "unknown"
        ours = self._issued.get(seen.serial)
        if ours is None or ours.hash != seen.hash:
            return "unknown"
        return "old" if ours.valid_until < received else ""

    def _first_told(self, seen: SeenKeyring) -> bytes:
        if seen.serial not in self._told:
            self._told[seen.serial] = seen.hash
            self._session.add(ShownKeyring(serial=seen.serial, hash=seen.hash))
        return self._told[seen.serial]
