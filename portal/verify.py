"""Compare what a site really serves with what its root key signed, and name each difference (SPEC 6, 7.5)."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from crypto import base64url, card, keyring, pages
from crypto.errors import CryptoError
from crypto.keyring import Channel, Keyring
from crypto.pages import Page, Pages
from portal import manifest
from portal.config import Settings
from portal.fetching import Answer, Visitor
from portal.refusals import Refused
from portal.seen import Behind, Seen
from portal.sitefiles import MISSING

# As Tor Browser asks: a host that shows monitors another face must know them by something else.
_AS_A_BROWSER = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br",
}
_OK, _NOT_FOUND = 200, 404


def differences(
    site: Visitor, settings: Settings, today: date, own: Channel | None, seen: Seen
) -> Iterator[str]:
    """Yield a line for each difference; none if the site serves what was signed.

    ``own`` is a channel as the body that asks knows it; ``seen`` grows by what is seen now. Raises Refused if
    nothing answers.
    """
    trusted = {"root_key": settings.root_public, "deployment": settings.deployment_id}
    try:
        listed = pages.open_pages(*_pair(site, manifest.FOLDER, pages.MANIFEST, pages.SIGNATURE), **trusted)
        seen.note("manifest", listed.serial)
        listed.check_day(today)
    except (CryptoError, Behind) as error:
        yield f"manifest: {error}"
    else:
        yield from _pages(site, listed)
    try:
        served = keyring.open_keyring(*_pair(site, "/", "keyring.json", "keyring.sig"), **trusted)
        seen.note("keyring", served.serial)
        served.check_day(today)
    except (CryptoError, Behind) as error:
        yield f"keyring: {error}"
    else:
        yield from _keys(served, own) if own else ()


def read_card(path: Path, settings: Settings) -> Channel:
    """Return the channel on a body's card, in a folder or named by its card.json; Refused if it is none."""
    raw = path / card.CARD if path.is_dir() else path
    try:
        opened = card.open_card(
            raw.read_bytes(), raw.with_name(card.SIGNATURE).read_bytes(), settings.deployment_id
        )
    except (OSError, CryptoError) as error:
        raise Refused(
            f"{path} is no card that can be compared: {error}", "name what `inbox card` wrote"
        ) from error
    return opened.channel


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


def _keys(served: Keyring, own: Channel) -> Iterator[str]:
    """Yield what differs between the body's keys that can matter and those that the site's keyring lists."""
    channel = served.channel(own.id)
    expected, listed = _days(own.at(served.issued)), _days(channel) if channel else {}
    for key in sorted(expected.keys() - listed.keys()):
        yield f"keyring: channel {own.id} lacks its key {key}"
    for key in sorted(listed.keys() - expected.keys()):
        yield f"keyring: channel {own.id} has a key {key} that is not its own"
    for key in sorted(expected.keys() & listed.keys()):
        if expected[key] != listed[key]:
            yield f"keyring: channel {own.id} has other days for its key {key}"


def _days(channel: Channel) -> dict[str, tuple[date, date]]:
    intake = {key.id: (key.not_before, key.not_after) for key in channel.intake_keys}
    reply = {key.id: (key.not_before, key.not_after) for key in channel.reply_keys}
    return {base64url.encode(key_id): days for key_id, days in (intake | reply).items()}
