"""One module writes days for people, in the form that each language requires."""

import re
from datetime import date

import pytest

from inbox.language import days
from tests.support.paths import ROOT

WRITTEN = {
    ("fr", 25): ("25 nov. 2026", "25 novembre 2026", "mercredi 25 novembre 2026"),
    ("fr", 1): ("1er nov. 2026", "1er novembre 2026", "dimanche 1er novembre 2026"),
    ("fr", 21): ("21 nov. 2026", "21 novembre 2026", "samedi 21 novembre 2026"),
    ("en", 25): ("25 Nov 2026", "25 November 2026", "Wednesday 25 November 2026"),
    ("en", 1): ("1 Nov 2026", "1 November 2026", "Sunday 1 November 2026"),
}


@pytest.mark.parametrize(("language", "day"), WRITTEN)
def test_a_day_is_written_as_its_language_requires(language: str, day: int) -> None:
    value = date(2026, 11, day)
    said = tuple(write(language, value) for write in (days.short, days.long, days.full))
    assert WRITTEN[language, day] == said


def test_only_one_module_of_the_inbox_writes_days_in_words() -> None:
    """Machine-readable output has days in ISO 8601 instead."""
    words = re.compile(r"\bbabel\.dates\b|\bstrftime\b|%[Bb]\b|\bformat_date\b")
    found = {path.name for path in (ROOT / "inbox").rglob("*.py") if words.search(path.read_text("utf-8"))}
    assert {"days.py"} == found
