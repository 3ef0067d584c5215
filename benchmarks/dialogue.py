"""Measure how long an officer waits for the pages of a case with 10,000 messages and replies.

The reference is a case with as many messages and replies as one page of the dialogue shows; the long case
should not take longer. A desk in this process answers requests for the two cases alternately.
"""

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from inbox.overview import conversation
from inbox.vault import fulltext
from inbox.vault.tables import FollowUp, Message
from tests.support.desk_room import Client, sitting, tell
from tests.support.inbox_builders import Office, Portal, World, today

WRITTEN = 10_000
_REPEATED = 11
_FEW, _MANY = 1, 2
_PAGES = {
    "the page": "",
    "the dialogue with each message in full": "/dialogue/1/full",
    "the timeline": "/timeline",
    "the form of the dossier": "/dossier",
    "the form of redaction": "/minimise",
}
# The search uses a word that every message contains, and words that no message contains.
_SEARCHED = {"a word of each message": "camion", "words that no text has": "hier dimanche"}
# The redaction uses a word that every message contains, and words that only one message contains.
_STRUCK = {"a word of each message": "camion", "the words of one message": "4321: Il est"}
_WORDS = "Il est revenu au quai hier soir, avec le même camion. " * 8


def figures(folder: Path) -> Iterator[str]:
    """Yield the time and size of each page, and the ratio of its time to that of the short case's page."""
    office = Office.found(folder)
    world = World(office)
    tell(world, Portal(world, folder / "medium"), *[{"what": "x", "coi": "no"}] * 2)
    office.json("case", "declare", "1", "2")
    with office.opened() as inbox, inbox.transaction() as session:
        _write(session, _FEW, conversation.PAGE)
        _write(session, _MANY, WRITTEN)
    with sitting(office) as client:
        for name, path in _PAGES.items():
            many, few = (f"/fr/case/{case}{path}" for case in (_MANY, _FEW))
            yield f"{name} of a case with {WRITTEN:,} messages and replies: {_compared(client, many, few)}"
        for name, asked in _SEARCHED.items():
            assert client.send("/fr/queue", search=asked, sort="priority").status_code == HTTPStatus.SEE_OTHER
            taken = [_seconds(client, "/fr/") * 1_000 for _ in range(_REPEATED)]
            yield f"a search for {name}: {statistics.median(taken):.0f} ms (up to {max(taken):.0f} ms)"
        for name, words in _STRUCK.items():
            yield f"the preview of a redaction of {name}: {_struck(client, words)}"


def _compared(client: Client, many: str, few: str) -> str:
    taken = [[_seconds(client, path) for path in (many, few)] for _ in range(_REPEATED)]
    ratios = [one / other for one, other in taken]
    return (
        f"{statistics.median(one for one, _ in taken) * 1_000:.0f} ms,"
        f" {statistics.median(ratios):.2f} of one with {conversation.PAGE}"
        f" ({min(ratios):.2f} to {max(ratios):.2f} in {_REPEATED} rounds),"
        f" {len(client.page(many).encode()) / 1_024:.0f} KiB"
    )


def _struck(client: Client, words: str) -> str:
    form = {"picked": "", "place": "everywhere", "passage": words}
    begun = time.perf_counter()
    answer = client.send(f"/fr/case/{_MANY}/minimise/preview", **form)
    assert answer.status_code == HTTPStatus.OK, answer.text
    return f"{time.perf_counter() - begun:.1f} s, {len(answer.data) / 1_024:.0f} KiB"


def _seconds(client: Client, path: str) -> float:
    begun = time.perf_counter()
    client.page(path)
    return time.perf_counter() - begun


def _write(session: Session, case: int, count: int) -> None:
    """Store ``count`` messages, half of them from the inspectorate."""
    letters: list[dict[str, Any]] = []
    replies: list[dict[str, Any]] = []
    for n in range(1, count // 2 + 1):
        day = today() - timedelta(days=(count - n) % 300)
        of_both = {"case": case, "position": n, "text": f"{n}: {_WORDS}"}
        letters.append(
            of_both | {"id": n.to_bytes(8), "received": day, "written": day, "message": b"", "signature": b""}
        )
        replies.append(of_both | {"serial": n, "day": day})
    session.execute(insert(FollowUp), letters)
    session.execute(insert(Message), replies)
    fulltext.add(session, case, [each["text"] for each in (*letters, *replies)])
