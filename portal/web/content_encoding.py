"""The gzip and Brotli forms of a file, which are the same whenever the portal starts (RFC 1952, RFC 7932).

Compressing all pages with Brotli takes seconds. The results are therefore kept until the portal starts again.
They are in the folder named by ``CACHE_DIRECTORY`` (systemd.exec), if that variable is set. This folder can
be emptied at any time.
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
    """Return the compressed forms of a file, keyed by content encoding, the shortest first."""
    # Without a timestamp, gzip writes the same bytes at every start of the portal.
    forms: dict[str, bytes] = {
        "br": _kept(content),
        "gzip": gzip.compress(content, mtime=0),
    }
    return dict(sorted(forms.items(), key=lambda form: len(form[1])))


def _kept(content: bytes) -> bytes:
    """Return the Brotli form of a file, from the cache if the cached form decompresses to the same file."""
    folder = os.environ.get("CACHE_DIRECTORY")
    if not folder:
        return _compressed(content)
    # A different version of Brotli may produce different bytes. One version produces the same bytes on every
    # machine.
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
    """Return the content encoding of the first form that a client accepts, or None."""
    return next((name for name in forms if accepted[name] > 0), None)
