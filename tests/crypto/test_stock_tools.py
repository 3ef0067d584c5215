"""A report can be opened without this project, using other people's tools."""

import subprocess
from pathlib import Path

import pytest

from crypto import age, archive, container, messages, padding
from crypto.errors import CryptoError
from tests.support.age_peer import AgePeer
from tests.vectors.fixtures import INTAKE
from tests.vectors.messages import example_report

FILES = [b"\xff\xd8 not quite a photo \xff\xd9", "déjà vu 😀\n".encode() * 20_000]
TARS = {"gnu": ["tar", "-xf"], "busybox": ["busybox", "tar", "-xf"], "bsd": ["bsdtar", "-xf"]}


def sealed_report() -> bytes:
    def message(digests: list[bytes]) -> bytes:
        files = tuple(
            messages.File(number, "", "", len(data), digest)
            for number, (data, digest) in enumerate(zip(FILES, digests, strict=True), 1)
        )
        return example_report(files=files)

    sources = [(len(data), [data]) for data in FILES]
    pieces = container.write(sources, message, lambda _: bytes(64))
    return b"".join(age.seal(pieces, [INTAKE.recipient()]))


@pytest.mark.parametrize("tar", TARS)
def test_stock_age_and_stock_tar_open_a_report(age_peer: AgePeer, tmp_path: Path, tar: str) -> None:
    """The test unseals the report with npm's age-encryption, and unpacks it with GNU, busybox and BSD tar."""
    packed = tmp_path / "report.tar"
    packed.write_bytes(age_peer.open(sealed_report(), identity=INTAKE.encode()))
    subprocess.run([*TARS[tar], packed.name], cwd=tmp_path, check=True, capture_output=True)
    names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert names == ["files/01", "files/02", "message.json", "message.sig", "report.tar"]
    assert FILES == [(tmp_path / "files" / name).read_bytes() for name in ("01", "02")]
    assert "abordé" in (tmp_path / "message.json").read_text("utf-8")


def made_by_hand(folder: Path, *more: str) -> bytes:
    """Make an unsigned drop with ``tar`` and ``truncate``, as the page without JavaScript explains."""
    (folder / "files").mkdir()
    (folder / "files" / "01").write_bytes(FILES[1])
    (folder / "note.txt").write_text("Voilà.", "utf-8")
    plain = ["--format=ustar", "--numeric-owner", "--owner=:0", "--group=:0", "--mode=0600", "--mtime=@0"]
    tar = ["tar", *plain, "--blocking-factor=1", *more, "-cf", "drop.tar", "files/01", "note.txt"]
    subprocess.run(tar, cwd=folder, check=True)
    size = padding.bucket((folder / "drop.tar").stat().st_size)
    subprocess.run(["truncate", f"--size={size}", "drop.tar"], cwd=folder, check=True)
    return (folder / "drop.tar").read_bytes()


def test_a_drop_made_with_stock_tools_is_read(age_peer: AgePeer, tmp_path: Path) -> None:
    """The tools are GNU tar and age-encryption."""
    envelope = age_peer.seal(made_by_hand(tmp_path), recipient=INTAKE.recipient().encode())
    assert len(envelope) == age.sealed_size(padding.bucket(len(FILES[1]) + 4 * archive.BLOCK))
    kept: dict[int, bytes] = {}
    pieces = age.unseal_envelope([envelope], [INTAKE])
    drop = container.read(pieces, lambda number, data: kept.update({number: b"".join(data)}))
    assert isinstance(drop, container.Drop)
    assert ("Voilà.", {1: FILES[1]}) == (drop.note, kept)


def test_a_drop_that_reveals_the_user_id_of_its_maker_is_refused(tmp_path: Path) -> None:
    """The control of the test above: the reader checks every byte of the headers."""
    pieces = [made_by_hand(tmp_path, "--owner=:1000")]
    with pytest.raises(CryptoError):
        container.read(pieces, lambda _number, _data: None)
