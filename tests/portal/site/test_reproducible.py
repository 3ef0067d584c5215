"""The published site of a checkout has the same bytes on every machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crypto import base64url
from tests.support.paths import ROOT
from tests.support.portal_room import SITE

ROOMS = ("portal", "crypto", "templates")
COMMAND = "from portal.ops.cli import main; main()"
# These environments differ in the order of sets, the time zone and the language.
HERE = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
THERE = {"PYTHONHASHSEED": "2", "TZ": "Pacific/Auckland", "LC_ALL": "C"}


def run(checkout: Path, out: Path, environment: dict[str, str], *words: str) -> None:
    """Run a command of the portal from a checkout."""
    # Python looks for the packages first in the folder where the command runs.
    command = [sys.executable, "-c", COMMAND, "--config", out / "portal.toml", *words]
    subprocess.run(command, cwd=checkout, env=os.environ | environment, check=True, capture_output=True)


def made(checkout: Path, out: Path, environment: dict[str, str]) -> bytes:
    """Return the manifest that a checkout makes."""
    out.mkdir()
    names = {"deployment": SITE.deployment, "root_key": SITE.root_key}
    (out / "portal.toml").write_text("".join(f'{n} = "{base64url.encode(v)}"\n' for n, v in names.items()))
    file = out / "manifest.json"
    run(checkout, out, environment, "manifest", "--serial", "3", "--until", "2199-01-01", "--out", str(file))
    return file.read_bytes()


def frozen(checkout: Path, out: Path, environment: dict[str, str]) -> dict[str, bytes]:
    """Return the files of the frozen site by name."""
    folder = out / "frozen"
    run(checkout, out, environment, "freeze", str(folder))
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.slow
def test_another_checkout_makes_the_same_manifest_and_frozen_site(tmp_path: Path) -> None:
    """The processes, the folder, the time zone and the language differ.

    The control: one additional byte changes the manifest.
    """
    copy, here, there = (tmp_path / name for name in ("copy", "here", "there"))
    for name in ROOMS:
        shutil.copytree(ROOT / name, copy / name)
    listed = made(ROOT, here, HERE)
    assert made(copy, there, THERE) == listed
    files = frozen(ROOT, here, HERE)
    assert {"site/index.html", "site/fr/report.html.br", "site/static/style.css.gz"} <= files.keys()
    assert frozen(copy, there, THERE) == files
    with (copy / "portal/static/style.css").open("a") as style:
        style.write("\n")
    assert made(copy, tmp_path / "changed", THERE) != listed
