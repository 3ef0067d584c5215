"""Shorter forms of a file, the same bytes at every start: gzip and Brotli (RFC 1952, RFC 7932)."""

import gzip
from collections.abc import Mapping
from functools import cache

import brotli
from werkzeug.datastructures import Accept

SUFFIXES: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}


@cache
def encoded(content: bytes) -> Mapping[str, bytes]:
    """Return the forms of a file by the name of their content encoding, the shortest first."""
    # Without its time of making, gzip writes the same at every start.
    forms: dict[str, bytes] = {
        "br": brotli.compress(content),  # type: ignore[no-untyped-call]
        "gzip": gzip.compress(content, mtime=0),
    }
    return dict(sorted(forms.items(), key=lambda form: len(form[1])))


def chosen(accepted: Accept, forms: Mapping[str, bytes]) -> str | None:
    """Return the first form that a client accepts, or None: it gets the file as it is."""
    return next((name for name in forms if accepted[name] > 0), None)
