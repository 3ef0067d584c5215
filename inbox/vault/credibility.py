"""How far what a case says is borne out, by the Admiralty scale (T-03).

Information alone is rated, never a person: the letter of the source stays F, of whom nothing can be judged.
The rating helps to plan an inquiry. It orders no queue and closes no case.
"""

from enum import StrEnum

SOURCE = "F"


class Credibility(StrEnum):
    """The numbers of the scale, from what others confirm to what nobody can judge; labels in labels.toml."""

    CONFIRMED = "1"
    PROBABLE = "2"
    POSSIBLE = "3"
    DOUBTFUL = "4"
    IMPROBABLE = "5"
    UNJUDGED = "6"
