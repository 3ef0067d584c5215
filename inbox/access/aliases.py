"""Add, list and remove aliases: other names that reports may use for an officer."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from inbox.access import conflicts
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.text import names as person_names
from inbox.vault import queries_access, queries_office
from inbox.vault.tables import Alias

LONGEST = 100


def add(inbox: Inbox, who: Actor, officer: str, alias: str) -> list[int]:
    """Add an alias, and exclude the officer from all cases, old and new, whose reports use the alias.

    Returns the newly restricted cases that ``who`` may see. Raises Refused if the alias exists, is too short
    or is too long, or if the officer is the only officer. Raises CaseRefused if the officer is unknown.
    Raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.NAME_ALIAS, officer=officer)) as session:
        _add(session, officer, alias)
        found = conflicts.search(session, journal.actor(session), officer, [alias])
    with inbox.vault.transaction(who.officers) as session:
        return sorted(set(found) & queries_access.case_numbers(session))


def remove(inbox: Inbox, who: Actor, officer: str, alias: str) -> None:
    """Remove an alias, in whatever spelling it is given. The exclusions that the alias caused remain.

    Raises Refused if the officer has no such alias. Raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.REMOVE_ALIAS, officer=officer)) as session:
        row = _find(session, officer, alias)
        if row is None:
            raise Refused(
                sentence("{officer} does not have this alias", officer=officer),
                sentence("see: inbox access alias list"),
            )
        session.delete(row)


def listed(inbox: Inbox, who: Actor) -> Sequence[Alias]:
    """Return all aliases of officers. Raises the same errors as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_CONFLICTS, view=Viewed.ALIASES)) as session:
        return queries_access.aliases(session)


def _add(session: Session, officer: str, alias: str) -> None:
    if queries_office.officer(session, officer) is None:
        raise CaseRefused(
            sentence("there is no officer {officer}", officer=officer),
            sentence("see the names: inbox officer list"),
        )
    if len(queries_office.officers(session)) == 1:
        raise Refused(
            sentence("no other officer could read the cases from which this officer is excluded"),
            sentence("add another officer first: inbox officer add"),
        )
    if len(alias) > LONGEST or not person_names.counts(alias):
        raise Refused(
            sentence(
                "an alias must have at least {least} letters and at most {most} characters",
                least=person_names.LEAST_LETTERS,
                most=LONGEST,
            ),
            sentence("give a name as reports may write it, first and last name together"),
        ).at("alias")
    if _find(session, officer, alias) or person_names.words(officer) == person_names.words(alias):
        raise Refused(
            sentence("{officer} already has this alias", officer=officer),
            sentence("see: inbox access alias list"),
        ).at("alias")
    session.add(Alias(officer=officer, name=alias))
    session.flush()


def _find(session: Session, officer: str, alias: str) -> Alias | None:
    folded = person_names.words(alias)
    rows = queries_access.aliases(session)
    return next(
        (row for row in rows if row.officer == officer and person_names.words(row.name) == folded), None
    )
