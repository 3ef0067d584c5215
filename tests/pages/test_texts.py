"""Days and sizes as the pages write them."""

import re

import pytest

from templates.catalogues import LANGUAGES
from tests.support import page_modules
from tests.support.page_visitor import Visitor

pytestmark = pytest.mark.browser

DAYS = {
    "fr": ["mardi 1er décembre 2026", "vendredi 11 décembre 2026"],
    "en": ["Tuesday 1 December 2026", "Friday 11 December 2026"],
}
SIZES = {"fr": ["66 octets", "4,9 ko"], "en": ["66 bytes", "4.9 kB"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_and_sizes_are_written_as_people_do(visitor: Visitor, language: str) -> None:
    visitor.visit(f"{language}/guide")
    page_modules.load(visitor.page, "texts")
    days = visitor.page.evaluate("['2026-12-01', '2026-12-11'].map(modules.texts.dayText)")
    assert [day.replace(",", "") for day in days] == DAYS[language]
    sizes = visitor.page.evaluate("[66, 4_900].map(modules.texts.size)")
    assert [re.sub(r"\s", " ", size) for size in sizes] == SIZES[language]
