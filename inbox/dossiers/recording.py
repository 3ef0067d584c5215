"""Record what was done about a case, with the text that goes to another body, where the law wants that kept.

Officers write it; the journal has its hash. Nothing in it may tell who reported, or who is concerned: their
colleagues may read it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlalchemy.orm import Session

from inbox.access import declarations, disclosures, named
from inbox.access.disclosures import Given, Ground
from inbox.casework import measures
from inbox.casework.measures import Recorded, Taken
from inbox.dossiers import restating
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.questionnaire import answers, protected, scoring
from inbox.replies import leak_check
from inbox.session import chosen_action, journal
from inbox.session.actions import Action, Actor
from inbox.session.inbox import Inbox
from inbox.text import entities
from inbox.text import names as person_names
from inbox.text.repeating import Protected, capitals
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
    concerned, as the reporter named them, or what may be a name in any text of the case. Containers, of which
    such a text is, count as nobody's. Raises Undeclared before it tells anything of the report.
    """
    declarations.check(session, number)
    concerned = answers.of(queries_cases.case(session, number)).get(scoring.questions().persons, ())
    said = [*named.said(session, number)]
    found = [*Protected(answers.several(concerned)).repeated(text), *_names(session, said, text)]
    if found:
        raise Refused(
            sentence("the text tells who is concerned: {words}", words=", ".join(dict.fromkeys(found))),
            sentence("leave it out: this is about goods; who is concerned is for a prosecutor"),
        ).at("sent", "text")
    kept = protected.of(session, number)
    goods = [each for each in entities.containers_written(text) if not kept.is_repeated([each])]
    restating.check(session, [number], goods, text, despite)


def _names(session: Session, said: Sequence[str], text: str) -> Iterator[str]:
    """Yield what a text says that may be a name in one of the texts of a case, the name of a place as well.

    That is two words side by side with capitals, here or there, in either order; one word of such a name,
    written with a capital, unless it is that of an area; one that follows a form of address.
    """
    beside = {pair for each in said for pair in entities.side_by_side(each)}
    pairs = {pair for each in said for pair in entities.name_pairs(each, entities.LONGEST_RUN)}
    found = entities.name_pairs(text) & beside | entities.side_by_side(text) & pairs
    yield from (" ".join(pair) for pair in sorted(found))
    words = {word for each in said for word in person_names.words(each)}
    single = {word for pair in pairs for word in pair} & {
        word for each in restating.capitals_within(said) for word in person_names.words(each)
    }
    single -= {word for each in restating.areas(session) for word in person_names.words(each)}
    for capital, folded in capitals(text):
        if folded & single:
            yield capital
    spoken = person_names.words(text)
    for title, name in pairwise(spoken):
        if title in named.TITLES and name in words and person_names.counts(name):
            yield name


def _given(session: Session, taken: Taken) -> Given:
    """Return what the ledger has of it: to whom, and by what the journal knows the text."""
    name = in_use.of(session).measures[taken.kind].name.fr
    digest = (taken.sha256 or "")[:_DIGITS]
    return Given(taken.addressee.strip() or name, f"sha256 {digest}", Ground.OTHER)
