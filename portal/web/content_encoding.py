"""Shorter forms of a file, the same bytes at every start: gzip and Brotli (RFC 1952, RFC 7932).

To make all pages as short as Brotli can takes seconds. So what was made is kept for the next start in the
folder that ``CACHE_DIRECTORY`` names (systemd.exec), if it names one; whoever empties that loses nothing.
"""

import gzip
import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import brotli
from werkzeug.datastructures import Accept

from portal import files

SUFFIXES: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}


@cache
def encoded(content: bytes) -> Mapping[str, bytes]:
    """Return the forms of a file by the name of their content encoding, the shortest first."""
    # Without its time of making, gzip writes the same at every start.
    forms: dict[str, bytes] = {
        "br": _kept(content),
        "gzip": gzip.compress(content, mtime=0),
    }
    return dict(sorted(forms.items(), key=lambda form: len(form[1])))


def _kept(content: bytes) -> bytes:
    """Return the Brotli form of a file, from the cache if it is there and turns into the same file again."""
    folder = os.environ.get("CACHE_DIRECTORY")
    if not folder:
        return _compressed(content)
    # Another version may make other bytes: those of one are the same on every machine.
    path = Path(folder) / f"{hashlib.sha256(content).hexdigest()}-{brotli.__version__}.br"
    with suppress(OSError, brotli.error):
        form = files.read(path, len(content))
        if brotli.decompress(form) == content:
            return form
    form = _compressed(content)
    with suppress(OSError):
        files.write(path, [form])
    return form


def _compressed(content: bytes) -> bytes:
    return brotli.compress(content)  # type: ignore[no-untyped-call, no-any-return]


def chosen(accepted: Accept, forms: Mapping[str, bytes]) -> str | None:
    """Return the first form that a client accepts, or None: it gets the file as it is."""
    return next((name for name in forms if accepted[name] > 0), None)
