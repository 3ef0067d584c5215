"""Bills of materials: the libraries in each package (CycloneDX 1.6) and in the page scripts (CycloneDX 1.5).

The tools of CycloneDX and npm write the bills, and python_bill.py adds what CycloneDX's tool does not know. A
bill has no serial number, no time and no version of npm, because these differ from builder to builder.
"""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.release import python_bill
from deploy.release.commands import run
from deploy.release.python_environment import Libraries

_CYCLONEDX = Path(sys.executable).with_name("cyclonedx-py")
_NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


def of_python(
    folder: Path, package: tuple[str, str], libraries: Libraries, out: Path, env: Mapping[str, str]
) -> None:
    """Write the bill of the Python environment in ``folder`` to the file ``out``.

    ``package`` is the name and the version of the package with this environment.
    """
    command: list[str | Path] = [_CYCLONEDX, "environment", "--output-reproducible", "--output-file", out]
    # Without a time: SOURCE_DATE_EPOCH would become the time of the bill.
    timeless = {name: value for name, value in env.items() if name != "SOURCE_DATE_EPOCH"}
    run(*command, folder / "bin/python3", cwd=folder, env=timeless)
    bill = json.loads(out.read_text("utf-8"))
    (site,) = folder.glob("lib/python3*/site-packages")
    python_bill.complete(bill, package, site, libraries)
    _write(bill, out)


def of_pages(source: Path, version: str, out: Path, env: Mapping[str, str]) -> None:
    """Write the bill of the libraries in the page scripts, from the lock file in ``source``, to ``out``.

    ``version`` is Fanal's version as npm writes it, because npm lists no project without a version.
    """
    folder = out.with_suffix(".npm")
    folder.mkdir()
    for name in _NPM_FILES:
        shutil.copy(source / name, folder)
    for name in _NPM_FILES[:2]:
        _give_version(folder / name, version)
    said = run(
        *("npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--omit", "dev"),
        cwd=folder,
        env=env,
    )
    shutil.rmtree(folder)
    bill = json.loads(said)
    del bill["serialNumber"], bill["metadata"]["timestamp"], bill["metadata"]["tools"]
    # npm writes the name of the folder instead of the project's name.
    bill["metadata"]["component"]["name"] = "fanal"
    _write(bill, out)


def _write(bill: Mapping[str, Any], out: Path) -> None:
    out.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n", "utf-8")


def _give_version(file: Path, version: str) -> None:
    content = json.loads(file.read_text("utf-8"))
    content["version"] = version
    if "packages" in content:
        content["packages"][""]["version"] = version
    file.write_text(json.dumps(content), "utf-8")
