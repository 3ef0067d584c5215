"""The legal codes that the vault uses. A law that lacks or redefines one of these codes is refused."""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.vault.casework_tables import Duty, Measure, Setting, Workflow
from inbox.vault.tables import Message
from templates.law import reader
from templates.law.rules import Law
from templates.law.schemas import REPLIES

# The setting that holds the regime, if the office has chosen one.
REGIME = "regime"
# The setting that holds the office's own reply templates.
OWN_REPLIES = "replies"


def check(session: Session, law: Law, before: Law) -> None:
    """Raise Refused if a law lacks a code that is in use, or changes what the code means to the program.

    The error names the code and how often it is used, but no case.
    """
    for name, code, count in _used(session):
        old, new = (_meaning(each, name, code) for each in (before, law))
        if new is None:
            raise Refused(
                sentence(
                    "the new law lacks {name} {code}, which is used {count} times",
                    name=name,
                    code=code,
                    count=count,
                ),
                sentence("add the code back to the new folder, then try again"),
            )
        if old is not None and old != new:
            raise Refused(
                sentence(
                    "the new law gives {name} {code} a different role or effect on proceedings, but the code"
                    " is already used {count} times",
                    name=name,
                    code=code,
                    count=count,
                ),
                sentence("keep the code unchanged, and add a new code"),
            )


def _used(session: Session) -> Iterator[tuple[str, str, int]]:
    """Yield each code in use: the name of its table in the law, the code, and how often it is used."""
    for name, column in (
        ("measure", Measure.kind),
        ("outcome", Workflow.outcome),
        ("duty", Duty.kind),
        ("decision", Duty.decision),
        ("decision", Message.decision),
        ("ground", Duty.ground),
    ):
        for code, count in sorted(_counted(session, column).items()):
            yield name, code, count
    if own := session.scalar(select(Setting.value).filter_by(name=OWN_REPLIES)):
        replies = reader.replies(REPLIES.read(own.encode())).values()
        for code, count in sorted(Counter(each.outcome for each in replies if each.outcome).items()):
            yield "outcome", code, count
        for code, count in sorted(Counter(each.decision for each in replies if each.decision).items()):
            yield "decision", code, count
    if chosen := session.scalar(select(Setting.value).filter_by(name=REGIME)):
        yield "regime", chosen, 1


def _counted(session: Session, column: InstrumentedAttribute[str]) -> Mapping[str, int]:
    rows = session.execute(select(column, func.count()).where(column != "").group_by(column))
    return {code: count for code, count in rows}  # noqa: C416 dict() would lose the types of the columns


def _meaning(law: Law, name: str, code: str) -> tuple[StrEnum | bool | str | None, ...] | None:
    """Return the properties of a code that matter to the program; None if the law lacks the code."""
    match name:
        case "measure" if code in law.measures:
            measure = law.measures[code]
            return measure.role, measure.protection, measure.opens_proceedings, measure.ends_proceedings
        case "outcome" if code in law.outcomes:
            return ()
        case "duty" if code in law.duties:
            return (law.duties[code].role,)
        case "regime" if code in law.regimes:
            return ()
        case _:
            return _decided(law, name, code)


def _decided(law: Law, name: str, code: str) -> tuple[StrEnum | str, ...] | None:
    """Return the effect of a decision, or of a ground for a decision.

    A new law must not change this effect.
    """
    for duty, rule in law.duties.items():
        for choice, decision in rule.decisions.items():
            if name == "decision" and code == choice:
                return duty, decision.effect
            if name == "ground" and code in decision.grounds:
                return (choice,)
    return None
