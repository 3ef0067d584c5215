"""The authorities to which a reporter is directed if the report is not for this office.

The law lists the authorities and how to contact each one (décret 2022-1284, article 4).
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from inbox.deadlines import legal_duties
from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, joined, sentence
from inbox.language.printed_text import Wording
from inbox.law import in_use
from inbox.vault import queries_cases
from templates.law.rules import Authority, Body, Outcome, Reach

_WORDING = Wording(__package__, "referral.toml")


def offered(session: Session) -> Mapping[str, Authority]:
    """Return the authorities of the law to which a reporter can be directed, by code."""
    return {code: each for code, each in in_use.of(session).authorities.items() if each.referral}


def check(session: Session, rule: Outcome, code: str) -> None:
    """Raise CaseRefused unless an outcome can name the authority with this code.

    ``code`` is "" if the closing names no authority.
    """
    if rule.body is Body.NONE and code:
        raise CaseRefused(
            sentence("with this outcome, the reporter is not directed to another authority"),
            sentence("omit --to"),
        )
    if lacks(rule, code):
        raise CaseRefused(sentence("say which authority is competent"), _hint(session))
    if code and code not in offered(session):
        raise CaseRefused(sentence("reporters cannot be directed to this authority"), _hint(session))


def lacks(rule: Outcome, code: str) -> bool:
    """Return whether an outcome requires an authority that is missing."""
    return rule.body is Body.NEEDED and not code


def is_for_offences(session: Session, code: str) -> bool:
    """Return whether an authority takes complaints, so that naming it suggests an offence."""
    authority = offered(session).get(code)
    return authority is not None and authority.kind in {Reach.PROSECUTOR, Reach.EMERGENCY}


def said(session: Session, number: int, code: str, rule: Outcome) -> str:
    """Return the text for the reporter about the authority with this code, in French or English.

    The text mentions that the report was forwarded only if a measure records the forwarding and the decision
    is not pending.
    """
    language, authority = queries_cases.case(session, number).language, offered(session)[code]
    known = "fr" if language == "fr" else "en"
    begins = _WORDING.say(_begins(session, number, rule), known)
    return f"{begins}\n\n{authority.name.in_(known)}\n{authority.reach.in_(known)}"


def _begins(session: Session, number: int, rule: Outcome) -> str:
    """Return the name of the text that introduces an authority."""
    # Even if another authority can also help, this office may be competent.
    if rule.body is not Body.NEEDED:
        return "also"
    if legal_duties.is_forwarded(session, number):
        return "sent_on"
    return "examined" if legal_duties.may_be_forwarded(session, number) else "begins"


def _hint(session: Session) -> Sentence:
    known = joined([labels.named("authority", code) for code in offered(session)])
    return sentence("add --to ID, one of: {known}", known=known)
