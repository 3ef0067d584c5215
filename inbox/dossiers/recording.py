"""Record what was done about a case, with the text that goes to another body, where the law wants that kept.

Officers write it; the journal has its hash. Nothing in it may tell who reported, or who is concerned: their
colleagues may read it.
"""

from sqlalchemy.orm import Session

from inbox.access import declarations, disclosures
from inbox.access.disclosures import Given, Ground
from inbox.casework import measures
from inbox.casework.measures import Recorded, Taken
from inbox.dossiers import restating
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.questionnaire import answers, scoring
from inbox.replies import leak_check
from inbox.session import chosen_action, journal
from inbox.session.actions import Action, Actor
from inbox.session.inbox import Inbox
from inbox.text.repeating import Protected
from inbox.vault import queries_cases

_DIGITS = 16


def record(inbox: Inbox, who: Actor, number: int, taken: Taken) -> Recorded:
    """Record what was done about a case, by as many officers as the law says; what goes stands in the ledger.

    Raises as ``check``, before anybody is asked to confirm, as ``measures.add`` and ``Inbox.acting``; and
    CaseRefused for a reason that itself repeats words that could give somebody away.
    """

    def choose(session: Session) -> Action:
        if taken.sent.strip():
            check(session, number, taken.sent, taken.despite)
        if taken.despite.strip():
            # The journal keeps it.
            leak_check.warnings(session, number, "", "", taken.despite)
        return measures.noted(session, number, taken)

    with chosen_action.acting(inbox, who, number, choose) as session:
        row = measures.add(session, number, taken, who.today)
        if taken.sent:
            disclosures.add(session, number, _given(session, taken), journal.actor(session))
        return measures.recorded(session, row)


def check(session: Session, number: int, text: str, despite: str) -> None:
    """Return if a text on a case may go to another body; ``despite`` is the reason to set warnings aside.

    Raises as ``restating.check``; with a reason or without, Refused if it repeats something of who is
    concerned, as the reporter named them. Raises Undeclared before it tells anything of the report.
    """
    declarations.check(session, number)
    said = answers.of(queries_cases.case(session, number)).get(scoring.questions().persons, ())
    if named := [*dict.fromkeys(Protected(answers.several(said)).repeated(text))]:
        raise Refused(
            sentence("the text tells who is concerned: {words}", words=", ".join(named)),
            sentence("leave it out: this is about goods; who is concerned is for a prosecutor"),
        )
    restating.check(session, [number], [], text, despite)


def _given(session: Session, taken: Taken) -> Given:
    """Return what the ledger has of it: to whom, and by what the journal knows the text."""
    name = in_use.of(session).measures[taken.kind].name.fr
    digest = (taken.sha256 or "")[:_DIGITS]
    return Given(taken.addressee.strip() or name, f"sha256 {digest}", Ground.OTHER)
