"""The step that gets a certificate from a certificate authority by ACME (RFC 8555), with Debian's certbot."""

from crypto.errors import Malformed
from crypto.web_certificate import WebCertificate
from portal import days, files
from portal.setup.answers import ACME_DNS, Answers
from portal.setup.services import DebianOff
from portal.setup.steps import Found, done_if
from portal.setup.system import READABLE, Failed, System, content, put_back

SETTINGS = "/etc/fanal/acme.ini"
STATE = "/var/lib/fanal-acme"
CERTIFICATE, KEY = (f"{STATE}/live/fanal/{name}.pem" for name in ("fullchain", "privkey"))
UNIT = "portal-acme.service"


class CertbotTimerOff(DebianOff):
    """Debian's own timer of certbot is switched off, because it renews other certificates as root."""

    def __init__(self, system: System) -> None:
        super().__init__(system, "certbot.timer", "Debian's own timer of certbot is off")


class AcmeCertificate:
    """A certificate for the clearnet site, from an authority that checked the name."""

    title = "certificate by ACME"
    said = ""

    def __init__(self, system: System, answers: Answers) -> None:
        self._system = system
        self._answers = answers
        self._settings = system.at(SETTINGS)
        self._before: bytes | None = None

    def check(self) -> Found:
        """Check the settings, and check that there is an unexpired certificate for this name.

        The timer renews the certificate long before it expires.
        """
        return done_if(done=content(self._settings) == self._wanted() and self._has_certificate())

    def apply(self) -> None:
        """Write the settings, and wait until the authority has issued a certificate. Raises Failed."""
        self._before = content(self._settings)
        files.write(self._settings, [self._wanted()], READABLE)
        if not self._system.runs:
            return
        try:
            self._system.control("start", UNIT)
        except Failed as error:
            raise Failed(f"there is no certificate yet; see `journalctl -u {UNIT}`") from error

    def undo(self) -> None:
        """Put back the earlier settings."""
        put_back(self._settings, self._before, READABLE)

    def _has_certificate(self) -> bool:
        found = content(self._system.at(CERTIFICATE))
        if found is None:
            return False
        try:
            certificate = WebCertificate.parse(found)
        except Malformed:
            return False
        return certificate.is_for(self._answers.host) and days.now() < certificate.ends

    def _wanted(self) -> bytes:
        lines = [f"domains = {self._answers.host}", f"server = {self._answers.acme_server}"]
        if self._answers.certificate_by == ACME_DNS:
            hook = self._answers.acme_hook
            lines += [
                "authenticator = manual",
                "preferred-challenges = dns",
                f"manual-auth-hook = {hook} set",
                f"manual-cleanup-hook = {hook} remove",
            ]
        else:
            lines += ["authenticator = standalone", "preferred-challenges = http"]
        return "".join(f"{line}\n" for line in lines).encode()
