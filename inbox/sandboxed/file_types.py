"""Recognise the type of a file by its content alone."""

import codecs
import re
from dataclasses import dataclass

import puremagic

from inbox.sandboxed.answer import LONGEST_TEXT

PDF = "application/pdf"
HEIC = "image/heic"
ZIP = "application/zip"
TAR = "application/x-tar"
UNKNOWN = "application/octet-stream"
EMPTY = "application/x-empty"
# The first bytes of a picture, its type, and other endings and types that fit.
_PICTURES = (
    (rb"\xff\xd8\xff", "image/jpeg", ".jpg .jpeg .jpe .jfif .mpo"),
    (rb"\x89PNG\r\n\x1a\n", "image/png", ".png .apng"),
    (rb"GIF8[79]a", "image/gif", ".gif"),
    (rb"RIFF....WEBP", "image/webp", ".webp"),
    (rb".{4}ftypavi[fs]", "image/avif", ".avif"),
    (rb".{4}ftyp(?:he[iv][cxms]|m[is]f1)", HEIC, ".heic .heif .heics .hif image/heif image/heic-sequence"),
    (rb"II\*\0|MM\0\*", "image/tiff", ".tif .tiff"),
    (rb"BM.{4}\0{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", "image/bmp", ".bmp .dib"),
)
# Other types for which a program might mistake a file: a pattern, the type, and the part of the file in which
# such a program searches for the pattern.
_ALSO = (
    (rb"%PDF-", PDF, slice(0, 1024)),
    (rb"PK\x05\x06", ZIP, slice(-65_557, None)),
    (rb"(?i)<script|<html|<!doctype html|<svg", "text/html", slice(0, None)),
)
SHOWN = frozenset(mime for _, mime, _ in _PICTURES) - {HEIC}
_MARKUP = (
    (r"(?i)<svg", "image/svg+xml"),
    (r"(?i)<html|<!doctype html|<script|<body", "text/html"),
    (r"\s*<\?xml", "text/xml"),
    (r"\s*\{\\rtf", "text/rtf"),
)
_MARKUP_WITHIN = 4_096
_LEAST_SURE = 0.3  # The confidence that puremagic gives to a signature of three bytes.
_TAR = slice(257, 262)
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a file: its MIME type if it has one.

    ``like`` contains the other types and name endings that fit the file.
    """

    type: str
    like: frozenset[str] = frozenset()
    text: str | None = None


def of(data: bytes) -> Kind:
    """Return the type of a file: a picture, a PDF, text, another type by its first bytes, or unknown."""
    for begin, mime, endings in _PICTURES:
        if re.match(begin, data, re.DOTALL):
            return Kind(mime, frozenset(endings.split()))
    if b"%PDF-" in data[:1024]:
        return Kind(PDF, frozenset({".pdf"}))
    text = _text(data)
    if text is not None:
        return Kind(_markup(text), text=text)
    if data.startswith(_ZIPPED):
        return Kind(ZIP, frozenset({".zip"}))
    if data[_TAR] == b"ustar":
        return Kind(TAR, frozenset({".tar"}))
    return _by_signature(data)


def also(data: bytes, kind: Kind) -> list[str]:
    """Return the other types for which a program might mistake a file of this ``kind``."""
    if kind.text is not None:
        return []
    return [mime for sign, mime, place in _ALSO if mime != kind.type and re.search(sign, data[place])]


def _by_signature(data: bytes) -> Kind:
    matches = [each for each in puremagic.magic_string(data) if _is_sure(each)]
    if not matches:
        return Kind(UNKNOWN)
    like = frozenset(word for each in matches for word in (each.mime_type, each.extension) if word)
    return Kind(matches[0].mime_type or matches[0].name, like)


def _is_sure(match: puremagic.PureMagicWithConfidence) -> bool:
    return match.confidence >= _LEAST_SURE and any(match.byte_match)


def _markup(text: str) -> str:
    start = text[:_MARKUP_WITHIN]
    return next((mime for sign, mime in _MARKUP if re.search(sign, start)), "text/plain")


def _text(data: bytes) -> str | None:
    """Return the beginning of a text, or None if the data is not text."""
    start = data[: 4 * LONGEST_TEXT]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(start, "utf-16")
    if b"\0" in start:
        return None
    text = _decoded(start, "utf-8-sig")
    if text is None and _reads_as_words(start):
        text = _decoded(start, "cp1252")
    return text


def _decoded(start: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeDecodeError:
        return None


def _reads_as_words(start: bytes) -> bool:
    """Whether nearly all bytes are letters, digits, punctuation or white space."""
    return 10 * len(re.findall(rb"[\t\r\n -~]", start)) > 9 * len(start)
