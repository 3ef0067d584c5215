"""An action for two, confirmed by the second officer in a session of their own, who sees what with.

Nothing of it is kept beyond the sessions: it ends with that of the officer who asked, and a confirmation with
that of the officer who gave it.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inbox.session import journal_view
from inbox.session.actions import Action, Code

# The field by which a form asks for a confirmation, and the one by which it goes on with it.
ASKING, GOING_ON = "ask-another", "confirmation"

# The field of a form that has the code of a decision.
CHOICE = "choice"

Fields = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Confirmation:
    """What an officer asks another to confirm: the form with all its fields, and the actions that it takes.

    ``by`` has typed their passphrase with it; ``asked_at`` is how far the journal went then. ``change`` is
    what the page shows in the place of the fields, if anything: see ``problems.confirm_change``.
    ``confirmed_by`` is the second officer, once there is one, and ``as_of`` how far the journal went as that
    one was shown it. ``refused_by`` is who has refused it, ``because`` why: then nobody is asked any more.
    """

    by: str
    path: str
    actions: tuple[Action, ...]
    fields: Fields = field(repr=False)
    asked_at: int
    change: Mapping[str, Any] = field(repr=False)
    id: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    confirmed_by: str = ""
    as_of: int = 0
    refused_by: str = ""
    because: str = field(default="", repr=False)

    @property
    def cases(self) -> list[int]:
        """The cases that it is about."""
        return [*dict.fromkeys(each.case for each in self.actions if each.case is not None)]

    @property
    def grouped(self) -> list[tuple[Action, list[int]]]:
        """Each action that it takes, with its cases."""
        return journal_view.together(self.actions)

    @property
    def written(self) -> Fields:
        """The fields of the form that say what is confirmed."""
        return said(self.fields, self.actions)

    def covers(self, path: str, actions: Sequence[Action], fields: Fields) -> bool:
        """Tell whether a form is the one that was confirmed: a word or an empty field more, and it is not."""
        return (self.path, self.actions, self.fields) == (path, tuple(actions), fields)

    def falls_with(self, officer: str) -> None:
        """Be no longer confirmed, if it was by this officer."""
        if self.confirmed_by == officer:
            self.confirmed_by = ""


def said(fields: Iterable[tuple[str, str]], actions: Sequence[Action]) -> Fields:
    """Return the fields of a form that say something of what these actions do.

    A form can have decisions that they do not take: each that takes two is asked for by itself.
    """
    taken = {each.values.get("decision") for each in actions}
    return tuple((name, value) for name, value in fields if value and (name != CHOICE or value in taken))


def may_be_asked(actions: Sequence[Action]) -> bool:
    """Tell whether another session may show what these actions do.

    Of what is done to no case, such as the answer to a person who asks, nobody knows which cases it tells of;
    the program's own work tells of none. Of a law the journal has the hash: what it changes, and what gets
    looser, stands on the page where it is adopted alone.
    """
    return all(
        each.case is not None or (each.rule.all_cases and each.code is not Code.ADOPT_LAW) for each in actions
    )
