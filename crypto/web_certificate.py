"""A web server's certificate with its chain (RFC 5280), and the names for which it is valid (RFC 9525)."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from crypto.errors import Malformed


@dataclass(frozen=True, slots=True)
class WebCertificate:
    """A certificate, followed by the certificates of its issuers in the order of the file."""

    chain: tuple[x509.Certificate, ...]

    @classmethod
    def parse(cls, pem: bytes) -> "WebCertificate":
        """Return the certificates in a PEM file; raises Malformed if the file contains no certificate."""
        try:
            return cls(tuple(x509.load_pem_x509_certificates(pem)))
        except ValueError as error:
            raise Malformed from error

    @property
    def begins(self) -> datetime:
        """The moment, in UTC, at which the certificate becomes valid."""
        return self.chain[0].not_valid_before_utc

    @property
    def ends(self) -> datetime:
        """The moment, in UTC, after which the certificate is no longer valid."""
        return self.chain[0].not_valid_after_utc

    @property
    def names(self) -> list[str]:
        """The DNS names of the certificate. A name may begin with ``*.``, which stands for any one label."""
        try:
            found = self.chain[0].extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except (x509.ExtensionNotFound, ValueError):
            return []
        return [name.lower() for name in found.value.get_values_for_type(x509.DNSName)]

    def is_for(self, host: str) -> bool:
        """Return whether a browser accepts the certificate for this host name."""
        name = host.lower()
        return not {name, f"*.{name.partition('.')[2]}"}.isdisjoint(self.names)

    @property
    def is_complete(self) -> bool:
        """Whether the file contains the issuer, and whether each certificate is issued by the next one.

        A self-signed certificate is its own issuer. The root certificate may be missing, because browsers
        have it.
        """
        first = self.chain[0]
        if len(self.chain) == 1:
            return _issued(first, by=first)
        return all(_issued(one, by=issuer) for one, issuer in pairwise(self.chain))


def _issued(one: x509.Certificate, *, by: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
