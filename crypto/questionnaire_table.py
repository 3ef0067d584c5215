"""A table of questionnaire.toml, read member by member; every mistake is named with its place."""

import re
from collections.abc import Iterable, Mapping

from crypto.errors import Malformed
from crypto.keyring import Texts
from crypto.messages import ID

MOST = 200_000


class BadQuestionnaire(Malformed):
    """questionnaire.toml has a mistake; the message names the place and what belongs there."""


class Table:
    """A TOML table with the place to name in errors; BadQuestionnaire for a member missing or unknown."""

    def __init__(
        self, place: str, table: Mapping[str, object], required: Iterable[str], optional: Iterable[str] = ()
    ) -> None:
        self.place = place
        self._table = table
        for name in sorted(set(required) - set(table)):
            raise BadQuestionnaire(f"{place}: {name!r} is missing")
        for name in sorted(set(table) - set(required) - set(optional)):
            raise BadQuestionnaire(f"{place}: {name!r} is not known here")

    def id(self) -> str:
        """Return the id."""
        value = self._table["id"]
        if not isinstance(value, str) or not re.fullmatch(ID, value):
            raise BadQuestionnaire(f"{self.place}: id is a-z, 0-9 and _, from a letter, at most 32")
        return value

    def number(self, name: str) -> int:
        """Return a number of at least 1."""
        value = self._table[name]
        if type(value) is not int or not 1 <= value <= MOST:
            raise BadQuestionnaire(f"{self.place}: {name!r} is a number from 1 to {MOST}")
        return value

    def flag(self, name: str) -> bool:
        """Return whether it is set."""
        value = self._table.get(name, False)
        if not isinstance(value, bool):
            raise BadQuestionnaire(f"{self.place}: {name!r} is true or false")
        return value

    def one_of(self, name: str, known: Iterable[str]) -> str | None:
        """Return one of the words ``known``, or None where it is left out."""
        value = self._table.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or value not in set(known):
            raise BadQuestionnaire(f"{self.place}: {name!r} is one of {', '.join(known)}")
        return value

    def texts(self, name: str) -> Texts:
        """Return a text in both languages."""
        value = self._table[name]
        if not isinstance(value, dict) or set(value) != {"fr", "en"}:
            raise BadQuestionnaire(f"{self.place}: {name!r} needs a text in fr and in en")
        if not all(isinstance(text, str) and text.strip() for text in value.values()):
            raise BadQuestionnaire(f"{self.place}: {name!r} has an empty text")
        return Texts(**value)

    def optional_texts(self, name: str) -> Texts | None:
        """Return a text that may be left out."""
        return self.texts(name) if name in self._table else None

    def choices(self, name: str) -> Mapping[str, tuple[str, ...]] | None:
        """Return a condition: for each question, by its id, the answers that let it hold; None for none."""
        value = self._table.get(name)
        if value is None:
            return None
        if (
            not isinstance(value, dict)
            or not value
            or not all(_is_list_of_ids(each) for each in value.values())
        ):
            raise BadQuestionnaire(f'{self.place}: {name!r} looks like {{ question = ["answer", "answer"] }}')
        return {question: tuple(answers) for question, answers in value.items()}

    def tables(self, name: str) -> list[Mapping[str, object]]:
        """Return the tables of a list that has at least one."""
        value = self._table[name]
        if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
            raise BadQuestionnaire(f"{self.place}: {name!r} needs at least one entry")
        return value


def _is_list_of_ids(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
