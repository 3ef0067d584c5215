"""Everything that the views need to answer a request: settings, database, the current day and hour."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import current_app

from portal import days
from portal.config import Settings
from portal.store.database import Database


@dataclass(frozen=True, slots=True)
class Context:
    """The context of one application.

    ``today`` returns the date in UTC, and ``hour`` returns the number of hours since 1970.
    """

    settings: Settings
    database: Database
    today: Callable[[], date] = days.today
    hour: Callable[[], int] = days.hour


def context() -> Context:
    """Return the context of the application that answers the current request."""
    found: Context = current_app.extensions["portal"]
    return found
