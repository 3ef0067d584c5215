"""The site in the manifest format of WEBCAT, an extension that checks a site in the visitor's browser.

The format and rules come from manifest.md and csp.md of webcat-spec, and from the extension that reads them
(2026). Signatures, log timestamps and enrollment need a network. WEBCAT's own tools create the signatures,
timestamps and enrollment from the manifest.
"""

import hashlib
import json
from collections.abc import Mapping

from crypto import base64url
from portal.site.site_files import MISSING, File

INDEX = "index.html"


def make(files: Mapping[str, File], policy: str, *, app: str, version: str) -> bytes:
    """Return the unsigned manifest. ``app`` is the address of the source code, and ``version`` is its tag."""
    manifest = {
        "app": app,
        "version": version,
        "default_csp": policy,
        "files": {name_of(path): base64url.encode(_digest(file)) for path, file in files.items()},
        "default_index": INDEX,
        "default_fallback": MISSING,
        "wasm": [],
        "extra_csp": {},
    }
    return json.dumps({"manifest": manifest}, indent=2).encode() + b"\n"


def name_of(path: str) -> str:
    """Return the name under which WEBCAT looks up a path: for a folder, the name of its index."""
    return path + INDEX if path.endswith("/") else path


def _digest(file: File) -> bytes:
    return hashlib.sha256(file.content).digest()
