"""What pages say of the law: how often reports are opened, what is guaranteed, who else can be told."""

from pathlib import Path

from crypto.toml_schema import BadDocument
from portal.errors import BadConfiguration
from templates.law import reader
from templates.law.rules import Law, Regime


def load(folder: Path) -> Law:
    """Return the law of a folder (docs/law.md); BadConfiguration names the first mistake."""
    try:
        return reader.read(folder)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise BadConfiguration(
            f"law {folder} was not read: {reason}", "name a folder with `jurisdiction`"
        ) from error
    except BadDocument as error:
        raise BadConfiguration(
            f"law {folder}: {error}", "mend the file; the shipped folder shows the form"
        ) from error


def regime(found: Law, code: str) -> Regime:
    """Return the regime of a law with this code, or the default one for ""; else BadConfiguration."""
    try:
        return found.regimes[code or found.default_regime]
    except KeyError as error:
        raise BadConfiguration(
            f"setting 'regime' has a wrong value: {code}",
            f"it must be a regime of the law: {', '.join(found.regimes)}",
        ) from error
