"""The public site as static files, for any web server to serve beside the interface."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from crypto import pages
from portal import codings, manifest
from portal.manifest import Signed
from portal.refusals import Refused
from portal.sitefiles import File

SITE = "site"
HEADERS = "headers"


def freeze(folder: Path, site: Mapping[str, bytes], always: Mapping[str, str]) -> None:
    """Write the files of ``site`` by their names, each with .gz and .br beside it, and the headers they need.

    Raises Refused if the folder holds anything.
    """
    try:
        folder.mkdir(exist_ok=True)
        if any(folder.iterdir()):
            raise Refused(f"folder {folder} is not empty", "name a new one: old files would be served, too")
        for name, content in site.items():
            _write(folder / SITE / name, content)
        lines = "".join(f"{name}: {value}\n" for name, value in always.items())
        (folder / HEADERS).write_text(lines, "utf-8")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise Refused(
            f"the site was not written to {folder}: {reason}", "make room, or name another"
        ) from error


def names(files: Mapping[str, File], signed: Signed | None) -> dict[str, bytes]:
    """Return the contents of all files by their names in the folder."""
    found = {name_of(path): file.content for path, file in files.items()}
    for name, content in _manifest(signed):
        found[name_of(manifest.FOLDER + name)] = content
    return found


def name_of(path: str) -> str:
    """Return the name of a file by its path: a page has ``.html``, that of a folder is its ``index.html``."""
    if path.endswith("/"):
        path += "index.html"
    last = path.rpartition("/")[2]
    return path.lstrip("/") + ("" if "." in last else ".html")


def _manifest(signed: Signed | None) -> Iterator[tuple[str, bytes]]:
    if signed:
        yield pages.MANIFEST, signed.raw
        yield pages.SIGNATURE, signed.signature


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    for encoding, form in codings.encoded(content).items():
        path.with_name(path.name + codings.SUFFIXES[encoding]).write_bytes(form)
