"""Lines of the queue, which summarise a case before it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inbox.casework import tags as case_tags
from inbox.deadlines import urgency
from inbox.language.views import View
from inbox.overview import work_view
from inbox.overview.queue_filter import State
from inbox.questionnaire import catalogue
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import Case


@dataclass(frozen=True, slots=True)
class Line:
    """A case in the queue; ``case`` and ``work`` are None if the signed-in officers may not read it.

    A case that officers may not read is restricted to other handlers, or was put into quarantine or the
    archive on the given day. No text of an ``undeclared`` case is shown, because a signed-in officer has not
    declared the case yet (``declarations``). ``unread`` is the number of its unread follow-ups.
    """

    number: int
    state: State
    priority: int
    deadline: date | None
    case: Case | None = None
    work: Workflow | None = None
    quarantined: date | None = None
    archived: date | None = None
    undeclared: bool = False
    unread: int = 0


# Fields that are hidden from officers who are not among the handlers of a case.
_OF_HANDLERS = (
    *(
        "score",
        "judged",
        "status",
        "category",
        "area",
        "assigned",
        "received",
        "new",
        "unread_follow_ups",
        "summary",
        "tags",
    ),
    "cautions",
)

# Fields that are hidden from officers until they declare that they have no conflict of interest in the case.
_OF_READERS = ("score", "area", "summary", "tags", "cautions")


def views(session: Session, found: Sequence[Line], today: date) -> list[View]:
    """Return a line for each case of a queue page; ``urgency`` says how far away its deadline is."""
    tags = case_tags.of_all(session, [line.number for line in found])
    known = catalogue.Known(session)
    return [_row(line, tags[line.number], _cautions(session, line, known), today) for line in found]


def _cautions(session: Session, line: Line, known: catalogue.Known) -> list[str]:
    """Return the warnings to show before a report is read; empty if the report is not shown."""
    if line.case is None or line.undeclared:
        return []
    return [*map(str, catalogue.cautions(session, line.case, known))]


def _row(line: Line, tags: list[str], cautions: list[str], today: date) -> View:
    due = line.deadline
    seen = {
        "case": line.number,
        "state": str(line.state),
        "priority": line.priority,
        "deadline": due.isoformat() if due else None,
        "urgency": urgency.said(due, today) if due else None,
    }
    case, work = line.case, line.work
    if case is None or work is None:
        why = {
            "for_handlers": not (line.quarantined or line.archived),
            "quarantined": line.quarantined.isoformat() if line.quarantined else None,
            "archived": line.archived.isoformat() if line.archived else None,
            "undeclared": line.undeclared,
        }
        return seen | dict.fromkeys(_OF_HANDLERS) | why
    shown = seen | {
        **work_view.score(work),
        "status": case.status,
        "category": work.category,
        "area": work.area,
        "assigned": work.assigned,
        "tags": tags,
        "cautions": cautions,
        "received": case.received.isoformat(),
        "new": case.new,
        "unread_follow_ups": line.unread,
        "summary": case.summary,
        "for_handlers": False,
        "quarantined": None,
        "archived": line.archived.isoformat() if line.archived else None,
        "undeclared": line.undeclared,
    }
    return shown | dict.fromkeys(_OF_READERS) if line.undeclared else shown
