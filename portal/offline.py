"""What the offline form carries inside: one file that works from disk, without a network (SPEC 7.7)."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.bundling import bundle

_FOLDER = Path(__file__).parent / "static"
_ENTRY = "js/offline.js"
# There is no portal to ask and none to send to: files on the disk stand in for both.
_INSTEAD = {"js/http.js": "js/offline_http.js", "js/delivery.js": "js/offline_delivery.js"}


@dataclass(frozen=True, slots=True)
class Parts:
    """Script and style, which stand in the page itself."""

    script: str
    style: str

    @property
    def policy(self) -> str:
        """The Content-Security-Policy: no request, no other script, no form that is sent."""
        return "; ".join(
            (
                "default-src 'none'",
                f"script-src '{_digest(self.script)}'",
                f"style-src '{_digest(self.style)}'",
                "base-uri 'none'",
                "form-action 'none'",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'",
            )
        )


@cache
def load() -> Parts:
    """Return the parts, the same from the same checkout."""
    return Parts(bundle(_ENTRY, _read, _INSTEAD), _read("style.css"))


def _read(path: str) -> str:
    return (_FOLDER / path).read_text("utf-8")


def _digest(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
