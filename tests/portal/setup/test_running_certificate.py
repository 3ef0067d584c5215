"""A certificate by ACME, with a real authority, the shipped units, and a real systemd."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.setup.answers import ACME_DNS, ACME_HTTP, FILE, Answers
from tests.support import guides, portal_machine
from tests.support.certificates import make_issued
from tests.support.machine import Machine
from tests.support.paths import ROOT
from tests.support.setup_answers import GOOD

pytestmark = pytest.mark.soak

HOST = "report.example"
UNITS = ["nginx@.service", "portal-acme.service", "portal-certificate.service", "portal-certificate.timer"]
PYTHON = f"{ROOT}/.venv/bin/python"
# Two steps of setup. The other steps have their own tests.
SETUP = f"""
from portal.setup import answers, steps
from portal.setup.acme import AcmeCertificate
from portal.setup.certificates import Certificate
from portal.setup.system import System
from pathlib import Path
system, given = System(), answers.read(Path("{FILE}"))
print([each.title for each in steps.apply([AcmeCertificate(system, given), Certificate(system, given)])])
"""
# Debian's pebble is the test server of Let's Encrypt. Pebble looks up names at its own DNS server.
AUTHORITY = {
    "listenAddress": "127.0.0.1:14000",
    "managementListenAddress": "127.0.0.1:15000",
    "certificate": "/srv/authority.pem",
    "privateKey": "/srv/authority.key",
    "httpPort": 80,
    "tlsPort": 443,
    "ocspResponderURL": "",
    "externalAccountBindingRequired": False,
    "certificateValidityPeriod": 90 * 86_400,
}
DNS = "pebble-challtestsrv -defaultIPv6= -http01= -https01= -tlsalpn01= -doh="
HOOK = """#!/bin/sh
host=_acme-challenge.$CERTBOT_DOMAIN.
case $1 in
    set) path=set-txt value=$CERTBOT_VALIDATION ;;
    remove) path=clear-txt value= ;;
esac
curl -sS -d "{\\"host\\": \\"$host\\", \\"value\\": \\"$value\\"}" "http://127.0.0.1:8055/$path"
"""
BY_ACME = replace(
    GOOD,
    certificate="",
    certificate_key="",
    host=HOST,
    certificate_by=ACME_HTTP,
    acme_server="https://localhost:14000/dir",
    acme_hook="/srv/hook",
)


@pytest.fixture
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with nginx and a first certificate, and an authority that it trusts."""
    with Machine(tmp_path_factory.mktemp("machine")).mounted() as made:
        tree = made.tree
        portal_machine.bring_site(tree, UNITS)
        program = tree / "usr/sbin/fanal-portal"
        program.write_text(f"#!{PYTHON}\nfrom portal.setup.cli import main\nmain()\n")
        program.chmod(0o755)
        shutil.copy(ROOT / "deploy/debian/portal/sysusers", tree / "usr/lib/sysusers.d/fanal-portal.conf")
        _bring_authority(tree)
        with made.running():
            made.do("chown", "root:root", "/etc/fanal")
            made.do("chmod", "755", "/etc/fanal")
            made.do("systemd-sysusers", "fanal-portal.conf")
            made.do("systemctl", "start", "nginx@clearnet", "dns", "authority")
            yield made


def _bring_authority(tree: Path) -> None:
    """Write the authority's settings and units, and let the machine trust its certificate."""
    _, root = make_issued(tree / "srv/authority.pem", tree / "srv/authority.key", "localhost")
    with (tree / "etc/ssl/certs/ca-certificates.crt").open("ab") as trusted:
        trusted.write(root)
    (tree / "srv/authority.json").write_text(json.dumps({"pebble": AUTHORITY}))
    hook = tree / "srv/hook"
    hook.write_text(HOOK)
    hook.chmod(0o755)
    authority = "pebble -config /srv/authority.json -dnsserver 127.0.0.1:8053"
    for name, command in (("dns", DNS), ("authority", authority)):
        unit = (
            f"[Service]\nExecStart=/usr/bin/{command}\nEnvironment=PEBBLE_VA_NOSLEEP=1 PEBBLE_AUTHZREUSE=0\n"
        )
        (tree / f"etc/systemd/system/{name}.service").write_text(unit)


def run_setup(machine: Machine, given: Answers) -> str:
    (machine.tree / FILE[1:]).write_bytes(given.encode())
    return machine.do("env", f"--chdir={ROOT}", PYTHON, "-c", SETUP)


def served(machine: Machine) -> str:
    """Return the certificate that nginx shows to visitors."""
    return machine.do("python3", "-c", "import ssl; print(ssl.get_server_certificate(('127.0.0.1', 443)))")


def listening(machine: Machine) -> bool:
    """Return whether a program listens on port 80."""
    return bool(machine.do("ss", "--no-header", "--listening", "--tcp", "sport = 80"))


def logs(machine: Machine) -> str:
    return machine.do("find", "/var", "/run", "-name", "letsencrypt.log*")


def nginx(machine: Machine) -> str:
    """Return the id of the main process of nginx, which a restart changes."""
    return machine.do("systemctl", "show", "--value", "-p", "MainPID", "nginx@clearnet")


def test_a_certificate_by_acme_is_issued_and_renewed_with_port_80_closed(machine: Machine) -> None:
    """The authority connects to port 80 while certbot listens there.

    No address of a visitor stays on the machine. nginx serves the renewed certificate without a restart. If
    the authority cannot find the site, the old certificate stays.
    """
    before, written, process = served(machine), logs(machine), nginx(machine)
    assert "certificate by ACME" in run_setup(machine, BY_ACME)
    first = served(machine)
    assert first != before
    assert (listening(machine), logs(machine)) == (False, written)
    assert machine.do("stat", "--format=%U %a", "/etc/fanal/certificate.key") == "root 600"
    assert machine.do("stat", "--format=%U %a", "/var/lib/fanal-acme") == "portal-acme 700"
    assert run_setup(machine, BY_ACME) == "[]"
    machine.do("systemctl", "start", "portal-certificate.service")
    assert served(machine) == first
    renewing = machine.tree / "var/lib/fanal-acme/renewal/fanal.conf"
    renewing.write_text(f"renew_before_expiry = 100 days\n{renewing.read_text()}")
    # The authority itself keeps its accounts in memory, so the test stops the DNS server instead.
    machine.do("systemctl", "stop", "dns")
    machine.do("systemctl", "start", "portal-certificate.service", code=1)
    assert served(machine) == first
    machine.do("systemctl", "start", "dns")
    machine.do("systemctl", "start", "portal-certificate.service")
    assert served(machine) != first
    assert (listening(machine), logs(machine), nginx(machine)) == (False, written, process)


def test_a_certificate_by_dns_needs_no_port(machine: Machine) -> None:
    """A program of the administrator changes the DNS. Another program occupies port 80 meanwhile."""
    listen = "import signal, socket; server = socket.create_server(('', 80)); signal.pause()"
    machine.do("systemd-run", "--quiet", "--unit=other", "python3", "-c", listen)
    before = served(machine)
    assert "certificate by ACME" in run_setup(machine, replace(BY_ACME, certificate_by=ACME_DNS))
    assert served(machine) != before


def test_the_documented_command_revokes_the_certificate_of_a_seized_machine(
    machine: Machine,
) -> None:
    """The administrator has only the public certificate and a copy of the account."""
    run_setup(machine, BY_ACME)
    (machine.tree / "srv/seized.pem").write_text(served(machine))
    machine.do("sh", "-c", "mkdir /srv/acme && mv /var/lib/fanal-acme/accounts /srv/acme")
    machine.do("rm", "-r", "/var/lib/fanal-acme")
    assert revoked(machine) == "Valid"
    page = (ROOT / "docs/when-something-goes-wrong.md").read_text("utf-8")
    (command,) = guides.lines(guides.section(page, "The server is seized"))
    theirs = command.replace("https://acme-v02.api.letsencrypt.org/directory", BY_ACME.acme_server)
    assert theirs != command
    machine.do("env", "--chdir=/srv", "sh", "-c", theirs)
    assert revoked(machine) == "Revoked"


def revoked(machine: Machine) -> str:
    """Return what the authority says about the seized certificate."""
    serial = machine.do("openssl", "x509", "-in", "/srv/seized.pem", "-noout", "-serial").partition("=")[2]
    address = f"https://{AUTHORITY['managementListenAddress']}/cert-status-by-serial/{serial.lower()}"
    status: str = json.loads(machine.do("curl", "--silent", "--insecure", address))["Status"]
    return status
