"""Lock the desk."""

from flask import Blueprint

from inbox.desk import rendering
from inbox.desk.state import here

pages = Blueprint("lock", __name__)


@pages.post("/lock")
def lock() -> str:
    """Give the last page of this process, which ends with every key that it holds."""
    here().lock()
    return rendering.environment("en").get_template("desk/locked.html").render(language="en")
