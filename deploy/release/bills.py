"""Bills of materials (CycloneDX 1.6): the libraries in each package, and those in the page scripts.

The tools of CycloneDX and npm write them. A bill has no serial number, no time and no version of npm, because
these differ from builder to builder.
"""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.release.commands import run

_CYCLONEDX = Path(sys.executable).with_name("cyclonedx-py")
_NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


def of_python(folder: Path, out: Path, env: Mapping[str, str]) -> None:
    """Write the bill of the Python environment in ``folder`` to the file ``out``."""
    command: list[str | Path] = [_CYCLONEDX, "environment", "--output-reproducible", "--output-file", out]
    # Without a time: SOURCE_DATE_EPOCH would become one.
    timeless = {name: value for name, value in env.items() if name != "SOURCE_DATE_EPOCH"}
    run(*command, folder / "bin/python3", cwd=folder, env=timeless)


def of_pages(source: Path, version: str, out: Path, env: Mapping[str, str]) -> None:
    """Write the bill of the libraries in the page scripts, from the lock file in ``source``, to ``out``.

    ``version`` is that of Fanal, as npm writes it: npm lists no project without a version.
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
    # npm names the folder instead of the project.
    bill["metadata"]["component"]["name"] = "fanal"
    out.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n", "utf-8")


def _give_version(file: Path, version: str) -> None:
    content = json.loads(file.read_text("utf-8"))
    content["version"] = version
    if "packages" in content:
        content["packages"][""]["version"] = version
    file.write_text(json.dumps(content), "utf-8")
