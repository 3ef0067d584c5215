"""Texts that the sources mark for translation."""

from babel.messages.extract import extract_from_dir

from templates import shipped
from tests.support.paths import ROOT

OPTIONS = {"**.html": {"silent": "false", "trimmed": "true"}}


def marked(folder: str) -> set[str]:
    """Return what the templates of a folder mark for translation."""
    found = extract_from_dir(shipped.FOLDER / folder, [("**.html", "jinja2")], OPTIONS)
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def told() -> set[str]:
    """Return what the inbox tells officers, of which the desk speaks both languages."""
    found = extract_from_dir(ROOT / "inbox", [("**.py", "python")], keywords={"sentence": None})
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def public() -> set[str]:
    """Return what everybody may read."""
    return marked("portal") | marked("shared")
