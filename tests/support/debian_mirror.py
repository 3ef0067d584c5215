"""A small archive whose indexes and signatures are like Debian's; apt reads it from a medium."""

import hashlib
import lzma
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from deploy.medium.contents import PACKAGES
from deploy.medium.debian_archive import SUITES

_INDEX = "main/binary-amd64/Packages.xz"
# A package that is on the medium only to update machines on which it is already installed.
OTHER = "other"
DATE = "Date: Tue, 01 Dec 2026 09:00:00 UTC\n"


def package(name: str, version: str, files: Mapping[str, bytes], out: Path, fields: str = "") -> Path:
    """Make a Debian package in ``out`` with files at absolute paths. Return its file.

    ``fields`` contains further lines of its control file.
    """
    tree = out / f"{name}.tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: amd64\n"
        f"Maintainer: Anne <anne@example.org>\nDescription: {name} of the test\n{fields}"
    )
    for path, content in files.items():
        file = tree / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o755)
    made = out / f"{name}_{version}_amd64.deb"
    _run("dpkg-deb", "--root-owner-group", "--build", tree, made)
    shutil.rmtree(tree)
    return made


class SigningKey:
    """A key with which gpg signs indexes, as Debian signs its own."""

    def __init__(self, home: Path) -> None:
        """Use the key in ``home``, a folder of gpg."""
        self._home = home

    @classmethod
    @contextmanager
    def made(cls) -> Iterator[Self]:
        """Make a new key that exists only during the block.

        The path of the key's folder is short, because gpg has sockets in it.
        """
        with tempfile.TemporaryDirectory(prefix="fanal-", ignore_cleanup_errors=True) as name:
            key = cls(Path(name))
            key._gpg("--passphrase", "", "--quick-generate-key", "Debian", "ed25519", "sign", "never")
            try:
                yield key
            finally:
                _run("gpgconf", "--homedir", name, "--kill", "all")

    @property
    def public(self) -> bytes:
        """The public key, as in Debian's keyring."""
        return self._gpg("--export")

    def sign(self, text: str) -> bytes:
        """Return a text with its signature, as in the file InRelease."""
        return self._gpg("--clearsign", typed=text)

    def _gpg(self, *words: str, typed: str = "") -> bytes:
        return _run("gpg", "--homedir", self._home, "--batch", "--quiet", *words, typed=typed)


def make(out: Path, key: SigningKey) -> None:
    """Make the archive of a medium in ``out``.

    The archive's package of minisign contains the minisign that is installed on this machine. Each other
    package has one small file. The archive also has the package OTHER. PACKAGES does not list this package,
    and no other package requires it.
    """
    for name in (*PACKAGES, OTHER):
        pool = out / ("debian-security" if name == "firefox-esr" else "debian") / "pool"
        pool.mkdir(parents=True, exist_ok=True)
        program = f"/usr/bin/{name}"
        package(name, "99", {program: Path(program).read_bytes() if name == "minisign" else b"program"}, pool)
    for suite, folder in SUITES.items():
        place = out / folder / "dists" / suite
        (place / _INDEX).parent.mkdir(parents=True)
        # The suite for updates contains no packages.
        listed = b"" if suite.endswith("-updates") else _run("dpkg-scanpackages", "pool", cwd=out / folder)
        (place / _INDEX).write_bytes(lzma.compress(listed))
        (place / "InRelease").write_bytes(key.sign(release(place)))


def suite(mirror: Path, name: str, key: SigningKey, packages: Mapping[str, str]) -> None:
    """Make a mirror with one suite, from which apt downloads. ``packages`` has the fields of each package."""
    (pool := mirror / "pool").mkdir(parents=True)
    for each, fields in packages.items():
        package(each, "1", {}, pool, fields)
    place = mirror / "dists" / name
    index = place / _INDEX
    by_hash = index.parent / "by-hash/SHA256"
    by_hash.mkdir(parents=True)
    index.write_bytes(lzma.compress(_run("dpkg-scanpackages", "pool", cwd=mirror)))
    shutil.copy(index, by_hash / hashlib.sha256(index.read_bytes()).hexdigest())
    (place / "InRelease").write_bytes(key.sign(release(place)))


def release(place: Path) -> str:
    """Return the text that Debian signs for a suite, with the digests of the list of packages."""
    packed = (place / _INDEX).read_bytes()
    files = {_INDEX: packed, _INDEX.removesuffix(".xz"): lzma.decompress(packed)}
    digests = (f" {hashlib.sha256(each).hexdigest()} {len(each)} {name}\n" for name, each in files.items())
    return (
        f"Origin: Debian\nSuite: {place.name}\nCodename: {place.name}\n"
        "Components: main\nArchitectures: amd64\n"
        f"{DATE}SHA256:\n{''.join(digests)}"
    )


def _run(*command: str | Path, typed: str = "", cwd: Path | None = None) -> bytes:
    done = subprocess.run(command, input=typed.encode(), capture_output=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
