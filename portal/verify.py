"""Compare what a site really serves with what its root key signed, and name each difference (SPEC 6, 7.5)."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from crypto import base64url, keyring, pages
from crypto.errors import CryptoError
from crypto.keyring import Channel, Keyring
from crypto.pages import Page, Pages
from portal import manifest
from portal.config import Settings
from portal.fetching import Answer, Visitor
from portal.refusals import Refused
from portal.sitefiles import MISSING

Keys = Mapping[str, set[str]]

# As Tor Browser asks: a host that shows monitors another face must know them by something else.
_AS_A_BROWSER = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br",
}
_OK, _NOT_FOUND = 200, 404


def differences(site: Visitor, settings: Settings, today: date, keys: Keys) -> Iterator[str]:
    """Yield a line for each difference; none if the site serves what was signed.

    ``keys`` are the key ids that a body knows as its own, by channel. Raises Refused if nothing answers.
    """
    trusted = {"root_key": settings.root_public, "deployment": settings.deployment_id}
    try:
        listed = pages.open_pages(*_pair(site, manifest.FOLDER, pages.MANIFEST, pages.SIGNATURE), **trusted)
        listed.check_day(today)
    except CryptoError as error:
        yield f"manifest: {error}"
    else:
        yield from _pages(site, listed)
    try:
        served = keyring.open_keyring(*_pair(site, "/", "keyring.json", "keyring.sig"), **trusted)
        served.check_day(today)
    except CryptoError as error:
        yield f"keyring: {error}"
    else:
        yield from _keys(served, keys)


def read_keys(path: Path) -> Keys:
    """Return the keys of a file: on each line a channel id and one of its key ids; Refused if it is none."""
    found: dict[str, set[str]] = {}
    try:
        lines = path.read_text("utf-8").splitlines()
        for line in filter(None, (line.partition("#")[0].split() for line in lines)):
            channel, key = line
            found.setdefault(channel, set()).add(base64url.encode(base64url.decode(key)))
    except (OSError, ValueError, CryptoError) as error:
        raise Refused(
            f"{path} does not list keys", "write on each line a channel and the id of one of its keys"
        ) from error
    return found


def _pair(site: Visitor, folder: str, *names: str) -> tuple[bytes, bytes]:
    raw, signature = (site.get(folder + name, _AS_A_BROWSER).body for name in names)
    return raw, signature


def _pages(site: Visitor, listed: Pages) -> Iterator[str]:
    for page in listed.files:
        answer = site.get(page.path, _AS_A_BROWSER)
        for what in _wrong(answer, page, listed.policy):
            yield f"{page.path}: {what}"


def _wrong(answer: Answer, page: Page, policy: str) -> Iterator[str]:
    if answer.status != (_NOT_FOUND if page.path == MISSING else _OK):
        yield f"status {answer.status}"
    if hashlib.sha256(answer.body).digest() != page.hash:
        yield "other bytes than were signed"
    if answer.headers.get("content-type", "").partition(";")[0] != page.type:
        yield f"another type than {page.type}"
    if answer.headers.get("content-security-policy") != policy:
        yield "another Content-Security-Policy than was signed"
    if "set-cookie" in answer.headers:
        yield "a cookie"


def _keys(served: Keyring, keys: Keys) -> Iterator[str]:
    for channel_id, expected in keys.items():
        channel = served.channel(channel_id)
        listed = _ids(channel) if channel else set()
        for key in sorted(expected - listed):
            yield f"keyring: channel {channel_id} lacks its key {key}"
        for key in sorted(listed - expected):
            yield f"keyring: channel {channel_id} has a key {key} that is not its own"


def _ids(channel: Channel) -> set[str]:
    ids = [*(key.id for key in channel.intake_keys), *(key.id for key in channel.reply_keys)]
    return set(map(base64url.encode, ids))
