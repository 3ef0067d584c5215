"""The kernel reports which disks store a folder, and whether its bytes reach these disks encrypted."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from templates import disks
from tests.support import chroot
from tests.support.paths import ROOT
from tests.support.small_disk import small_disk
from tests.support.sticks import stick

LUKS = "CRYPT-LUKS2-0123-home"


def imitated(folder: Path, volumes: Mapping[str, tuple[str, list[str]]]) -> None:
    """Imitate the folders of /sys: partitions of three devices, and volumes with a uuid on such devices."""
    for partition in ("sda/sda1", "sda/sda2", "sdb/sdb1", "md0/md0p1"):
        (folder / partition / "slaves").mkdir(parents=True)
        (folder / partition / "partition").write_text("1\n")
    for name, (uuid, below) in volumes.items():
        (folder / name / "slaves").mkdir(parents=True, exist_ok=True)
        (folder / name / "dm").mkdir()
        (folder / name / "dm/uuid").write_text(f"{uuid}\n")
        for each in below:
            (folder / name / "slaves" / Path(each).name).symlink_to(folder / each)
    (folder / "zram0").mkdir()


def test_partitions_and_the_volumes_on_them_are_traced_to_whole_disks(tmp_path: Path) -> None:
    """The disks below an encrypted volume are found, too."""
    volumes = {"dm-0": (LUKS, ["sda/sda2"]), "dm-1": ("LVM-1", ["dm-0", "sdb/sdb1"])}
    imitated(tmp_path, volumes | {"md0": ("", ["sda/sda1"])})
    assert {"memory"} == set(disks.whole(tmp_path / "zram0"))
    found = {each: set(disks.whole(tmp_path / each)) for each in ("sda", "sda/sda1", "dm-0", "dm-1", "md0")}
    one, both = {"sda"}, {"sda", "sdb"}
    assert {"sda": one, "sda/sda1": one, "dm-0": one, "dm-1": both, "md0": one} == found


@pytest.mark.parametrize(
    ("name", "volumes", "plain"),
    [
        ("sda/sda1", {}, {"sda"}),
        ("dm-0", {"dm-0": ("LVM-1", ["sda/sda1"])}, {"sda"}),
        ("dm-0", {"dm-0": ("CRYPT-VERITY-1", ["sda/sda1"])}, {"sda"}),
        ("dm-1", {"dm-0": (LUKS, ["sda/sda1"]), "dm-1": ("LVM-1", ["dm-0", "sdb/sdb1"])}, {"sdb"}),
        ("dm-0", {"dm-0": (LUKS, ["sda/sda1"])}, set()),
        ("dm-1", {"dm-0": (LUKS, ["sda/sda1"]), "dm-1": ("LVM-1", ["dm-0"])}, set()),
        ("md0/md0p1", {"dm-0": (LUKS, ["sda/sda1"]), "md0": ("", ["dm-0"])}, set()),
        ("dm-1", {"dm-0": ("CRYPT-INTEGRITY-1", ["sda/sda1"]), "dm-1": (LUKS, ["dm-0"])}, set()),
    ],
)
def test_a_disk_counts_as_plain_unless_everything_above_it_is_encrypted(
    tmp_path: Path, name: str, volumes: Mapping[str, tuple[str, list[str]]], plain: set[str]
) -> None:
    """Integrity and verity devices only check what they read."""
    imitated(tmp_path, volumes)
    assert plain == set(disks.whole(tmp_path / name, encrypted=False))


def test_no_disk_counts_as_plain_for_a_folder_in_memory(tmp_path: Path) -> None:
    """The control: an image on an unencrypted disk. On an overlay, the disk is unknown."""
    with small_disk(tmp_path / "memory", "8m"):
        assert (frozenset({disks.MEMORY}), frozenset()) == (
            disks.of(tmp_path / "memory"),
            disks.plain(tmp_path / "memory"),
        )
    with stick(tmp_path / "stick") as unknown:
        (found,) = disks.plain(unknown)
        assert not disks.is_known(found)


def test_a_folder_that_does_not_exist_yet_is_on_the_disk_of_the_nearest_folder_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path can be relative."""
    with small_disk(tmp_path / "memory", "8m"), stick(tmp_path / "stick") as on_disk:
        monkeypatch.chdir(on_disk)
        for missing, existing in ((tmp_path / "memory/a/b", tmp_path / "memory"), (Path("a/b"), on_disk)):
            assert disks.of(missing) == disks.of(existing)
            assert disks.plain(missing) == disks.plain(existing)
        assert disks.of(on_disk) != disks.of(tmp_path / "memory")


ASKED = """
try:
    disks.of(Path("/"))
except OSError as error:
    print(f"{error.filename}: {error.strerror}")
"""


def test_in_a_chroot_the_error_names_the_folder_and_says_that_its_mount_is_not_listed(tmp_path: Path) -> None:
    said = chroot.printed(tmp_path, "from templates import disks", ASKED)
    assert said == "/: the kernel lists no mount for this path\n"


@pytest.mark.parametrize(("uuid", "plain"), [(LUKS, frozenset()), ("LVM-1", frozenset({"sda"}))])
def test_a_folder_has_no_plain_disk_if_the_device_of_its_file_system_is_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uuid: str, plain: frozenset[str]
) -> None:
    """The folder and its file system are real.

    The test imitates only what the kernel reports about the device.
    """
    imitated(tmp_path, {"dm-0": (uuid, ["sda/sda2"])})
    device = ROOT.stat().st_dev
    (tmp_path / f"{os.major(device)}:{os.minor(device)}").symlink_to(tmp_path / "dm-0")
    monkeypatch.setattr(disks, "_BLOCK", tmp_path)
    assert (frozenset({"sda"}), plain) == (disks.of(ROOT), disks.plain(ROOT))


@pytest.mark.parametrize(
    ("name", "uuid", "named"),
    [
        ("/dev/sda2", "", ["/dev/sda2"]),
        ("/dev/dm-1", "LVM-abc", ["/dev/dm-1"]),
        ("/dev/nothing", "", ["/dev/nothing"]),
        ("/dev/dm-1", "CRYPT-PLAIN-swap", []),
        ("/dev/zram0", "", []),
        ("", "", []),
    ],
)
def test_swap_that_reaches_a_disk_unencrypted_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, uuid: str, named: list[str]
) -> None:
    """A device that the kernel does not know counts as plain."""
    imitated(tmp_path, {"dm-1": (uuid, ["sda/sda2"])})
    (tmp_path / "sda2").symlink_to(tmp_path / "sda/sda2")
    as_swap(tmp_path, monkeypatch, name)
    monkeypatch.setattr(disks, "_NAMED", tmp_path)
    assert named == disks.plain_swaps()


def test_a_swap_file_counts_as_unencrypted_if_its_disk_is_unencrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel writes spaces in names as octal numbers."""
    with small_disk(tmp_path / "memory", "8m"), stick(tmp_path / "a stick"):
        for folder, plain in (("memory", []), ("a stick", [str(tmp_path / "a stick/swap")])):
            (tmp_path / folder / "swap").touch()
            as_swap(tmp_path, monkeypatch, str(tmp_path / folder / "swap"))
            assert plain == disks.plain_swaps()


def as_swap(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Imitate the kernel's list of swaps: one swap of this name, or none if the name is empty."""
    written = name.replace(" ", "\\040")
    line = f"{written} file 1024 0 -2\n" if name else ""
    (folder / "swaps").write_text(f"Filename Type Size Used Priority\n{line}")
    monkeypatch.setattr(disks, "_SWAPS", folder / "swaps")
