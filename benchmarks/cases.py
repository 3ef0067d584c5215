"""A vault of 100,000 made-up cases, and how long an officer waits for its queue.

Of each case: day, answers' codes, parts of the score and 150 words are drawn from a fixed seed; half of the
words come from twenty common ones, the rest from 20,000. Every twentieth is unread, every fifth closed;
every hundredth is tagged, of every third one an officer takes care.
"""

import random  # noqa: TID251  the same cases in every run; nothing secret is made of it
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from inbox import queueing, scoring, vault
from inbox.casework import Handling, Tag, Words
from inbox.queueing import Filter, Order
from inbox.schema import Case, Officer

LIMIT_MILLISECONDS = 50
CASES = 100_000
_AT_ONCE = 5_000
_REPEATED = 11
_FIRST_DAY, _TODAY = date(2026, 1, 1), date(2026, 11, 24)
_COMMON = (
    *("agent", "argent", "badge", "bar", "camion", "chauffeur", "code", "collègue", "conteneur", "contrôle"),
    *("dette", "famille", "hangar", "menace", "nuit", "plomb", "port", "quai", "scanner", "téléphone"),
)
_RARE = tuple(f"mot{n}" for n in range(20_000))
_CODES = ("approach", "threat", "info_leak", "file_misuse", "container_code", "access", "other", "")
QUESTIONS = {
    "the queue": Filter(),
    "one category, overdue": Filter(category="threat", overdue=True),
    "unread": Filter(unread=True),
    "of an officer": Filter(officer="alice"),
    "of a tag": Filter(tag="escale"),
    "a common word": Filter(search="conteneur"),
    "a rare word": Filter(search="mot77"),
    "two words, one category": Filter(search="controle badge", category="threat"),
}


def medians(folder: Path) -> dict[str, float]:
    """Return the milliseconds that each question takes in an open vault, the median of eleven."""
    with closing(vault.create(folder / "vault.sqlite", bytes(range(32)))) as opened:
        with opened.transaction() as session:
            session.add(Officer(name="alice", since=_FIRST_DAY, member=1))
            _fill(session)
        with opened.transaction(("alice", "bruno")) as session:
            return {name: _median(session, wanted) for name, wanted in QUESTIONS.items()}


def _median(session: Session, wanted: Filter) -> float:
    taken = []
    for _ in range(_REPEATED):
        session.expunge_all()
        begun = time.perf_counter()
        queueing.page(session, wanted, Order.PRIORITY, today=_TODAY)
        queueing.count(session, wanted, today=_TODAY)
        taken.append((time.perf_counter() - begun) * 1_000)
    return statistics.median(taken)


def _fill(session: Session) -> None:
    chance = random.Random(1)  # noqa: S311  as above
    for first in range(1, CASES + 1, _AT_ONCE):
        made = [_case(number, chance) for number in range(first, first + _AT_ONCE)]
        for kind in (Case, Handling, Words):
            session.execute(insert(kind), [rows[kind] for rows in made])
    tagged = range(100, CASES + 1, 100)
    session.execute(insert(Tag), [{"case": number, "name": "escale"} for number in tagged])


def _case(number: int, chance: random.Random) -> dict[type[Any], dict[str, Any]]:
    day = _FIRST_DAY + timedelta(chance.randrange(300))
    parts = scoring.Parts(*(chance.choice((0, 0, 0, 1, 1, 2, 3)) for _ in scoring.NAMES))
    return {
        Case: {
            "number": number,
            "status": chance.choice(("received", "assessing", "in_follow_up")),
            "received": day,
            "collected": day,
            "summary": "made up",
            "message": chance.randbytes(1_500),
            "envelope": chance.randbytes(32),
            "unread": number % 20 == 0,
        },
        Handling: {
            "case": number,
            "category": chance.choice(_CODES),
            **asdict(parts),
            "rank": parts.rank,
            "is_open": number % 5 != 0,
            "assigned": "alice" if number % 3 == 0 else None,
            "deadline": day + timedelta(chance.randrange(120)),
        },
        Words: {"case": number, "text": " ".join(_words(chance))},
    }


def _words(chance: random.Random) -> Iterator[str]:
    return (chance.choice(chance.choice((_COMMON, _RARE))) for _ in range(150))
