"""Messages to officers: English sentences that the desk can translate."""

from collections.abc import Mapping, Sequence
from functools import reduce


class Sentence(str):
    """An English text of the program, made from ``template`` and ``values``.

    The command line prints the text. The desk looks ``template`` up in the catalogue of its language, and
    fills in the values. Values that are sentences are also translated.
    """

    template: str
    values: Mapping[str, object]

    def filled(self, *values: object) -> "Sentence":
        """Return a copy of this sentence with other values, in the same number and order."""
        return sentence(self.template, **dict(zip(self.values, values, strict=True)))


def sentence(template: str, /, **values: object) -> Sentence:
    """Return ``template`` with its ``{name}`` placeholders filled.

    The template must be a literal, because the catalogues are extracted from these calls. A value that needs
    translation must be a sentence itself.
    """
    made = Sentence(template.format(**values))
    made.template, made.values = template, values
    return made


def joined(parts: Sequence[Sentence]) -> Sentence:
    """Join one or more sentences with semicolons."""
    return reduce(lambda said, part: sentence("{said}; {part}", said=said, part=part), parts)


def listed(parts: Sequence[Sentence]) -> Sentence:
    """Join one or more sentences with commas."""
    return reduce(lambda said, part: sentence("{said}, {part}", said=said, part=part), parts)
