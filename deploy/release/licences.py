"""The licences of the bundled libraries, as one text for the machine on which they are installed."""

from importlib.metadata import PathDistribution
from pathlib import Path

_OURS = "fanal"
_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")
_NO_TEXT = "This library has no file with the text of its licence.\n"
_RULE = "=" * 78


def text(site: Path) -> str:
    """Return name, version, licence and licence texts of each library in a site-packages folder, by name."""
    folders = sorted(site.glob("*.dist-info"), key=lambda folder: folder.name.lower())
    return "\n".join(_entry(folder) for folder in folders if not folder.name.startswith(f"{_OURS}-"))


def _entry(folder: Path) -> str:
    library = PathDistribution(folder)
    files = sorted(file for file in folder.rglob("*") if file.is_file() and _is_licence(file))
    texts = [file.read_text("utf-8", "replace") for file in files] or [_NO_TEXT]
    return "\n".join([_RULE, f"{library.name} {library.version}: {_named(library)}", _RULE, "", *texts])


def _is_licence(file: Path) -> bool:
    return "licenses" in file.parts or file.name.upper().startswith(_NAMES)


def _named(library: PathDistribution) -> str:
    """Return what a library's metadata says about its licence, in one line."""
    data = library.metadata
    classifiers = [each for each in data.get_all("Classifier") or () if each.startswith("License ::")]
    names = ", ".join(each.rpartition(" :: ")[2] for each in classifiers)
    stated = (data.get("License-Expression"), names, (data.get("License") or "").strip().partition("\n")[0])
    return next((each for each in stated if each), "not stated")
