"""Marks: keyed hashes of what links reports (SPEC 9.6). They are made without a vault."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from crypto import blind
from inbox.questionnaire import answers, scoring
from inbox.questionnaire.answers import Answers
from inbox.text import entities, similarity
from inbox.text.entities import Found, Kind

Mark: TypeAlias = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Marker:
    """Makes marks with the key of a vault; ``country`` is the country of the law in use."""

    key: bytes = field(repr=False)
    country: str

    def of_report(self, said: Answers) -> list[Mark]:
        """Return the marks of a report: of its entities, and those by which similar texts are recognised."""
        pieces = similarity.telling(similarity.pieces(answers.texts(said)))
        similar = ((Kind.TEXT.value, blind.mark(self.key, Kind.TEXT, each)) for each in pieces)
        return [*by_mark(self.key, entities_of(said, self.country)), *similar]

    def of_texts(self, texts: Iterable[str]) -> list[Mark]:
        """Return the marks of later texts of a case."""
        return list(by_mark(self.key, entities.found_in(texts, self.country)))


def entities_of(said: Answers, country: str) -> list[Found]:
    """Return the entities in the answers to a questionnaire."""
    persons = said.get(scoring.questions().persons, "")
    return entities.found_in(answers.texts(said), country, persons if isinstance(persons, str) else "")


def by_mark(key: bytes, found: Iterable[Found]) -> dict[Mark, Found]:
    """Map the mark of each entity to the entity."""
    return {(each.kind.value, blind.mark(key, each.kind, each.value)): each for each in found}
