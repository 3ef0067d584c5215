"""An action for two, confirmed by the second officer in a session of their own, who sees what with.

Nothing of it is kept beyond the sessions: it ends with that of the officer who asked.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from inbox.session.actions import Action

# The field by which a form asks for a confirmation, and the one by which it goes on with it.
ASKING, GOING_ON = "ask-another", "confirmation"


@dataclass(slots=True)
class Confirmation:
    """What an officer asks another to confirm: the form with all its fields, and the actions that it takes.

    ``by`` has typed their passphrase with it. ``confirmed_by`` is the second officer, once there is one.
    """

    by: str
    path: str
    actions: tuple[Action, ...]
    written: tuple[tuple[str, str], ...] = field(repr=False)
    id: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    confirmed_by: str = ""

    @property
    def cases(self) -> list[int]:
        """The cases that it is about."""
        return [each.case for each in self.actions if each.case is not None]

    def covers(self, path: str, actions: Sequence[Action], written: Sequence[tuple[str, str]]) -> bool:
        """Tell whether a form is the one that was confirmed: a word more or less, and it is not."""
        return (self.path, self.actions, self.written) == (path, tuple(actions), tuple(written))
