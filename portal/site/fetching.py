"""Fetch pages from a site as a visitor would, without redirects or cookies, optionally through Tor."""

import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import urllib3
from urllib3.contrib.socks import SOCKSProxyManager
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
    SSLError,
)
from urllib3.util import Url, parse_url

from crypto.web_certificate import WebCertificate
from portal.errors import Refused, why

_LARGEST = 8 << 20
_SECONDS = 60
_TIMEOUT = urllib3.Timeout(connect=_SECONDS, read=_SECONDS)
_HTTPS = 443
# What happened, and what to do. The first matching kind of error is used. Behind a proxy, the kind of error
# cannot be determined.
_UNREACHED: Mapping[type[HTTPError], tuple[str, str]] = {
    NameResolutionError: ("its name has no address", "check the name, and its records in the DNS"),
    NewConnectionError: (
        "no connection was possible",
        "check that the web server runs, and that no firewall refuses the port of the site (443 for HTTPS)",
    ),
    ConnectTimeoutError: (
        "nothing answered in time",
        "a firewall may drop connections: let it pass the port of the site (443 for HTTPS)",
    ),
    SSLError: (
        "this machine does not trust its certificate",
        "browsers warn of it, too; “Certificates” in /usr/share/doc/fanal-portal/docs/deploying.md also says"
        " what to do with a self-signed certificate",
    ),
}
_PROXY = re.compile(r"socks5h://[^/]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, headers, and the decoded body.

    Header names are in lower case. If several headers have the same name, their values are joined by commas.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Visitor:
    """A client that fetches the pages of one site.

    ``site`` is the origin of the site, and ``proxy`` is ``socks5h://host:port`` or empty.
    """

    def __init__(self, site: str, proxy: str = "") -> None:
        self._origin = _origin(site)
        self._is_direct = not proxy
        self._pool = _proxied(proxy) if proxy else urllib3.PoolManager()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to a GET; raises Refused for no answer or for an answer of more than 8 MiB."""
        try:
            with self._pool.request(
                "GET",
                self._origin + path,
                headers=headers or {"Accept-Encoding": "identity"},
                redirect=False,
                retries=False,
                timeout=_TIMEOUT,
                preload_content=False,
            ) as response:
                body = response.read(_LARGEST + 1, decode_content=True)
                found = {name.lower(): value for name, value in response.headers.itermerged()}
                status = response.status
        except (HTTPError, LocationParseError, OSError) as error:
            what, hint = self._why(error)
            raise Refused(f"{self._origin}{path} was not fetched: {what}", hint) from error
        if len(body) > _LARGEST:
            raise Refused(
                f"{self._origin}{path} is larger than any file that a portal serves",
                "check that the site is a portal",
            )
        return Answer(status, found, body)

    def _why(self, error: Exception) -> tuple[str, str]:
        if self._is_direct:
            for kind, told in _UNREACHED.items():
                if isinstance(error, kind):
                    return told
        return (
            type(error).__name__,
            "check that the site is up, and the proxy if there is one, then try again",
        )


def certificate_ends(site: str) -> datetime | None:
    """Return the moment, in UTC, at which the certificate of a site expires, or None for a site without TLS.

    Raises Refused if the site sends no certificate that this machine trusts.
    """
    found = urlsplit(_origin(site))
    if found.scheme != "https":
        return None
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((found.hostname, found.port or _HTTPS), _SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=found.hostname) as secured,
        ):
            sent = secured.getpeercert(binary_form=True)
    except OSError as error:
        raise Refused(f"the certificate of {site} was not read: {why(error)}", "try again") from error
    return WebCertificate.parse(ssl.DER_cert_to_PEM_cert(sent or b"").encode()).ends


def _origin(site: str) -> str:
    try:
        found = parse_url(site)
    except LocationParseError:
        found = Url()
    if found.scheme not in {"http", "https"} or not found.netloc or found.request_uri != "/":
        raise Refused(f"{site} is not the address of a site", "write https://HOST or http://….onion")
    return f"{found.scheme}://{found.netloc}"


def _proxied(proxy: str) -> urllib3.PoolManager:
    wrong = Refused(
        f"proxy {proxy} cannot be used", "write socks5h://127.0.0.1:9050, which resolves names through Tor"
    )
    if not _PROXY.fullmatch(proxy):
        raise wrong
    try:
        return SOCKSProxyManager(proxy)
    except LocationParseError as error:
        raise wrong from error
