"""Challenges: only the portal's own, for their purpose, in their time, truly solved (SPEC 7.6)."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from altcha import v2

from crypto import challenge
from crypto.challenge import ChallengeExpired, Purpose, Unsolved
from crypto.errors import CryptoError, Malformed, NotForUs, Tampered
from tests.support.work import solve

DEPLOYMENT = bytes(range(16))
KEY = challenge.key(bytes(32), DEPLOYMENT)
PURPOSE = Purpose("inspectorate", "text")
HOUR = 500_000
Sent = dict[str, Any]


def payload(cost: int = 2, prefix: str = "00", key: bytes = KEY) -> str:
    made = challenge.issue(PURPOSE, cost=cost, expires=HOUR + 1, prefix=prefix)
    return solve(made.encode(key))


SOLVED = payload()


def changed(change: Callable[[Sent], object]) -> str:
    """Return the solved payload with something changed in it."""
    sent = json.loads(base64.b64decode(SOLVED))
    change(sent)
    return base64.b64encode(json.dumps(sent).encode()).decode()


def asked(**values: object) -> str:
    return changed(lambda sent: sent["challenge"]["parameters"].update(values))


def answered(**values: object) -> str:
    return changed(lambda sent: sent["solution"].update(values))


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        ("", Malformed),
        ("no base 64!", Malformed),
        (base64.b64encode(b"\xff").decode(), Malformed),
        (base64.b64encode(b"[" * 3_000).decode(), Malformed),
        (base64.b64encode(b"{}").decode(), Malformed),
        (base64.b64encode(b"7").decode(), Malformed),
        (base64.b64encode(b'{"challenge":1,"challenge":1}').decode(), Malformed),
        (changed(lambda sent: sent.pop("solution")), Malformed),
        (changed(lambda sent: sent["challenge"].update(signature="é" * 64)), Malformed),
        (changed(lambda sent: sent["challenge"].update(signature=None)), Malformed),
        (changed(lambda sent: sent["challenge"].update(signature="0" * 64)), Tampered),
        (asked(cost=1), Tampered),
        (asked(cost=True), Malformed),
        (asked(cost=-1), Malformed),
        (asked(cost=2.0), Malformed),
        (asked(keyPrefix=""), Tampered),
        (asked(keyLength=31), Malformed),
        (asked(algorithm="SHA-256"), Malformed),
        (asked(nonce="00"), Tampered),
        (asked(salt="AA"), Malformed),
        (asked(expiresAt=(HOUR + 2) * 3_600), Tampered),
        (asked(expiresAt=HOUR * 3_600 + 1), Malformed),
        (asked(data={"channel": "ombudsman", "size": "text"}), Tampered),
        (asked(data={"channel": "inspectorate", "size": "text", "more": 1}), Malformed),
        (asked(keySignature="00"), Malformed),
        (answered(counter=-1), Malformed),
        (answered(counter=2**32), Malformed),
        (answered(counter="1"), Malformed),
        (answered(counter=2**32 - 1), Unsolved),
        (answered(derivedKey="00" * 32), Unsolved),
    ],
)
def test_what_is_not_a_solution_of_ours_is_refused(sent: str, refusal: type[CryptoError]) -> None:
    """Each has one fault, and the same payload without it is taken."""
    with pytest.raises(refusal):
        challenge.check(sent, KEY, PURPOSE, HOUR)
    assert challenge.check(SOLVED, KEY, PURPOSE, HOUR)


def test_a_key_without_the_prefix_is_no_solution() -> None:
    """The right key of a counter that was not the one searched for."""
    made = challenge.issue(PURPOSE, cost=1, expires=HOUR + 1)
    counter = next(each for each in range(9) if made.derive(each)[0])
    with pytest.raises(Unsolved):
        made.check_solution(counter, made.derive(counter).hex())


@pytest.mark.parametrize(
    "key",
    [challenge.key(bytes(32), bytes(16)), challenge.key(b"\1" * 32, DEPLOYMENT)],
    ids=["deployment", "seed"],
)
def test_a_challenge_of_another_portal_is_refused(key: bytes) -> None:
    """The key depends on both, the instance and the deployment."""
    with pytest.raises(Tampered):
        challenge.check(payload(key=key), KEY, PURPOSE, HOUR)


@pytest.mark.parametrize("purpose", [Purpose("ombudsman", "text"), Purpose("inspectorate", "files")])
def test_a_challenge_pays_for_its_purpose_alone(purpose: Purpose) -> None:
    with pytest.raises(NotForUs):
        challenge.check(SOLVED, KEY, purpose, HOUR)


def test_a_challenge_is_good_until_its_hour() -> None:
    assert challenge.check(SOLVED, KEY, PURPOSE, HOUR).expires == HOUR + 1
    with pytest.raises(ChallengeExpired):
        challenge.check(SOLVED, KEY, PURPOSE, HOUR + 1)


def test_a_solved_challenge_is_remembered_by_what_was_asked() -> None:
    """However a payload is written, and whichever counter it found, it is the same challenge."""
    first = challenge.check(SOLVED, KEY, PURPOSE, HOUR)
    again = challenge.check(answered(time=12.5), KEY, PURPOSE, HOUR)
    assert first.id == again.id
    assert first.id != challenge.check(payload(), KEY, PURPOSE, HOUR).id


def test_the_altcha_that_others_wrote_agrees() -> None:
    """It verifies what we signed, under our key, and refuses what we refuse."""
    future = challenge.issue(PURPOSE, cost=2, expires=1_000_000)
    solved = solve(future.encode(KEY))
    assert v2.verify_solution(solved, KEY).verified
    assert not v2.verify_solution(solved, bytes(32)).verified
    assert challenge.check(solved, KEY, PURPOSE, HOUR) == future
