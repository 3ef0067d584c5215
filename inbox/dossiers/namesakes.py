"""Whether a family name that stands alone in a case is that of a person who asks what is held on them."""

from dataclasses import dataclass

from inbox.access import access_requests, named
from inbox.casework import withholding
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import AccessCase


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a case means the ``same`` person as who asks, and why."""

    case: int
    same: bool
    reason: str


def judge(inbox: Inbox, who: Actor, request: int, said: Judged) -> AccessCase:
    """Say whether a case means the person who asks, or somebody else of that name; takes a reason.

    If it does not, it no longer waits for the answer, which tells nothing of it: that takes two officers.
    Raises as ``access_requests.open_one``; CaseRefused for a case that names the person in full, or neither
    has the family name nor is linked, as of the same person, to one that names them; Refused without a
    reason; and as ``Inbox.acting``.
    """
    number = said.case
    noted = action(Code.JUDGE_NAME, number, said.reason, same_person=said.same)
    with inbox.acting(who, noted if said.same else noted.by(2)) as session:
        row = access_requests.open_one(session, request)
        if not named.may_name(session, number, row):
            raise CaseRefused(
                sentence(
                    "case {number} names this person in full, or neither has the family name nor is linked to"
                    " a case that names them",
                    number=number,
                ),
                sentence("see which cases may: inbox access show {request}", request=request),
            )
        found = withholding.about(session, request, number)
        found.same = said.same
        if said.same:
            withholding.names_who_asks(session, number, who.today)
        return found
