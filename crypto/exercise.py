"""The mark of an exercise, in the id of its deployment (SPEC 1.5).

The id of the deployment is in every signed file, and is the salt of every case token. So nobody can add or
remove the mark without making a new deployment, and every reader sees the mark before it trusts a file.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from crypto import base64url, signing, strictjson
from crypto.errors import CryptoError, Malformed, Tampered

MARK = b"EXERCICE"
# Shown on every page, answer and printed sheet of an exercise: the same words in both languages.
WORDS = "EXERCICE \N{EN DASH} EXERCISE"


class OfExercise(Malformed):
    """The data belongs to an exercise, and the reader to a real deployment."""


class NotOfExercise(Malformed):
    """The data belongs to a real deployment, and the reader to an exercise."""


def is_exercise(deployment: bytes) -> bool:
    """Whether the deployment with this id (16 bytes) is an exercise."""
    return deployment.startswith(MARK)


def draw(*, exercise: bool) -> bytes:
    """Return a new deployment id (16 bytes), with the mark if it is for an exercise, otherwise without."""
    if exercise:
        return MARK + secrets.token_bytes(signing.DEPLOYMENT - len(MARK))
    while is_exercise(drawn := secrets.token_bytes(signing.DEPLOYMENT)):
        pass  # One draw in 2 ** 64 has the mark by chance.
    return drawn


def check_deployment(found: bytes, ours: bytes, what: str) -> None:
    """Raise OfExercise, NotOfExercise or Malformed unless ``found`` is our deployment (each id has 16 bytes).

    ``what`` names the file in the message, such as "bundle".
    """
    if found == ours:
        return
    if is_exercise(found) != is_exercise(ours):
        raise (OfExercise if is_exercise(found) else NotOfExercise)(_mixed(found, what))
    raise Malformed(f"{what} belongs to another deployment")


@contextmanager
def explained(raw: bytes, ours: bytes, what: str) -> Iterator[None]:
    """Give a better reason for Tampered if the strict JSON in ``raw`` shows that an exercise is involved.

    ``ours`` is our deployment id (16 bytes). Nobody has verified the file, but it is refused anyway.
    """
    try:
        yield
    except Tampered:
        named = _named(raw)
        if len(named) == signing.DEPLOYMENT and is_exercise(named) != is_exercise(ours):
            raise Tampered(_mixed(named, what)) from None
        raise


def _mixed(found: bytes, what: str) -> str:
    if is_exercise(found):
        return f"{what} belongs to an exercise ({WORDS}), and this is a real deployment"
    return f"{what} belongs to a real deployment, and this is an exercise ({WORDS})"


def _named(raw: bytes) -> bytes:
    """Return the deployment id that a file claims, or b"" if the file has none."""
    try:
        found = strictjson.decode(raw)
        return base64url.decode(str(found["deployment"])) if isinstance(found, dict) else b""
    except (CryptoError, KeyError):
        return b""
