"""The commands ``build``, ``sign`` and ``verify`` of `make release` and `make sign-release`."""

import sys
from pathlib import Path

import click

from deploy.release import building, entrance, signing
from deploy.release.errors import Refused

_ROOT = Path(__file__).parent.parent.parent
# The paths are absolute, because the programs that a release needs run in other folders.
_FOLDER = click.Path(path_type=Path, file_okay=False, resolve_path=True)
_RELEASE = click.Path(path_type=Path, file_okay=False, exists=True, resolve_path=True)
_FILE = click.Path(path_type=Path, dir_okay=False, exists=True, resolve_path=True)


@click.group()
def commands() -> None:
    """Build, sign and verify the packages of a release."""


@commands.command()
@click.option("--out", type=_FOLDER, default=_ROOT / "dist", help="A new or empty folder for the packages.")
@click.option(
    "--wheels", type=_FOLDER, default=_ROOT / "build/wheels", help="Downloaded libraries are kept here."
)
def build(out: Path, wheels: Path) -> None:
    """Build the packages of the commit that is checked out."""
    for name in building.release(_ROOT, out, wheels):
        click.echo(name)


@commands.command()
@click.argument("folder", type=_RELEASE)
@click.argument("key", type=_FILE)
def sign(folder: Path, key: Path) -> None:
    """Sign a release with the secret key of a maintainer."""
    click.echo(signing.sign(folder, key, _ROOT).name)


@commands.command()
@click.argument("folder", type=_RELEASE)
@click.argument("keys", type=_FILE, nargs=-1, required=True)
@click.option("--version", help="Refuse a release of any other version.")
def verify(folder: Path, keys: tuple[Path, ...], version: str | None) -> None:
    """Check the files of a release against the public keys of two maintainers, and print its version."""
    found = signing.verify(folder, keys)
    if version not in (None, found):
        raise Refused(f"this release is {found}, not {version}", "get the release that you want to install")
    click.echo(f"version {found}: all files are those that both maintainers signed")


if __name__ == "__main__":
    sys.exit(entrance.run(commands))
