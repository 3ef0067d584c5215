"""What the kit shows of the deployment: its name, its addresses and the fingerprint of its root key."""

import re
from dataclasses import dataclass

from crypto import signing
from crypto.keyring import Texts
from portal.config import Settings
from portal.errors import BadConfiguration
from portal.web.plain_texts import first_unseen, to_fill_in

_LONGEST_URL = 100
_URL = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?(?:/[\w.~-]+)*/?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Deployment:
    """One of ``address`` (the clearnet site) and ``onion`` may be empty."""

    name: Texts
    address: str
    onion: str
    fingerprint: str


def of(settings: Settings, url: str) -> Deployment:
    """Return what the kit shows; ``url`` is the address of the clearnet site, or empty.

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
    if url and (len(url) > _LONGEST_URL or not _URL.fullmatch(url)):
        raise BadConfiguration(
            f"--url has a wrong value: {url}",
            f"it must be an address of at most {_LONGEST_URL} characters such as https://report.example",
        )
    if not (url or settings.onion):
        raise BadConfiguration(
            "the kit has no address to show: setting 'onion' is empty, and there is no --url",
            "name the clearnet site with --url, or write the address of the onion service as `onion`",
        )
    fingerprint = signing.fingerprint(settings.root_public)
    return Deployment(settings.name, url.rstrip("/"), settings.onion, fingerprint)
