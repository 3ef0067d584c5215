"""Adopt a plan of publication, before its first year begins.

If nobody does, the plan in use is renewed (``plan``). A renewal is not stored, and the journal has no entry
for it, because nobody decides it.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.toml_schema import BadDocument
from inbox.figures import known_codes, limits, plan
from inbox.figures.plan import YEARS, Plan
from inbox.language import toml_files
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Measure, Workflow
from inbox.vault.destroyed_tables import Counted, DestroyedCase, PublicationPlan
from inbox.vault.tables import Case


@dataclass(frozen=True, slots=True)
class Adopted:
    """A plan, with its SHA-256 (32 bytes) and the day of its adoption.

    ``day`` is None if nobody adopted it, so that it renews the plan before it.
    """

    plan: Plan
    sha256: bytes
    day: date | None


def listing(inbox: Inbox, who: Actor) -> list[Adopted]:
    """Return the plans in force and the later ones in the order of their years.

    Raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIST_SETTINGS)) as session:
        return in_force(session, who.today.year)


def in_force(session: Session, last: int) -> list[Adopted]:
    """Return the plans of all years up to ``last`` and all adopted plans, in the order of their years."""
    rows = session.scalars(select(PublicationPlan).order_by(PublicationPlan.first_year)).all()
    days = {each.first_year: each.adopted for each in rows}
    plans = plan.in_force((plan.parse(each.raw) for each in rows), last)
    return [Adopted(each, sha256(each.raw).digest(), days.get(each.first)) for each in plans]


def check(inbox: Inbox, who: Actor, raw: bytes) -> Plan:
    """Return the plan in a file if it can be adopted today; nothing changes. Raises Refused otherwise."""
    given = _read(raw)
    with inbox.acting(who, action(Code.LIST_SETTINGS)) as session:
        known_codes.check(session, given)
    with inbox.vault.transaction() as session:
        _check(session, given, who.today)
    return given


def adopt(inbox: Inbox, who: Actor, raw: bytes) -> Plan:
    """Adopt the plan in a file; two officers confirm.

    Raises Refused for a plan that ``check`` refuses. Also raises the same errors as ``Inbox.acting``.
    """
    given, digest = _read(raw), sha256(raw)
    with inbox.vault.transaction() as session:
        known_codes.check(session, given)
        _check(session, given, who.today)
    noted = action(Code.ADOPT_PLAN, first_year=given.first, sha256=digest.hexdigest())
    with inbox.acting(who, noted) as session:
        known_codes.check(session, given)
        _check(session, given, who.today)
        session.add(
            PublicationPlan(first_year=given.first, raw=raw, sha256=digest.digest(), adopted=who.today)
        )
    return given


def _read(raw: bytes) -> Plan:
    try:
        given = plan.parse(raw)
    except BadDocument as error:
        raise toml_files.refused(error) from error
    if not _is_renewable(given):
        raise Refused(
            sentence(
                "the program cannot renew this plan, because it does not find the line of the first year"
            ),
            sentence("write at the beginning of a line: first_year = {year}", year=given.first),
        )
    return given


def _is_renewable(given: Plan) -> bool:
    """Return whether the file of the renewal says what it should; TOML can write a year in several ways."""
    renewal = plan.renewed(given)
    try:
        return plan.parse(renewal.raw) == renewal
    except BadDocument:
        return False


def _check(session: Session, given: Plan, today: date) -> None:
    """Raise Refused for a plan that comes too late, does not follow the last plan, or has a wrong value.

    Needs a session that sees all cases.
    """
    plans = in_force(session, today.year)
    last = plans[-1].plan.first if plans else None
    if today >= date(given.first, 1, 1):
        raise Refused(
            sentence("the year {year} has begun: its plan can no longer be adopted", year=given.first),
            sentence(
                "adopt a plan for the years from {year} on", year=last + YEARS if last else today.year + 1
            ),
        )
    if last and given.first != last + YEARS:
        raise Refused(
            sentence(
                "the last plan covers the years {first} to {last}, so the next one must begin in {next}",
                first=last,
                last=last + YEARS - 1,
                next=last + YEARS,
            ),
            sentence("change first_year in the file"),
        )
    _check_uncounted(session, given, last)
    limits.check(in_use.of(session), given)
    _check_opens(session, given)


def _check_uncounted(session: Session, given: Plan, last: int | None) -> None:
    """Raise Refused if something already counts in a year of the plan, whatever the clock says.

    This happens if the clock was ahead and is now right. Destroyed cases may then count in the groups of the
    renewed plan. It also happens if officers turn the clock back, to choose groups that suit the counts.
    """
    begin, end = date(given.first, 1, 1), date(given.first + YEARS, 1, 1)
    days = (Case.collected, Workflow.first_closed, Measure.recorded)
    found = [session.scalar(select(func.min(day)).where(day >= begin, day < end)) for day in days]
    years = [day.year for day in found if day]
    if destroyed := session.scalar(select(func.min(Counted.year)).where(Counted.year >= given.first)):
        years.append(destroyed)
    if not years:
        return
    hint = sentence("adopt a plan for the years from {year} on", year=max(years) + 1)
    if last:
        hint = sentence(
            "wait until {first} begins, then adopt a plan for the years from {year} on",
            first=given.first,
            year=given.first + YEARS,
        )
    raise Refused(
        sentence("cases already count in {year}: its plan can no longer be adopted", year=min(years)), hint
    )


def _check_opens(session: Session, given: Plan) -> None:
    """Raise Refused if ``opens`` is wrong about whether there are earlier reports."""
    has_reports = any(
        session.scalar(select(column).limit(1)) is not None for column in (Case.number, DestroyedCase.n)
    )
    if given.opens and has_reports:
        raise Refused(
            sentence("the plan says that there are no earlier reports (opens = true), but there are some"),
            sentence("write opens = false"),
        )
    if not given.opens and not has_reports:
        raise Refused(
            sentence("the plan says that there are earlier reports (opens = false), but there are none"),
            sentence("write opens = true"),
        )
