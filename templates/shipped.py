"""The files of this package, wherever it is installed."""

from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files("templates")))
QUESTIONNAIRE = FOLDER / "questionnaire.toml"
# The law, a folder for each jurisdiction.
JURISDICTIONS = FOLDER / "jurisdictions"
TRANSLATIONS = FOLDER / "translations"
