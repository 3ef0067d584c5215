"""Texts that the sources mark for translation.

Templates mark texts for gettext, as in Jinja. The inbox and the program for draws mark their messages with
``sentence``.
"""

from babel.messages.extract import extract_from_dir

from tests.support.paths import ROOT

_OPTIONS = {"**.html": {"silent": "false", "trimmed": "true"}}


def places(folder: str) -> dict[str, list[str]]:
    """Return the marked texts of a folder, each with the files that contain it, relative to the root."""
    if folder in {"inbox", "draws"}:
        extracted = extract_from_dir(ROOT / folder, [("**.py", "python")], keywords={"sentence": None})
    else:
        extracted = extract_from_dir(ROOT / folder, [("**.html", "jinja2")], _OPTIONS)
    found: dict[str, list[str]] = {}
    for file, _, message, _, _ in extracted:
        files = found.setdefault(str(message), [])
        files += [] if f"{folder}/{file}" in files else [f"{folder}/{file}"]
    return found


def marked(folder: str) -> set[str]:
    """Return the texts that the templates of a folder mark for translation."""
    return {*places(f"templates/{folder}")}


def told() -> set[str]:
    """Return the messages of the inbox to officers, which the desk shows in both languages."""
    return {*places("inbox")}


def of_draws() -> set[str]:
    """Return the messages of the program for draws."""
    return {*places("draws")}


def public() -> set[str]:
    """Return the texts of the public pages."""
    return marked("portal") | marked("shared")
