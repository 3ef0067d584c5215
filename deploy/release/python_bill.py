"""What CycloneDX's tool omits from a bill of materials: the package, hashes, licences and C libraries."""

import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from deploy.release import licences
from deploy.release.errors import Refused
from deploy.release.python_environment import Libraries

# The fields that have the same names in all versions of CycloneDX. Other fields of a wheel's bill of
# materials may name folders of the machine that built the wheel.
_KEPT = ("type", "name", "version", "description", "purl", "hashes", "licenses")


def complete(bill: dict[str, Any], package: tuple[str, str], site: Path, libraries: Libraries) -> None:
    """Complete a bill: add the package itself, and the hash, licence and parts of each library's wheel.

    ``package`` is the name and the version of the package, and ``site`` is its site-packages folder. Raises
    Refused if the bill does not name each library in ``site``.
    """
    name, version = package
    bill["metadata"]["component"] = {"type": "application", "name": name, "version": version}
    hashes = dict(_locked(libraries))
    installed = {canonicalize_name(PathDistribution(each).name): each for each in licences.libraries(site)}
    named = {canonicalize_name(component["name"]) for component in bill["components"]}
    if missing := sorted(installed.keys() - named):
        raise Refused(
            f"the bill of materials of {package[0]} does not name {', '.join(missing)}",
            "find out why cyclonedx-py omits it",
        )
    for component in bill["components"]:
        name = canonicalize_name(component["name"])
        if name not in installed:
            continue
        component["hashes"] = [_hash(hashes[name, Version(component["version"])])]
        if not component.get("licenses"):
            component["licenses"] = [{"license": {"name": licences.named(PathDistribution(installed[name]))}}]
        if parts := [*_stated(installed[name], name), *_found(site, name)]:
            component["components"] = parts


def _locked(libraries: Libraries) -> Iterator[tuple[tuple[str, Version], str]]:
    """Yield name, version and digest of each wheel whose digest is in the lock file."""
    lock = libraries.lock.read_text("utf-8")
    for wheel in sorted(libraries.wheels.glob("*.whl")):
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if digest in lock:
            name, version, *_ = parse_wheel_filename(wheel.name)
            yield (name, version), digest


def _hash(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}


def _stated(folder: Path, library: str) -> Iterator[dict[str, Any]]:
    """Yield the C and Rust libraries that the wheel's own bills name (PEP 770)."""
    for file in sorted(folder.glob("sboms/*.json")):
        for part in json.loads(file.read_text("utf-8")).get("components", ()):
            if canonicalize_name(part["name"]) != library:
                yield {key: part[key] for key in _KEPT if key in part}


def _found(site: Path, library: str) -> Iterator[dict[str, Any]]:
    """Yield the shared libraries that auditwheel put beside a library: their names, and their hashes."""
    for file in sorted(site.glob("*.libs/*")):
        if canonicalize_name(file.parent.name.removesuffix(".libs")) == library:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            yield {"type": "file", "name": str(file.relative_to(site)), "hashes": [_hash(digest)]}
