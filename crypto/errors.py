"""Why bytes are refused: one class for each way in which the caller has to react.

The classes do not say why a tag failed. A person needs to know only what to do, and an
attacker must learn nothing (SPEC 1.6). ``str(error)`` is safe to show and to log: it
never holds content, keys or names from the input.
"""


class CryptoError(Exception):
    """The base class, never raised directly. Catch this class to handle every refusal."""


class Malformed(CryptoError):
    """The bytes do not have the form that SPEC prescribes; no other key will help."""


class NotForUs(CryptoError):
    """None of the given identities opens the file; another identity may."""


class Tampered(CryptoError):
    """A tag, signature, digest or commitment is wrong: the bytes were changed."""


class Truncated(Tampered):
    """The bytes stop before their authenticated end. Discard everything read so far."""
