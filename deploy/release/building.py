"""The steps from a commit to the files of a release."""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import umask
from pathlib import Path

from deploy.release import bills, debian_package, licences, manifest, python_environment
from deploy.release.commands import environment, run
from deploy.release.errors import Refused
from deploy.release.python_environment import Libraries
from deploy.release.source import Source

# Both sides, and the program for draws, which outsiders install: each has a package of its own.
SIDES = ("portal", "inbox", "draws")


@dataclass(frozen=True, slots=True)
class Build:
    """A build in the folder ``work``: its source, and the variables for the programs that it runs."""

    source: Source
    work: Path
    env: Mapping[str, str]

    @property
    def exported(self) -> Path:
        """The files of the commit."""
        return self.work / "source"

    @property
    def made(self) -> Path:
        """The folder with the files of the release."""
        return self.work / "made"

    def wheel(self) -> Path:
        """Build our wheel, and return its path."""
        run(
            *(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", self.made),
            cwd=self.exported,
            env=self.env,
        )
        (wheel,) = self.made.glob("*.whl")
        return wheel

    def package(self, side: str, wheel: Path, libraries: Libraries) -> Path:
        """Build the Debian package of a side, and return the environment that it contains."""
        tree = self.work / side
        shutil.copytree(self.exported, tree, symlinks=True)
        folder = tree / "environment"
        site = python_environment.build(folder, side, wheel, libraries, self.env)
        (tree / "libraries.txt").write_text(licences.text(site), "utf-8")
        debian_package.build(tree, self.source, side, self.made, self.env)
        return folder

    def bill(self, name: str) -> Path:
        """Return the path of a bill of materials."""
        return self.made / f"fanal-{name}_{self.source.debian_version}.cdx.json"


def release(root: Path, out: Path, wheels: Path) -> list[str]:
    """Build wheel, packages, bills of materials and manifest in the empty folder ``out``; return their names.

    ``wheels`` keeps the downloaded libraries. Raises Refused, which names the obstacle.
    """
    python_environment.check_interpreter()
    if out.is_dir() and any(out.iterdir()):
        raise Refused(f"{out} is not empty", "remove what is in it, or give another folder with --out")
    source = Source.of(root)
    python_environment.fetch(root, SIDES, wheels)
    with begun(source) as build:
        wheel = build.wheel()
        for side in SIDES:
            libraries = Libraries(build.exported / f"requirements/{side}.txt", wheels)
            folder = build.package(side, wheel, libraries)
            package = (f"fanal-{side}", source.debian_version)
            bills.of_python(folder, package, libraries, build.bill(side), build.env)
        bills.of_pages(build.exported, source.npm_version, build.bill("pages"), build.env)
        return publish(build.made, out)


def publish(made: Path, out: Path) -> list[str]:
    """Write the manifest of the files in ``made``, and copy all of them to ``out``. Return their names."""
    manifest.write(made)
    out.mkdir(parents=True, exist_ok=True)
    return sorted(Path(shutil.copy(file, out)).name for file in made.iterdir())


@contextmanager
def begun(source: Source) -> Iterator[Build]:
    """Yield a build of a source in a temporary folder. New files get the permissions of installed files."""
    before = umask(0o022)
    try:
        with tempfile.TemporaryDirectory(prefix="fanal-release-") as folder:
            build = Build(source, Path(folder), environment(source.epoch, Path(folder)))
            build.made.mkdir()
            source.export(build.exported)
            yield build
    finally:
        umask(before)
