"""The part of Debian's archive that a medium carries.

The indexes are Debian's own files with Debian's signature. Therefore a bare Debian, which already has
Debian's keys, can check each package without a key from this project. apt selects the packages as if nothing
were installed. The medium therefore does not depend on the software of the inbox's or a maintainer's machine.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from deploy.release.commands import run
from deploy.release.errors import Refused

# The parts of Debian 13 by codename, and the folder of the medium with the packages of each part.
SUITES = {"trixie": "debian", "trixie-updates": "debian", "trixie-security": "debian-security"}
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_HELPER = "/usr/lib/apt/apt-helper"
_INDEX = "main/binary-amd64/Packages.xz"
# Packages that every Debian system has. The medium also contains the newest versions of these packages.
_ALWAYS = ("?essential", "apt")
_DIGEST = re.compile(rf"^ ([0-9a-f]{{64}}) +\d+ {re.escape(_INDEX)}$", re.MULTILINE)
# A line of `apt-get --print-uris`: 'URI' NAME SIZE DIGEST
_WANTED = re.compile(r"^'([^']+)' ([^ ]+) ", re.MULTILINE)


def mirrors() -> dict[str, str]:
    """Return the address of each suite in the configuration of this machine's apt.

    Raises Refused if apt does not know a suite, or has never read it.
    """
    asked = (
        "--format",
        "$(CODENAME) $(REPO_URI)",
        "Created-By: Packages",
        "Origin: Debian",
        "Component: main",
    )
    lines = run("apt-get", "indextargets", *asked, cwd=Path("/")).splitlines()
    found = dict(line.split() for line in reversed(lines))
    if missing := [name for name in SUITES if name not in found]:
        raise Refused(
            f"apt on this machine does not know {missing[0]}", "name it in apt's sources, then run apt update"
        )
    return {name: found[name] for name in SUITES}


@dataclass(frozen=True, slots=True)
class Archive:
    """Debian's archive, read with apt's own files in ``folder``; ``packages`` keeps the downloads.

    ``addresses`` has the address of each suite, which ends with a slash.
    """

    folder: Path
    packages: Path
    addresses: Mapping[str, str]

    def copy(self, names: tuple[str, ...], out: Path) -> None:
        """Copy to ``out`` the indexes, the named packages, and all packages on which they depend.

        Raises Failed with apt's message if apt cannot download something, or if a signature is wrong.
        """
        nothing = self.folder / "nothing"
        for each in (self.folder / "state/lists", self.packages, nothing):
            (each / "partial").mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        lines = (f"deb [signed-by={_KEYRING}] {uri} {name} main\n" for name, uri in self.addresses.items())
        (self.folder / "sources.list").write_text("".join(lines), "ascii")
        self._apt("update", "--error-on=any")
        for name in self.addresses:
            self._copy_index(name, out)
        install = ("install", "--yes", "--no-install-recommends", *_ALWAYS, *names)
        # apt does not name the packages that it has already downloaded.
        wanted = _WANTED.findall(
            self._apt(*install, "--print-uris", f"--option=Dir::Cache::archives={nothing}")
        )
        self._apt(*install, "--download-only")
        for uri, name in wanted:
            place = self._place(uri, out)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.packages / name, place)

    def _copy_index(self, suite: str, out: Path) -> None:
        """Copy the signed index of a suite, and its list of packages, which apt keeps in another form."""
        base = f"{self.addresses[suite]}dists/{suite}/"
        place = out / SUITES[suite] / "dists" / suite
        (place / _INDEX).parent.mkdir(parents=True)
        kept = base.partition("://")[2].replace("/", "_")
        signed = shutil.copyfile(self.folder / f"state/lists/{kept}InRelease", place / "InRelease")
        found = _DIGEST.search(signed.read_text("utf-8"))
        if not found:
            raise Refused(f"the index of {suite} does not name {_INDEX}", "see its file InRelease")
        by_hash = f"{base}{Path(_INDEX).parent}/by-hash/SHA256/{found[1]}"
        run(_HELPER, "download-file", by_hash, place / _INDEX, f"SHA256:{found[1]}", cwd=self.folder)

    def _place(self, uri: str, out: Path) -> Path:
        """Return where a package of the archive is placed on the medium."""
        suite, address = next(each for each in self.addresses.items() if uri.startswith(each[1]))
        return out / SUITES[suite] / unquote(uri.removeprefix(address))

    def _apt(self, *words: str) -> str:
        return run("apt-get", "--quiet=2", *self._options(), *words, cwd=self.folder)

    def _options(self) -> Iterator[str]:
        settings = {
            "Dir::Etc::SourceList": self.folder / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::Etc::Preferences": "/dev/null",
            "Dir::Etc::PreferencesParts": "/dev/null",
            "Dir::State": self.folder / "state",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder,
            "Dir::Cache::archives": self.packages,
            "Acquire::Languages": "none",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
            # Without this option, root's apt would change to its own user, who cannot write to these folders.
            "APT::Sandbox::User": "root",
        }
        for name, value in settings.items():
            yield f"--option={name}={value}"
