"""Close a case with an outcome, and with either a text for its reporter or a reason to send no text.

Décret 2022-1284, article 4, requires the text for the reporter. ``casework.exits`` decides which obstacles
forbid a closing, and which require two officers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import unseen
from crypto.messages import Status
from inbox.access import declarations
from inbox.casework import exits, links, prosecutor_word
from inbox.casework.exits import Asked, Exit
from inbox.casework.measures import records, telling
from inbox.casework.measures.details import Taken
from inbox.deadlines import legal_duties, workflow
from inbox.deadlines.bonds import Relation
from inbox.deadlines.obstacles import Obstacle
from inbox.deadlines.workflow import Disclosure
from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, sentence
from inbox.language.views import View
from inbox.law import in_use
from inbox.replies import answering, holding, leak_check, referrals, replies, status_preview, templates
from inbox.replies.leak_check import Cautioned, Finding
from inbox.session import chosen_action, declared
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases
from inbox.vault.tables import AnswersBy, Case, Message
from templates.law import rules
from templates.law.rules import DutyRole, MeasureRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The outcome of a case, and what its reporter is told.

    ``outcome`` is the code of the outcome in the law. ``reason`` says why something is withheld. If something
    is withheld, the reporter sees that the case is closed. The reporter reads the text of the closing, if
    there is one, but sees no measure. ``body`` is the code of the competent authority, if the outcome names
    an authority. ``text`` goes to the reporter, inserted into the ``template`` if there is one. Both are
    empty if feedback is already waiting for the next outbox. ``despite`` is the reason to override the
    warnings of ``leak_check``. ``seen`` is the digest of what officers were shown, as ``preview`` returns it,
    or None to skip this check.
    """

    outcome: str
    disclosure: Disclosure
    reason: str = ""
    body: str = ""
    text: str = ""
    template: str = ""
    despite: str = ""
    seen: str | None = None

    @property
    def is_withheld(self) -> bool:
        """Whether the reporter will read that the case is closed, but will not read about any measure."""
        return self.disclosure is Disclosure.WITHHELD

    @property
    def may_tell(self) -> bool:
        """Whether the reporter may read more than the fact that the case is closed."""
        return self._has_text or not self.is_withheld

    @property
    def tells(self) -> bool:
        """Whether there is a text for the reporter: an officer's text, or the address of an authority."""
        return self._has_text or (bool(self.body) and not self.is_withheld)

    @property
    def _has_text(self) -> bool:
        return bool(self.template) or unseen.says_anything(self.text)

    def action(self, code: Code, number: int, *, feedback: bool = False) -> Action:
        """Return the journal entry for this closing; ``feedback``: its text counts as feedback."""
        return action(
            code,
            number,
            "; ".join(filter(None, (self.reason, self.despite))),
            outcome=self.outcome,
            disclosure=self.disclosure,
            acknowledges=self.tells,
            feedback=feedback,
            despite=bool(self.despite),
        )


class NotSeen(CaseRefused):
    """Officers were not shown the page that the reporter would read, or the page has changed since then."""

    def __init__(self) -> None:
        super().__init__(
            sentence(
                "the reporter's page has changed since you read the preview, or you have not read a preview"
            ),
            sentence("read the page as the reporter will see it, then close the case"),
        )


def close(inbox: Inbox, who: Actor, number: int, closing: Closing) -> None:
    """Close a case; requires two officers if an obstacle requires two.

    These errors are raised before anybody is asked to confirm:

    - Refused if the law does not have the outcome;
    - CaseRefused if the outcome does not allow the chosen authority, or requires an authority but none is
      chosen;
    - CaseRefused if a measure that the outcome requires is missing, or a recorded measure contradicts it;
    - CaseRefused if the outcome is "duplicate", but the case is not linked as a duplicate;
    - Cautioned if the text has warnings that may not be overridden, or for which no reason is given;
    - the same errors as ``exits.check`` and ``leak_check.warnings``.

    Raises NotSeen if the reporter would read something that officers were not shown; ``confirmed`` detects
    this earlier. Also raises the same errors as ``replies.add`` and ``chosen_action.acting``.
    """
    asked: Asked

    def choose(session: Session) -> Action:
        nonlocal asked
        asked = _checked(session, number, closing, who.today)
        _check_text(session, number, closing, asked)
        return closing.action(
            asked.action, number, feedback=_gives_feedback(session, number, closing, who.today)
        )

    with chosen_action.acting(inbox, who, number, choose, quarantine=True) as session:
        _refer(session, number, closing, who.today)
        text = _told(session, number, closing, who.today)
        added = replies.add(session, number, text, who.today) if text else None
        if added:
            added.outcome = closing.outcome
            own = templates.by_officers(session, closing.template, text, closing.text)
            holding.mark(session, added, own)
        if asked.takes_two:
            workflow.of(session, number).by_two = True
        by = _end(session, number, closing, who.today)
        if added and by:
            added.feedback, added.answers_by = True, by.value
        if closing.seen is not None:
            _check_seen(closing, _page(session, number, text, who.today, is_added=True))


def preview(
    inbox: Inbox, who: Actor, number: int, closing: Closing, found: Sequence[Finding] | None = None
) -> View:
    """Return the page as the reporter would see it once the case is closed; change nothing.

    In the result, ``seen`` is a digest that proves to ``close`` that officers have seen the page.
    ``officers`` is the number of officers that the closing requires. ``found`` are the warnings that officers
    were just shown about the text. Raises the same errors as ``close`` and ``_as_read``.
    """
    # If nobody may read the case, the text is not compared with the case. So a second check of the text
    # reveals nothing more.
    is_told = found is not None and declarations.may_read(inbox, who, [number])
    with inbox.acting(who, status_preview.noted(number, found if is_told else None)) as session:
        asked = _checked(session, number, closing, who.today)
        page = _as_read(session, number, closing, who.today)
        text = _told(session, number, closing, who.today)
        if found is None:
            own = templates.by_officers(session, closing.template, text, closing.text)
            found = leak_check.find(session, number, text, own)
        return page | {
            **status_preview.beside(number, text, found),
            "seen": _digest(closing, page),
            "officers": closing.action(asked.action, number).officers,
        }


def needed(inbox: Inbox, who: Actor, number: int, closing: Closing) -> dict[str, Sentence]:
    """Return the fields that a closing requires, each with the reason.

    For a case that the acting officers may not read or have not declared, the fields do not reveal whether
    a text is already waiting.
    """
    with inbox.vault.transaction(who.officers) as session:
        rule, found = in_use.of(session).outcomes.get(closing.outcome), dict[str, Sentence]()
        if rule and referrals.lacks(rule, closing.body):
            found["body"] = labels.named("outcome", closing.outcome)
        how = labels.said("disclosure", closing.disclosure)
        if closing.is_withheld:
            found["reason"] = how
        elif number in declarations.may_be_tried(session, [number]) and _is_untold(session, number, closing):
            found["text"] = how
        return found


def confirmed(inbox: Inbox, who: Actor, number: int, closing: Closing) -> View:
    """Return the page that officers confirm with a closing; raise NotSeen if they have not seen it.

    The page is the same as in ``preview``. Officers read this page just before they close the case, so the
    journal records only the closing. Raises the same errors as ``close``.
    """
    with inbox.choosing(who, quarantine=True) as (session, _):
        declared.check(session, [number])
        _checked(session, number, closing, who.today)
        page = _as_read(session, number, closing, who.today)
        _check_seen(closing, page)
        return page


def reopen(inbox: Inbox, who: Actor, number: int, reason: str) -> Status:
    """Reopen a closed case for assessment, and return its status.

    If no outbox contains the text of the closing yet, that text is retracted, and the reporter never reads
    it. Raises CaseRefused for an unknown or open case. Also raises the same errors as
    ``chosen_action.acting``.
    """

    def choose(session: Session) -> Action:
        return _reopening(session, number, reason)

    with chosen_action.acting(inbox, who, number, choose) as session:
        case = queries_cases.case(session, number)
        if case.status != Status.CLOSED:
            raise CaseRefused(
                sentence("case {number} is open", number=number), sentence("there is nothing to do")
            )
        case.status, case.closed_in = Status.ASSESSING.value, None
        _take_back(session, number)
        workflow.reopen(session, number, who.today)
        return Status(case.status)


def _check_seen(closing: Closing, page: View) -> None:
    """Raise NotSeen if officers saw a different page, or if the closing has changed since then."""
    if closing.seen != _digest(closing, page):
        raise NotSeen


def _digest(closing: Closing, page: View) -> str:
    """Return the digest of a page and of its closing, without the reason to override warnings."""
    return status_preview.digest({**page, **asdict(replace(closing, seen=None, despite=""))})


def _as_read(session: Session, number: int, closing: Closing, today: date) -> View:
    """Return the page of a case as if the case were closed; change nothing.

    Raises the same errors as ``_told`` and ``_page``.
    """
    with session.begin_nested() as undone:
        text = _told(session, number, closing, today)
        _refer(session, number, closing, today)
        _end(session, number, closing, today)
        page = _page(session, number, text, today, is_added=False)
        undone.rollback()
    return page


def _page(session: Session, number: int, text: str, today: date, *, is_added: bool) -> View:
    """Return the page of a closed case, with a text that was added or is to be added.

    For a case that the signed-in officers may not read, the page contains only their own text. If the
    reporter cannot be answered and there is no text, the page contains only the reason. Raises the same
    errors as ``status_preview.as_read``.
    """
    if queries_cases.case(session, number).mailbox is None and not text.strip():
        return status_preview.nobody(session, number)
    page = status_preview.as_read(session, number, "" if is_added else text, today)
    page |= {"no_feedback": _no_feedback(session, number)}
    return status_preview.of_shut(page, text) if declarations.is_shut(session, number) else page


def _no_feedback(session: Session, number: int) -> Sentence | str:
    """Return a warning that this closing drops the deadline for feedback, or "" if it does not."""
    work = workflow.of(session, number)
    # If the signed-in officers may not read the case, the page must not reveal whether feedback was given
    # before.
    if work.withheld or (work.has_feedback and not declarations.is_shut(session, number)):
        return ""
    return sentence(
        "If you close the case in this way, the reporter gets no feedback, and the deadline for feedback is"
        " dropped. Your own words count as feedback only if the reporter is also told of a measure. A reply"
        " template that states the outcome counts as feedback, even if the reporter is told of no measure."
    )


def _checked(session: Session, number: int, closing: Closing, today: date) -> Asked:
    """Check that the case may be closed in this way, and return the request that ``exits`` has checked.

    The requested action takes two officers if an obstacle requires two. Raises the same errors as ``_rule``,
    ``referrals.check``, ``_check_linked``, ``_check_record`` and ``exits.check``.
    """
    referrals.check(session, _rule(session, closing), closing.body)
    _check_linked(session, number, _rule(session, closing))
    _check_record(session, number, _rule(session, closing))
    also = _obstacles(session, queries_cases.case(session, number), closing)
    asked = Asked(way=Exit.CLOSE, today=today, reason=closing.reason, also=also)
    takes_two = exits.takes_two(Exit.CLOSE, exits.obstacles(session, number, asked))
    asked = replace(asked, code=Code.CLOSE_BY_TWO if takes_two else Code.CLOSE)
    exits.check(session, number, asked)
    return asked


def _obstacles(session: Session, case: Case, closing: Closing) -> Mapping[Obstacle, str]:
    """Return the obstacles to closing this case in this way, each with the reason given to override it."""
    silent, rule = "" if closing.may_tell else closing.reason, _rule(session, closing)
    is_undecided = legal_duties.is_undecided(session, case.number, DutyRole.PROSECUTOR)
    is_early = closing.may_tell and _tells_too_early(session, case.number, closing)
    found = {
        Obstacle.PROSECUTOR: (
            is_undecided
            and (is_early or rule.finds_facts or referrals.is_for_offences(session, closing.body)),
            "",
        ),
        Obstacle.WITHHELD: (closing.is_withheld, closing.reason),
        Obstacle.NO_WORD: (is_early, ""),
        Obstacle.BY_TWO: (
            rule.officers > 1
            or exits.ends_by_two(session, case.number)
            or (case.mailbox is not None and _ends_untold(session, case.number, closing))
            or (closing.is_withheld and queries_cases.answers_by_measure(session, case.number)),
            "",
        ),
        Obstacle.UNREACHABLE: (case.mailbox is None, silent),
        Obstacle.UNTOLD: (_is_untold(session, case.number, closing), silent),
    }
    decided = dict.fromkeys(_decided_otherwise(session, case.number, closing), "")
    return decided | {what: why for what, (is_so, why) in found.items() if is_so}


def _ends_untold(session: Session, number: int, closing: Closing) -> bool:
    """Return whether the reporter will get no text at all, or will not learn the result of the report.

    The deadline for feedback ends with the case (décret 2022-1284, article 4). So a closing that withholds
    everything requires as many officers as a reply that says nothing about the case. This does not apply if
    the reporter has already had feedback.
    """
    has_feedback = workflow.of(session, number).has_feedback
    return not closing.may_tell or (closing.is_withheld and not has_feedback)


def _tells_too_early(session: Session, number: int, closing: Closing) -> bool:
    """Return whether the reporter would learn of this outcome, or of a measure, too early."""
    is_early = prosecutor_word.forbids(session, number, closing.outcome)
    return is_early or telling.tells_too_early(session, number, closing.disclosure)


def _check_linked(session: Session, number: int, rule: rules.Outcome) -> None:
    """Raise CaseRefused if the outcome is "duplicate", but the case is not linked as a duplicate."""
    queries_cases.case(session, number)
    if rule.linked and not links.is_duplicate(session, number):
        raise CaseRefused(
            sentence(
                "case {number} is not linked as a duplicate of a case that is or was investigated",
                number=number,
            ),
            sentence(
                "first link the two cases: inbox case link add {number} OTHER {relation}",
                number=number,
                relation=labels.named("relation", Relation.DUPLICATE.value),
            ),
        )


def _check_record(session: Session, number: int, rule: rules.Outcome) -> None:
    """Raise CaseRefused for an outcome that lacks a required measure or contradicts a recorded measure."""
    taken = legal_duties.measures_on(session, number)
    if rule.only_after and rule.only_after not in taken:
        raise CaseRefused(
            sentence(
                "case {number}: this outcome needs a measure that is not recorded: {kind}",
                number=number,
                kind=labels.named("measure", rule.only_after),
            ),
            _first(session, number, rule.only_after),
        )
    if rule.never_after and rule.never_after in taken:
        raise CaseRefused(
            sentence(
                "case {number}: this outcome contradicts a recorded measure: {kind}",
                number=number,
                kind=labels.named("measure", rule.never_after),
            ),
            sentence("close the case with another outcome"),
        )


def _first(session: Session, number: int, kind: str) -> Sentence:
    """Return what to do about a missing measure."""
    if choices := legal_duties.taking(session, kind):
        return sentence(
            "make this decision first: inbox case decide {number} {choices} --reason TEXT",
            number=number,
            choices="|".join(choices),
        )
    return sentence(
        "record this measure first: inbox case measure add {number} {kind}; or close the case with another"
        " outcome",
        number=number,
        kind=labels.named("measure", kind),
    )


def _rule(session: Session, closing: Closing) -> rules.Outcome:
    """Return the rule of the law for an outcome; raises Refused if the law does not have it."""
    return in_use.rule(in_use.of(session).outcomes, closing.outcome)


def _decided_otherwise(session: Session, number: int, closing: Closing) -> Iterator[Obstacle]:
    """Yield the obstacles of an outcome that does not match the decisions.

    There are two such obstacles. Officers took a decision that leads to another outcome, or they have not yet
    taken the decision that leads to this outcome.
    """
    prepared = legal_duties.prepared(session, number)
    if closing.outcome != prepared:
        if prepared:
            yield Obstacle.PREPARED
        if legal_duties.preparing(session, closing.outcome):
            yield Obstacle.UNPREPARED


def _check_text(session: Session, number: int, closing: Closing, asked: Asked) -> None:
    """Raise Cautioned for a text that could identify somebody, if the matrix of exits forbids such a text."""
    text = _told(session, number, closing, asked.today)
    own = templates.by_officers(session, closing.template, text, closing.text)
    findings = leak_check.warnings(session, number, text, own, closing.despite)
    said_anyway = replace(asked, also={Obstacle.CAUTIONED: closing.despite})
    if leak_check.is_for_two(findings) or (findings and exits.is_stopped(Obstacle.CAUTIONED, said_anyway)):
        raise Cautioned(findings)


def _end(session: Session, number: int, closing: Closing, today: date) -> AnswersBy | None:
    """Close a case; return why the closing's text counts as feedback, or None if it does not."""
    case, work = queries_cases.case(session, number), workflow.of(session, number)
    work.outcome, work.disclosure = closing.outcome, closing.disclosure.value
    work.withheld = closing.reason if closing.is_withheld else ""
    # The text is only deferred, because the reporter must get the text as soon as possible.
    work.put_off = closing.is_withheld and prosecutor_word.puts_off(session, number, closing.outcome)
    case.status, case.closed_in = Status.CLOSED.value, None
    by = _answering(session, number, closing)
    if by:
        workflow.feedback(session, number)
    if in_use.rule(in_use.of(session).outcomes, closing.outcome).body is rules.Body.NEEDED:
        legal_duties.learned(session, number, rules.Asked.NOT_OURS, today)
    workflow.set_closed(work, today)
    workflow.acted(session, number, today)
    return by


def _gives_feedback(session: Session, number: int, closing: Closing, today: date) -> bool:
    """Return whether this closing would count as feedback; change nothing."""
    with session.begin_nested() as undone:
        by = _end(session, number, closing, today)
        undone.rollback()
    return by is not None


def _answering(session: Session, number: int, closing: Closing) -> AnswersBy | None:
    """Return why a closing text counts as feedback, or None if it does not.

    A text for the outcome counts as feedback. If a measure is disclosed, any text counts as feedback. No text
    counts if everything is withheld, or if the officers who close the case may not read it.
    """
    if closing.is_withheld or not closing.tells or declarations.is_shut(session, number):
        return None
    if closing.template or closing.body:
        return AnswersBy.TEXT
    return answering.how(session, number, None)


def _written(session: Session, number: int, closing: Closing, today: date) -> str:
    """Return the text for the reporter, inserted into its template.

    Raises CaseRefused if the text or its template is not for this outcome. Also raises the same errors as
    ``templates.fill``.
    """
    template = templates.known(session).get(closing.template)
    if _rule(session, closing).is_untold and closing.may_tell and not (template and template.closes):
        raise CaseRefused(
            sentence("with this outcome, only the text that reveals nothing may be sent"),
            sentence(
                "choose the template with closes = true, without words of your own: inbox message template"
                " list"
            ),
        )
    if template and not template.closes and template.outcome != closing.outcome:
        raise CaseRefused(
            sentence("this template is not for the outcome that you chose"),
            sentence("see the outcome of each template: inbox message template list"),
        )
    return templates.fill(session, number, closing.template, closing.text, today)


def _told(session: Session, number: int, closing: Closing, today: date) -> str:
    """Return the text for the reporter; unless everything is withheld, it includes the authority to contact.

    Raises the same errors as ``_written``.
    """
    text = _written(session, number, closing, today)
    if not closing.body or closing.is_withheld:
        return text
    # An officer's own words may give the reason without naming the authority.
    said = referrals.said(session, number, closing.body, _rule(session, closing))
    return "\n\n".join(filter(None, (text.strip(), said)))


def _refer(session: Session, number: int, closing: Closing, today: date) -> None:
    """Record that the reporter is directed to an authority, if the closing names an authority."""
    if closing.body:
        kind = in_use.of(session).measure(MeasureRole.REFERRAL)
        referred = Taken(kind=kind, day=today, addressee=closing.body)
        records.add(session, number, referred, today)


def _is_untold(session: Session, number: int, closing: Closing) -> bool:
    """Return whether the reporter gets no text, either with this closing or in a waiting message."""
    return not closing.tells and not _waits(session, number, closing.outcome)


def _waits(session: Session, number: int, outcome: str) -> bool:
    """Return whether feedback about this outcome, or about no outcome, is waiting for the next outbox."""
    return any(each.feedback and each.outcome in {"", outcome} for each in _waiting(session, number))


def _waiting(session: Session, number: int) -> Sequence[Message]:
    """Return the messages that wait for the next outbox."""
    rows = select(Message).join(Case, Case.number == Message.case)
    return session.scalars(rows.where(Message.case == number, Message.serial > Case.serial)).all()


def _take_back(session: Session, number: int) -> None:
    """Retract the messages of a closing that was undone; no outbox contains them yet."""
    for each in _waiting(session, number):
        if each.outcome:
            session.delete(each)
    session.flush()
    workflow.take_back_feedback(session, number)


def _reopening(session: Session, number: int, reason: str) -> Action:
    """Return the action of reopening a case.

    Reopening requires two officers if two officers closed the case and the reporter has not written since.
    """
    work = workflow.of(session, number)
    letters = queries_cases.follow_ups(session, number)
    wrote = any(each.received >= work.closed for each in letters if work.closed)
    noted = action(Code.REOPEN, number, reason)
    return noted.by(2) if work.by_two and not wrote else noted
