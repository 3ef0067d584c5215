"""To whom something goes: not to a person whom the case names, nor in words that tell of the reporter.

A person concerned must not learn of it by an oversight. And a name that is typed as an addressee is a text as
any other: who tries names in it must not learn who reported, and neither letter nor ledger says it.
"""

from sqlalchemy.orm import Session

from inbox.access import declarations, named
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, sentence
from inbox.session import unsaid

_REASON = sentence("name an authority; if it has to go to that person: --despite-warning REASON")

_BY_TWO = sentence(
    "name another; if it has to go there, try again with a reason: two officers confirm it then, and see by"
    " which words"
)


def is_named(session: Session, number: int, addressee: str) -> bool:
    """Tell whether a case names an addressee.

    A case that nobody may read is compared with nothing. Raises Undeclared for an officer who has not
    declared, whoever the addressee is: otherwise they could try names on the case.
    """
    return _is_compared(session, number, addressee) and named.is_person_of(session, number, addressee)


def check(session: Session, number: int, addressee: str, reason: str, how: Sentence = _REASON) -> bool:
    """Tell whether it took a reason that something may go to an addressee; ``how`` says how one is given.

    Raises CaseRefused without a reason for one whom the case names; and as ``check_unsaid`` and ``is_named``.
    """
    has_told = check_unsaid(session, number, addressee, reason, how)
    is_person = is_named(session, number, addressee)
    if is_person and not reason.strip():
        raise CaseRefused(
            sentence("case {number} names the person to whom this goes", number=number), how
        ).at("addressee", "address", "to", "despite")
    return is_person or has_told


def check_unsaid(session: Session, number: int, addressee: str, reason: str, how: Sentence = _REASON) -> bool:
    """Tell whether an addressee took a reason for what it tells of the reporter.

    Raises CaseRefused without one for words that the reporter asked never to repeat, or that touch who that
    is: there no reason of one officer counts, who is not told which. Two are asked the next time, as
    what one is told is used up. Raises as ``is_named``.
    """
    found = unsaid.find(session, number, addressee) if _is_compared(session, number, addressee) else None
    if found and (found.is_for_two or not reason.strip()):
        hint = _BY_TWO if found.is_for_two else how
        raise CaseRefused(
            sentence("the addressee could tell who reported: {found}", found=found.told), hint
        ).at("addressee", "address", "to", "despite")
    return bool(found)


def _is_compared(session: Session, number: int, addressee: str) -> bool:
    if not addressee.strip() or declarations.is_shut(session, number):
        return False
    declarations.check(session, number)
    return True
