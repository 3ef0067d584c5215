"""List the contents of an archive. Only the small entries with a document's metadata are unpacked."""

import html
import io
import re
import tarfile
import zipfile
from collections.abc import Container, Iterable, Iterator
from itertools import islice
from operator import itemgetter

from inbox.sandboxed.answer import Answer, Fact, counted, fact

_MOST_ENTRIES = 200
_LISTED = fact("why", "archive")
_UNREAD = fact("caution", "unread-metadata")
_BOMB = 100  # The unpacked size may be this many times the size of the archive.
# Types of documents that are zip archives: an entry that identifies the type, and the type.
_OFFICE = "application/vnd.openxmlformats-officedocument."
# OpenDocument and EPUB name their type in their first entry, uncompressed.
_SAID = re.compile(rb".{30}mimetype(application/[a-z0-9.+-]{1,80})", re.DOTALL)
_MADE_OF_ZIP = (
    ("word/document.xml", f"{_OFFICE}wordprocessingml.document"),
    ("xl/workbook.xml", f"{_OFFICE}spreadsheetml.sheet"),
    ("ppt/presentation.xml", f"{_OFFICE}presentationml.presentation"),
    ("AndroidManifest.xml", "application/vnd.android.package-archive"),
    ("META-INF/MANIFEST.MF", "application/java-archive"),
)
# The entries of Office and OpenDocument files that hold metadata: author, times, program.
_SAID_OF_ITSELF = ("docProps/core.xml", "docProps/app.xml", "meta.xml")
_MOST_SAID, _MOST_VALUES, _LONGEST_VALUE = 1 << 16, 40, 200
_VALUE = re.compile(r"<(?:[\w-]+:)?([\w-]{1,40})(?:\s[^<>]*)?>([^<]*)")
# Compression methods that allow unpacking the beginning of an entry without the rest of it.
_IN_PIECES = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def of_zip(data: bytes, _: int) -> Answer:
    """Return the contents of a zip from the list at its end. Raises BadZipFile if there is no list."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        own = tuple(_said_of_itself(archive, entries))
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    facts = _made_of_zip(data, names)
    if any(name.endswith("vbaProject.bin") for name in names):
        facts.append(fact("caution", "macros"))
    if any(entry.flag_bits & 1 for entry in entries):
        facts.append(fact("caution", "locked"))
    if unpacked > _BOMB * len(data):
        facts.append(fact("caution", "bomb", unpacked))
    listed = ((entry.filename, entry.file_size) for entry in entries)
    measure = counted(len(entries), "entry", "entries")
    return Answer((*facts, measure, *own, _LISTED, *_listing(listed)))


def of_tar(data: bytes, _: int) -> Answer:
    """Return the contents of a tar. Raises TarError for a damaged tar."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        return Answer((_LISTED, *_listing((entry.name, entry.size) for entry in archive)))


def _made_of_zip(data: bytes, names: Container[str]) -> list[Fact]:
    if said := _SAID.match(data):
        return [fact("type", said[1].decode())]
    return [fact("type", kind) for name, kind in _MADE_OF_ZIP if name in names][:1]


def _said_of_itself(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> Iterator[Fact]:
    """Yield the metadata of a document, or the fact that it could not be read."""
    for entry in [each for each in entries if each.filename in _SAID_OF_ITSELF][: len(_SAID_OF_ITSELF)]:
        try:
            yield from _values(_beginning(archive, entry))
        except Exception:  # noqa: BLE001  unpacking hostile bytes can raise anything
            yield _UNREAD


def _beginning(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    if entry.compress_type not in _IN_PIECES:
        raise zipfile.BadZipFile("a compression method that documents do not use")
    with archive.open(entry) as opened:
        return opened.read(_MOST_SAID).decode(errors="replace")


def _values(written: str) -> Iterator[Fact]:
    said = ((name, html.unescape(value).strip()[:_LONGEST_VALUE]) for name, value in _VALUE.findall(written))
    for name, value in islice(filter(itemgetter(1), said), _MOST_VALUES):
        yield fact("metadata", name, value)


def _listing(entries: Iterator[tuple[str, int]]) -> Iterator[Fact]:
    for name, size in islice(entries, _MOST_ENTRIES):
        yield fact("entry", "file", size, name)
    if next(entries, None) is not None:
        yield fact("entry", "more")
