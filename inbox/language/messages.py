"""What the inbox tells officers: an English sentence that can be said in another language as well."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, reduce


class Sentence(str):
    """A text of ours in English; ``template`` and ``values`` are what it was made of.

    The command line prints it as it is. The desk looks ``template`` up in the catalogue of its language and
    fills in the values, of which those that are sentences are said in that language, too.
    """

    template: str
    values: Mapping[str, object]


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


def recognised(text: str, forms: Iterable[str]) -> str:
    """Return the sentence of which ``text`` was made by one of these templates, or ``text`` as it is.

    So a text is said in another language that was kept, or came from the sandbox, in English alone.
    """
    for form in forms:
        if match := _pattern(form).fullmatch(text):
            return sentence(form, **match.groupdict())
    return text


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(form)))
