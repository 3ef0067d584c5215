"""A small signed medium, with tiny files instead of packages."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self

from deploy.medium import contents
from deploy.release import manifest, signing
from tests.support import release_keys
from tests.support.paths import ROOT

VERSION = "1.0.0-202612010930"
MADE = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
LIBRARY = "debian/pool/main/z/zlib/zlib1g_1.3_amd64.deb"
# The two maintainers.
_NAMES = ("anne", "bruno")
# Officers type the first groups of the fingerprint: as many digits as install.sh asks for.
_TYPED_GROUPS = 6


def make_keys(folder: Path) -> None:
    """Make a new folder with the secret and public keys of both maintainers."""
    folder.mkdir()
    for name in _NAMES:
        release_keys.make(folder, name)


def typed_digits(medium: Path) -> str:
    """Return the part of the fingerprint of a medium that each officer types."""
    return " ".join(contents.fingerprint(medium).split()[:_TYPED_GROUPS])


class Guide(NamedTuple):
    """The commands of each part of a guide on a medium. `make soak offline` types all of them."""

    installation: list[str]
    media: list[str]
    desk: list[str]
    update: list[str]


def guide(folder: Path, language: str) -> Guide:
    """Return the commands of the guide in a folder, for example on a medium.

    Two empty lines separate the parts. A line that begins with at least four spaces is a command. Raise
    TypeError if the guide has more or fewer parts.
    """
    text = (folder / f"GUIDE.{language}.txt").read_text("utf-8")
    _, *parts = (
        [line.strip() for line in part.splitlines() if line.startswith("    ")]
        for part in text.split("\n\n\n")
    )
    return Guide(*parts)


@dataclass(frozen=True, slots=True)
class Medium:
    """A medium in a folder, and the secret and public keys of two maintainers."""

    folder: Path
    anne: tuple[Path, Path]
    bruno: tuple[Path, Path]

    @classmethod
    def complete(cls, folder: Path, release: Path, keys: Path, made: datetime) -> Self:
        """Complete and sign a medium in ``folder``, which contains Debian's packages.

        ``release`` has the inbox and a manifest. ``keys`` has the keys that ``make_keys`` makes.
        """
        anne, bruno = ((keys / f"{name}.key", keys / f"{name}.pub") for name in _NAMES)
        contents.write(folder, release, (anne[1], bruno[1]), made)
        medium = cls(folder, anne, bruno)
        medium.sign()
        return medium

    @classmethod
    def make(cls, place: Path, inbox: str = "1.0.0", made: datetime = MADE, keys: Path | None = None) -> Self:
        """Make a signed medium in a new folder of ``place``.

        If no folder with keys is given, make keys, too.
        """
        release, folder = place / f"release-{inbox}", place / f"medium-{inbox}-{made:%Y%m%d%H%M}"
        release.mkdir()
        for side in ("portal", "inbox", "draws"):
            (release / f"fanal-{side}_{inbox}_amd64.deb").write_bytes(b"package")
        manifest.write(release)
        library = folder / LIBRARY
        library.parent.mkdir(parents=True)
        library.write_bytes(b"library")
        if not keys:
            make_keys(keys := place / "keys")
        return cls.complete(folder, release, keys, made)

    @property
    def keys(self) -> tuple[Path, Path]:
        """The public keys."""
        return self.anne[1], self.bruno[1]

    def sign(self) -> None:
        """Let both maintainers sign the medium."""
        for secret, _ in (self.anne, self.bruno):
            signing.sign(self.folder, secret, ROOT, contents.check)

    def checked(self) -> "subprocess.CompletedProcess[str]":
        """Run the script that compares the files with the manifest.

        The script on the medium is not used, because a test may have changed it.
        """
        command = ["sh", str(ROOT / "deploy/medium/check.sh"), str(self.folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)
