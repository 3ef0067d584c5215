"""Check an addressee: not a person whom the case names, and no words that reveal the reporter.

A person concerned must not learn of the case through a mistake. An addressee is also compared like any other
text: an officer who tries names in it must not learn who reported, and neither the letter nor the ledger may
say it.
"""

from sqlalchemy.orm import Session

from inbox.access import declarations, named
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, sentence
from inbox.session import unsaid

_REASON = sentence("name an authority; if it must go to that person: --despite-warning REASON")

_BY_TWO = sentence(
    "name another; if it must go there, try again with a reason: two officers then confirm it, and see the"
    " words concerned"
)


def is_named(session: Session, number: int, addressee: str) -> bool:
    """Whether a case names an addressee.

    A case that nobody may read is compared with nothing. Raises Undeclared for an officer who has not
    declared the case, whoever the addressee is: otherwise the officer could test names against the case.
    """
    return _is_compared(session, number, addressee) and named.is_person_of(session, number, addressee)


def check(session: Session, number: int, addressee: str, reason: str, how: Sentence = _REASON) -> bool:
    """Whether the addressee needed a reason. ``how`` is the hint that says how to give one.

    Raises CaseRefused without a reason for an addressee whom the case names. Raises what ``check_unsaid`` and
    ``is_named`` raise.
    """
    has_told = check_unsaid(session, number, addressee, reason, how)
    is_person = is_named(session, number, addressee)
    if is_person and not reason.strip():
        raise CaseRefused(sentence("case {number} names the recipient", number=number), how).at(
            "addressee", "address", "to", "despite"
        )
    return is_person or has_told


def check_unsaid(session: Session, number: int, addressee: str, reason: str, how: Sentence = _REASON) -> bool:
    """Whether the addressee needed a reason because it reveals something of the reporter.

    Raises CaseRefused without a reason, for words that the reporter asked never to repeat and words that
    touch the identity. For the identity, the reason of one officer does not count, because one officer may
    not see the words. Next time two officers are asked, because the first has then used up the answers given
    to one alone. Raises what ``is_named`` raises.
    """
    found = unsaid.find(session, number, addressee) if _is_compared(session, number, addressee) else None
    if found and (found.is_for_two or not reason.strip()):
        hint = _BY_TWO if found.is_for_two else how
        raise CaseRefused(
            sentence("the addressee could reveal who reported: {found}", found=found.described), hint
        ).at("addressee", "address", "to", "despite")
    return bool(found)


def _is_compared(session: Session, number: int, addressee: str) -> bool:
    if not addressee.strip() or declarations.is_shut(session, number):
        return False
    declarations.check(session, number)
    return True
