"""Every way in which bytes can be refused, each a class that callers act on.

The classes carry no detail on why a tag failed: a person needs to know what to do,
an attacker learns nothing (SPEC 1.6). ``str(error)`` is safe to show and to log; it
never holds content, keys or names that came from the input.
"""


class CryptoError(Exception):
    """Never raised itself; catch it to handle whatever crypto refuses."""


class Malformed(CryptoError):
    """The bytes do not have the form that SPEC prescribes; no other key will help."""


class NotForUs(CryptoError):
    """No given identity opens it; another one may."""


class Tampered(CryptoError):
    """A tag, signature, digest or commitment does not hold: someone or something changed it."""


class Truncated(Tampered):
    """It ends before its authenticated end; what was read so far must be discarded."""
