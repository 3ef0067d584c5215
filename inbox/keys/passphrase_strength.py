"""How long a passphrase may hold against somebody who has the share file; a hint, never a rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zxcvbn import zxcvbn

_zxcvbn: Any = zxcvbn

# What it looks at: the time that it takes grows fast with the length.
_LONGEST = 72
# Powers of ten. Argon2id with 256 MiB leaves a large machine some ten thousand guesses in a second.
_DAYS = 10
_LIFETIMES = 14


@dataclass(frozen=True, slots=True)
class Strength:
    """An estimate: about ten to the power of ``exponent`` guesses find the passphrase."""

    exponent: int

    @property
    def is_weak(self) -> bool:
        """Whether days would suffice."""
        return self.exponent < _DAYS

    @property
    def said(self) -> str:
        """The estimate in words."""
        holds = (
            "weak, found within days" if self.is_weak else "fair" if self.exponent < _LIFETIMES else "strong"
        )
        return f"about 10^{self.exponent} guesses: {holds} (an estimate, which knows few French words)"


def estimate(passphrase: str, known: Sequence[str]) -> Strength:
    """Return how strong a passphrase seems, for somebody who also tries the words that are ``known``."""
    found = _zxcvbn(passphrase[:_LONGEST], user_inputs=list(known))
    return Strength(int(found["guesses_log10"]))
