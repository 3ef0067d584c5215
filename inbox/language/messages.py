"""What the inbox tells officers: an English sentence that can be said in another language as well."""

from collections.abc import Mapping, Sequence
from functools import reduce


class Sentence(str):
    """A text of ours in English; ``template`` and ``values`` are what it was made of.

    The command line prints it as it is. The desk looks ``template`` up in the catalogue of its language and
    fills in the values, of which those that are sentences are said in that language, too.
    """

    template: str
    values: Mapping[str, object]

    def filled(self, *values: object) -> "Sentence":
        """Return this sentence with other values, given in the order of its own; as many as it has."""
        return sentence(self.template, **dict(zip(self.values, values, strict=True)))


def sentence(template: str, /, **values: object) -> Sentence:
    """Return ``template`` with its ``{name}`` places filled.

    The template must be a literal: catalogues are made of what stands in such calls. Values are no words of
    ours, or sentences.
    """
    made = Sentence(template.format(**values))
    made.template, made.values = template, values
    return made


def joined(parts: Sequence[Sentence]) -> Sentence:
    """Return sentences as one, with semicolons between; there is at least one."""
    return reduce(lambda said, part: sentence("{said}; {part}", said=said, part=part), parts)


def listed(parts: Sequence[Sentence]) -> Sentence:
    """Return sentences as one, with commas between; there is at least one."""
    return reduce(lambda said, part: sentence("{said}, {part}", said=said, part=part), parts)
