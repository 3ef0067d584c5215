"""Measure how long it takes to make the annual figures of 100,000 made-up cases, all of one year.

This is the worst distribution, because an edition counts the events of one year. The inbox has three
officers, and the plan is the shipped one. A fixed seed makes the same cases in every run. Each case has a
report with a text of 150 words and random answers, a random subject, area, day and score.

- Two of three cases are closed, three of four are acknowledged, and half of these have feedback.
- Every second case has a measure, and every fourth of these is a sanction.
- The identity of every fifth reporter is known, and every fourth reporter wrote again after a reply.
"""

import json
import random  # noqa: TID251  every run makes the same cases; no secret depends on them
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from inbox.figures import adoption, counting, editions, files, plan
from inbox.figures.plan import Plan
from inbox.session.inbox import Unlocked
from inbox.vault import score
from inbox.vault.casework_tables import PORTAL, Identity, Measure, Workflow
from inbox.vault.destroyed_tables import Counted, Edition
from inbox.vault.tables import Case, FollowUp
from templates import shipped
from tests.support import inbox_trio
from tests.support.inbox_builders import Office, today

LIMIT_SECONDS = 5
CASES = 100_000
_AT_ONCE = 5_000
_REPEATED = 3
_YEAR = today().year + 1
_MADE = date(_YEAR + 1, 4, 1)
_PLAN = (shipped.FOLDER / "publication" / "fr.toml").read_text("utf-8")
_MEASURES = ("art40_transmission", "admin_inquiry", "disciplinary_opened", "disciplinary_sanction")
_WORDS = "Il est revenu au quai hier soir, avec le même camion. " * 15


class TooSlow(Exception):
    """An edition takes more of a processor's time than allowed."""


def figures(folder: Path) -> Iterator[str]:
    """Yield how long an edition takes, compared with the limit, and how long it takes to write its files.

    Raises TooSlow if the median of the processor's time is above the limit.
    """
    office = Office.found_by(folder, inbox_trio.NAMES, 2)
    raw = _PLAN.replace("first_year = 2027", f"first_year = {_YEAR}").encode()
    with office.unlocked() as opened:
        adoption.adopt(opened.inbox, opened.by_opening(today()), raw)
        with opened.inbox.transaction() as session:
            _fill(session, plan.parse(raw))
        taken = [_taken(opened) for _ in range(_REPEATED)]
        yield f"an edition with {CASES:,} cases in its year: {_compared(taken)}"
        check([processor for _, processor in taken])
        made = editions.make(opened.inbox, opened.by_opening(_MADE), _YEAR)
        begun = time.perf_counter()
        written = files.write(opened.inbox.home, made, folder / "figures")
        yield f"writing its {len(written)} files: {time.perf_counter() - begun:.1f} s"


def check(processor: Sequence[float]) -> None:
    """Raise TooSlow if the median of these seconds of a processor is above the limit."""
    if (median := statistics.median(processor)) > LIMIT_SECONDS:
        raise TooSlow(f"an edition takes {median:.1f} s of a processor, and may take {LIMIT_SECONDS} s")


def _compared(taken: list[tuple[float, float]]) -> str:
    ratios = sorted(processor / LIMIT_SECONDS for _, processor in taken)
    seconds, processor = (statistics.median(each) for each in zip(*taken, strict=True))
    return (
        f"{processor:.1f} s of a processor, {statistics.median(ratios):.2f} of the limit of {LIMIT_SECONDS} s"
        f" ({ratios[0]:.2f} to {ratios[-1]:.2f} in {len(ratios)} rounds); {seconds:.1f} s beside other work"
    )


def _taken(opened: Unlocked) -> tuple[float, float]:
    """Make the edition, and take it away again; return the seconds, and the processor's seconds."""
    begun, worked = time.perf_counter(), time.process_time()
    made = editions.make(opened.inbox, opened.by_opening(_MADE), _YEAR)
    taken = time.perf_counter() - begun, time.process_time() - worked
    assert made.exact[f"{_YEAR}/received"] == CASES
    with opened.inbox.transaction() as session:
        session.execute(delete(Edition))
        session.execute(delete(Counted))
    return taken


def _fill(session: Session, adopted: Plan) -> None:
    chance = random.Random(1)  # noqa: S311  as above
    codes = {
        each.by: ["", *sorted(frozenset().union(*(group.codes for group in each.groups)))]
        for each in adopted.tables.values()
    }
    for first in range(1, CASES + 1, _AT_ONCE):
        numbers = range(first, first + _AT_ONCE)
        made = [_case(number, chance, codes) for number in numbers]
        for kind in (Case, Workflow):
            session.execute(insert(kind), [rows[kind] for rows in made])
        days = {rows[Case]["number"]: rows[Case]["collected"] for rows in made}
        session.execute(insert(Measure), [_measure(n, days[n], chance) for n in numbers if n % 2])
        named = [{"case": n, "day": days[n], "text": "made up"} for n in numbers if n % 5 == 0]
        session.execute(insert(Identity), named)
        session.execute(insert(FollowUp), [_again(n, days[n]) for n in numbers if n % 4 == 0])


def _case(number: int, chance: random.Random, codes: Mapping[str, list[str]]) -> dict[type[Any], Any]:
    day = date(_YEAR, 1, 1) + timedelta(chance.randrange(300))
    answers: dict[str, Any] = {"what": _WORDS}
    for by, question in counting.ASKED.items():
        answers[question] = chance.choice(codes[by])
    answers["means"] = chance.sample(codes["means"][1:], chance.randrange(3))
    parts = score.Parts(*(chance.choice((0, 0, 0, 1, 1, 2, 3)) for _ in score.NAMES))
    acknowledged = day + timedelta(chance.randrange(10)) if number % 4 else None
    answered = acknowledged + timedelta(chance.randrange(120)) if acknowledged and number % 2 else None
    closed = day + timedelta(chance.randrange(60)) if number % 3 else None
    outcome = chance.choice(codes["outcome"][1:]) if closed else ""
    return {
        Case: {
            "number": number,
            "status": "assessing",
            "received": day,
            "collected": day,
            "summary": "made up",
            "message": json.dumps({"answers": answers}).encode(),
            "envelope": chance.randbytes(32),
            "case_id": chance.randbytes(32),
            "recipient": b"somebody",
        },
        Workflow: {
            "case": number,
            "category": chance.choice(codes["category"]),
            "area": chance.choice(codes["area"]),
            "route": chance.choice((PORTAL, PORTAL, "letter")),
            **asdict(parts),
            "rank": parts.rank,
            "acknowledged": acknowledged,
            "answered": answered,
            "closed": closed,
            "first_closed": closed,
            "outcome": outcome,
            "first_outcome": outcome,
            "junked": day if number % 50 == 0 else None,
        },
    }


def _measure(number: int, day: date, chance: random.Random) -> dict[str, Any]:
    kind = chance.choice(_MEASURES)
    recorded = day + timedelta(chance.randrange(60))
    degree = chance.randrange(1, 5) if kind == "disciplinary_sanction" else None
    return {
        "case": number,
        "position": 1,
        "kind": kind,
        "day": recorded,
        "recorded": recorded,
        "degree": degree,
    }


def _again(number: int, day: date) -> dict[str, Any]:
    return {
        "case": number,
        "id": number.to_bytes(16),
        "position": 1,
        "received": day,
        "written": day,
        "text": "made up",
        "message": b"",
        "signature": b"",
        "after": 1,
    }
