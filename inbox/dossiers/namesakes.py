"""Decide whether a lone family name in a case refers to the person who made an access request."""

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
    """Whether a case refers to the ``same`` person as an access request, and why."""

    case: int
    same: bool
    reason: str


def judge(inbox: Inbox, who: Actor, request: int, said: Judged) -> AccessCase:
    """Record, with a reason, whether a case refers to a namesake or to the person who made the request.

    The answer to the request ignores the case of a namesake. Two officers must therefore decide that a case
    refers to a namesake. Raises Refused if no reason is given. Raises CaseRefused if the case names the
    person in full. Also raises CaseRefused if the case does not contain the family name and is not linked as
    "same person" to a case that names the person. Also raises the same errors as ``access_requests.open_one``
    and ``Inbox.acting``.
    """
    number = said.case
    noted = action(Code.JUDGE_NAME, number, said.reason, same_person=said.same)
    with inbox.acting(who, noted if said.same else noted.by(2)) as session:
        row = access_requests.open_one(session, request)
        if not named.may_name(session, number, row):
            raise CaseRefused(
                sentence(
                    "a decision about the name is needed only if case {number} contains the family name"
                    " without a first name, or is linked as “same person” to a case that names the person",
                    number=number,
                ),
                sentence(
                    "see the cases that may name the person: inbox request show {request}", request=request
                ),
            )
        found = withholding.about(session, request, number)
        found.same = said.same
        if said.same:
            withholding.names_who_asks(session, number, who.today)
        return found
