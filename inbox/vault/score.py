"""The urgency of a case: six parts from 0 to 3, their sum by weight, and the priority."""

from dataclasses import astuple, dataclass, fields

HIGHEST = 3
_GRAVE = 2
# How many ranks each priority has.
RANKS = 200
# The score from which a case has priority 1, 2, 3; below the last it has 4.
_LEAST = (36, 26, 14)
_LOWEST = 4
# In the order of the parts below.
_WEIGHTS = (5, 4, 3, 2, 2, 2)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the score is made of, each from 0 to 3; what each value means stands in labels.toml."""

    danger: int = 0
    immediacy: int = 0
    severity: int = 0
    verifiability: int = 0
    corroboration: int = 0
    access: int = 0

    def at_least(self, other: "Parts") -> "Parts":
        """Return the higher of each part of two."""
        return Parts(*map(max, astuple(self), astuple(other)))

    @property
    def score(self) -> int:
        """The sum by weight, at most MOST."""
        return sum(weight * part for weight, part in zip(_WEIGHTS, astuple(self), strict=True))

    @property
    def priority(self) -> int:
        """From 1, which cannot wait, to 4."""
        reached = next((n for n, least in enumerate(_LEAST, 1) if self.score >= least), _LOWEST)
        if self.danger == HIGHEST or (self.immediacy == HIGHEST and self.severity >= _GRAVE):
            return 1
        return min(reached, 2) if self.danger == _GRAVE else reached

    @property
    def rank(self) -> int:
        """What sorts by priority, then by score: the lowest number is the most pressing."""
        return self.priority * RANKS + MOST + 1 + MOST - self.score

    @property
    def first(self) -> int:
        """The rank of what cannot wait, whatever its priority: before all others, there by score."""
        return RANKS + MOST - self.score


MOST = HIGHEST * sum(_WEIGHTS)
NAMES = tuple(field.name for field in fields(Parts))
WEIGHTS = dict(zip(NAMES, _WEIGHTS, strict=True))
