"""An earlier version of a bundled library, so that an upgrade can bring its fix.

The rehearsals in the parts `install` and `offline` of the soak begin with it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.support.commits import git


@dataclass(frozen=True, slots=True)
class EarlierLibrary:
    """A library of a side (`portal` or `inbox`), an earlier version of it, and the SHA-256 of its wheel."""

    side: str
    name: str
    version: str
    digest: str

    def commit(self, clone: Path) -> None:
        """Commit a lock of this side that has the earlier version. `git revert` takes it back."""
        lock = clone / f"requirements/{self.side}.txt"
        entry = re.compile(rf"^{self.name}==.*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
        earlier = f"{self.name}=={self.version} \\\n    --hash=sha256:{self.digest}\n"
        text, found = entry.subn(lambda _: earlier, lock.read_text("utf-8"))
        assert found == 1, found
        lock.write_text(text, "utf-8")
        git(clone, "commit", "--quiet", "--all", f"--message=an earlier version of {self.name}")

    def asked(self, python: str) -> tuple[str, ...]:
        """Return a command that prints the version which this Python program imports."""
        return (python, "-c", f"from importlib.metadata import version; print(version({self.name!r}))")


INBOX = EarlierLibrary(
    "inbox", "python-stdnum", "2.1", "25eabcf5f307dd4150fd8f1c03f4512a6caeb84c9f09be1448711f5803373c58"
)
PORTAL = EarlierLibrary(
    "portal", "werkzeug", "3.1.8", "63a77fb8892bf28ebc3178683445222aa500e48ebad5ec77b0ad80f8726b1f50"
)
