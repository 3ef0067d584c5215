"""A medium gets the packages of Debian, as if nothing were installed on the machine that makes the medium."""

import functools
import lzma
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.medium import debian_archive
from deploy.medium.debian_archive import Archive
from tests.support import debian_mirror
from tests.support.debian_mirror import SigningKey

SUITE = "trixie"


class Handler(SimpleHTTPRequestHandler):
    """A web server that logs nothing."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a mirror with four small packages."""
    mirror = tmp_path / "mirror"
    with SigningKey.made() as key:
        debian_mirror.suite(
            mirror,
            SUITE,
            key,
            {"wanted": "Depends: needed\n", "needed": "", "basic": "Essential: yes\n", "apt": "", "more": ""},
        )
        keyring = tmp_path / "keyring.gpg"
        keyring.write_bytes(key.public)
    monkeypatch.setattr(debian_archive, "_KEYRING", keyring)
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=mirror)) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_medium_has_the_named_packages_with_their_dependencies_and_the_packages_of_every_debian(
    tmp_path: Path, address: str
) -> None:
    """The index is Debian's own, with the signature."""
    out, apt = tmp_path / "out", tmp_path / "apt"
    apt.mkdir()
    Archive(apt, tmp_path / "cache", {SUITE: address}).copy(("wanted",), out)
    assert {each.name.partition("_")[0] for each in out.rglob("*.deb")} == {
        "wanted",
        "needed",
        "basic",
        "apt",
    }
    index = out / "debian/dists" / SUITE
    assert (index / "InRelease").read_bytes() == (
        tmp_path / "mirror/dists" / SUITE / "InRelease"
    ).read_bytes()
    listed = lzma.decompress((index / "main/binary-amd64/Packages.xz").read_bytes())
    assert listed.count(b"Package: ") == 5
    for each in out.rglob("*.deb"):
        assert each.relative_to(out / "debian").as_posix().encode() in listed
