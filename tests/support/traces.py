"""Search for texts that must not be there: in bytes, in files, in the memory of processes."""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, TypeVar
from urllib.parse import unquote

Text = TypeVar("Text", str, bytes)


def disguises(text: str | bytes) -> list[bytes]:
    """Return the encodings in which ``text`` could occur: UTF-8, UTF-16, hex, base 64 at each alignment.

    Bytes, such as a key, are not searched for in UTF-16.
    """
    raw = text.encode("utf-8") if isinstance(text, str) else text
    forms = [raw, raw.hex().encode(), *([text.encode("utf-16-le")] if isinstance(text, str) else [])]
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw)
        # The first and last letters also encode neighbouring bytes.
        forms.append(encoded[4 if shift else 0 : len(encoded) - len(encoded) % 4 - 4])
    return forms


def found_in(data: bytes, texts: Iterable[Text]) -> list[Text]:
    """Return the texts that occur in ``data``, in any encoding."""
    forms = {text: disguises(text) for text in texts}
    # One pass searches for all texts, because separate passes over the memory of a portal would take ten
    # seconds.
    if not re.search(b"|".join(re.escape(form) for each in forms.values() for form in each), data):
        return []
    return [text for text, each in forms.items() if any(form in data for form in each)]


def neighbours_in(text: str, words: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of neighbouring ``words`` of a token that occur together in ``text``.

    Any separator may appear between the two words. A single word proves nothing: it may occur in the address
    of a page or, by chance, in the address of an upload.
    """
    plain = unquote(text)
    return [pair for pair in pairwise(words) if re.search(r"[\W\d_]{0,3}".join(map(re.escape, pair)), plain)]


def found_in_files(folder: Path, texts: Iterable[Text]) -> list[tuple[str, Text]]:
    """Return pairs: the name of a file below ``folder``, and a text found in the file or in its name."""
    wanted = list(texts)
    return [
        (path.name, text)
        for path in folder.rglob("*")
        if path.is_file()
        for text in found_in(path.read_bytes() + path.name.encode(), wanted)
    ]


def found_in_open_files(processes: Iterable[int], texts: Iterable[Text]) -> list[tuple[str, Text]]:
    """Return the path and the text for each text in an open file of a process, including unnamed files."""
    wanted = list(texts)
    open_now = (path for process in processes for path in Path(f"/proc/{process}/fd").iterdir())
    held = [path for path in open_now if path.is_file()]
    return [(str(path), text) for path in held for text in found_in(path.read_bytes(), wanted)]


def found_in_memory(processes: Iterable[int], texts: Iterable[Text]) -> list[tuple[int, Text]]:
    """Return pairs: a running process, and a text found in its readable memory."""
    wanted = list(texts)
    return [
        (process, text)
        for process in processes
        for text in {text for piece in _memory(process) for text in found_in(piece, wanted)}
    ]


def _memory(process: int) -> Iterator[bytes]:
    ranges = [line.split() for line in Path(f"/proc/{process}/maps").read_text().splitlines()]
    with Path(f"/proc/{process}/mem").open("rb") as memory:
        for addresses, mode, *_ in ranges:
            start, end = (int(address, 16) for address in addresses.split("-"))
            if mode.startswith("rw"):
                yield _read(memory, start, end)


def _read(memory: BinaryIO, start: int, end: int) -> bytes:
    memory.seek(start)
    try:
        return memory.read(end - start)
    except OSError:  # this is a guard page, to which nobody can write
        return b""
