"""Record an action on a case, with the text sent to another body if the law requires keeping this text.

Officers write the text, and the journal records its hash. The text may reveal neither the reporter nor the
persons concerned, because their colleagues may read it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlalchemy.orm import Session

from inbox.access import declarations, disclosures, named
from inbox.access.disclosures import Given, Ground
from inbox.casework.measures import records
from inbox.casework.measures.details import Taken
from inbox.casework.measures.records import Recorded
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
    """Record an action on a case; the law says how many officers it requires. The ledger records sent texts.

    Raises the same errors as ``check``, before anybody is asked to confirm. Raises CaseRefused if the reason
    itself repeats words that could reveal somebody. Also raises the same errors as ``records.add`` and
    ``Inbox.acting``.
    """

    def choose(session: Session) -> Action:
        if taken.sent.strip():
            check(session, number, taken.sent, taken.despite)
        if taken.despite.strip():
            # The journal records the reason in ``despite``.
            leak_check.warnings(session, number, "", "", taken.despite)
        return records.noted(session, number, taken)

    with chosen_action.acting(inbox, who, number, choose) as session:
        row = records.add(session, number, taken, who.today)
        if taken.sent:
            disclosures.add(session, number, _given(session, taken), journal.actor(session))
        return records.recorded(session, row)


def check(session: Session, number: int, text: str, despite: str) -> None:
    """Raise Refused unless a text on a case may go to another body.

    ``despite`` is the reason to override warnings. Raises the same errors as ``restating.check``. Even a
    reason does not override two of the warnings: that the text repeats how the reporter named a person
    concerned, or that it repeats a possible name from any text of the case. The text may contain container
    numbers, because they do not identify a person. Raises Undeclared before revealing anything about the
    report.
    """
    declarations.check(session, number)
    concerned = answers.of(queries_cases.case(session, number)).get(scoring.questions().persons, ())
    said = [*named.said(session, number)]
    found = [*Protected(answers.several(concerned)).repeated(text), *_names(session, said, text)]
    if found:
        raise Refused(
            sentence("the text reveals who is concerned: {words}", words=", ".join(dict.fromkeys(found))),
            sentence(
                "remove these words: the text may describe goods, but only a prosecutor may learn who"
                " is concerned"
            ),
        ).at("sent", "text")
    kept = protected.of(session, number)
    goods = [each for each in entities.containers_written(text) if not kept.is_repeated([each])]
    restating.check(session, [number], goods, text, despite)


def _names(session: Session, said: Sequence[str], text: str) -> Iterator[str]:
    """Yield a text's words that also occur in texts of the case and may be names, including place names.

    Two adjacent words may be a name, in either order, if both are capitalised in the text or in the case
    file. One capitalised word of such a pair is enough, unless it is part of an area's name. A word that
    follows a form of address also counts.
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
    """Return the entry for the ledger: the recipient, and the start of the text's hash in the journal."""
    name = in_use.of(session).measures[taken.kind].name.fr
    digest = (taken.sha256 or "")[:_DIGITS]
    return Given(taken.addressee.strip() or name, f"sha256 {digest}", Ground.OTHER)
