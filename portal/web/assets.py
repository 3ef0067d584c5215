"""The style sheet and scripts that pages load, with the digests that a browser checks."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "static"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as served. ``integrity`` is the value of the HTML attribute with that name (SHA-384)."""

    type: str
    content: bytes
    integrity: str


@cache
def load() -> Mapping[str, Asset]:
    """Return the files of the folder ``static`` by URL path. They are read at the first call."""
    found = sorted(path for path in _FOLDER.rglob("*") if path.suffix in _TYPES)
    return {f"/{path.relative_to(_FOLDER.parent).as_posix()}": _read(path) for path in found}


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    digest = b64encode(hashlib.sha384(content).digest()).decode()
    return Asset(_TYPES[path.suffix], content, f"sha384-{digest}")
