"""What a medium contains: the inbox, Debian's packages, scripts, guides, two public keys and a manifest."""

import hashlib
import re
import shutil
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from deploy.release import manifest, signing
from deploy.release.commands import run
from deploy.release.errors import DANGER, Refused
from deploy.release.manifest import MANIFEST, PACKAGE
from deploy.release.minisign_files import read

# Debian's packages for the inbox's machine, besides those on which the inbox depends: a browser for the desk,
# a program that shows the browser on a machine without a desktop, and the program that checks signatures.
PACKAGES = ("cage", "firefox-esr", "minisign")
_HERE = Path(__file__).parent
_COPIED = ("check.sh", "install.sh", "GUIDE.en.txt", "GUIDE.fr.txt")


def write(out: Path, release: Path, keys: Sequence[Path], made: datetime) -> str:
    """Complete the medium in ``out``, which already contains Debian's packages, and return its version.

    ``release`` is the folder with the inbox, and ``keys`` are the public keys of two maintainers. The version
    combines the version of the inbox with the UTC minute at which the medium was made, so that a later medium
    with the same inbox has a higher version.
    """
    signing.public_keys(keys)
    if len(keys) > signing.SIGNERS:
        raise Refused("a medium has only the public keys of two maintainers", "give two keys")
    package = inbox(release)
    version = f"{_inbox([package.name])[2]}-{made:%Y%m%d%H%M}"
    (out / "keys").mkdir(parents=True)
    for file in (package, *(_HERE / name for name in _COPIED)):
        shutil.copyfile(file, out / file.name)
    for key in keys:
        shutil.copyfile(key, out / "keys" / key.name)
    (out / "VERSION").write_text(f"{version}\n", "ascii")
    (out / "PACKAGES").write_text("".join(f"{name}\n" for name in PACKAGES), "ascii")
    manifest.write(out)
    return version


def inbox(release: Path) -> Path:
    """Return the package of the inbox in a release. Raises Refused if a file differs from the manifest."""
    signatures = [each.name for each in release.glob(f"{MANIFEST}.*.minisig")]
    manifest.check(release, signatures)
    return release / _inbox(each.name for each in release.iterdir())[0]


def needed(package: Path) -> tuple[str, ...]:
    """Return the names of the Debian packages for a machine with this package of the inbox."""
    depends = run("dpkg-deb", "--field", package, "Depends", cwd=package.parent)
    return (*(each.split()[0] for each in depends.split(",")), *PACKAGES)


def check(folder: Path, signatures: Collection[str]) -> str:
    """Compare the files of a medium with its manifest, and return its version.

    ``signatures`` are names that the manifest may omit. Raises Refused with the name of the first file that
    is missing, wrong, additional or not a regular file.
    """
    names = manifest.compare(folder, signatures)
    version = read(folder / "VERSION").decode("ascii", "replace").removesuffix("\n")
    if not re.fullmatch(rf"{re.escape(_inbox(names)[2])}-\d{{12}}", version):
        raise Refused("VERSION is not that of the inbox on this medium", DANGER)
    return version


def fingerprint(folder: Path) -> str:
    """Return the fingerprint of a medium, which officers compare: the SHA-256 of its manifest, in groups."""
    digest = hashlib.sha256(read(folder / MANIFEST)).hexdigest()
    return " ".join(re.findall("....", digest))


def _inbox(names: Iterable[str]) -> re.Match[str]:
    """Return the name and version of the inbox's package; raises Refused unless there is exactly one."""
    found = [match for match in map(PACKAGE.fullmatch, names) if match and match[1] == "inbox"]
    if len(found) != 1:
        raise Refused("the manifest does not name one package of the inbox", DANGER)
    return found[0]
