"""What pages say of the law: how often reports are opened, what is guaranteed, who else can be told."""

from pathlib import Path

from crypto.toml_schema import BadDocument
from portal.errors import BadConfiguration
from templates.law import reader
from templates.law.rules import Law


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
