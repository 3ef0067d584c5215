"""Certificates for tests that use TLS with this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LIFE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class _Party:
    """A name and its key."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey


def make_certificate(certificate: Path, key: Path, *names: str, ends: datetime | None = None) -> None:
    """Write a self-signed certificate of these names, or of `localhost`, and its key."""
    own = _party("localhost")
    _write(certificate, key, own, _issued(own, own, names or ["localhost"], ends))


def make_issued(certificate: Path, key: Path, name: str, ends: datetime | None = None) -> list[bytes]:
    """Write a certificate that an authority issued, followed by the authority's own certificate.

    Also write the key of the first certificate. Return the two certificates as PEM.
    """
    authority, own = _party("authority"), _party(name)
    made = _issued(own, authority, [name], ends), _issued(authority, authority, [], ends)
    _write(certificate, key, own, *made)
    return [each.public_bytes(serialization.Encoding.PEM) for each in made]


def _party(name: str) -> _Party:
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return _Party(named, ec.generate_private_key(ec.SECP256R1()))


def _issued(to: _Party, by: _Party, names: Sequence[str], ends: datetime | None) -> x509.Certificate:
    now = datetime.now(UTC)
    end = ends or now + _LIFE
    public = to.key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(to.name)
        .issuer_name(by.name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, end) - timedelta(days=1))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=to is by, path_length=None), critical=True)
        # Python refuses a certificate without these two identifiers, because it checks RFC 5280 strictly.
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False
        )
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    return builder.sign(by.key, hashes.SHA256())


def _write(certificate: Path, key: Path, own: _Party, *made: x509.Certificate) -> None:
    certificate.write_bytes(b"".join(each.public_bytes(serialization.Encoding.PEM) for each in made))
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key.write_bytes(own.key.private_bytes(*pem))
