"""What the views need to answer a request: settings, database, the time as far as it is known."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import current_app

from portal import days
from portal.config import Settings
from portal.store.database import Database


@dataclass(frozen=True, slots=True)
class Context:
    """Made once for each application; ``today`` gives the day in UTC, ``hour`` the hours since 1970."""

    settings: Settings
    database: Database
    today: Callable[[], date] = days.today
    hour: Callable[[], int] = days.hour


def context() -> Context:
    """Return the context of the application that answers the present request."""
    found: Context = current_app.extensions["portal"]
    return found
