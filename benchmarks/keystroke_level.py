"""How long an experienced person needs for a task on a phone, according to the keystroke-level model.

The model is that of Card, Moran and Newell, The Keystroke-Level Model for User Performance Time with
Interactive Systems (1980). Where touch differs from a mouse, the values are from later studies:

- K, a key: 36.2 words of five characters a minute (Palin et al., 2019, How do People Type on Mobile Devices?)
- P, pointing at something and touching it: the value for a mouse, an upper bound for a finger
- F, a flick that scrolls: the value of Enhancing KLM to Fit Touch Screen Mobile Devices (El Batran and
  Dunlop, 2014)
- H (moving the hands between screen, keyboard and pen) and M (deciding): the values of 1980
- W, copying a word by hand: 22 words a minute (Brown, 1988, Human-Computer Interface Design Guidelines)

The model does not include reading. Waiting (R in the model) is measured separately.
"""

from collections import Counter
from dataclasses import dataclass, field

SECONDS = {"K": 60 / (36.2 * 5), "P": 1.10, "F": 0.07, "H": 0.40, "M": 1.35, "W": 60 / 22}


@dataclass(frozen=True, slots=True)
class Task:
    """The operators of a task so far. ``text`` counts the keys that type the free text."""

    operators: Counter[str] = field(default_factory=Counter)
    text: Counter[str] = field(default_factory=Counter)

    def add(self, operators: str) -> None:
        """Add one operator for each letter, such as "MP" for a decision and a touch."""
        self.operators.update(operators)

    def seconds(self) -> float:
        """Return the time for everything but typing the text."""
        return _seconds(self.operators)

    def typing(self) -> float:
        """Return the time for typing the text."""
        return _seconds(self.text)

    def copying(self) -> float:
        """Return how many of the ``seconds`` the person spends on copying words by hand."""
        return self.operators["W"] * SECONDS["W"]


def _seconds(operators: Counter[str]) -> float:
    return sum(count * SECONDS[operator] for operator, count in operators.items())
