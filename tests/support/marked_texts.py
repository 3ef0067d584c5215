"""Texts that the sources mark for translation.

Templates mark them for gettext, in Jinja's way; the inbox marks what it tells officers with ``sentence``.
"""

from babel.messages.extract import extract_from_dir

from tests.support.paths import ROOT

_OPTIONS = {"**.html": {"silent": "false", "trimmed": "true"}}


def places(folder: str) -> dict[str, list[str]]:
    """Return the marked texts of a folder, each with the files that it is in. Paths start at the root."""
    if folder == "inbox":
        extracted = extract_from_dir(ROOT / folder, [("**.py", "python")], keywords={"sentence": None})
    else:
        extracted = extract_from_dir(ROOT / folder, [("**.html", "jinja2")], _OPTIONS)
    found: dict[str, list[str]] = {}
    for file, _, message, _, _ in extracted:
        files = found.setdefault(str(message), [])
        files += [] if f"{folder}/{file}" in files else [f"{folder}/{file}"]
    return found


def marked(folder: str) -> set[str]:
    """Return what the templates of a folder mark for translation."""
    return {*places(f"templates/{folder}")}


def told() -> set[str]:
    """Return what the inbox tells officers, of which the desk speaks both languages."""
    return {*places("inbox")}


def public() -> set[str]:
    """Return what everybody may read."""
    return marked("portal") | marked("shared")
