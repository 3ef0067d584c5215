"""Work before an envelope is taken: it slows a flood; what protects is the quota (SPEC 7.6, THREAT_MODEL).

How much work is asked for rises with what came about today, and falls again with the day. By the hour it
would need an hour in the database.
"""

from datetime import date

from flask import Blueprint, Flask, Response
from sqlalchemy import Connection

from crypto import challenge
from crypto.challenge import Challenge, ChallengeExpired, Purpose, Unsolved
from crypto.errors import Malformed, NotForUs, Tampered
from portal.api import receiving
from portal.api.context import Context, context
from portal.api.problems import Problem
from portal.store import challenges, days
from portal.store.quotas import TEXT

HEADER = "Proof-Of-Work"

# Iterations in each try, of which a solution takes 256 on average: a million, a second or two of a phone.
COST = 4_000
# Under a flood that phone needs half a minute at most times, while its owner copies the words.
_MOST_TIMES = 8
_SIZE_TIMES = {"text": 1, "files": 2}
# So many envelopes on a day are nothing unusual.
_ORDINARY = 50
_HOURS = 4

_views = Blueprint("challenges", __name__)


def init_app(app: Flask) -> None:
    """Serve challenges."""
    app.register_blueprint(_views)


@_views.get("/api/challenge/<channel>/<size_class>")
def issue(channel: str, size_class: str) -> Response:
    """Give a challenge that is good for one envelope; nothing is kept of it."""
    if size_class not in _SIZE_TIMES:
        raise Problem(404, "not_found")
    with context().database.read() as connection:
        receiving.check_channel(connection, channel)
        key = _key(connection, context())
        cost = _cost(connection, context().today()) * _SIZE_TIMES[size_class]
    # One hour more, as the present one may be nearly over.
    expires = context().hour() + _HOURS + 1
    made = challenge.issue(Purpose(channel, size_class), cost=cost, expires=expires)
    return Response(made.encode(key), content_type="application/json")


def check(connection: Connection, context: Context, payload: str | None, purpose: Purpose) -> Challenge:
    """Return the challenge that a header's value solves, if it pays for ``purpose``; else a Problem."""
    if payload is None:
        raise Problem(403, "challenge_missing")
    try:
        return challenge.check(payload, _key(connection, context), purpose, context.hour())
    except Malformed:
        raise Problem(403, "challenge_malformed") from None
    except Tampered:
        raise Problem(403, "challenge_foreign") from None
    except NotForUs:
        raise Problem(403, "challenge_for_another") from None
    except ChallengeExpired:
        raise Problem(403, "challenge_expired") from None
    except Unsolved:
        raise Problem(403, "challenge_unsolved") from None


def purpose(channel: str, size: int) -> Purpose:
    """Return what an envelope of ``size`` bytes has to be paid for as."""
    return Purpose(channel, "text" if size <= TEXT else "files")


def spend(connection: Connection, solved: Challenge) -> None:
    """Note that a challenge was used; a Problem if it was before, by whatever process."""
    if not challenges.spend(connection, solved.id, days.day_of(solved.expires)):
        raise Problem(403, "challenge_spent")


def _key(connection: Connection, context: Context) -> bytes:
    return challenge.key(challenges.seed(connection), context.settings.deployment_id)


def _cost(connection: Connection, today: date) -> int:
    recent = challenges.count(connection, today, _ORDINARY * _MOST_TIMES)
    return COST * max(1, recent // _ORDINARY)
