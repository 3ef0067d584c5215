"""Temporary keys of maintainers, made by minisign."""

import subprocess
from pathlib import Path


def make(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a key pair without a passphrase; return the files with its secret and its public key."""
    secret, public = folder / f"{name}.key", folder / f"{name}.pub"
    subprocess.run(["minisign", "-G", "-W", "-s", secret, "-p", public], check=True, capture_output=True)
    return secret, public
