"""What libraries and the system say of an error, and how we say it where that is not understood."""

import errno

from crypto.errors import CryptoError, Malformed, NotForUs, Tampered, Truncated
from crypto.journal import JournalBroken
from inbox.language.messages import Sentence, sentence

_BY_KIND = (
    (Truncated, sentence("it ends early")),
    (Tampered, sentence("a signature or digest does not hold: it was changed, or is damaged")),
    (NotForUs, sentence("it is sealed or signed with another key")),
    (Malformed, sentence("it does not have the form that it should have")),
)
_BY_NUMBER = {
    errno.ENOENT: sentence("it is not there"),
    errno.EACCES: sentence("the system does not let us read or write it"),
    errno.EPERM: sentence("the system does not let us read or write it"),
    errno.ENOSPC: sentence("no space is left"),
    errno.EROFS: sentence("it can only be read"),
    errno.EIO: sentence("it cannot be read or written any more"),
}
_OTHER = sentence("the system refuses it")


def of_crypto(error: CryptoError) -> Sentence:
    """Return the error's own words, which the desk says by its kind."""
    return _as(str(error), _kind(error))


def of_system(error: OSError) -> Sentence:
    """Return the system's own words, which the desk says by their number."""
    return _as(str(error.strerror), _BY_NUMBER.get(error.errno or 0, _OTHER))


def _kind(error: CryptoError) -> Sentence:
    if isinstance(error, JournalBroken):
        return sentence("entry {n} of the journal was changed, removed or put in another's place", n=error.n)
    return next((said for kind, said in _BY_KIND if isinstance(error, kind)), _BY_KIND[1][1])


def _as(english: str, said: Sentence) -> Sentence:
    made = Sentence(english)
    made.template, made.values = said.template, said.values
    return made
