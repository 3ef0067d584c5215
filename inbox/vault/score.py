"""The urgency of a case: six parts from 0 to 3, their weighted sum, and the priority."""

from dataclasses import dataclass, fields
from operator import attrgetter

HIGHEST = 3
_GRAVE = 2
# The number of ranks within each priority.
RANKS = 200
# The lowest scores for priorities 1, 2 and 3. A lower score has priority 4.
_LEAST = (36, 26, 14)
_LOWEST = 4
# The weights of the parts, in the order of the fields of ``Parts``.
_WEIGHTS = (5, 4, 3, 2, 2, 2)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the score, each from 0 to 3. labels.toml explains the values."""

    danger: int = 0
    immediacy: int = 0
    severity: int = 0
    verifiability: int = 0
    corroboration: int = 0
    access: int = 0

    def at_least(self, other: "Parts") -> "Parts":
        """Return the higher value of each part."""
        return Parts(*map(max, _values(self), _values(other)))

    @property
    def score(self) -> int:
        """The weighted sum, at most MOST."""
        return sum(weight * part for weight, part in zip(_WEIGHTS, _values(self), strict=True))

    @property
    def priority(self) -> int:
        """The priority, from 1 (most urgent) to 4."""
        score = self.score
        reached = next((n for n, least in enumerate(_LEAST, 1) if score >= least), _LOWEST)
        if self.danger == HIGHEST or (self.immediacy == HIGHEST and self.severity >= _GRAVE):
            return 1
        return min(reached, 2) if self.danger == _GRAVE else reached

    @property
    def rank(self) -> int:
        """The rank: cases are sorted by priority, then by score. The lowest rank is the most urgent."""
        return self.priority * RANKS + MOST + 1 + MOST - self.score

    @property
    def first(self) -> int:
        """The rank of a case that cannot wait: such cases come before all others, and are ranked by score."""
        return RANKS + MOST - self.score


MOST = HIGHEST * sum(_WEIGHTS)
NAMES = tuple(field.name for field in fields(Parts))
_values = attrgetter(*NAMES)
WEIGHTS = dict(zip(NAMES, _WEIGHTS, strict=True))
