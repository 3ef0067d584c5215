"""To which authorities a reporter is directed whose report is not for this office.

Décret 2022-1284, article 4; the law says which, and how each is reached.
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
    """Return if an outcome can go with an authority, by its code, or with "" for none; else CaseRefused."""
    if rule.body is Body.NONE and code:
        raise CaseRefused(
            sentence("with this outcome, nobody is directed to another authority"),
            sentence("leave --to out"),
        )
    if lacks(rule, code):
        raise CaseRefused(sentence("say which authority is competent"), _hint(session))
    if code and code not in offered(session):
        raise CaseRefused(sentence("this authority is not one to direct a reporter to"), _hint(session))


def lacks(rule: Outcome, code: str) -> bool:
    """Tell whether an outcome needs an authority, and has none."""
    return rule.body is Body.NEEDED and not code


def is_for_offences(session: Session, code: str) -> bool:
    """Tell whether a reporter is directed to who receives complaints: then there may be an offence."""
    authority = offered(session).get(code)
    return authority is not None and authority.kind in {Reach.PROSECUTOR, Reach.EMERGENCY}


def said(session: Session, number: int, code: str, rule: Outcome) -> str:
    """Return what the reporter of a case is told of an authority, by its code; in English unless in French.

    It says that the report was forwarded only where that is on record, and not while it is still to decide.
    """
    language, authority = queries_cases.case(session, number).language, offered(session)[code]
    known = "fr" if language == "fr" else "en"
    begins = _WORDING.say(_begins(session, number, rule), known)
    return f"{begins}\n\n{authority.name.in_(known)}\n{authority.reach.in_(known)}"


def _begins(session: Session, number: int, rule: Outcome) -> str:
    """Return the name of the text that stands before an authority."""
    # Another authority that can help, too, does not mean that this office could not.
    if rule.body is not Body.NEEDED:
        return "also"
    if legal_duties.is_forwarded(session, number):
        return "sent_on"
    return "examined" if legal_duties.may_be_forwarded(session, number) else "begins"


def _hint(session: Session) -> Sentence:
    known = joined([labels.named("authority", code) for code in offered(session)])
    return sentence("give --to ID, one of: {known}", known=known)
