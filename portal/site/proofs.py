"""Check proofs of receipt, and challenge their owners (SPEC 5.6).

Nothing here needs a network or a database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from crypto import challenge, proof
from crypto.challenge import Challenge, OtherAuthor, OtherChallenge
from crypto.errors import CryptoError, Malformed, NotForUs
from crypto.proof import DayOutside, Proven
from portal import files
from portal.config import Settings
from portal.errors import Refused, why

_DISBELIEVE = "do not rely on it; ask for the file exactly as it was saved"


def check(path: Path, settings: Settings) -> Proven:
    """Return what a proof file proves under the root key of the settings. Raises Refused."""
    raw = _read(path)
    with _refused(path, "a proof of receipt"):
        return proof.open_proof(raw, root_key=settings.root_public, deployment=settings.deployment_id)


def ask(proven: Proven, verifier: str, path: Path, today: date) -> None:
    """Write a new challenge for the owner of the proof to ``path``, which must not exist. Raises Refused."""
    try:
        raw = challenge.draw(proven.receipt.deployment, proven.receipt.author, verifier, today)
    except Malformed:
        raise Refused(
            "a challenge cannot contain this name",
            f"give 1 to {challenge.LONGEST_NAME} characters, without line breaks, and without spaces at the"
            " start or end",
        ) from None
    if path.exists():
        raise Refused(
            f"{path} already exists",
            "name a new file: you need the earlier challenge to check the answer to it",
        )
    try:
        files.write(path, [raw])
    except OSError as error:
        raise Refused(f"{path} was not written: {why(error)}", "name another file") from error


def check_answer(proven: Proven, asked: Path, answer: Path) -> Challenge:
    """Return our challenge, which is in the file ``asked``.

    Raises Refused unless the file ``answer`` contains the answer of the owner of the proof.
    """
    question, raw = _read(asked), _read(answer)
    with _refused(answer, f"an answer to {asked}"):
        return challenge.check(
            raw,
            asked=question,
            author=proven.receipt.author,
            deployment=proven.receipt.deployment,
        )


def _read(path: Path) -> bytes:
    try:
        return files.read(path, proof.LARGEST)
    except OSError as error:
        raise Refused(
            f"{path} cannot be read: {why(error)}",
            "check that you chose the right file; it should have only a few lines",
        ) from error


@contextmanager
def _refused(path: Path, kind: str) -> Iterator[None]:
    """Say in plain words why a file was refused."""
    try:
        yield
    except CryptoError as error:
        raise Refused(f"{path}: {_reason(error, kind)}", _hint(error)) from None


def _reason(error: CryptoError, kind: str) -> str:
    match error:
        case DayOutside():
            return "the receipt names a day on which its key was not valid"
        case OtherChallenge():
            return (
                "this answers another challenge; somebody may be passing on an answer given to somebody else"
            )
        case OtherAuthor():
            return "the twelve words that signed this are not those of the proof"
        case NotForUs():
            return "this is about another site"
        case Malformed():
            return f"this is not {kind}"
        case _:
            return "a signature does not hold; somebody has changed this file, or made it up"


def _hint(error: CryptoError) -> str:
    if isinstance(error, NotForUs) and not isinstance(error, OtherChallenge | OtherAuthor):
        return "compare `deployment` and `root_key` in the configuration with what the inspectorate published"
    return _DISBELIEVE
