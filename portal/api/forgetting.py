"""Empty after each answer what would keep the words of its request in memory: nobody may find them there."""

import re
from functools import partial
from typing import Any
from urllib import parse

from flask import Flask, request


def init_app(app: Flask) -> None:
    """Forget each request of ``app`` once it is answered."""
    # The standard library has no other name for it, and its types have none.
    clear: Any = vars(parse)["clear_cache"]
    app.teardown_request(partial(_forget, clear))


def _forget(clear_addresses: Any, _: BaseException | None) -> None:
    # It holds the frames that hold the request: such a cycle stays until something collects it.
    request.routing_exception = None
    # Addresses as they were split: by the server that of each request, by others those in headers.
    clear_addresses()
    if request.mimetype.startswith("multipart/"):
        # Werkzeug reads a form by an expression with the browser's own boundary in it.
        re.purge()
