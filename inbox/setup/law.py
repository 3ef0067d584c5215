"""Replace the law in use, after two officers have seen the changes and confirmed them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.deadlines import office, renewing, retention_schedule, workflow
from inbox.deadlines.clocks import RETENTION
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law import changes, codes_in_use, folders, in_use
from inbox.law.changes import Change
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import atomic_files
from inbox.vault.casework_tables import Duty
from templates.law.rules import Law

# The last day of each deadline, by case, list of codes, and code.
_Days = Mapping[tuple[int, str, str], date]


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline or day of destruction, before and after the change; None if there is no such day.

    ``code`` names the duty or the day. Its label is in the list ``codes``.
    """

    case: int
    codes: str
    code: str
    before: date
    after: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A new law and its changes, limited to the cases that the signed-in officers may see.

    ``looser`` are the changes that loosen the law (``templates.law.loosening``), for example by allowing or
    disclosing more, or by letting fewer officers decide. ``later`` are the deadlines that get later, and
    ``sooner`` are the cases that would be destroyed sooner.
    """

    files: Mapping[str, bytes]
    law: Law
    changes: Sequence[Change]
    looser: Sequence[Change]
    later: Sequence[Moved]
    sooner: Sequence[Moved]

    @property
    def loosens(self) -> bool:
        """Whether any rule is looser, any deadline gets later, or any case is destroyed sooner."""
        return bool(self.looser or self.later or self.sooner)


def read(inbox: Inbox, who: Actor) -> Law:
    """Return the law in use; raises the same errors as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_SETTINGS)) as session:
        return in_use.of(session)


def copy(inbox: Inbox, who: Actor, out: Path) -> None:
    """Write the files of the law in use into a new folder ``out``, for the portal, counsel or an editor.

    Raises Refused if the folder already exists. Also raises the same errors as ``Inbox.acting``.
    """
    if out.exists():
        raise Refused(
            sentence("{folder} already exists", folder=out), sentence("remove or rename the folder")
        )
    with inbox.acting(who, action(Code.LIST_SETTINGS)) as session:
        files = in_use.files(session)
    atomic_files.make_folder(out)
    for name, content in files.items():
        atomic_files.write(out / name, [content])


def plan(inbox: Inbox, who: Actor, files: Mapping[str, bytes]) -> Plan:
    """Return what the law in these files would change; nothing changes yet.

    Raises Refused if the files have a mistake, or if this law is already in use. Also raises the same errors
    as ``Inbox.acting`` and, for the cases that the signed-in officers may see, ``codes_in_use.check``.
    """
    law = folders.read(files)
    with inbox.acting(who, action(Code.LIST_SETTINGS)) as session:
        old = in_use.of(session)
        if old.sha256 == law.sha256:
            raise Refused(sentence("this law is already in use"), sentence("there is nothing to do"))
        codes_in_use.check(session, law, old)
        due, kept = _due(session), _kept(inbox, session)
        was = in_use.files(session)
        with _tried(session, law):
            later, sooner = _due(session), _kept(inbox, session)
    return Plan(
        files=files,
        law=law,
        changes=changes.between(was, files),
        looser=changes.looser(was, files),
        later=[each for each in _moved(due, later) if each.after is None or each.after > each.before],
        sooner=[each for each in _moved(kept, sooner) if each.after and each.after < each.before],
    )


def adopt(inbox: Inbox, who: Actor, planned: Plan, *, loosening: bool) -> Law:
    """Put the planned law into use, and compute every deadline again; two officers confirm.

    Raises Refused for a plan that ``loosens`` unless ``loosening`` is set. Also raises the same errors as
    ``Inbox.acting`` and, for all cases, ``codes_in_use.check``.
    """
    if planned.loosens and not loosening:
        raise Refused(
            sentence(
                "under this law, {looser} rules are looser, {later} deadlines are later, and {sooner} cases"
                " are destroyed sooner",
                looser=len(planned.looser),
                later=len(planned.later),
                sooner=len(planned.sooner),
            ),
            sentence("look at each change; if you intend all of them, add --loosening"),
        )
    noted = action(Code.ADOPT_LAW, law=planned.law.sha256.hex(), despite=planned.loosens)
    with inbox.acting(who, noted) as session:
        codes_in_use.check(session, planned.law, in_use.of(session))
        law = office.adopt(session, planned.files)
        workflow.follow_rules(session, who.today)
        renewing.renew(session)
        return law


@contextmanager
def _tried(session: Session, law: Law) -> Iterator[None]:
    """Compute every deadline under another law inside the block, and restore the deadlines afterwards."""
    with session.begin_nested() as undone:
        before = office.try_out(session, law)
        renewing.renew(session)
        yield
        undone.rollback()
    office.try_out(session, before)


def _due(session: Session) -> _Days:
    """Return all deadlines of each case."""
    found = {
        (work.case, "clock", each.clock): each.day
        for work, dues in workflow.every(session)
        for each in dues
        if each.is_waiting and each.clock != RETENTION
    }
    undecided = select(Duty.case, Duty.kind, Duty.due).where(Duty.decided.is_(None))
    return found | {(case, "duty", kind): day for case, kind, day in session.execute(undecided)}


def _kept(inbox: Inbox, session: Session) -> _Days:
    """Return the day until which each closed or junk case is kept."""
    found = retention_schedule.listing(inbox.home, session)
    return {(each.case, "clock", RETENTION): each.day for each in found}


def _moved(before: _Days, after: _Days) -> list[Moved]:
    return [Moved(*key, day, after.get(key)) for key, day in sorted(before.items()) if after.get(key) != day]
