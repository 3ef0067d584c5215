"""A draft of an answer: free text or a template, checked as the reporter will see it, then sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from crypto.messages import Status
from inbox.access import declarations
from inbox.deadlines import legal_duties, proceedings, workflow
from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, sentence
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
    """The text that an officer wants to send: free text, inserted into a ``template`` if its id is given.

    ``feedback`` is true if the text says what was done or is planned (décret 2022-1284, article 4).
    ``despite`` is the reason to set a warning aside.
    """

    text: str = ""
    template: str = ""
    feedback: bool = False
    despite: str = ""

    def chosen(self, session: Session) -> Reply | None:
        """Return the template, or None if there is only free text or the template is not in use."""
        return templates.known(session).get(self.template)


def send(inbox: Inbox, who: Actor, number: int, draft: Draft) -> Message:
    """Answer the reporter of a case: the message waits for the next outbox.

    The action requires two officers for a template that informs the reporter of a decision, and for feedback
    that says nothing about the case (``answering.takes_two``). Raises the same errors as ``add`` and
    ``chosen_action.acting``.
    """

    def choose(session: Session) -> Action:
        template = draft.chosen(session)
        noted = action(
            Code.REPLY,
            number,
            draft.despite,
            template=draft.template or None,
            acknowledges=template is not None and template.acknowledges,
            feedback=draft.feedback,
            despite=bool(draft.despite),
        )
        # Otherwise, one officer alone could tell a reporter that their identity is being passed on.
        is_for_two = (template and template.decision) or (draft.feedback and answering.takes_two(template))
        return noted.by(2) if is_for_two else noted

    with chosen_action.acting(inbox, who, number, choose, quarantine=True) as session:
        return add(session, number, draft, who.today)


def needed(inbox: Inbox, draft: Draft) -> dict[str, Sentence]:
    """Return the fields that a reply requires, each with the reason: most replies require a text."""
    if not draft.template:
        return {"text": sentence("a reply without a template")}
    return {"text": sentence("this template")} if templates.takes_own_words(inbox, draft.template) else {}


def accepts_own_words(inbox: Inbox, draft: Draft) -> bool:
    """Return whether an officer's own words can be sent with this draft."""
    with inbox.transaction() as session:
        template = draft.chosen(session)
    return template is None or template.accepts_own_words


def preview(
    inbox: Inbox, who: Actor, number: int, draft: Draft, found: Sequence[Finding] | None = None
) -> View:
    """Return the page as the reporter of a case would see it with the draft; change nothing.

    ``found`` are the warnings that officers were just shown about the text. Raises the same
    errors as ``seen`` and ``Inbox.acting``.
    """
    with inbox.acting(who, status_preview.noted(number, found)) as session:
        return seen(session, number, draft, who.today, found)


def add(session: Session, number: int, draft: Draft, today: date) -> Message:
    """Add a draft to a case as a message.

    Raises CaseRefused for feedback before the acknowledgement, or before officers have decided and done
    enough to give feedback. Raises CaseRefused for feedback if the signed-in officers may not read the case,
    or if the reporter can read no measure. Raises CaseRefused for a template of an outcome, which can be sent
    only with the closing. Raises CaseRefused for a template about passing on the identity if the identity
    cannot be passed on. Also raises the same errors as ``templates.fill``, ``leak_check.check`` and
    ``replies.add``.
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
    """Return the page with the draft.

    Raises the same errors as ``status_preview.preview`` and ``templates.fill``.
    """
    declarations.check(session, number)  # The declaration is checked before the template's text.
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
    """Raise CaseRefused if officers have not yet decided and done enough to give feedback.

    Also raises the same errors as ``answering.check_case``.

    Without this check, an empty phrase could meet the deadline for feedback on the first day. Officers must
    have decided on admissibility, and must have taken another decision or a measure. The decision not to
    inform the persons concerned is not enough.
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
                "case {number}: before officers give feedback, they must decide on admissibility, and must"
                " also make another decision or take a measure",
                number=number,
            ),
            sentence(
                "send the text as an ordinary reply, without --feedback; or first make a decision: inbox"
                " case decide {number} {choices} --reason TEXT; then record what was done: inbox case"
                " measure add {number} KIND",
                number=number,
                choices=legal_duties.settling(session, DutyRole.ADMISSIBILITY),
            ),
        )


def _untold(session: Session, number: int) -> CaseRefused:
    known = "|".join(code for code, each in templates.known(session).items() if each.answers)
    in_template = sentence(
        "use a template for feedback: inbox message reply {number} --template"
        " {known}; or show a measure to the reporter: inbox case measure share {number} MEASURE; or"
        " send the text without --feedback",
        number=number,
        known=known,
    )
    no_template = sentence(
        "first show a measure to the reporter: inbox case measure share {number} MEASURE; or send the"
        " text without --feedback",
        number=number,
    )
    return CaseRefused(
        sentence(
            "case {number}: this text does not count as feedback, because no measure is shown to the"
            " reporter",
            number=number,
        ),
        in_template if known else no_template,
    )


def _of_closing(number: int, template: Reply) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: this text ends the case, and can be sent only when the case is closed",
            number=number,
        ),
        sentence(
            "close the case with this text: inbox case close {number} OUTCOME --disclosure full"
            " --template ID",
            number=number,
        )
        if template.closes
        else sentence(
            "close the case with this text: inbox case close {number} {outcome} --disclosure full"
            " --template ID",
            number=number,
            outcome=labels.named("outcome", template.outcome or ""),
        ),
    )


def _check_passing_on(session: Session, number: int, decision: str) -> None:
    """Raise CaseRefused for a reply about passing on an identity, if the identity cannot be passed on.

    A reply about passing on their identity can frighten reporters. The reply may be sent only if the
    identity is recorded, and if either the judiciary has the case or the reporter has consented.
    """
    law = in_use.of(session)
    if law.duties[legal_duties.decided_by(law, decision)].asked is not Asked.IDENTITY_GIVEN:
        return
    kept = session.get(Identity, number)
    if kept is None or not (kept.consent or proceedings.has_justice(session, number)):
        raise CaseRefused(
            sentence(
                "case {number}: there is no recorded identity that may be passed on; an identity may be"
                " passed on only if the judiciary has the case or the reporter consents",
                number=number,
            ),
            sentence(
                "first record the reporter's identity: inbox case identity add {number}; then record the"
                " measure that brought the case to the judiciary, or the reporter's consent",
                number=number,
            ),
        )


def _keep_status(session: Session, number: int, draft: Draft) -> None:
    """Make the status match the text: "acknowledged", or "more information requested" if the text asks.

    The status is what a reporter reads first, so it has to announce a question.
    """
    case = queries_cases.case(session, number)
    template = draft.chosen(session)
    if template and template.acknowledges and case.status == Status.RECEIVED:
        case.status = Status.ACKNOWLEDGED.value
    if template and template.asks and case.status != Status.CLOSED:
        case.status = Status.INFO_REQUESTED.value


@dataclass(frozen=True, slots=True)
class Choices:
    """Templates that officers can choose for a case, and authorities to which they can direct its reporter.

    The templates and the authorities are given by id. ``filled`` has the text of each template, filled in for
    the case.
    """

    templates: Mapping[str, Reply]
    filled: Mapping[str, str]
    authorities: Mapping[str, Authority]


def offered(inbox: Inbox, who: Actor, number: int) -> Choices:
    """Return the choices for a case that an officer is reading; they reveal no more than its page."""
    with inbox.vault.transaction(who.officers) as session:
        known = templates.known(session)
        filled = templates.for_case(session, number, who.today, known)
        return Choices(known, filled, referrals.offered(session))
