"""Certificates of web servers: names, validity, and the order of the chain."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crypto.errors import Malformed
from crypto.web_certificate import WebCertificate
from tests.support.certificates import make_certificate, make_issued

PEM = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize("pem", [b"", b"no certificate", PEM])
def test_a_file_without_a_certificate_is_refused(pem: bytes) -> None:
    with pytest.raises(Malformed):
        WebCertificate.parse(pem)


@pytest.mark.parametrize(
    ("names", "host", "fits"),
    [
        (["report.example"], "report.example", True),
        (["report.example"], "REPORT.example", True),
        (["*.example"], "report.example", True),
        (["other.example", "report.example"], "report.example", True),
        (["report.example"], "example", False),
        (["report.example"], "a.report.example", False),
        (["*.example"], "a.report.example", False),
        (["*.example"], "example", False),
        (["report.example.org"], "report.example", False),
    ],
)
def test_a_certificate_is_for_its_own_names_only(
    tmp_path: Path, names: list[str], host: str, *, fits: bool
) -> None:
    """A star stands for exactly one label."""
    file = tmp_path / "own.pem"
    make_certificate(file, tmp_path / "own.key", *names)
    assert WebCertificate.parse(file.read_bytes()).is_for(host) is fits


def test_a_chain_is_complete_if_each_certificate_issued_the_certificate_before_it(tmp_path: Path) -> None:
    """A self-signed certificate needs no other certificate."""
    file, key = tmp_path / "own.pem", tmp_path / "own.key"
    own, authority = make_issued(file, key, "report.example")
    _, stranger = make_issued(file, key, "report.example")
    make_certificate(file, key)
    for pem, complete in (
        (own, False),
        (own + stranger, False),
        (own + own, False),
        (own + authority + stranger, False),
        (own + authority, True),
        (file.read_bytes(), True),
    ):
        assert WebCertificate.parse(pem).is_complete is complete


def test_the_dates_of_validity_are_read_from_a_certificate(tmp_path: Path) -> None:
    file = tmp_path / "own.pem"
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=12)
    make_certificate(file, tmp_path / "own.key", ends=ends)
    found = WebCertificate.parse(file.read_bytes())
    assert (found.ends, found.begins < datetime.now(UTC)) == (ends, True)
