"""Check that an addressee is not a person whom the case names, and does not reveal the reporter.

A person concerned must not learn of the case by mistake. An addressee is also checked like any other outgoing
text. Officers must not be able to identify the reporter by trying names as addressees. Neither the letter nor
the ledger may reveal the reporter.
"""

from sqlalchemy.orm import Session

from inbox.access import declarations, named
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, sentence
from inbox.session import unsaid

_REASON = sentence(
    "name an authority; to send the document to this person anyway, give a reason: --despite-warning REASON"
)

_BY_TWO = sentence(
    "name another recipient, or try again with a reason: two officers must confirm the reason, and"
    " both see the words that could reveal who reported"
)


def is_named(session: Session, number: int, addressee: str) -> bool:
    """Return whether a case names an addressee.

    The check leaves out cases that nobody may read. Raises Undeclared for an officer without a declaration on
    the case, whoever the addressee is. Otherwise, the officer could test names against the case.
    """
    return _is_compared(session, number, addressee) and named.is_person_of(session, number, addressee)


def check(session: Session, number: int, addressee: str, reason: str, how: Sentence = _REASON) -> bool:
    """Return whether a reason was needed because of the addressee.

    ``how`` is the hint that says how to give a reason.

    Raises CaseRefused for an addressee whom the case names, if no reason is given. Raises the same errors as
    ``check_unsaid`` and ``is_named``.
    """
    has_told = check_unsaid(session, number, addressee, reason, how)
    is_person = is_named(session, number, addressee)
    if is_person and not reason.strip():
        raise CaseRefused(sentence("case {number} names the recipient", number=number), how).at(
            "addressee", "address", "to", "despite"
        )
    return is_person or has_told


def check_unsaid(session: Session, number: int, addressee: str, reason: str, how: Sentence = _REASON) -> bool:
    """Return whether a reason was needed because the addressee could reveal the reporter.

    Unless a reason is given, raises CaseRefused for words of the identity, and for words that the reporter
    asked the office never to repeat. For words of the identity, a reason from only one officer does not
    count, because one officer alone may not see these words. At the next attempt, two officers must confirm,
    because the first officer may get no more answers alone. Raises the same errors as ``is_named``.
    """
    found = unsaid.find(session, number, addressee) if _is_compared(session, number, addressee) else None
    if found and (found.is_for_two or not reason.strip()):
        hint = _BY_TWO if found.is_for_two else how
        raise CaseRefused(
            sentence(
                "the addressee's name or address could reveal who reported: {found}", found=found.described
            ),
            hint,
        ).at("addressee", "address", "to", "despite")
    return bool(found)


def _is_compared(session: Session, number: int, addressee: str) -> bool:
    if not addressee.strip() or declarations.is_shut(session, number):
        return False
    declarations.check(session, number)
    return True
