"""The commands ``build``, ``sign`` and ``verify`` of `make medium` and `make sign-medium`."""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from deploy.medium import contents, debian_archive
from deploy.medium.debian_archive import Archive
from deploy.release import entrance, signing
from deploy.release.errors import Refused

_ROOT = Path(__file__).parent.parent.parent
# The paths are absolute, because the programs that make a medium run in other folders.
_NEW = click.Path(path_type=Path, file_okay=False, resolve_path=True)
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True, resolve_path=True)
_FILE = click.Path(path_type=Path, dir_okay=False, exists=True, resolve_path=True)


@click.group()
def commands() -> None:
    """Build, sign and verify a medium that installs the inbox without a network."""


@commands.command()
@click.argument("out", type=_NEW)
@click.argument("keys", type=_FILE, nargs=-1, required=True)
@click.option("--release", type=_FOLDER, default=_ROOT / "dist", help="The release with the inbox.")
@click.option("--cache", type=_NEW, default=_ROOT / "build/debian", help="Debian's packages are kept here.")
def build(out: Path, keys: tuple[Path, ...], release: Path, cache: Path) -> None:
    """Build a medium in a new or empty folder, with the public keys of two maintainers."""
    if out.is_dir() and any(out.iterdir()):
        raise Refused(f"{out} is not empty", "give a new folder, for example one on an empty USB stick")
    needed = contents.needed(contents.inbox(release))
    with tempfile.TemporaryDirectory(prefix="fanal-medium-") as folder:
        Archive(Path(folder), cache, debian_archive.mirrors()).copy(needed, out)
    version = contents.write(out, release, keys, datetime.now(UTC))
    _say(f"medium {version} is complete, and needs the signatures of both maintainers", out)


@commands.command()
@click.argument("folder", type=_FOLDER)
@click.argument("key", type=_FILE)
def sign(folder: Path, key: Path) -> None:
    """Sign a medium with the secret key of a maintainer."""
    _say(signing.sign(folder, key, _ROOT, contents.check).name, folder)


@commands.command()
@click.argument("folder", type=_FOLDER)
@click.argument("keys", type=_FILE, nargs=-1, required=True)
def verify(folder: Path, keys: tuple[Path, ...]) -> None:
    """Check the files of a medium against the public keys of two maintainers."""
    found = signing.verify(folder, keys, contents.check)
    _say(f"medium {found}: all files are those that both maintainers signed", folder)


def _say(what: str, folder: Path) -> None:
    click.echo(f"{what}\nfingerprint: {contents.fingerprint(folder)}")


if __name__ == "__main__":
    sys.exit(entrance.run(commands))
