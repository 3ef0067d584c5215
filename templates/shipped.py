"""The files of this package, wherever it is installed."""

from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files("templates")))
QUESTIONNAIRE = FOLDER / "questionnaire.toml"
TRANSLATIONS = FOLDER / "translations"
