"""The signatures of two maintainers under the manifest of a release or medium, made and checked by minisign.

The repository contains no key. Each maintainer signs with their own key, and users get both public keys.
"""

import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from deploy.release import manifest
from deploy.release.commands import run, run_at_terminal
from deploy.release.errors import DANGER, Failed, Refused
from deploy.release.manifest import MANIFEST
from deploy.release.minisign_files import PublicKey, read, signed_by

SIGNERS = 2
# Compares a folder with its manifest, which may omit the named signatures, and returns the folder's version.
Check = Callable[[Path, Collection[str]], str]


def sign(folder: Path, key: Path, root: Path, check: Check = manifest.check) -> Path:
    """Sign the manifest with the secret key in the file ``key``, and return the signature.

    minisign asks for the key's passphrase. The signature has the name of the key file, and states the version
    of the release or medium. Raises Refused if a file differs from the manifest, or if the key may be inside
    the repository ``root``. Also raises Refused if a signature by another key already has this name.
    """
    _check_place(key, root)
    version = check(folder, [each.name for each in _signatures(folder)])
    signature = folder / f"{MANIFEST}.{key.stem}.minisig"
    with tempfile.TemporaryDirectory() as aside:
        made = Path(aside) / signature.name
        options = ("-s", key, "-m", folder / MANIFEST, "-x", made, "-t", f"fanal {version}")
        # minisign asks for the passphrase itself.
        if run_at_terminal("minisign", "-S", *options):
            raise Refused(f"minisign did not sign with {key}", "see its message above")
        if signature.exists() and signed_by(signature) != signed_by(made):
            raise Refused(
                f"{signature.name} is by another key", "give the file of the key the name of its maintainer"
            )
        shutil.copyfile(made, signature)
    return signature


def verify(folder: Path, keys: Sequence[Path], check: Check = manifest.check) -> str:
    """Check every file in ``folder``, and check the signatures with the public keys in the files ``keys``.

    Return the version of the release or medium. Raises Refused with the name of the first signature or file
    that is missing, wrong or not in the manifest.
    """
    public = public_keys(keys)
    read(folder / MANIFEST)  # minisign would follow a link, and wait for a pipe
    by_number = {each: signed_by(each) for each in _signatures(folder)}
    checked: list[str] = []
    for file, key in public.items():
        same = [each for each, number in by_number.items() if number == key.number]
        if not same:
            raise Refused(f"the signature by {file.name} is missing", "get it from this maintainer")
        for each in same:
            _check_signature(folder, file, each)
        checked += [each.name for each in same]
    return check(folder, checked)


def public_keys(files: Sequence[Path]) -> dict[Path, PublicKey]:
    """Read files with public keys. Raises Refused for fewer than two different keys."""
    public = {file: PublicKey.read(file) for file in files}
    if len({each.key for each in public.values()}) < SIGNERS:
        raise Refused(
            "the public keys of two maintainers must be two different keys",
            "give the keys of both maintainers",
        )
    return public


def _check_place(key: Path, root: Path) -> None:
    hint = "keep secret keys outside, on a medium of their own"
    if key.resolve().is_relative_to(root.resolve()):
        raise Refused(f"the key {key} is inside the repository", hint)
    if key.stat().st_nlink > 1:
        raise Refused(f"the key {key} has a hard link, which may be inside the repository", hint)


def _signatures(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{MANIFEST}.*.minisig"))


def _check_signature(folder: Path, key: Path, signature: Path) -> None:
    try:
        run("minisign", "-V", "-q", "-p", key, "-m", folder / MANIFEST, "-x", signature, cwd=folder)
    except Failed:
        raise Refused(f"the signature {signature.name} by {key.name} is wrong", DANGER) from None
