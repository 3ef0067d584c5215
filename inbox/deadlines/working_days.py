"""Working days of an office: the working days of the law, minus the office's own days off."""

from collections.abc import Collection
from datetime import date

from templates.law import rules
from templates.law.working_days import LegalCalendar


class Calendar(LegalCalendar):
    """The working days of the ``law``, minus the office's own days off (``added``)."""

    def __init__(self, law: rules.Calendar, added: Collection[date] = ()) -> None:
        super().__init__(law)
        self._off = frozenset(added)

    @property
    def legal(self) -> LegalCalendar:
        """The working days of the law alone, so the office's own days off count as working days."""
        return LegalCalendar(self._law)

    @property
    def added(self) -> list[date]:
        """The office's own days off, in order."""
        return sorted(self._off)

    def works(self, day: date) -> bool:
        """Return whether the office works on that day."""
        return day not in self._off and super().works(day)
