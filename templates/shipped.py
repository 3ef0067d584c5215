"""Paths of the data files in this package, wherever it is installed."""

from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files("templates")))
QUESTIONNAIRE = FOLDER / "questionnaire.toml"
# The laws: one folder for each jurisdiction.
JURISDICTIONS = FOLDER / "jurisdictions"
TRANSLATIONS = FOLDER / "translations"
