"""An action for two officers: the second one confirms it in a session of their own, and sees all of it.

It exists only in the sessions: the request ends with the session of the officer who asked, the confirmation
with the session of the officer who gave it.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inbox.session import journal_view
from inbox.session.actions import Action, Code

# The field of a form that asks another officer, and the field that continues a confirmed action.
ASKING, GOING_ON = "ask-another", "confirmation"

# The field of a form with the code of a decision.
CHOICE = "choice"

Fields = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Confirmation:
    """A request to another officer to confirm an action: the form with all its fields, and its actions.

    ``by`` asked and has typed their passphrase. ``asked_at`` is the number of the last journal entry at that
    time. ``change`` is shown in place of the fields, if it is not empty: see ``problems.confirm_change``.
    ``confirmed_by`` is the second officer, and ``as_of`` the last journal entry when that officer saw the
    page. ``refused_by`` refused it, ``because`` of a reason: then nobody else is asked.
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
        """The cases of the actions."""
        return [*dict.fromkeys(each.case for each in self.actions if each.case is not None)]

    @property
    def grouped(self) -> list[tuple[Action, list[int]]]:
        """Each action with its cases."""
        return journal_view.together(self.actions)

    @property
    def written(self) -> Fields:
        """The fields of the form that describe the actions."""
        return said(self.fields, self.actions)

    def covers(self, path: str, actions: Sequence[Action], fields: Fields) -> bool:
        """Whether a form is exactly the one that was confirmed, without one more word or empty field."""
        return (self.path, self.actions, self.fields) == (path, tuple(actions), fields)

    def falls_with(self, officer: str) -> None:
        """Remove the confirmation if this officer gave it."""
        if self.confirmed_by == officer:
            self.confirmed_by = ""


def said(fields: Iterable[tuple[str, str]], actions: Sequence[Action]) -> Fields:
    """Return the fields of a form that describe these actions.

    A form can have other decisions as well. Each decision that takes two officers is asked for separately.
    """
    taken = {each.values.get("decision") for each in actions}
    return tuple((name, value) for name, value in fields if value and (name != CHOICE or value in taken))


def may_be_asked(actions: Sequence[Action]) -> bool:
    """Whether another session may show these actions.

    An action without a case, such as the answer to an access request, may reveal any case, so it may not be
    shown. The program's own work reveals none. For a law, the journal has only the hash: its changes, and the
    rules that it relaxes, are shown only on the page that adopts it.
    """
    return all(
        each.case is not None or (each.rule.all_cases and each.code is not Code.ADOPT_LAW) for each in actions
    )
