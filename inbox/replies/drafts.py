"""An answer on its way: own words or a template, looked at as its reporter will see it, then sent or left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from crypto.messages import Status
from inbox.access import declarations
from inbox.deadlines import legal_duties, proceedings, workflow
from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.law import in_use
from inbox.replies import answering, holding, leak_check, referrals, replies, status_preview, templates
from inbox.replies.leak_check import Finding
from inbox.session import chosen_action
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Identity
from inbox.vault.tables import AnswersBy, Message
from templates.law.rules import Asked, Authority, DutyRole, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an officer wants to send: own words, in a ``template`` if one is named by its id.

    ``feedback`` if it tells what was done or is planned (décret 2022-1284, article 4), ``despite`` why a
    warning is set aside.
    """

    text: str = ""
    template: str = ""
    feedback: bool = False
    despite: str = ""

    def chosen(self, session: Session) -> Reply | None:
        """Return the template, None for own words alone and for one that is not in use."""
        return templates.known(session).get(self.template)


def send(inbox: Inbox, who: Actor, number: int, draft: Draft) -> Message:
    """Answer the reporter of a case: the message waits for the next outbox.

    With a template by which its reporter is told of a decision it takes two officers, as does feedback that
    says nothing of the case (``answering.takes_two``). Raises as ``add`` and ``chosen_action.acting``.
    """
    noted = action(
        Code.REPLY,
        number,
        draft.despite,
        template=draft.template or None,
        feedback=draft.feedback,
        despite=bool(draft.despite),
    )

    def choose(session: Session) -> Action:
        template = draft.chosen(session)
        # One officer alone could tell a reporter that the identity goes to somebody.
        is_for_two = (template and template.decision) or (draft.feedback and answering.takes_two(template))
        return noted.by(2) if is_for_two else noted

    with chosen_action.acting(inbox, who, number, choose, quarantine=True) as session:
        return add(session, number, draft, who.today)


def preview(
    inbox: Inbox, who: Actor, number: int, draft: Draft, found: Sequence[Finding] | None = None
) -> View:
    """Return the page as the reporter of a case will see it with the draft; nothing is changed.

    ``found`` is what officers were just told of its words. Raises as ``seen`` and ``Inbox.acting``.
    """
    with inbox.acting(who, status_preview.noted(number, found)) as session:
        return seen(session, number, draft, who.today, found)


def add(session: Session, number: int, draft: Draft, today: date) -> Message:
    """Add it to the case.

    Raises CaseRefused for feedback that tells nothing, while there is nothing to tell, or in a case that
    those present may not read; for a template of an outcome, which leaves with the closing alone, and for
    one of a decision on the identity where none is to be passed on; and as ``templates.fill``,
    ``leak_check.check`` and ``replies.add``.
    """
    template = draft.chosen(session)
    text = templates.fill(session, number, draft.template, draft.text, today)
    if template and template.ends:
        raise _of_closing(number, template)
    if template and template.decision:
        _check_passing_on(session, number, template.decision)
    own = templates.by_officers(session, draft.template, text, draft.text)
    leak_check.check(session, number, text, own, draft.despite)
    by: AnswersBy | None = None
    if draft.feedback:
        _check_feedback(session, number)
        by = answering.how(session, number, template)
        if by is None:
            raise _untold(session, number)
    added = replies.add(session, number, text, today)
    if template:
        added.decision, added.acknowledges = template.decision or "", template.acknowledges
        added.extends = template.extends
    _keep_status(session, number, draft)
    if by:
        added.feedback, added.answers_by = True, by.value
        holding.mark(session, added, own)
        workflow.feedback(session, number)
    return added


def seen(
    session: Session, number: int, draft: Draft, today: date, found: Sequence[Finding] | None = None
) -> View:
    """Return the page with the draft; raises as ``status_preview.preview`` and ``templates.fill``."""
    declarations.check(session, number)  # also before the words of a template are looked at
    text = templates.fill(session, number, draft.template, draft.text, today)
    if found is None:
        own = templates.by_officers(session, draft.template, text, draft.text)
        found = leak_check.find(session, number, text, own)
    with session.begin_nested() as undone:
        _keep_status(session, number, draft)
        view = status_preview.preview(session, number, text, found, today)
        undone.rollback()
    return view


def _check_feedback(session: Session, number: int) -> None:
    """Raise CaseRefused unless something was decided and done, and as ``answering.check_case``.

    Else a text that tells nothing would end the time for feedback on the first day. Admissibility is decided,
    and something else is decided or done; that nobody is informed is nothing done.
    """
    answering.check_case(session, number)
    law = in_use.of(session)
    admissibility, persons = law.duty(DutyRole.ADMISSIBILITY), law.duty(DutyRole.PERSONS)
    decided = {row.kind for row in legal_duties.of(session, number) if row.decided is not None}
    if not legal_duties.is_informed(session, number):
        decided -= {persons}
    is_done = decided - {admissibility} or legal_duties.measures_on(session, number)
    if admissibility not in decided or not is_done:
        raise CaseRefused(
            sentence(
                "case {number}: nothing was decided and done yet of which feedback could tell", number=number
            ),
            sentence(
                "send it as a reply like any other; or first decide: inbox decide {number} {choices} --reason"
                " TEXT; and record what was done: inbox measure {number} KIND",
                number=number,
                choices=legal_duties.settling(session, DutyRole.ADMISSIBILITY),
            ),
        )


def _untold(session: Session, number: int) -> CaseRefused:
    known = "|".join(code for code, each in templates.known(session).items() if each.answers)
    in_template = sentence(
        "write it in a template for feedback: inbox reply {number} --template {known}; or let the reporter"
        " read of a measure: inbox tell {number} MEASURE; or send it without --feedback",
        number=number,
        known=known,
    )
    no_template = sentence(
        "let the reporter read of a measure first: inbox tell {number} MEASURE; or send it without"
        " --feedback",
        number=number,
    )
    return CaseRefused(
        sentence("case {number}: its reporter reads of no measure, so this is no feedback", number=number),
        in_template if known else no_template,
    )


def _of_closing(number: int, template: Reply) -> CaseRefused:
    return CaseRefused(
        sentence("case {number}: this text ends the case, and leaves with the closing", number=number),
        sentence(
            "close the case with it: inbox close {number} OUTCOME --disclosure full --template ID",
            number=number,
        )
        if template.closes
        else sentence(
            "close the case with it: inbox close {number} {outcome} --disclosure full --template ID",
            number=number,
            outcome=labels.named("outcome", template.outcome or ""),
        ),
    )


def _check_passing_on(session: Session, number: int, decision: str) -> None:
    """Raise CaseRefused for a reply on an identity that nobody keeps, or that could not be passed on.

    Who reads it is afraid: it is sent where the identity goes to justice, which has the case, or to somebody
    by consent.
    """
    law = in_use.of(session)
    if law.duties[legal_duties.decided_by(law, decision)].asked is not Asked.IDENTITY_GIVEN:
        return
    kept = session.get(Identity, number)
    if kept is None or not (kept.consent or proceedings.has_justice(session, number)):
        raise CaseRefused(
            sentence(
                "case {number}: no identity is kept that could be passed on, to justice or by consent",
                number=number,
            ),
            sentence(
                "first record the reporter's identity, and the measure by which justice has the case, or the"
                " consent: inbox identity set {number}",
                number=number,
            ),
        )


def _keep_status(session: Session, number: int, draft: Draft) -> None:
    """Let the reporter who reads that the report is acknowledged read no status that says less."""
    case = queries_cases.case(session, number)
    template = draft.chosen(session)
    if template and template.acknowledges and case.status == Status.RECEIVED:
        case.status = Status.ACKNOWLEDGED.value


@dataclass(frozen=True, slots=True)
class Choices:
    """The templates, also filled in for the case, and authorities to direct a reporter to, by their ids."""

    templates: Mapping[str, Reply]
    filled: Mapping[str, str]
    authorities: Mapping[str, Authority]


def offered(inbox: Inbox, who: Actor, number: int) -> Choices:
    """Return them for a case that is being read: of it they tell no more than its page, which is noted."""
    with inbox.vault.transaction(who.officers) as session:
        known = templates.known(session)
        filled = templates.for_case(session, number, who.today, known)
        return Choices(known, filled, referrals.offered(session))
