"""The law in use. This module gives the law's rules to code that has a vault session."""

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy.orm import Session

from crypto.keyring import Texts
from inbox.language import labels
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law.folders import Folders
from inbox.system.home import Home
from inbox.vault import queries_office
from inbox.vault.database import Vault
from inbox.vault.tables import LawFolder
from templates.law.rules import Law

_Rule = TypeVar("_Rule")
_FOLDERS, _LAW = "law_folders", "law"


def lies_in(vault: Vault, home: Home) -> None:
    """Give every session of a vault access to the law folders of its home."""
    vault.known[_FOLDERS] = Folders(home.laws)


def of(session: Session) -> Law:
    """Return the law in use, read once per session; raise HomeRefused if its folder is missing or altered."""
    found: Law | None = session.info.get(_LAW)
    if found is None:
        with session.no_autoflush:
            found = _folders(session).law(queries_office.office(session).law)
        session.info[_LAW] = found
        labels.learn(_words(found))
    return found


def rule(rules: Mapping[str, _Rule], code: str) -> _Rule:
    """Return the rule with this code from ``rules``; raises Refused if there is no such rule."""
    if code not in rules:
        raise Refused(
            sentence("the law in use has no code {code} for this", code=code),
            sentence("use one of: {known}", known=", ".join(rules)),
        )
    return rules[code]


def proceedings(session: Session) -> frozenset[str]:
    """Return the measures that begin proceedings."""
    measures = of(session).measures
    return frozenset(code for code, each in measures.items() if each.opens_proceedings)


def keep(session: Session, files: Mapping[str, bytes]) -> Law:
    """Store the files of a law, given by name, in the home and the vault; return the law.

    Raises Refused with the first mistake in the files.
    """
    law = _folders(session).keep(files)
    session.merge(LawFolder(hash=law.sha256))
    session.flush()
    return law


def adopt(session: Session, files: Mapping[str, bytes]) -> Law:
    """Put the law in these files into use, and return it.

    The caller must compute every deadline again afterwards. Raises Refused if the files have a mistake.
    """
    law = keep(session, files)
    queries_office.office(session).law = law.sha256
    session.flush()
    session.info.pop(_LAW, None)
    return of(session)


def try_out(session: Session, law: Law) -> Law:
    """Make a session apply a law that is not in use; return the law that the session applied before."""
    before = of(session)
    session.info[_LAW] = law
    return before


def files(session: Session) -> Mapping[str, bytes]:
    """Return the files of the law in use, by name; raises HomeRefused if a file is missing or altered."""
    return _folders(session).files(queries_office.office(session).law)


def _words(law: Law) -> Mapping[str, Mapping[str, Texts]]:
    """Return the labels of the codes of a law, by the name of each list."""
    decisions = {code: each for duty in law.duties.values() for code, each in duty.decisions.items()}
    return {
        "authority": {code: each.name for code, each in law.authorities.items()},
        "clock": {code: each.name for code, each in law.clocks.items()},
        "goal": {code.value: each.name for code, each in law.goals.items()},
        "rhythm": {code.value: each.name for code, each in law.rhythms.items()},
        "letter": {code: each.name for code, each in law.letters.items()},
        "reply": {code: each.title for code, each in law.replies.items()},
        "regime": {code: each.name for code, each in law.regimes.items()},
        "rule": {code: each.name for code, each in law.retention.periods.items()},
        "measure": {code: each.name for code, each in law.measures.items()},
        "outcome": {code: each.name for code, each in law.outcomes.items()},
        "duty": {code: each.name for code, each in law.duties.items()},
        "decision": {code: each.name for code, each in decisions.items()},
        "decided": {code: duty.name for duty in law.duties.values() for code in duty.decisions},
        "decision_ground": {code: said for each in decisions.values() for code, said in each.grounds.items()},
    }


def _folders(session: Session) -> Folders:
    found: Folders = session.info[_FOLDERS]
    return found
