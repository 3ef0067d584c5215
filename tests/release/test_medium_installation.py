"""The script installs only a newer medium that both maintainers signed and two officers confirmed.

Each test here ends before anything is installed. `make soak offline` installs and updates on a bare Debian.
"""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.medium.debian_archive import SUITES
from deploy.release import manifest
from tests.support.medium import LIBRARY, VERSION, Medium, typed_digits
from tests.support.paths import ROOT

SCRIPTS = ROOT / "deploy/medium"
# The user of the test becomes root, but only in the test's own namespace.
AS_ROOT = ("unshare", "--user", "--map-root-user")


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine with the script, whose notes of the last medium are in the folder ``kept``."""

    folder: Path

    @property
    def kept(self) -> Path:
        """The version of the last medium, and the keys of its maintainers."""
        return self.folder / "kept"

    def has(self, medium: Medium, version: str) -> None:
        """Note that a medium was installed."""
        (self.kept / "keys").mkdir(parents=True)
        (self.kept / "version").write_text(f"{version}\n")
        for key in medium.keys:
            (self.kept / "keys" / key.name).write_bytes(key.read_bytes())

    def install(self, medium: Medium, typed: str = "", before: tuple[str, ...] = AS_ROOT) -> str:
        """Run the script, and return its refusal.

        In the script, only the paths of the notes, the lock and the copies are changed.
        """
        text = (SCRIPTS / "install.sh").read_text()
        for old, new in {
            "kept=/var/lib/fanal-inbox": f"kept={self.kept}",
            "lock=/run/": f"lock={self.folder}/",
            "/var/tmp/": f"{self.folder}/",  # noqa: S108
        }.items():
            assert old in text
            text = text.replace(old, new)
        (self.folder / "install.sh").write_text(text)
        (self.folder / "check.sh").write_bytes((SCRIPTS / "check.sh").read_bytes())
        command = [*before, "sh", str(self.folder / "install.sh"), str(medium.folder)]
        done = subprocess.run(command, input=typed, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert not [*self.folder.glob("fanal-medium.*")]
        return next(line for line in done.stderr.splitlines() if line.startswith("refused: "))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    folder = tmp_path / "machine"
    folder.mkdir()
    return Machine(folder)


def test_an_ordinary_user_is_refused(machine: Machine, medium: Medium) -> None:
    nobody = ("unshare", "--user", "--map-users=1000,0,1")
    assert machine.install(medium, before=nobody) == "refused: this needs root"


@pytest.mark.parametrize("installed", [None, VERSION])
def test_a_changed_file_is_named_before_anybody_types(
    machine: Machine, medium: Medium, installed: str | None
) -> None:
    if installed:
        machine.has(medium, installed)
    (medium.folder / LIBRARY).write_bytes(b"Library")
    said = machine.install(medium, typed_digits(medium.folder))
    assert said == f"refused: {LIBRARY} differs from the manifest"


@pytest.mark.parametrize("installed", ["1.0.1-202612010930", "1.0.0-202612010931", "1.0.0+1-202612010000"])
def test_an_older_medium_is_refused(machine: Machine, medium: Medium, installed: str) -> None:
    machine.has(medium, installed)
    said = machine.install(medium, f"{typed_digits(medium.folder)}\n" * 2)
    assert said == f"refused: medium {VERSION} is older than {installed}, which is installed"


def test_an_update_signed_by_other_keys_is_refused(machine: Machine, medium: Medium, tmp_path: Path) -> None:
    """The medium's own keys do not count, because the machine keeps those of the last medium."""
    (tmp_path / "other").mkdir()
    later = Medium.make(tmp_path / "other", made=datetime(2027, 1, 1, tzinfo=UTC))
    machine.has(medium, VERSION)
    said = machine.install(later, f"{typed_digits(later.folder)}\n" * 2)
    assert said == "refused: the signature by anne is missing or wrong"


def test_an_update_without_the_second_signature_is_refused(machine: Machine, medium: Medium) -> None:
    machine.has(medium, VERSION)
    (medium.folder / "SHA256SUMS.bruno.minisig").unlink()
    said = machine.install(medium, f"{typed_digits(medium.folder)}\n" * 2)
    assert said == "refused: the signature by bruno is missing or wrong"


def test_a_signature_of_another_medium_is_refused(machine: Machine, medium: Medium) -> None:
    machine.has(medium, VERSION)
    (medium.folder / "PACKAGES").write_text("another\n")
    manifest.write(medium.folder)
    said = machine.install(medium, f"{typed_digits(medium.folder)}\n" * 2)
    assert said == "refused: the signature by anne is missing or wrong"


def test_an_update_is_refused_if_the_kept_keys_are_missing(machine: Machine, medium: Medium) -> None:
    """Otherwise the medium's own keys would count, as at the first installation."""
    machine.has(medium, VERSION)
    for key in (machine.kept / "keys").iterdir():
        key.unlink()
    assert machine.install(medium, f"{typed_digits(medium.folder)}\n" * 2).endswith("is missing or wrong")


@pytest.mark.parametrize("installed", [None, VERSION])
@pytest.mark.parametrize(
    "typed",
    [
        lambda _: "",
        lambda right: f"{right}\n",
        lambda right: f"{right}\n{right[:-1]}\n",
        lambda right: f"{right}0\n{right}\n",
        lambda right: f"{right[:-1]}x\n{right}\n",
        lambda right: f"\n{right}\n{right}\n",
    ],
    ids=["nobody", "one officer", "second too short", "first too long", "wrong digit", "empty line"],
)
def test_both_officers_must_type_the_fingerprint(
    machine: Machine, medium: Medium, typed: Callable[[str], str], installed: str | None
) -> None:
    if installed:
        machine.has(medium, installed)
    said = machine.install(medium, typed(typed_digits(medium.folder)))
    assert said == "refused: this medium has another fingerprint"


def test_the_script_reads_each_suite_that_a_medium_carries() -> None:
    """A suite that is missing on a medium stops the installation, so the script names each suite."""
    named = re.findall(r"([\w-]+)/dists/([\w-]+)", (SCRIPTS / "install.sh").read_text())
    assert {suite: folder for folder, suite in named} == SUITES
