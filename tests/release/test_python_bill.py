"""A bill of materials names the package and, for each library, its hash, licence and parts."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from deploy.release import python_bill
from deploy.release.errors import Refused
from deploy.release.python_environment import Libraries

PACKAGE = ("fanal-portal", "1.0.0")
DIGEST = hashlib.sha256(b"wheel").hexdigest()
SHARED = b"shared library"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An environment with Fanal and with One_Two, which brings a shared library and a bill of materials."""
    site = tmp_path / "site-packages"
    for name, more in (("One_Two-1.0", "License: BSD\n"), ("fanal-1.0.0", "")):
        (site / f"{name}.dist-info").mkdir(parents=True)
        plain, _, version = name.partition("-")
        (site / f"{name}.dist-info/METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {plain}\nVersion: {version}\n{more}"
        )
    (site / "One_Two-1.0.dist-info/sboms").mkdir()
    own = {
        "components": [
            {"type": "library", "name": "one-two", "version": "1.0"},
            {"type": "library", "name": "openssl", "version": "4.0", "bom-ref": "file:///builder/openssl"},
        ]
    }
    (site / "One_Two-1.0.dist-info/sboms/auditwheel.cdx.json").write_text(json.dumps(own))
    (site / "one_two.libs").mkdir()
    (site / "one_two.libs/libpq.so.5").write_bytes(SHARED)
    return site


@pytest.fixture
def completed(site: Path, tmp_path: Path) -> dict[str, Any]:
    """A bill of materials that the tool has written and the release has completed.

    The folder of wheels also contains a wheel that is not in the lock file.
    """
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "one_two-1.0-py3-none-any.whl").write_bytes(b"wheel")
    (wheels / "one_two-1.0-py3-none-win32.whl").write_bytes(b"another wheel")
    lock = tmp_path / "portal.txt"
    lock.write_text(f"one-two==1.0 --hash=sha256:{'0' * 64} --hash=sha256:{DIGEST}\n")
    names = [{"name": "One_Two", "version": "1.0"}, {"name": "fanal", "version": "1.0.0"}]
    bill: dict[str, Any] = {"metadata": {}, "components": names}
    python_bill.complete(bill, PACKAGE, site, Libraries(lock, wheels))
    return bill


def test_a_bill_of_materials_that_omits_an_installed_library_is_refused(site: Path, tmp_path: Path) -> None:
    (tmp_path / "portal.txt").touch()
    bill: dict[str, Any] = {"metadata": {}, "components": [{"name": "fanal", "version": "1.0.0"}]}
    with pytest.raises(Refused, match="materials of fanal-portal does not name one-two"):
        python_bill.complete(bill, PACKAGE, site, Libraries(tmp_path / "portal.txt", tmp_path))


def test_a_bill_of_materials_names_its_package(completed: dict[str, Any]) -> None:
    named = completed["metadata"]["component"]
    assert (named["name"], named["version"]) == PACKAGE


def test_a_bill_of_materials_has_the_hash_and_licence_of_each_library(completed: dict[str, Any]) -> None:
    library, ours = completed["components"]
    assert library["hashes"] == [{"alg": "SHA-256", "content": DIGEST}]
    assert library["licenses"] == [{"license": {"name": "BSD"}}]
    assert "hashes" not in ours


def test_the_parts_of_a_wheel_are_named_without_the_folders_of_its_builder(completed: dict[str, Any]) -> None:
    """The parts are read from the wheel's own bill and from files beside the library.

    The library is not listed as a part of itself.
    """
    assert completed["components"][0]["components"] == [
        {"type": "library", "name": "openssl", "version": "4.0"},
        {
            "type": "file",
            "name": "one_two.libs/libpq.so.5",
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(SHARED).hexdigest()}],
        },
    ]
