"""Compare what a site serves with what its root key signed, and list each difference (SPEC 6, 7.5)."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from crypto import base64url, card, keyring, pages
from crypto.errors import CryptoError
from crypto.keyring import Channel, Keyring
from crypto.pages import Page, Pages
from crypto.signing import LARGEST_FILE
from portal import files
from portal.config import Settings
from portal.errors import Refused
from portal.site import manifest, site_files
from portal.site.fetching import Answer, Visitor
from portal.site.seen_serials import Behind, Seen
from portal.site.site_files import MISSING
from portal.web import headers

# The headers of Tor Browser, so that a site cannot recognise a monitor and serve it different files.
_AS_A_BROWSER = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br",
}
_OK, _NOT_FOUND, _UNAVAILABLE = 200, 404, 503
_POLICY = "Content-Security-Policy"
_ONION = "Onion-Location"
_KEYRING = ("keyring.json", "keyring.sig")
_MANIFEST = (pages.MANIFEST, pages.SIGNATURE)
_SIGNED = (*(manifest.FOLDER + name for name in _MANIFEST), *(f"/{name}" for name in _KEYRING))
# Transfer headers, which do not change the page. The type is compared separately.
_CARRIAGE = {
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "keep-alive",
    "server",
    "transfer-encoding",
    "vary",
}


class _NotServed(Exception):
    """The site answered with a status other than 200, so there are no bytes to check."""


def differences(
    site: Visitor, settings: Settings, today: date, own: Channel | None, seen: Seen
) -> Iterator[str]:
    """Yield a line for each difference between the site and what was signed.

    ``own`` is None or the caller's own channel, which is compared with the keyring. The serials of the site's
    files are added to ``seen``. Raises Refused if the site does not answer.
    """
    trusted = {"root_key": settings.root_public, "deployment": settings.deployment_id}
    try:
        listed = pages.open_pages(*_pair(site, manifest.FOLDER, *_MANIFEST), **trusted)
        seen.note("manifest", listed.serial)
        listed.check_day(today)
    except (CryptoError, Behind, _NotServed) as error:
        yield f"manifest: {error}"
    else:
        yield from _pages(site, listed, settings.onion)
    try:
        served = keyring.open_keyring(*_pair(site, "/", *_KEYRING), **trusted)
        seen.note("keyring", served.serial)
        served.check_day(today)
    except (CryptoError, Behind, _NotServed) as error:
        yield f"keyring: {error}"
    else:
        yield from _keys(served, own) if own else ()


def read_card(path: Path, settings: Settings) -> Channel:
    """Return the channel of a card; ``path`` is its folder or its card.json. Raises Refused."""
    raw = path / card.CARD if path.is_dir() else path
    try:
        content, signature = (files.read(each, LARGEST_FILE) for each in (raw, raw.with_name(card.SIGNATURE)))
        opened = card.open_card(content, signature, settings.deployment_id)
    except (OSError, CryptoError) as error:
        raise Refused(
            f"{path} is not a valid card: {error}", "name the folder that `inbox exchange card` wrote"
        ) from error
    return opened.channel


def _pair(site: Visitor, folder: str, *names: str) -> tuple[bytes, bytes]:
    raw, signature = (_served(site, folder + name) for name in names)
    return raw, signature


def _served(site: Visitor, path: str) -> bytes:
    answer = site.get(path, _AS_A_BROWSER)
    if answer.status == _UNAVAILABLE:
        # For some seconds after a restart, a portal does not answer. The missing answer does not mean that
        # the site's files differ from the signed files.
        raise _NotServed(f"the site answered 503 for {path}: try again in a minute")
    if answer.status != _OK:
        raise _NotServed(f"the site answered {answer.status} for {path}")
    return answer.body


def _pages(site: Visitor, listed: Pages, onion: str) -> Iterator[str]:
    always = {**headers.ALWAYS, _POLICY: listed.policy}
    for page in listed.files:
        answer = site.get(page.path, _AS_A_BROWSER)
        shown = onion and page.type == site_files.HTML and page.path != MISSING
        named = {**always, _ONION: onion + page.path} if shown else always
        for what in (*_wrong(answer, page), *_strange(answer, named)):
            yield f"{page.path}: {what}"
    for path in _SIGNED:
        for what in _strange(site.get(path, _AS_A_BROWSER), always):
            yield f"{path}: {what}"


def _wrong(answer: Answer, page: Page) -> Iterator[str]:
    if answer.status != (_NOT_FOUND if page.path == MISSING else _OK):
        yield f"status {answer.status}"
    if hashlib.sha256(answer.body).digest() != page.hash:
        yield "the bytes differ from those signed"
    # Include the character set, because the same bytes are a different page in a different character set.
    kind = f"{page.type}; charset=utf-8"
    if answer.headers.get("content-type") != kind:
        yield f"the type is not {kind}"


def _strange(answer: Answer, expected: Mapping[str, str]) -> Iterator[str]:
    """Yield each header that is missing, has the wrong value, or is never sent by a portal."""
    for name, value in expected.items():
        if answer.headers.get(name.lower()) != value:
            yield (
                f"{name} differs from the signed one" if name == _POLICY else f"header {name} is not {value}"
            )
    for name in sorted(answer.headers.keys() - _CARRIAGE - {name.lower() for name in expected}):
        yield f"a portal does not send the header {name}"


def _keys(served: Keyring, own: Channel) -> Iterator[str]:
    """Yield each difference between the body's keys and the keys in the keyring that the site serves."""
    channel = served.channel(own.id)
    expected, listed = _days(own.at(served.issued)), _days(channel) if channel else {}
    for key in sorted(expected.keys() - listed.keys()):
        yield f"keyring: channel {own.id} lacks its key {key}"
    for key in sorted(listed.keys() - expected.keys()):
        yield f"keyring: channel {own.id} lists a key {key} that is not its own"
    for key in sorted(expected.keys() & listed.keys()):
        if expected[key] != listed[key]:
            yield f"keyring: channel {own.id} has other days for its key {key}"
    receipting = [each.statement for each in served.receipt_keys if each.statement.channel == own.id]
    mine = {(key.key, key.not_before, key.not_after) for key in own.reply_keys}
    for each in receipting:
        if (each.key, each.not_before, each.not_after) not in mine:
            name = base64url.encode(keyring.reply_key_id(each.key))
            yield f"keyring: channel {own.id} has a receipt key {name} that is not its own"


def _days(channel: Channel) -> dict[str, tuple[date, date]]:
    intake = {key.id: (key.not_before, key.not_after) for key in channel.intake_keys}
    reply = {key.id: (key.not_before, key.not_after) for key in channel.reply_keys}
    return {base64url.encode(key_id): days for key_id, days in (intake | reply).items()}
