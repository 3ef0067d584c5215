"""The next release candidate of a project, for checks of an upgrade."""

import tomllib
from pathlib import Path

from packaging.version import Version


def raise_version(project: Path) -> None:
    """Give a pyproject.toml its next candidate: 1.0.0rc2 after 1.0.0rc1, and 1.0.1rc1 after 1.0.0."""
    text = project.read_text("utf-8")
    now = Version(tomllib.loads(text)["project"]["version"])
    of, number = (now.micro, now.pre[1] + 1) if now.pre else (now.micro + 1, 1)
    raised = f'version = "{now.major}.{now.minor}.{of}rc{number}"'
    project.write_text(text.replace(f'version = "{now}"', raised, 1), "utf-8")
