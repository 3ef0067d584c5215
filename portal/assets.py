"""The files a page loads, read once, with the digests that a browser holds them to (style.css, scripts)."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"
_SERVED = {
    "*.css": "text/css",
    "*.svg": "image/svg+xml",
    "js/*.js": "text/javascript",
    "vendor/age.js": "text/javascript",
}
# They stand in the offline form itself, and are loaded by no page.
_NOT_SERVED = "offline"
_IMPORT = re.compile(rb'^(?:import|export)\b[^;"]*"(\.{1,2}/[^"]+)";', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served; ``integrity`` is the value of the attribute of that name (SHA-384)."""

    type: str
    content: bytes
    integrity: str


@dataclass(frozen=True, slots=True)
class Assets:
    """Every file that is served, by its path in an address."""

    files: Mapping[str, Asset]

    @property
    def import_map(self) -> str:
        """The inline import map: with it a browser checks imported modules too, not only the first."""
        scripts = {path: file.integrity for path, file in self.files.items() if path.endswith(".js")}
        return json.dumps({"integrity": scripts}, indent=1)

    @property
    def import_map_hash(self) -> str:
        """The hash by which the Content-Security-Policy lets the import map stand inline."""
        return _digest("sha256", self.import_map.encode())

    def needed_by(self, path: str) -> list[str]:
        """Return the paths of the script at ``path`` with all that it imports, directly or not, sorted."""
        found: set[str] = set()
        waiting = [path]
        while waiting:
            script = waiting.pop()
            if script not in found:
                found.add(script)
                waiting += self._imports(script)
        return sorted(found)

    def _imports(self, path: str) -> list[str]:
        named = _IMPORT.findall(self.files[path].content)
        folder = _FOLDER.parent.joinpath(path.lstrip("/")).parent
        return [f"/{(folder / name.decode()).resolve().relative_to(_FOLDER.parent)}" for name in named]


@cache
def load() -> Assets:
    """Return the files of the folder ``static``, read at the first call of the process."""
    found = ((path, kind) for pattern, kind in _SERVED.items() for path in sorted(_FOLDER.glob(pattern)))
    return Assets(
        {
            f"/{path.relative_to(_FOLDER.parent).as_posix()}": _read(path, kind)
            for path, kind in found
            if not path.name.startswith(_NOT_SERVED)
        }
    )


def _read(path: Path, kind: str) -> Asset:
    content = path.read_bytes()
    return Asset(kind, content, _digest("sha384", content))


def _digest(algorithm: str, content: bytes) -> str:
    return f"{algorithm}-{b64encode(hashlib.new(algorithm, content).digest()).decode()}"
