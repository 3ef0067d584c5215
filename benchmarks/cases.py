"""Measure how long an officer waits for the queue and a case's links in a vault of 100,000 made-up cases.

A fixed seed makes the same cases in every run. Each case gets a random day, random answer codes, a random
score and 150 random words. Half of the words come from a list of 20, the others from a list of 20,000. Two
officers are signed in.

- Every twentieth case is new, every fifth is closed, and every hundredth is tagged.
- Every third case is assigned to an officer, and every 997th is in quarantine.
- Every fiftieth case has handlers, and one of the two officers is not among them.
- One of the two officers is excluded from every 499th case.
- For every tenth case, the declarations of both officers are missing.

Each case names one of 30,000 containers, one of 2,000 persons and one of 300 days. As a result, about three
cases name each container, fifty name each person, and hundreds name each day. Links are measured on the first
eleven cases, whose messages are each repeated in ten later cases. The marks of the text of the remaining
cases are random. At the end, the benchmark destroys one case after another and writes the vault again.
"""

import random  # noqa: TID251  every run makes the same cases; no secret depends on them
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from stdnum import iso6346

from crypto import blind
from inbox.casework import link_index, links
from inbox.overview import queue
from inbox.overview.queue_filter import Due, Filter, Order
from inbox.questionnaire.answers import NOTE
from inbox.setup import upgrade
from inbox.system import atomic_files
from inbox.text import similarity
from inbox.vault import row_security, score
from inbox.vault.casework_tables import Declaration, Fulltext, Handler, IndexKey, Tag, Term, Workflow
from inbox.vault.database import Vault
from inbox.vault.tables import Case, Exclusion, Officer
from tests.support.laws import FRENCH

LIMIT_MILLISECONDS = 50
CASES = 100_000
_AT_ONCE = 5_000
_REPEATED = 11
_REWRITTEN = 3
_FIRST_DAY, _TODAY = date(2026, 1, 1), date(2026, 11, 24)
_COMMON = (
    *("agent", "argent", "badge", "bar", "camion", "chauffeur", "code", "collègue", "conteneur", "contrôle"),
    *("dette", "famille", "hangar", "menace", "nuit", "plomb", "port", "quai", "scanner", "téléphone"),
)
_RARE = tuple(f"mot{n}" for n in range(20_000))
_CONTAINERS, _PERSONS = 30_000, 2_000
_TWINS, _APART = 10, 1_000
_PRESENT = ("alice", "bruno")
_UNDECLARED = 10
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KEY = bytes(range(32))
_CODES = ("approach", "threat", "info_leak", "file_misuse", "container_code", "access", "other", "")
QUESTIONS = {
    "the queue": Filter(),
    "one category, overdue": Filter(category="threat", due=Due.OVERDUE),
    "to read": Filter(to_read=True),
    "of an officer": Filter(officer="alice"),
    "of a tag": Filter(tag="escale"),
    "a common word": Filter(search="conteneur"),
    "a rare word": Filter(search="mot77"),
    "two words, one category": Filter(search="controle badge", category="threat"),
}
_LINKS = "the links of a case"


@contextmanager
def made(folder: Path) -> Iterator[tuple[Vault, Path]]:
    """Make a vault with all the cases; yield it and the path of its file."""
    path = folder / "vault.sqlite"
    with closing(upgrade.create(path, bytes(range(32)))) as opened:
        opened.known["law"] = FRENCH  # These cases need no office, whose home would hold the law.
        with opened.transaction() as session:
            for member, name in enumerate(_PRESENT, 1):
                session.add(Officer(name=name, since=_FIRST_DAY, member=member))
            _fill(session)
            _fill_links(session)
        yield opened, path


def figures(folder: Path) -> Iterator[str]:
    """Yield how long an officer waits, compared with the longest pause that nobody notices.

    The last line compares the time to remove all traces of a destroyed case with the time to copy the vault.
    """
    with made(folder) as (opened, path):
        for name, milliseconds in medians(opened).items():
            yield (
                f"{name} among {CASES:,} cases: {milliseconds:.0f} ms,"
                f" {milliseconds / LIMIT_MILLISECONDS:.2f} of the limit of {LIMIT_MILLISECONDS}"
            )
        taken = [rewritten(opened, path) for _ in range(_REWRITTEN)]
    ratios = [ours / bare for ours, bare in taken]
    yield (
        f"removing a destroyed case: {statistics.median(ours for ours, _ in taken):.0f} s,"
        f" {min(ratios):.0f} to {max(ratios):.0f} times a plain copy"
    )


def medians(opened: Vault) -> dict[str, float]:
    """Return the median time of each query over eleven runs, in milliseconds."""
    with opened.transaction(_PRESENT) as session:
        taken = {name: _median(session, partial(_ask, wanted)) for name, wanted in QUESTIONS.items()}
        return taken | {_LINKS: _median(session, _ask_links)}


def rewritten(opened: Vault, path: Path) -> tuple[float, float]:
    """Return how many seconds it takes to remove a destroyed case, and how many to copy the vault's file."""
    with opened.transaction() as session:
        row_security.forget(session, [session.scalars(select(Case.number).limit(1)).one()])
    begun = time.perf_counter()
    atomic_files.copy(path, path.with_suffix(".copy"))
    copied = time.perf_counter()
    opened.compact(lambda *_: None)
    return time.perf_counter() - copied, copied - begun


def _median(session: Session, ask: Callable[[Session, int], None]) -> float:
    taken = []
    for n in range(1, _REPEATED + 1):
        session.expunge_all()
        begun = time.perf_counter()
        ask(session, n)
        taken.append((time.perf_counter() - begun) * 1_000)
    return statistics.median(taken)


def _ask(wanted: Filter, session: Session, _: int) -> None:
    queue.page(session, wanted, Order.PRIORITY, today=_TODAY)
    queue.count(session, wanted, today=_TODAY)


def _ask_links(session: Session, number: int) -> None:
    found = links.proposed(session, number)
    if len(found.cases) < _TWINS or not found.common:
        raise RuntimeError


def _fill(session: Session) -> None:
    chance = random.Random(1)  # noqa: S311  as above
    for first in range(1, CASES + 1, _AT_ONCE):
        made = [_case(number, chance) for number in range(first, first + _AT_ONCE)]
        for kind in (Case, Workflow, Fulltext):
            session.execute(insert(kind), [rows[kind] for rows in made])
    tagged = range(100, CASES + 1, 100)
    session.execute(insert(Tag), [{"case": number, "name": "escale"} for number in tagged])
    alone = ({"case": n, "officer": "alice", "since": _FIRST_DAY} for n in range(50, CASES + 1, 50))
    session.execute(insert(Handler), list(alone))
    kept = ({"case": n, "officer": "alice", "since": _FIRST_DAY} for n in range(499, CASES + 1, 499))
    session.execute(insert(Exclusion), list(kept))
    for name in _PRESENT:
        word = {"officer": name, "day": _FIRST_DAY}
        declared = ({"case": n} | word for n in range(1, CASES + 1) if n % _UNDECLARED)
        session.execute(insert(Declaration), list(declared))
    held = Workflow.case % 997 == 0
    session.execute(update(Workflow).where(held).values(quarantined=_FIRST_DAY))


def _fill_links(session: Session) -> None:
    chance = random.Random(2)  # noqa: S311  as above
    session.add(IndexKey(seed=_KEY))
    for first in range(1, CASES + 1, _AT_ONCE):
        numbers = range(first, first + _AT_ONCE)
        session.execute(insert(Term), [term for number in numbers for term in _terms(number, chance)])
    for number in range(1, _REPEATED + 1):
        said = {NOTE: "\n".join([" ".join(_words(chance)), *_named(chance).values()])}
        first = _APART * number
        for twin in (number, *range(first, first + _TWINS)):
            case = session.get_one(Case, twin)
            case.unsigned, case.message = True, said[NOTE].encode()
            session.flush()
            link_index.renew(session, twin)


def _terms(number: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for kind, value in _named(chance).items():
        form = value.lower() if kind == "name" else value
        yield {"case": number, "kind": kind, "value": blind.mark(_KEY, kind, form)}
    for _ in range(similarity.TOLD_BY):
        yield {"case": number, "kind": "text", "value": chance.randbytes(blind.MARK)}


def _named(chance: random.Random) -> dict[str, str]:
    container = f"CSQU{chance.randrange(_CONTAINERS):06}"
    person = chance.randrange(_PERSONS)
    last = "".join(_LETTERS[person // each % 26] for each in (676, 26, 1))
    return {
        "container": f"{container}{iso6346.calc_check_digit(container)}",
        "name": f"Alex X{last}",
        "day": (_FIRST_DAY + timedelta(chance.randrange(300))).isoformat(),
    }


def _case(number: int, chance: random.Random) -> dict[type[Any], dict[str, Any]]:
    day = _FIRST_DAY + timedelta(chance.randrange(300))
    parts = score.Parts(*(chance.choice((0, 0, 0, 1, 1, 2, 3)) for _ in score.NAMES))
    return {
        Case: {
            "number": number,
            "status": chance.choice(("received", "assessing", "in_follow_up")),
            "received": day,
            "collected": day,
            "summary": "made up",
            "message": chance.randbytes(1_500),
            "envelope": chance.randbytes(32),
            "new": number % 20 == 0,
        },
        Workflow: {
            "case": number,
            "category": chance.choice(_CODES),
            **asdict(parts),
            "rank": parts.rank,
            "waits": number % 5 != 0,
            "assigned": "alice" if number % 3 == 0 else None,
            "deadline": day + timedelta(chance.randrange(120)),
        },
        Fulltext: {"case": number, "text": " ".join(_words(chance))},
    }


def _words(chance: random.Random) -> Iterator[str]:
    return (chance.choice(chance.choice((_COMMON, _RARE))) for _ in range(150))
