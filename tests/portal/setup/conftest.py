"""A folder that represents a machine with the unpacked package of the portal."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from portal.setup.answers import Answers
from portal.setup.system import System
from tests.support.certificates import make_certificate
from tests.support.paths import ROOT
from tests.support.setup_answers import GOOD, OS_RELEASE

DEPLOY = ROOT / "deploy"


@pytest.fixture
def system(tmp_path: Path) -> System:
    """A machine on which the package is unpacked."""
    tree = tmp_path / "tree"
    units = tree / "usr/lib/systemd/system"
    for name in ("etc", "var/lib/dpkg/info", "var/www", "run", "usr/share/fanal-portal"):
        (tree / name).mkdir(parents=True)
    units.mkdir(parents=True)
    for each in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        shutil.copy(each, units)
    for name in ("nginx.service", "tor@.service"):
        (units / name).write_text("[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n")
    # A generator of Debian starts this unit, so the unit cannot be enabled.
    (units / "tor@default.service").write_text("[Service]\nExecStart=/bin/true\n")
    for name in ("torrc", "postgresql.conf"):
        shutil.copy(DEPLOY / name, tree / "usr/share/fanal-portal")
    for kind in ("sysusers", "tmpfiles"):
        (tree / f"usr/lib/{kind}.d").mkdir()
        shutil.copy(DEPLOY / "debian/portal" / kind, tree / f"usr/lib/{kind}.d/fanal-portal.conf")
    (tree / "etc/os-release").write_text(OS_RELEASE)
    return System(tree)


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    make_certificate(certificate, key)
    return replace(GOOD, certificate=str(certificate), certificate_key=str(key))
