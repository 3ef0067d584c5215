"""What a desk knows while it is open; all of it ends with its process."""

import secrets
from pathlib import Path

from flask import Flask, current_app

from inbox.casework.queue import Filter, Order
from inbox.cli.options import today
from inbox.desk import witnesses
from inbox.session.actions import Actor
from inbox.session.inbox import Unlocked

HOST = "127.0.0.1"


class Desk:
    """An open inbox with the one browser that may see it.

    ``place`` begins every path: no other program on this machine can guess it, and none gets the cookie.
    ``wanted`` and ``order`` are what the queue shows: browsers remember addresses, so none has a search.
    ``picture`` has the pixels of a page of a file, by case, file and page, until the browser asks for them.
    """

    def __init__(self, opened: Unlocked, port: int, medium: Path | None) -> None:
        self.inbox = opened.inbox
        self._opened, self._confirm = opened, witnesses.asking(opened)
        self.host = f"{HOST}:{port}"
        self.medium = medium
        self.place = f"/{secrets.token_urlsafe(9)}"
        self.is_over = False
        self.wanted, self.order = Filter(), Order.PRIORITY
        self.picture: tuple[tuple[int, int, int], bytes | None] = (0, 0, 0), None
        self._once: str | None = secrets.token_urlsafe(32)
        self._said: tuple[str, ...] = ()
        self._taken: set[str] = set()

    def actor(self) -> Actor:
        """Return who acts at the desk today: those who opened it, together."""
        return Actor(self._opened.officers, today(), self._confirm)

    @property
    def address(self) -> str:
        """What an officer opens, once."""
        return f"http://{self.host}{self.place}/open/{self._once}"

    def admit(self, given: str) -> bool:
        """Tell whether this is the secret of the address; it never is again."""
        once, self._once = self._once, None
        if once is None or not secrets.compare_digest(once.encode(), given.encode()):
            self._once = once
            return False
        return True

    def say(self, *codes: str) -> None:
        """Tell on the next page what was done, by the codes of its texts."""
        self._said = codes

    def said(self) -> tuple[str, ...]:
        """Return what is to be told, once."""
        said, self._said = self._said, ()
        return said

    def take(self, form: str) -> bool:
        """Tell whether this form is sent for the first time; afterwards it never is again."""
        is_new = form not in self._taken
        self._taken.add(form)
        return is_new

    def lock(self) -> None:
        """Let this be the last answer."""
        self.is_over = True


def keep(app: Flask, desk: Desk) -> None:
    """Let the pages of ``app`` be those of this desk."""
    app.extensions["desk"] = desk


def here() -> Desk:
    """Return the desk of the page that is asked for."""
    desk: Desk = current_app.extensions["desk"]
    return desk
