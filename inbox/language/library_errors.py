"""Errors of libraries and of the operating system, with texts for officers in both languages."""

import errno

from crypto.errors import CryptoError, Malformed, NotForUs, Tampered, Truncated
from crypto.exercise import NotOfExercise, OfExercise
from crypto.journal import JournalBroken
from inbox.language.messages import Sentence, sentence

_BY_KIND = (
    (
        OfExercise,
        sentence("it belongs to an exercise, and an exercise never mixes with a real deployment"),
    ),
    (
        NotOfExercise,
        sentence("it belongs to a real deployment, and this is an exercise: the two never mix"),
    ),
    (Truncated, sentence("the data ends early")),
    (Tampered, sentence("a signature or digest does not match: the data was changed or is damaged")),
    (NotForUs, sentence("the data is sealed or signed with another key")),
    (Malformed, sentence("the format is invalid")),
)
_BY_NUMBER = {
    errno.ENOENT: sentence("the file does not exist"),
    errno.EACCES: sentence("the system denies access to the file"),
    errno.EPERM: sentence("the system denies access to the file"),
    errno.ENOSPC: sentence("no space is left on the disk"),
    errno.EROFS: sentence("the disk is read-only"),
    errno.EIO: sentence("the disk has a read or write error"),
}
_OTHER = sentence("the system reports an error")


def of_crypto(error: CryptoError) -> Sentence:
    """Return the message of the error. The desk shows a text for the kind of error instead."""
    return _as(str(error), _kind(error))


def of_system(error: OSError) -> Sentence:
    """Return the system's message for the error. The desk shows a text for the error number instead."""
    return _as(str(error.strerror), _BY_NUMBER.get(error.errno or 0, _OTHER))


def _kind(error: CryptoError) -> Sentence:
    if isinstance(error, JournalBroken):
        return sentence("entry {n} of the journal was changed, removed or moved", n=error.n)
    return next((said for kind, said in _BY_KIND if isinstance(error, kind)), _BY_KIND[1][1])


def _as(english: str, said: Sentence) -> Sentence:
    made = Sentence(english)
    made.template, made.values = said.template, said.values
    return made
