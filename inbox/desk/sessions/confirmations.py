"""Actions for two officers: the second officer sees the complete action and confirms it in their own session.

Requests and confirmations exist only in sessions: a request ends with the session of the officer who asked,
and a confirmation with the session of the officer who gave it.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inbox.session import journal_view
from inbox.session.actions import Action, Code

# The form field that asks another officer to confirm an action, and the form field that continues the action
# after the confirmation.
ASKING, GOING_ON = "ask-another", "confirmation"

# The form field that holds the code of a decision.
CHOICE = "choice"

Fields = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Confirmation:
    """A request to another officer to confirm an action: the form with all its fields, and its actions.

    ``by`` is the officer who asked and has typed their passphrase. ``asked_at`` is the number of the last
    journal entry at the time of the request. If ``change`` is not empty, it is shown in place of the fields
    (see ``problems.confirm_change``). ``confirmed_by`` is the second officer, and ``as_of`` is the number of
    the last journal entry when that officer saw the page. ``refused_by`` is the officer who refused, and
    ``because`` is their reason. After a refusal, nobody else is asked.
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
        """The form's fields that describe the actions."""
        return said(self.fields, self.actions)

    def covers(self, path: str, actions: Sequence[Action], fields: Fields) -> bool:
        """Whether a form equals the form that was confirmed, down to each word and each empty field."""
        return (self.path, self.actions, self.fields) == (path, tuple(actions), fields)

    def falls_with(self, officer: str) -> None:
        """Remove the confirmation if this officer gave it."""
        if self.confirmed_by == officer:
            self.confirmed_by = ""


def said(fields: Iterable[tuple[str, str]], actions: Sequence[Action]) -> Fields:
    """Return a form's fields that describe these actions.

    A form can also have other decisions. Each decision that requires two officers needs its own confirmation.
    """
    taken = {each.values.get("decision") for each in actions}
    return tuple((name, value) for name, value in fields if value and (name != CHOICE or value in taken))


def may_be_asked(actions: Sequence[Action]) -> bool:
    """Whether another session may show these actions.

    Other sessions may not show an action without a case, because such an action may reveal any case. An
    example is the answer to an access request. Actions that the program takes on all cases reveal no case.
    The adoption of a law is an exception, because the journal has only the hash of the law. Only the page
    that adopts the law shows the changes, and which rules the new law relaxes.
    """
    return all(
        each.case is not None or (each.rule.all_cases and each.code is not Code.ADOPT_LAW) for each in actions
    )
