"""Estimate how long a passphrase resists somebody who has the share file.

The estimate is a hint, never a rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zxcvbn import zxcvbn

_zxcvbn: Any = zxcvbn

# zxcvbn gets only this many characters, because its running time grows fast with the length.
_LONGEST = 72
# Powers of ten. With Argon2id and 256 MiB, a large machine makes about ten thousand guesses per second.
_DAYS = 10
_LIFETIMES = 14


@dataclass(frozen=True, slots=True)
class Strength:
    """An estimate: finding the passphrase takes about ten to the power of ``exponent`` guesses."""

    exponent: int

    @property
    def is_weak(self) -> bool:
        """Whether the passphrase can be found within days."""
        return self.exponent < _DAYS

    @property
    def said(self) -> str:
        """The estimate in words."""
        holds = (
            "weak, found within days" if self.is_weak else "fair" if self.exponent < _LIFETIMES else "strong"
        )
        return f"about 10^{self.exponent} guesses: {holds} (an estimate based on few French words)"


def estimate(passphrase: str, known: Sequence[str]) -> Strength:
    """Estimate how well a passphrase resists somebody who also tries the ``known`` words."""
    found = _zxcvbn(passphrase[:_LONGEST], user_inputs=list(known))
    return Strength(int(found["guesses_log10"]))
