"""The manifest of a release, and its signatures by two maintainers, made and checked by minisign.

No key is in the repository. Each maintainer signs with an own key, and users get the public keys from both.
"""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from deploy.release.commands import run, run_at_terminal
from deploy.release.errors import Failed, Refused

MANIFEST = "SHA256SUMS"
_SIGNATURE = ".minisig"
_SIGNERS = 2


def write_manifest(folder: Path) -> None:
    """Write the digests of all files in ``folder``, as `sha256sum --check` reads them."""
    files = sorted(file for file in folder.iterdir() if not file.name.startswith(MANIFEST))
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / MANIFEST).write_text("".join(lines), "ascii")


def sign(folder: Path, key: Path, root: Path) -> Path:
    """Sign the manifest with the secret key in the file ``key``, and return the signature.

    minisign asks for the key's passphrase. The signature has the name of the key file. Raises Refused if the
    key is inside the repository ``root``.
    """
    if key.resolve().is_relative_to(root.resolve()):
        raise Refused(
            f"the key {key} is inside the repository", "keep secret keys outside, on a medium of their own"
        )
    signature = folder / f"{MANIFEST}.{key.stem}{_SIGNATURE}"
    # minisign asks for the passphrase itself.
    if run_at_terminal("minisign", "-S", "-s", key, "-m", folder / MANIFEST, "-x", signature):
        raise Refused(f"minisign did not sign with {key}", "see its message above")
    return signature


def verify(folder: Path, keys: Sequence[Path]) -> None:
    """Check the signatures by the public keys in the files ``keys``, and every file in ``folder``.

    Raises Refused, and names the first signature or file that is missing, wrong or not in the manifest.
    """
    if len({_public(key) for key in keys}) < _SIGNERS:
        raise Refused(
            "a release needs the signatures of two different keys", "give the public keys of both maintainers"
        )
    for key in keys:
        _check_signature(folder, key)
    _check_files(folder)


def _public(key: Path) -> str:
    return key.read_text("ascii").splitlines()[-1]


def _check_signature(folder: Path, key: Path) -> None:
    signatures = sorted(folder.glob(f"{MANIFEST}.*{_SIGNATURE}"))
    same = [each for each in signatures if _key_number(each) == _key_number(key)]
    if not same:
        raise Refused(f"the signature by {key.name} is missing", "get it from this maintainer")
    for each in same:
        try:
            run("minisign", "-V", "-q", "-p", key, "-m", folder / MANIFEST, "-x", each, cwd=folder)
        except Failed:
            raise Refused(
                f"the signature {each.name} by {key.name} is wrong", "do not install these files"
            ) from None


def _key_number(file: Path) -> bytes:
    """Return the number that minisign gives a key: it is in the public key and in each signature."""
    return base64.b64decode(file.read_text("utf-8").splitlines()[1])[2:10]


def _check_files(folder: Path) -> None:
    lines = (folder / MANIFEST).read_text("ascii").splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    present = {file.name for file in folder.iterdir() if not file.name.startswith(MANIFEST)}
    if odd := sorted(present ^ listed.keys()):
        raise Refused(
            f"{odd[0]} is {'not in the manifest' if odd[0] in present else 'missing'}",
            "do not install these files",
        )
    for name, digest in listed.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise Refused(f"{name} differs from the manifest", "do not install these files")
