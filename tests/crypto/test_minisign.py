"""Signatures in the format of minisign: each side accepts those of the other, and refuses changed ones."""

import subprocess
from pathlib import Path

import pytest

from crypto import minisign, signing
from crypto.minisign import BadSignature, Unsigned

SEED = bytes(range(32))
FILE = b"some figures\n"
PUBLIC = minisign.public_file(signing.public_key(SEED))
SIGNED = minisign.sign(FILE, SEED, "the office: figures.json")


def test_a_valid_signature_gives_its_comment() -> None:
    assert "the office: figures.json" == minisign.verify(FILE, SIGNED, PUBLIC)


def test_the_tool_verifies_our_signatures_and_we_verify_those_of_the_tool(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(FILE)
    for name, raw in (("our.pub", PUBLIC), ("file.minisig", SIGNED)):
        (tmp_path / name).write_bytes(raw)
    said = subprocess.check_output(["minisign", "-V", "-p", tmp_path / "our.pub", "-m", path], text=True)
    assert "the office: figures.json" in said
    secret, public = tmp_path / "key", tmp_path / "key.pub"
    subprocess.run(["minisign", "-G", "-W", "-s", secret, "-p", public], check=True, capture_output=True)
    made = ["minisign", "-S", "-s", secret, "-m", path, "-t", "the tool", "-x", tmp_path / "theirs"]
    subprocess.run(made, check=True, capture_output=True)
    theirs = (tmp_path / "theirs").read_bytes()
    assert "the tool" == minisign.verify(FILE, theirs, public.read_bytes())
    with pytest.raises(BadSignature):
        minisign.verify(FILE, theirs, PUBLIC)


def test_a_changed_file_key_or_signature_is_refused() -> None:
    """Every byte of the signature counts, except those of the first comment, which is not trusted."""
    begin = SIGNED.index(b"\n") + 1
    for place in range(begin, len(SIGNED)):
        changed = SIGNED[:place] + bytes([SIGNED[place] ^ 1]) + SIGNED[place + 1 :]
        with pytest.raises(BadSignature):
            minisign.verify(FILE, changed, PUBLIC)
    for changed in (SIGNED + b"\n", SIGNED[:-1], b"", b"\n" + SIGNED):
        with pytest.raises(BadSignature):
            minisign.verify(FILE, changed, PUBLIC)
    other = minisign.public_file(signing.public_key(bytes(32)))
    for file, public in ((FILE + b" ", PUBLIC), (FILE, other), (FILE, PUBLIC + b"x"), (FILE, b"")):
        with pytest.raises(BadSignature):
            minisign.verify(file, SIGNED, public)


def test_every_file_of_a_folder_needs_a_signature_that_names_it() -> None:
    files = {"a": b"1", "b": b"2"}
    signatures = {f"{name}.minisig": minisign.sign(raw, SEED, f"x: {name}") for name, raw in files.items()}
    good = {**files, **signatures, "key": PUBLIC}
    minisign.verify_files(good, "key")
    exchanged = {"a": b"2", "a.minisig": signatures["b.minisig"]}
    for name, changed in (("b", {"b": b"3"}), ("a", exchanged), ("c", {"c": b"3"}), ("a", {"key": b""})):
        with pytest.raises(Unsigned, match=f"^{name}$"):
            minisign.verify_files(good | changed, "key")
    for missing, name in (("b.minisig", "b"), ("key", "a")):
        with pytest.raises(Unsigned, match=f"^{name}$"):
            minisign.verify_files({each: raw for each, raw in good.items() if each != missing}, "key")


def test_a_public_key_is_read_from_its_file_and_from_no_other() -> None:
    assert signing.public_key(SEED) == minisign.public_key(PUBLIC)
    line = PUBLIC.splitlines()[1]
    for changed in (b"", PUBLIC[:-1], PUBLIC + b"x", SIGNED, PUBLIC.replace(line, b"A" + line[1:])):
        with pytest.raises(BadSignature):
            minisign.public_key(changed)
