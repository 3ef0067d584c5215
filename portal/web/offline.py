"""The script and style inside a page that works from disk without a network (SPEC 5.6, 7.7)."""

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent.parent
# After any of these character sequences, a browser may read the rest as markup (HTML, "script data state").
_ENDS = re.compile(r"</s(?:cript|tyle)|<!--", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parts:
    """The inline script and style; raises ValueError if a browser could read part of either as markup."""

    script: str
    style: str

    def __post_init__(self) -> None:
        if found := _ENDS.search(self.script + self.style):
            raise ValueError(f"an offline page cannot contain {found.group()!r}")

    @property
    def policy(self) -> str:
        """The Content-Security-Policy: no requests, no other script, no form submission."""
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
def load(page: str = "offline", colours: str = "") -> Parts:
    """Return the parts of the offline form, or of the ``proof`` page, with rules for the office's colours.

    The parts are the same for the same checkout and ``colours``. `make built` creates the scripts.
    """
    return Parts(_read(f"{page}.js"), _read("static/style.css") + colours)


def _read(path: str) -> str:
    return (_FOLDER / path).read_text("utf-8")


def _digest(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
