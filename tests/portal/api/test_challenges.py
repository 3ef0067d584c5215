"""Challenges at the portal: each pays for one envelope, at any process, and more is asked under load."""

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from crypto import challenge
from crypto.challenge import Purpose
from portal.api.challenges import COST, HEADER
from portal.exchange import expire
from portal.store import challenges, days
from tests.support.builders import INSPECTORATE, OUTSIDE, Sealed, make_report_envelope
from tests.support.portal_room import BODY, Room, code
from tests.support.work import INSTANCE_SEED, cheap, solve

DAY = 24


def asked(room: Room, channel: str = INSPECTORATE, size_class: str = "text") -> dict[str, Any]:
    """Return a challenge of the portal."""
    answer = room.client.get(f"/api/challenge/{channel}/{size_class}")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    found: dict[str, Any] = answer.json
    return found


def solved(made: dict[str, Any]) -> str:
    return solve(json.dumps(made).encode())


def send(room: Room, sealed: Sealed, payload: str | None) -> TestResponse:
    """Send a report with this payload, or without any."""
    headers = {**BODY, **room.declared(sealed), HEADER: payload or ""}
    if payload is None:
        del headers[HEADER]
    return room.client.post("/api/envelopes", headers=headers, data=sealed.envelope)


def test_a_challenge_that_was_solved_pays_for_one_report(room: Room) -> None:
    """The second report under it is refused, and leaves nothing; altcha from PyPI solved it."""
    payload = solved(asked(room))
    assert send(room, make_report_envelope(room.site), payload).status_code == 201
    before = room.state()
    assert code(send(room, make_report_envelope(room.site), payload)) == (403, "challenge_spent")
    assert room.state() == before


def test_a_wrong_clock_makes_no_challenge_good_again(room: Room) -> None:
    """Let go of on a day far ahead, a used one would be taken once more when the clock is right again."""
    payload = solved(asked(room))
    assert send(room, make_report_envelope(room.site), payload).status_code == 201
    assert not expire.expire(room.database, room.settings, room.day + timedelta(3_650)).trusted
    assert code(send(room, make_report_envelope(room.site), payload)) == (403, "challenge_spent")


def test_of_two_at_once_one_is_taken(room: Room) -> None:
    """Whatever the processes: the database decides, in the transaction that keeps the report."""
    payload = solved(asked(room))
    reports = [make_report_envelope(room.site) for _ in range(6)]
    start, answers = threading.Barrier(len(reports)), []

    def try_once(sealed: Sealed) -> None:
        start.wait()
        answers.append(send(room, sealed, payload).status_code)

    threads = [threading.Thread(target=try_once, args=[sealed]) for sealed in reports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 403, 403, 403, 403, 403]
    assert len(room.state()["envelopes"]) == 1


def foreign(room: Room) -> str:
    made = challenge.issue(Purpose(INSPECTORATE, "text"), cost=1, expires=room.hour + 2, prefix="")
    return solve(made.encode(challenge.key(INSTANCE_SEED, bytes(16))))


def unsolved(room: Room) -> str:
    sent = {"challenge": asked(room), "solution": {"counter": 7, "derivedKey": "00" * 32}}
    return base64.b64encode(json.dumps(sent).encode()).decode()


def easier(room: Room) -> str:
    made = asked(room)
    made["parameters"]["cost"] = 1
    return solved(made)


REFUSED: dict[str, tuple[str, Callable[[Room], str | None]]] = {
    "none": ("challenge_missing", lambda _: None),
    "no payload": ("challenge_malformed", lambda _: "AAAA"),
    "another deployment": ("challenge_foreign", foreign),
    "made easier": ("challenge_foreign", easier),
    "not solved": ("challenge_unsolved", unsolved),
    "another channel": ("challenge_for_another", lambda room: solved(asked(room, OUTSIDE))),
    "another size": ("challenge_for_another", lambda room: solved(asked(room, size_class="files"))),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_does_not_pay_is_refused(sqlite_room: Room, fault: str) -> None:
    """Each fault has its word, and nothing is kept."""
    word, payload = REFUSED[fault]
    sealed, before = make_report_envelope(sqlite_room.site), sqlite_room.state()
    assert code(send(sqlite_room, sealed, payload(sqlite_room))) == (403, word)
    assert sqlite_room.state() == before


def test_a_challenge_is_good_for_four_hours_and_ends_with_one(sqlite_room: Room) -> None:
    """Its time is a whole hour, so that it tells no more."""
    made = asked(sqlite_room)
    assert made["parameters"]["expiresAt"] == (sqlite_room.hour + 5) * 3_600
    payload = solved(made)
    sqlite_room.hour += 5
    refused = send(sqlite_room, make_report_envelope(sqlite_room.site), payload)
    assert code(refused) == (403, "challenge_expired")
    sqlite_room.hour -= 1
    assert send(sqlite_room, make_report_envelope(sqlite_room.site), payload).status_code == 201


def test_asking_keeps_nothing(sqlite_room: Room) -> None:
    before = sqlite_room.state()
    first, second = asked(sqlite_room), asked(sqlite_room)
    assert first["parameters"]["nonce"] != second["parameters"]["nonce"]
    assert sqlite_room.state() == before


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("nobody/text", (400, "channel_unknown")),
        (f"{INSPECTORATE}/huge", (404, "not_found")),
        (f"{INSPECTORATE}", (404, "not_found")),
    ],
)
def test_only_what_can_be_sent_can_be_paid_for(
    sqlite_room: Room, path: str, expected: tuple[int, str]
) -> None:
    assert code(sqlite_room.client.get(f"/api/challenge/{path}")) == expected


def test_a_refusal_for_another_reason_does_not_use_it_up(room: Room) -> None:
    """The sender can mend the report and send it with the same solution."""
    payload, sealed = solved(asked(room)), make_report_envelope(room.site)
    plaintext = replace(sealed, envelope=bytes(len(sealed.envelope)))
    assert code(send(room, plaintext, payload)) == (400, "not_sealed")
    room.configure(capacity_gb=0.000_001)
    assert code(send(room, sealed, payload)) == (507, "quota_full")
    room.configure(capacity_gb=20)
    assert send(room, sealed, payload).status_code == 201


def spend(room: Room, count: int) -> None:
    key = challenge.key(INSTANCE_SEED, room.site.deployment)
    with room.database.write() as connection:
        for _ in range(count):
            made = challenge.check(
                cheap(key, 1, INSPECTORATE)[HEADER], key, Purpose(INSPECTORATE, "text"), room.hour
            )
            assert challenges.spend(connection, made.id, room.day)


def test_more_work_is_asked_for_under_load_and_less_the_next_day(room: Room) -> None:
    """Up to eight times as much, and never more; files cost twice as much as text."""

    def costs() -> list[int]:
        return [asked(room, size_class=each)["parameters"]["cost"] for each in ("text", "files")]

    assert costs() == [COST, 2 * COST]
    spend(room, 99)
    assert costs() == [COST, 2 * COST]
    spend(room, 51)
    assert costs() == [3 * COST, 6 * COST]
    spend(room, 600)
    assert costs() == [8 * COST, 16 * COST]
    room.wait(1)
    assert costs() == [COST, 2 * COST]


def test_a_used_challenge_is_kept_by_hash_and_day_until_it_would_be_refused_anyway(room: Room) -> None:
    """Nothing says in which hour it was used."""
    room.hour = days.number(room.day) * DAY + 23
    made = asked(room)
    assert send(room, make_report_envelope(room.site), solved(made)).status_code == 201
    room.wait(1)
    expire.expire(room.database, room.settings, room.day)
    assert kept(room) == 1
    expire.expire(room.database, room.settings, room.wait(1))
    assert kept(room) == 0


def kept(room: Room) -> int:
    with room.database.read() as connection:
        return challenges.count(connection, date.min, 9)
