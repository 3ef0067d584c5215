"""Every route of the portal, so that a new one is tested by all that goes over them."""

import re

from flask import Flask
from werkzeug.routing import Rule

from portal.site.site_files import MISSING

NOWHERE = ["/api/nowhere", "/nowhere", "/static/../app.py", MISSING]


def filled(rule: Rule, text: str) -> str:
    """Return the path of a route with ``text`` in each of its places."""
    return re.sub("<[^>]+>", lambda _: text, rule.rule)


def addresses(app: Flask) -> list[str]:
    """Return an address for each route, and one for each way of having none."""
    routes = {filled(rule, "A" * 22) for rule in app.url_map.iter_rules()}
    assert {"/", "/api/slot", "/api/envelopes/" + "A" * 22, "/static/style.css"} <= routes
    return [*sorted(routes), *NOWHERE]
