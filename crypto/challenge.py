"""Challenges: a verifier checks that a receipt belongs to the holder of the twelve words (SPEC 5.6)."""

import secrets
from dataclasses import dataclass
from datetime import date

from crypto import receipt, shape, signing
from crypto.errors import NotForUs
from crypto.shape import binary, record, text
from crypto.signing import Label

RANDOM = 32
LONGEST_NAME = 200
# At least one character, no tabs or line breaks, no space at either end.
_NAME = r"[^\t\n\r ]([^\t\n\r]*[^\t\n\r ])?"


class OtherChallenge(NotForUs):
    """The answer belongs to another challenge: another verifier, day or random value."""

    code = "other-challenge"


class OtherAuthor(NotForUs):
    """The answer was signed with words other than those of the receipt."""

    code = "other-author"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A question to the holder of the receipt with this ``author`` (32 bytes), asked once by ``verifier``."""

    deployment: bytes
    author: bytes
    verifier: str
    day: date
    random: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The challenge as it was signed, with the author key (32 bytes) and its signature (64 bytes)."""

    challenge: Challenge
    author_key: bytes
    signature: bytes


CHALLENGE = record(
    Challenge,
    {
        "deployment": binary(signing.DEPLOYMENT),
        "author": binary(32),
        "verifier": text(LONGEST_NAME, _NAME),
        "day": shape.day,
        "random": binary(RANDOM),
    },
    kind="challenge",
)
ANSWER = record(
    Answer,
    {
        "challenge": CHALLENGE,
        "author_key": binary(signing.PUBLIC),
        "signature": binary(signing.SIGNATURE),
    },
    kind="answer",
)


def draw(deployment: bytes, author: bytes, verifier: str, day: date) -> bytes:
    """Return a new challenge for the holder of a receipt. Raise Malformed for a name that SPEC forbids."""
    drawn = Challenge(
        deployment=deployment,
        author=author,
        verifier=verifier,
        day=day,
        random=secrets.token_bytes(RANDOM),
    )
    raw = CHALLENGE.encode(drawn)
    CHALLENGE.parse(raw)
    return raw


def answer(raw: bytes, author_seed: bytes, deployment: bytes) -> bytes:
    """Return the answer to the challenge in ``raw``, signed with the author key of a 32-byte seed.

    Raise Malformed. Raise NotForUs if the challenge is for another deployment. Raise OtherAuthor if the
    challenge's receipt does not belong to this key.
    """
    challenge = CHALLENGE.parse(raw)
    author_key = signing.public_key(author_seed)
    if challenge.deployment != deployment:
        raise NotForUs("challenge is about another site")
    if challenge.author != receipt.author_hash(author_key):
        raise OtherAuthor("challenge is about another receipt")
    signature = signing.sign(Label.ANSWER, deployment, CHALLENGE.encode(challenge), author_seed)
    return ANSWER.encode(Answer(challenge=challenge, author_key=author_key, signature=signature))


def check(raw: bytes, *, asked: bytes, author: bytes, deployment: bytes) -> Challenge:
    """Return the challenge in ``asked`` if ``raw`` answers it.

    The answer must be from the holder of the receipt that names ``author`` (32 bytes). Raise Malformed,
    Tampered, OtherChallenge or OtherAuthor.
    """
    challenge = CHALLENGE.parse(asked)
    found = ANSWER.parse(raw)
    if CHALLENGE.encode(found.challenge) != asked:
        raise OtherChallenge("answer belongs to another challenge")
    owners = {author, challenge.author, receipt.author_hash(found.author_key)}
    if challenge.deployment != deployment or len(owners) > 1:
        raise OtherAuthor("answer is signed by other words than those of the receipt")
    signing.verify(Label.ANSWER, deployment, asked, found.signature, found.author_key)
    return challenge
