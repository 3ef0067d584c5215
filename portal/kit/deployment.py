"""What the kit shows of the deployment: its name, its addresses and the fingerprint of its root key."""

from dataclasses import dataclass

from crypto import signing
from crypto.keyring import Texts
from portal.config import Settings
from portal.errors import BadConfiguration
from portal.web.plain_texts import first_unseen, to_fill_in


@dataclass(frozen=True, slots=True)
class Deployment:
    """One of ``address`` (the clearnet site) and ``onion`` may be empty."""

    name: Texts
    address: str
    onion: str
    fingerprint: str


def of(settings: Settings) -> Deployment:
    """Return what the kit shows of these settings.

    Raises BadConfiguration if the settings have no name, no root key, or no address at all.
    """
    for name in (settings.name.fr, settings.name.en):
        if left := to_fill_in(name):
            raise BadConfiguration(
                f"setting 'name' still says “{left[0]}”",
                "write the name of the inspectorate in both languages",
            )
        if char := first_unseen(name):
            raise BadConfiguration(
                f"setting 'name' has the character {char}, which is invisible or breaks the line", "remove it"
            )
    if not (settings.host or settings.onion):
        raise BadConfiguration(
            "the kit has no address to show: the settings 'host' and 'onion' are empty",
            "set `host` to the name of the clearnet site, or `onion` to the address of the onion service",
        )
    address = f"https://{settings.host}" if settings.host else ""
    fingerprint = signing.fingerprint(settings.root_public)
    return Deployment(settings.name, address, settings.onion, fingerprint)
