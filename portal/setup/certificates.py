"""The step that installs the certificate of the clearnet site, and the problems of certificates."""

import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from crypto.web_certificate import WebCertificate
from portal import days, files
from portal.setup import acme
from portal.setup import answers as remembered
from portal.setup.answers import Answers
from portal.setup.steps import TO_DO, Found, State, in_the_way
from portal.setup.system import Failed, System, content, put_back

CERTIFICATE, KEY = "/etc/fanal/certificate.pem", "/etc/fanal/certificate.key"
# `setup --check` warns in the last _SOON days before a certificate expires, and warns urgently in the last
# _URGENT days. certbot renews a certificate 30 days before it expires.
_SOON, _URGENT = 30, 7
_UNREAD = "certificate"
_RENEW = "renew it, then run `fanal-portal certificate`"


class Certificate:
    """The certificate of the clearnet site and its key. The next run of setup installs renewed files."""

    title = "certificate of the clearnet site"
    said = ""

    def __init__(self, system: System, answers: Answers) -> None:
        self._system = system
        self._answers = answers
        self._given = Path(answers.certificate), Path(answers.certificate_key)
        if answers.by_acme:
            self._given = system.at(acme.CERTIFICATE), system.at(acme.KEY)
        self._places = system.at(CERTIFICATE), system.at(KEY)
        self._before: dict[Path, bytes | None] = {}

    def check(self) -> Found:
        """Report files that browsers would refuse, and a certificate that expires soon.

        If the given files were deleted after an installation, check the installed files.
        """
        are_given = all(each.is_file() for each in self._given)
        is_old = not are_given and not self._answers.by_acme and all(each.is_file() for each in self._places)
        certificate, key = self._places if is_old else self._given
        if (found := self._fault(certificate, key)).state is State.IN_THE_WAY:
            # The previous step gets a certificate by ACME.
            return TO_DO if self._answers.by_acme else found
        pairs = zip(self._given, self._places, strict=True)
        differ = any(content(given) != content(place) for given, place in pairs)
        if not is_old and (differ or self._system.is_unread(_UNREAD)):
            return TO_DO
        return ending(WebCertificate.parse(certificate.read_bytes()).ends, days.now())

    def apply(self) -> None:
        """Copy both files so that only root can read them, and make nginx load them.

        Raises Failed if browsers would refuse the certificate.
        """
        if (found := self._fault(*self._given)).state is State.IN_THE_WAY:
            raise Failed(found.what)
        self._before = {place: content(place) for place in self._places}
        with self._system.unread(_UNREAD):
            for given, place in zip(self._given, self._places, strict=True):
                files.write(place, [given.read_bytes()])
            if self._system.runs:
                self._system.control("try-reload-or-restart", "nginx@clearnet")

    def undo(self) -> None:
        """Put back the files that ``apply`` replaced."""
        for place, before in self._before.items():
            put_back(place, before, 0o600)

    def _fault(self, certificate: Path, key: Path) -> Found:
        for each in (certificate, key):
            if not each.is_file():
                return in_the_way(f"{each} is missing", f"put it there, or correct {remembered.FILE}")
        return fault(certificate, key, self._answers.host, days.now())


def fault(certificate: Path, key: Path, host: str, now: datetime) -> Found:
    """Return the first problem with a certificate and its key, or TO_DO if browsers accept them at ``now``.

    Without a ``host``, the names of the certificate are not checked.
    """
    return next(_faults(certificate, key, host, now), TO_DO)


def _faults(certificate: Path, key: Path, host: str, now: datetime) -> Iterator[Found]:
    if said := _mismatch(certificate, key):
        yield in_the_way(said, "give a certificate in PEM, and its unencrypted key")
        return
    found = WebCertificate.parse(certificate.read_bytes())
    if now > found.ends:
        yield in_the_way(f"{certificate} expired on {found.ends:%Y-%m-%d}", _RENEW)
    if now < found.begins:
        day = f"{found.begins:%Y-%m-%d}"
        yield in_the_way(f"{certificate} is not valid before {day}", "check the clock of this machine")
    if host and not found.is_for(host):
        yield in_the_way(
            f"{certificate} is for {', '.join(found.names) or 'no name'}, not for {host}",
            f"name a certificate for {host}, or give the host that the certificate names",
        )
    if not found.is_complete:
        yield in_the_way(
            f"{certificate} lacks the certificates of its issuers",
            "append them to the file, each after the one that it issued: browsers need them",
        )


def ending(ends: datetime, now: datetime) -> Found:
    """Return DONE with the day of expiry, and with a warning in the last 30 days (urgent in the last 7)."""
    day, left = f"{ends:%Y-%m-%d}", (ends - now).days
    if left >= _SOON:
        return Found(State.DONE, expires=day)
    urgently = "urgent: " if left < _URGENT else ""
    return Found(State.DONE, f"{urgently}it expires on {day}, in {left} days", _RENEW, day)


def _mismatch(certificate: Path, key: Path) -> str:
    """Return why a certificate and a key do not belong together, or an empty text if they do."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # Without this password function, OpenSSL would ask for a passphrase at the terminal.
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, OSError) as error:
        if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
            return f"{key} is the key of another certificate than {certificate}"
        return f"{certificate} and {key} are not a certificate and its key"
    return ""
