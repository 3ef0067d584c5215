"""The onion service serves the same site, and never sends a visitor elsewhere."""

import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.store.schema import envelopes
from tests.support.builders import make_report_envelope
from tests.support.firefox_peer import browsing
from tests.support.portal_nginx import CONFIGURATION, Nginx
from tests.support.portal_room import BODY, SITE, Room, declared
from tests.support.portal_server import Server
from tests.support.routes import addresses
from tests.support.socks_proxy import proxying
from tests.support.tor_network import tor_browser

TORRC = CONFIGURATION.with_name("torrc")
NAME = "a" * 55 + "d.onion"


@pytest.mark.slow
def test_a_report_is_sent_to_the_onion_service(behind_nginx: Nginx) -> None:
    """The browser knows only the .onion name. No request of the page goes elsewhere."""
    with proxying(behind_nginx.onion_port) as proxy:
        with browsing(tor_browser(proxy.address)) as firefox:
            firefox.does("visit", address=f"http://{NAME}", language="fr")
            assert firefox.does("report", text="Through the onion service")["words"]
        # Firefox itself also contacts its maker.
        assert {name for name in proxy.asked if b".mozilla." not in name} == {NAME.encode()}
    with behind_nginx.server.store() as store, store.read() as connection:
        whole = select(func.count()).where(envelopes.c.received == envelopes.c.size)
        assert connection.scalar(whole) == 1


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_answer_contains_the_name_of_the_site(tmp_path: Path, method: str) -> None:
    """Answers are the same for every host name and scheme, because they contain only paths."""
    room = Room(tmp_path, "sqlite:///portal.sqlite")
    for path in addresses(room.app):
        answers = [
            room.client.open(path, method=method, base_url=f"{scheme}://{name}", headers={"Host": name})
            for scheme, name in (("http", NAME), ("https", "report.example"))
        ]
        onion, clearnet = answers
        assert (onion.status, list(onion.headers)) == (clearnet.status, list(clearnet.headers)), path
        assert onion.data == clearnet.data, path
        for answer, name in zip(answers, (NAME, "report.example"), strict=True):
            assert name.encode() not in str(answer.headers).encode() + answer.data, path
    room.close()


def test_the_address_of_an_upload_is_only_a_path(behind_nginx: Nginx) -> None:
    sealed = make_report_envelope(SITE)
    behind = Server(behind_nginx.server.folder, behind_nginx.onion_port)
    headers = {**BODY, **declared(sealed), "Host": NAME}
    status, answered, _ = behind.request("POST", "/api/envelopes", sealed.envelope, headers)
    assert (status, answered["Location"].startswith("/api/envelopes/")) == (201, True)


def torrc(folder: Path, *more: str) -> Path:
    """Return a copy of the shipped file for a folder of this test, and append the lines ``more``."""
    text = TORRC.read_text("utf-8")
    place = "/var/lib/tor-instances/fanal"
    assert place in text
    file = folder / "torrc"
    file.write_text(text.replace(place, str(folder / "tor")) + "".join(f"{line}\n" for line in more))
    return file


def verified(file: Path) -> int:
    """Return the exit status of tor's own check of a configuration file."""
    command = ["tor", "--verify-config", "--defaults-torrc", "/dev/null", "-f", str(file)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_tor_accepts_the_shipped_torrc(tmp_path: Path) -> None:
    assert verified(torrc(tmp_path)) == 0
    assert verified(torrc(tmp_path, "HiddenServicePorts 80")) != 0


def test_tor_connects_to_the_port_that_nginx_opens_for_tor() -> None:
    """The port is only on loopback, and expects the PROXY line in which tor names the circuit."""
    (port,) = re.findall(r"^HiddenServicePort 80 (127\.0\.0\.1:\d+)$", TORRC.read_text(), re.MULTILINE)
    assert f"listen {port} proxy_protocol " in (CONFIGURATION / "onion.conf").read_text()
    assert "HiddenServiceExportCircuitID haproxy" in TORRC.read_text().splitlines()


def test_tor_does_not_log_connections() -> None:
    """The log contains only warnings, and no regular counts of circuits and bytes."""
    lines = TORRC.read_text().splitlines()
    assert [line for line in lines if line.startswith("Log ")] == ["Log warn stdout"]
    assert "HeartbeatPeriod 0" in lines
    assert "SafeLogging 1" in lines
