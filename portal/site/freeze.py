"""The public site as static files, which any web server can serve; the portal still serves the API."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from crypto import pages
from portal.errors import Refused, why
from portal.site import manifest
from portal.site.manifest import Signed
from portal.site.site_files import HTML, MISSING, File
from portal.web import content_encoding, scriptless

SITE = "site"
HEADERS = "headers"
NGINX = "nginx"
ANSWERS = "answers"
_NOWHERE = "/.nothing"


def freeze(folder: Path, site: Mapping[str, bytes], beside: Mapping[str, str]) -> None:
    """Write ``site`` and ``beside``, which map names to contents; each file of ``site`` gets a .gz and a .br.

    Raises Refused if the folder is not empty or cannot be written.
    """
    try:
        folder.mkdir(exist_ok=True)
        if any(folder.iterdir()):
            raise Refused(f"folder {folder} is not empty", "name a new folder: old files would be served too")
        for name, content in site.items():
            _write(folder / SITE / name, content)
        for name, text in beside.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    except OSError as error:
        raise Refused(
            f"the site was not written to {folder}: {why(error)}",
            "check the path and the free space, or name another folder",
        ) from error


def names(files: Mapping[str, File], signed: Signed | None) -> dict[str, bytes]:
    """Return the contents of all files, keyed by their names in the folder of the frozen site."""
    found = {name_of(path): file.content for path, file in files.items()}
    for name, content in _manifest(signed):
        found[name_of(manifest.FOLDER + name)] = content
    return found


def name_of(path: str) -> str:
    """Return the file name for a path: pages end in ``.html``, and a folder's page is ``index.html``."""
    if path.endswith("/"):
        path += "index.html"
    last = path.rpartition("/")[2]
    return path.lstrip("/") + ("" if "." in last else ".html")


def settings(files: Mapping[str, File], always: Mapping[str, str], onion: str) -> dict[str, str]:
    """Return the other files that a web server needs, by name: a list of headers and an nginx configuration.

    ``always`` contains the headers that every answer has. ``onion`` is the origin of the onion service, or
    empty.
    """
    paths = [path for path in files if path != MISSING]
    asked = {f"{method}{path}": f"/{name_of(path)}" for path in paths for method in ("GET", "HEAD")}
    shown = [path for path in paths if onion and files[path].type == HTML]
    named = {**always, "Onion-Location": "$onion_location"}
    return {
        HEADERS: "".join(f"{name}: {value}\n" for name, value in always.items()),
        f"{NGINX}/headers.conf": "".join(
            f'add_header {name} "{value}" always;\n' for name, value in named.items()
        ),
        f"{NGINX}/paths.conf": _map("$request_method$uri", "$frozen_file", {"default": _NOWHERE, **asked})
        + _map("$uri", "$onion_location", {f"/{name_of(path)}": onion + path for path in shown}),
    }


def answers(pages: Mapping[tuple[str, str], bytes]) -> dict[str, str]:
    """Return the error pages that a web server needs for its own refusals, keyed by name."""
    codes = (scriptless.REFUSED, scriptless.TOO_LARGE, scriptless.UNAVAILABLE)
    return {
        f"{ANSWERS}/{language}/{code}.html": page.decode()
        for (language, code), page in pages.items()
        if code in codes
    }


def _map(source: str, target: str, values: Mapping[str, str]) -> str:
    lines = "".join(f"    {key} {value};\n" for key, value in values.items())
    return f"map {source} {target} {{\n{lines}}}\n"


def _manifest(signed: Signed | None) -> Iterator[tuple[str, bytes]]:
    if signed:
        yield pages.MANIFEST, signed.raw
        yield pages.SIGNATURE, signed.signature


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    for encoding, form in content_encoding.encoded(content).items():
        path.with_name(path.name + content_encoding.SUFFIXES[encoding]).write_bytes(form)
