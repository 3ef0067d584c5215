"""Load the law. Pages say when reports are opened, what the law guarantees, and who else accepts reports."""

from pathlib import Path

from crypto.toml_schema import BadDocument
from portal.errors import BadConfiguration, why
from templates.law import reader
from templates.law.rules import Law, Regime


def load(folder: Path) -> Law:
    """Return the law in a folder (docs/law.md); raises BadConfiguration for the first mistake."""
    try:
        return reader.read(folder)
    except OSError as error:
        raise BadConfiguration(
            f"law {folder} was not read: {why(error)}", "set `jurisdiction` to the folder of a law"
        ) from error
    except BadDocument as error:
        raise BadConfiguration(
            f"law {folder}: {error}", "correct the file; the shipped folder shows the format"
        ) from error


def regime(found: Law, code: str) -> Regime:
    """Return the regime with this code, or the default for ""; raises BadConfiguration if it is unknown."""
    try:
        return found.regimes[code or found.default_regime]
    except KeyError as error:
        raise BadConfiguration(
            f"setting 'regime' has a wrong value: {code}",
            f"it must be a regime of the law: {', '.join(found.regimes)}",
        ) from error
