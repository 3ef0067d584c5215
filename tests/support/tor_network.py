"""A separate tor network on loopback: authorities, relays, the shipped onion service, and a client."""

import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from portal.errors import Refused
from portal.site.fetching import Visitor
from tests.support.installation import free_port
from tests.support.portal_nginx import CONFIGURATION, HOST

TORRC = CONFIGURATION.with_name("torrc")
AUTHORITIES, RELAYS = 3, 5
# There is a consensus every 20 seconds. Clients know the service after the second or third consensus.
PATIENCE_SECONDS = 240
_NODE = """
TestingTorNetwork 1
AssumeReachable 1
ShutdownWaitLength 0
PathsNeededToBuildCircuits 0.25
Log warn stdout
"""
_AUTHORITY = """
AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
ContactInfo nobody
TestingV3AuthInitialVotingInterval 20
TestingV3AuthInitialVoteDelay 4
TestingV3AuthInitialDistDelay 4
V3AuthVotingInterval 20
V3AuthVoteDelay 4
V3AuthDistDelay 4
V3AuthNIntervalsValid 2
TestingDirAuthVoteExit *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteGuard *
"""


@dataclass(frozen=True, slots=True)
class Network:
    """A running network. A tor process joins the network with the configuration lines ``joins``.

    ``proxy`` is the address of the proxy of the network's client.
    """

    proxy: str
    joins: str


@dataclass(frozen=True, slots=True)
class Tor:
    """The address of the client's proxy, and the onion name that the service generated."""

    proxy: str
    onion: str


def tor_browser(proxy: str) -> Mapping[str, bool | int | str]:
    """Return the settings that make Firefox behave like Tor Browser.

    The proxy resolves names, and sites with an onion address are secure contexts.
    """
    host, port = proxy.split(":")
    return {
        "network.proxy.type": 1,
        "network.proxy.socks": host,
        "network.proxy.socks_port": int(port),
        "network.proxy.socks_remote_dns": True,
        "network.dns.blockDotOnion": False,
        "dom.securecontext.allowlist_onions": True,
    }


@contextmanager
def tor_network(folder: Path, tor_port: int) -> Iterator[Tor]:
    """Run a network with the shipped torrc in front of a web server. Yield once the service is reachable."""
    service = folder / "service"
    with (
        network(folder) as made,
        _running(service, _shipped(service, tor_port) + made.joins),
    ):
        yield Tor(made.proxy, reached(made.proxy, service / "onion" / "hostname"))


@contextmanager
def network(folder: Path) -> Iterator[Network]:
    """Run a network without an onion service."""
    proxy = f"{HOST}:{free_port()}"
    authorities = [folder / f"authority{n}" for n in range(AUTHORITIES)]
    settings = {each: _authority(each) for each in authorities}
    trusted = "".join(_trusted(each, settings[each]) for each in authorities)
    settings |= {each: _relay(each) for each in (folder / f"relay{n}" for n in range(RELAYS))}
    settings[folder / "client"] = f"DataDirectory {folder}/client\nSocksPort {proxy}\n{_NODE}"
    with ExitStack() as running:
        for each, text in settings.items():
            running.enter_context(_running(each, text + trusted))
        yield Network(proxy, f"TestingTorNetwork 1\n{trusted}")


def _shipped(folder: Path, tor_port: int) -> str:
    text = TORRC.read_text("utf-8")
    for old, new in (("/var/lib/tor-instances/fanal", str(folder)), (f"{HOST}:8081", f"{HOST}:{tor_port}")):
        assert old in text, old
        text = text.replace(old, new)
    return text


def _relay(folder: Path) -> str:
    own = f"DataDirectory {folder}\nNickname {folder.name}\nORPort {HOST}:{free_port()}\n"
    return f"{own}Address {HOST}\nSocksPort 0\nExitPolicy reject *:*\n{_NODE}"


def _authority(folder: Path) -> str:
    """Make the keys of an authority. Return its settings."""
    keys, directory = folder / "keys", f"{HOST}:{free_port()}"
    keys.mkdir(parents=True, mode=0o700)
    files = {"-i": "authority_identity_key", "-s": "authority_signing_key", "-c": "authority_certificate"}
    named = [part for option, name in files.items() for part in (option, keys / name)]
    command = ["tor-gencert", "--create-identity-key", "--passphrase-fd", "0", "-a", directory, *named]
    subprocess.run(command, input=b"\n", check=True, capture_output=True)
    return f"{_relay(folder)}{_AUTHORITY}DirPort {directory}\n"


def _trusted(folder: Path, settings: str) -> str:
    """Return the line that makes an authority known to all others."""
    router, directory = (re.search(rf"{name}Port (\S+)", settings) for name in ("OR", "Dir"))
    certificate = (folder / "keys" / "authority_certificate").read_text()
    identity = re.search(r"^fingerprint (\w+)$", certificate, re.MULTILINE)
    assert router
    assert directory
    assert identity
    known = f"orport={router[1].rpartition(':')[2]} v3ident={identity[1]} {directory[1]}"
    # tor prints its own fingerprint only if its configuration names an authority.
    (folder / "torrc").write_text(f"{settings}DirAuthority {folder.name} {known} {'F' * 40}\n")
    command = ["tor", "-f", folder / "torrc", "--list-fingerprint", "--hush"]
    subprocess.run(command, check=True, capture_output=True)
    fingerprint = (folder / "fingerprint").read_text().split()[1]
    return f"DirAuthority {folder.name} {known} {fingerprint}\n"


@contextmanager
def _running(folder: Path, settings: str) -> Iterator[None]:
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    (folder / "torrc").write_text(settings)
    with (folder / "log").open("wb") as log:
        command = ["tor", "-f", folder / "torrc", "--hush"]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield
            assert process.poll() is None, (folder / "log").read_text()
        finally:
            process.terminate()
            process.wait()


def reached(proxy: str, hostname: Path) -> str:
    """Return the name of the onion service once a page can be fetched through the network."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        with suppress(FileNotFoundError, Refused):
            onion = hostname.read_text().strip()
            Visitor(f"http://{onion}", f"socks5h://{proxy}").get("/")
            return onion
        assert time.monotonic() < end
        time.sleep(1)
