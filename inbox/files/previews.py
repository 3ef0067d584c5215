"""Previews of a file without opening it: its type, its text, or the pixels of one page.

A process in the sandbox examines the file (``sandbox``, ``inside``). No part of the file is parsed outside
the sandbox. Pixels become a picture that we encode. Facts and text are checked for size and shown as text.
"""

import fcntl
import hashlib
import io
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from inbox.files import attachments, claimed_type, sandbox, sandbox_messages
from inbox.files.attachments import Found, Which
from inbox.files.sandbox import Bounds, Ended
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, sentence
from inbox.language.views import View
from inbox.overview.case_view import attachment
from inbox.sandboxed import answer
from inbox.sandboxed.answer import Answer, Fact, fact
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import apart
from inbox.system.home import Home
from inbox.text import confusables

_WORKER = Path(answer.__file__).with_name("worker.py")
MEGABYTE = 1_000_000
# In megabytes, the unit of sizes on the desk. The sandbox gets only the beginning of a larger file, to
# recognise its type.
_LARGEST_SHOWN = 100
_HEAD = 1 << 16
_FUTURE_WRITE = 0x10  # F_SEAL_FUTURE_WRITE, which Python lacks; only the mapping below can then write
_SEALS = _FUTURE_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
_BOUNDS = Bounds(seconds=20.0, answer=answer.LARGEST)


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview, made by an untrusted process, of one page of a file in a case."""

    found: Found
    sha256: str
    page: int
    answer: Answer

    @property
    def picture(self) -> bytes | None:
        """The pixels of the page as PNG, encoded here; None if there are no pixels."""
        if not self.answer.pixels:
            return None
        seen = Image.frombytes("RGB", (self.answer.width, self.answer.height), self.answer.pixels)
        encoded = io.BytesIO()
        seen.save(encoded, "PNG")
        return encoded.getvalue()

    def write(self, home: Home, out: Path) -> None:
        """Write the pixels as PNG to ``out``. Raise CaseRefused if the page has no pixels.

        Also raises the same errors as ``write_new`` and ``apart.check``.
        """
        apart.check(home, out.parent)
        if (picture := self.picture) is None:
            raise CaseRefused(
                sentence("file {number} cannot be shown as a picture", number=self.found.attachment.number),
                sentence("to see the type of the file, omit --out"),
            )
        attachments.write_new(out, [picture])

    @property
    def view(self) -> View:
        """The preview without its pixels, as plain values."""
        return attachment(self.found.attachment) | {
            "sha256": self.sha256,
            "true_type": self._first("type"),
            "warnings": [*self._warnings()],
            "measure": next(self._said("measure"), ""),
            "page": self.page,
            "pages": self.answer.pages,
            "not_shown": next(self._said("why"), ""),
            "metadata": [*self._said("metadata")],
            "entries": [*self._said("entry")],
            "text": self.answer.text,
            "pixels": [self.answer.width, self.answer.height],
        }

    def _warnings(self) -> Iterator[Sentence]:
        file = self.found.attachment
        yield from claimed_type.lies(file.name, file.type, self._first("type"), self._all("like"))
        yield from (
            sentence("some programs would treat the file as {type}", type=kind) for kind in self._all("also")
        )
        yield from (sentence("it {caution}", caution=caution) for caution in self._said("caution"))
        if words := confusables.mixed([file.name, self.answer.text]):
            yield sentence("these words mix letters of several alphabets: {words}", words=", ".join(words))

    def _said(self, kind: str) -> Iterator[str]:
        return (sandbox_messages.said(fact) for fact in self.answer.facts if fact.kind == kind)

    def _all(self, kind: str) -> list[str]:
        return [fact.code for fact in self.answer.facts if fact.kind == kind]

    def _first(self, kind: str) -> str:
        return next(iter(self._all(kind)), "")


def preview(inbox: Inbox, who: Actor, which: Which, page: int) -> Preview:
    """Return the preview of one page of a file in a case.

    Raises CaseRefused for a page number above the maximum. Also raises the same errors as
    ``attachments.find`` and ``look``.
    """
    if not 1 <= page <= answer.MOST_PAGES:
        raise CaseRefused(
            sentence("no file can have a page {page}", page=page),
            sentence("choose a page from 1 to {last}", last=answer.MOST_PAGES),
        )
    with inbox.acting(who, action(Code.PREVIEW, which.case, file=which.number, page=page)) as session:
        found = attachments.find(inbox.home, session, *which)
    return look(inbox.home, found, page)


def look(home: Home, found: Found, page: int = 1) -> Preview:
    """Return the preview of one page of a file. The file is never written to a disk unencrypted.

    Raises NoSandbox if this machine has no working sandbox. Raises Refused if the sealed copy is damaged.
    """
    most = _LARGEST_SHOWN * MEGABYTE
    is_shown = found.attachment.size <= most
    with _in_memory(home, found, most if is_shown else _HEAD) as (given, sha256):
        if not is_shown:
            why = fact("why", "too-large", _LARGEST_SHOWN)
            seen = _with_reason(_asked(given, page, "head"), why)
        else:
            try:
                seen = _asked(given, page, "whole")
            except Ended:
                seen = _with_reason(_asked(given, page, "head"), fact("why", "ended"))
    return Preview(found, sha256, page, seen)


def _asked(given: int, page: int, how: str) -> Answer:
    os.lseek(given, 0, os.SEEK_SET)
    raw = sandbox.run(_WORKER, given, [str(page), how], _BOUNDS)
    try:
        return answer.parse(raw)
    except ValueError:
        raise Ended from None


def _with_reason(seen: Answer, why: Fact) -> Answer:
    return replace(seen, facts=(*seen.facts, why))


@contextmanager
def _in_memory(home: Home, found: Found, most: int) -> Iterator[tuple[int, str]]:
    """Yield a descriptor of anonymous memory with the first bytes of a file, and the SHA-256 of the file."""
    size = min(most, found.attachment.size)
    descriptor = os.memfd_create("file", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(descriptor, size)
        # Bytes written through a mapping are locked with the rest of our memory. Bytes written through the
        # descriptor could be swapped out.
        with mmap.mmap(descriptor, size) if size else nullcontext(bytearray()) as mapped:
            sha256 = _filled(mapped, size, attachments.pieces(home, found))
            # From here on, a process with the descriptor can neither change nor shorten the file, even
            # through a mapping of its own.
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
            yield descriptor, sha256
    finally:
        os.close(descriptor)


def _filled(mapped: mmap.mmap | bytearray, size: int, pieces: Iterator[bytes]) -> str:
    """Write the first ``size`` bytes to ``mapped``; return the SHA-256 of all bytes."""
    place, digest = 0, hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        part = piece[: size - place]
        mapped[place : place + len(part)] = part
        place += len(part)
    return digest.hexdigest()
