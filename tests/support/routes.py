"""Every route of the portal, so that tests of all routes include new ones."""

import re

from flask import Flask
from werkzeug.routing import Rule

from portal.site.site_files import MISSING

NOWHERE = ["/api/nowhere", "/nowhere", "/static/../app.py", MISSING]


def filled(rule: Rule, text: str) -> str:
    """Return the path of a route with ``text`` for each of its parameters."""
    return re.sub("<[^>]+>", lambda _: text, rule.rule)


def addresses(app: Flask) -> list[str]:
    """Return an address for each route, and one for each kind of address without a route."""
    routes = {filled(rule, "A" * 22) for rule in app.url_map.iter_rules()}
    assert {"/", "/api/slot", "/api/envelopes/" + "A" * 22, "/static/style.css"} <= routes
    return [*sorted(routes), *NOWHERE]
