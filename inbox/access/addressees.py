"""Whether something goes to a person whom the case names: that one must not learn of it by an oversight."""

from sqlalchemy.orm import Session

from inbox.access import declarations, named
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence


def is_named(session: Session, number: int, addressee: str) -> bool:
    """Tell whether a case names an addressee.

    A case that nobody may read is compared with nothing. Raises Undeclared for an officer who has not
    declared, whoever the addressee is: otherwise they could try names on the case.
    """
    if not addressee.strip() or declarations.is_shut(session, number):
        return False
    declarations.check(session, number)
    return named.is_person_of(session, number, addressee)


def check(session: Session, number: int, addressee: str, despite: str) -> None:
    """Raise CaseRefused without a reason for an addressee whom the case names; raises as ``is_named``."""
    if is_named(session, number, addressee) and not despite.strip():
        raise CaseRefused(
            sentence("case {number} names the person to whom this goes", number=number),
            sentence("name an authority; if it has to go to that person: --despite-warning REASON"),
        )
