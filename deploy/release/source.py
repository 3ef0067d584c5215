"""The source of a release: one commit, its version and its time.

A release is built from a commit, never from files that only one builder has.
"""

import re
import shutil
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from packaging.version import Version

from deploy.release.commands import run
from deploy.release.errors import Refused

_DIGITS = 12
_COMMIT_FILE = "templates/commit.txt"  # templates/version.py reads it
_VERSION_LINE = re.compile(r'^version = "(.+)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """A commit of the repository ``root``, and its time in seconds since 1970."""

    root: Path
    commit: str
    epoch: int
    version: Version

    @classmethod
    def of(cls, root: Path) -> Self:
        """Return the commit that is checked out.

        If the commit has the tag of the version in pyproject.toml (such as ``v1.0.0``), the release has this
        version. Otherwise the version names the commit. Development versions sort before the version of
        pyproject.toml, and older development versions before newer development versions.

        Raises Refused if files differ from the commit, if another commit has this version's tag, or if
        ``root`` has no git history.
        """
        if changed := run("git", "status", "--porcelain", cwd=root):
            files = ", ".join(line[3:] for line in changed.splitlines()[:3])
            raise Refused(
                f"files differ from the commit: {files}", "commit them: others build from the commit"
            )
        commit, epoch = run("git", "log", "-1", "--format=%H %ct", cwd=root).split()
        named = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
        tag = f"v{named}"
        if tag in run("git", "tag", "--points-at", "HEAD", cwd=root).split():
            return cls(root, commit, int(epoch), Version(named))
        if run("git", "tag", "--list", tag, cwd=root):
            raise Refused(
                f"another commit is version {named}: it has the tag {tag}",
                f"raise the version in pyproject.toml, or check out {tag}",
            )
        at = datetime.fromtimestamp(int(epoch), UTC).strftime("%Y%m%d%H%M%S")
        return cls(root, commit, int(epoch), Version(f"{named}.dev{at}+g{commit[:_DIGITS]}"))

    @property
    def debian_version(self) -> str:
        """The version in Debian's order: a pre-release or development version sorts before its release."""
        text = self.version.base_version
        for part, number in (self.version.pre or ("", None), ("dev", self.version.dev)):
            text += "" if number is None else f"~{part}{number}"
        return f"{text}+{self.version.local}" if self.version.local else text

    @property
    def npm_version(self) -> str:
        """The version as npm accepts it."""
        return self.debian_version.replace("~", "-")

    def export(self, folder: Path) -> None:
        """Write all files of the commit to ``folder``, with the version and commit of this release."""
        archive = folder.with_suffix(".tar")
        run("git", "archive", f"--output={archive}", self.commit, cwd=self.root)
        shutil.unpack_archive(archive, folder, filter="data")
        archive.unlink()
        project = folder / "pyproject.toml"
        text, found = _VERSION_LINE.subn(f'version = "{self.version}"', project.read_text("utf-8"), count=1)
        if not found:
            raise Refused("pyproject.toml has no line with the version", 'write it as: version = "1.0.0"')
        project.write_text(text, "utf-8")
        day = datetime.fromtimestamp(self.epoch, UTC).date()
        (folder / _COMMIT_FILE).write_text(f"{self.commit[:_DIGITS]} {day}\n", "ascii")
