"""Compare a file's true type with its declared type and with the type that its name suggests."""

import mimetypes
from collections.abc import Collection, Iterator
from pathlib import PurePath

from crypto.printable import visible
from inbox.language.messages import Sentence, sentence

# Generic types that fit any file, and types of text whose names do not begin with text/.
_NOTHING = {"", "application/octet-stream", "application/x-empty"}
_TEXTS = {"application/json", "application/xml", "application/javascript", "application/x-sh"}
_PLAIN = "text/plain"


def lies(name: str, declared: str, true: str, like: Collection[str]) -> Iterator[Sentence]:
    """Yield a warning for each false claim in the name and in the declared type of a file.

    ``true`` is the type that the contents of the file show. ``like`` contains other types and name endings
    that are also correct for these contents.
    """
    if visible(name) != name:
        yield sentence(
            "the file name contains invisible characters, or characters that reverse the order of the text"
        )
    if true in _NOTHING:
        return
    ending = PurePath(name).suffix.lower()
    meant, _ = mimetypes.guess_type(f"file{ending}")
    if ending not in like and not _holds(meant or "", true, like):
        yield sentence("the file name ends in {ending}, but the file is {type}", ending=ending, type=true)
    if not _holds(declared, true, like):
        yield sentence("the file was sent as {declared}, but it is {type}", declared=declared, type=true)


def _holds(claimed: str, true: str, like: Collection[str]) -> bool:
    if claimed in _NOTHING or claimed in like:
        return True
    if true == _PLAIN and (claimed.startswith("text/") or claimed in _TEXTS):
        return True
    return _bare(claimed) == _bare(true)


def _bare(kind: str) -> str:
    return kind.replace("/x-", "/").replace("/vnd.", "/").partition(";")[0].strip()
