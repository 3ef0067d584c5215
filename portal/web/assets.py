"""The style sheet and scripts that pages load, with the digests that a browser checks."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "static"
STYLE = "/static/style.css"
LOGOS = ("/static/logo.png", "/static/logo.svg")
_TYPES = {
    ".png": "image/png",
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
    """Return the files of the folder ``static`` by URL path. These files are read at the first call."""
    found = sorted(path for path in _FOLDER.rglob("*") if path.suffix in _TYPES)
    return {
        f"/{path.relative_to(_FOLDER.parent).as_posix()}": _asset(path.name, path.read_bytes())
        for path in found
    }


def of(logo: tuple[str, bytes] | None, colours: str) -> Mapping[str, Asset]:
    """Return the files of a site: the shipped files, its logo (name, content) and its CSS rules."""
    found = dict(load())
    if colours:
        found[STYLE] = _asset(STYLE, found[STYLE].content + colours.encode())
    if logo:
        name, content = logo
        found[f"/static/{name}"] = _asset(name, content)
    return found


def _asset(name: str, content: bytes) -> Asset:
    digest = b64encode(hashlib.sha384(content).digest()).decode()
    return Asset(_TYPES[Path(name).suffix], content, f"sha384-{digest}")
