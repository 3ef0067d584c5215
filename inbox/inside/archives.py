"""What an archive lists; nothing of it is unpacked."""

import io
import re
import tarfile
import zipfile
from collections.abc import Container, Iterator
from itertools import islice

from inbox.inside.answer import Answer, Fact, counted, fact

_MOST_ENTRIES = 200
_LISTED = fact("why", "an archive is listed, not unpacked")
_BOMB = 100  # times its size
# What programs make of zip archives: an entry that tells, the type.
_OFFICE = "application/vnd.openxmlformats-officedocument."
# OpenDocument and EPUB say what they are in their first entry, uncompressed.
_SAID = re.compile(rb".{30}mimetype(application/[a-z0-9.+-]{1,80})", re.DOTALL)
_MADE_OF_ZIP = (
    ("word/document.xml", f"{_OFFICE}wordprocessingml.document"),
    ("xl/workbook.xml", f"{_OFFICE}spreadsheetml.sheet"),
    ("ppt/presentation.xml", f"{_OFFICE}presentationml.presentation"),
    ("AndroidManifest.xml", "application/vnd.android.package-archive"),
    ("META-INF/MANIFEST.MF", "application/java-archive"),
)


def of_zip(data: bytes, _: int) -> Answer:
    """Return what the list at the end of a zip says; BadZipFile without one."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    facts = _made_of_zip(data, names)
    if any(name.endswith("vbaProject.bin") for name in names):
        facts.append(fact("caution", "holds macros"))
    if any(entry.flag_bits & 1 for entry in entries):
        facts.append(fact("caution", "is locked with a password"))
    if unpacked > _BOMB * len(data):
        facts.append(fact("caution", f"is a bomb: it would unpack to {unpacked} bytes"))
    listed = ((entry.filename, entry.file_size) for entry in entries)
    return Answer(
        (*facts, fact("measure", counted(len(entries), "entry", "entries")), _LISTED, *_listing(listed))
    )


def of_tar(data: bytes, _: int) -> Answer:
    """Return what a tar lists; TarError for a damaged one."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        return Answer((_LISTED, *_listing((entry.name, entry.size) for entry in archive)))


def _made_of_zip(data: bytes, names: Container[str]) -> list[Fact]:
    if said := _SAID.match(data):
        return [fact("type", said[1].decode())]
    return [fact("type", kind) for name, kind in _MADE_OF_ZIP if name in names][:1]


def _listing(entries: Iterator[tuple[str, int]]) -> Iterator[Fact]:
    for name, size in islice(entries, _MOST_ENTRIES):
        yield fact("entry", f"{size} bytes: {name}")
    if next(entries, None) is not None:
        yield fact("entry", "and more")
