"""Clear the caches that would keep parts of a request in memory after its answer."""

import re
from functools import partial
from typing import Any
from urllib import parse

from flask import Flask, request


def init_app(app: Flask) -> None:
    """Clear the caches of ``app`` after each request."""
    # The standard library has no public name for this function, and its type stubs do not list it.
    clear: Any = vars(parse)["clear_cache"]
    app.teardown_request(partial(_forget, clear))


def _forget(clear_addresses: Any, _: BaseException | None) -> None:
    # The exception refers to the frames that refer to the request. Such a cycle of references stays until
    # garbage collection.
    request.routing_exception = None
    # This cache contains the URL of each request, and URLs from headers.
    clear_addresses()
    if request.mimetype.startswith("multipart/"):
        # Werkzeug parses a form with a regular expression that contains the browser's boundary.
        re.purge()
