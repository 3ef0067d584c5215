"""How pages write days and sizes, and which texts they show for problems of the portal."""

import json
import re

import pytest
from playwright.sync_api import Route

from templates.catalogues import LANGUAGES
from tests.support import page_modules
from tests.support.gate import chosen
from tests.support.page_visitor import Visitor

pytestmark = pytest.mark.browser

DAYS = {
    "fr": ["mardi 1er décembre 2026", "vendredi 11 décembre 2026"],
    "en": ["Tuesday 1 December 2026", "Friday 11 December 2026"],
}
# The problems that have a text of their own (SPEC 7.4). All other problems share one text.
PROBLEMS = {
    *("broken_off", "internal_error", "not_found", "quota_full"),
    *("quota_full_files", "quota_full_large", "unavailable"),
}
SIZES = {"fr": ["66 octets", "4,9 ko"], "en": ["66 bytes", "4.9 kB"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_and_sizes_are_written_as_people_write_them(visitor: Visitor, language: str) -> None:
    visitor.visit(f"{language}/guide")
    page_modules.load(visitor.page, "texts")
    days = visitor.page.evaluate("['2026-12-01', '2026-12-11'].map(modules.texts.dayText)")
    assert [day.replace(",", "") for day in days] == DAYS[language]
    sizes = visitor.page.evaluate("[66, 4_900].map(modules.texts.size)")
    assert [re.sub(r"\s", " ", size) for size in sizes] == SIZES[language]


# Makes the portal report each code for which the page has a text. Returns the texts that the page would show.
EXPLAINED = """async () => {
  const codes = [...document.querySelectorAll("#texts [data-code]")].map((each) => each.dataset.code);
  const pairs = [...codes, ...codes.map((code) => code.replace("problem-", ""))].map(async (code) => {
    const error = await modules.http.ask(`/hostile/${code}`).catch((error) => error);
    return [code, modules.failure.explain(error)];
  });
  return Object.fromEntries(await Promise.all(pairs));
}"""


@pytest.mark.parametrize("path", chosen(["report", "status", "verify"], "report"))
def test_a_hostile_portal_can_choose_only_among_the_texts_for_problems(visitor: Visitor, path: str) -> None:
    """The portal cannot make the page say, for example, that a message has arrived."""

    def answer(route: Route) -> None:
        problem = json.dumps({"code": route.request.url.rpartition("/")[2]})
        route.fulfill(status=403, body=problem, content_type="application/problem+json")

    visitor.visit(f"en/{path}")
    page_modules.load(visitor.page, "failure", "http")
    visitor.page.route("**/hostile/*", answer)
    explained = visitor.page.evaluate(EXPLAINED)
    said = {code for code, text in explained.items() if text != explained["refused-by-portal"]}
    assert said == PROBLEMS
    assert explained["quota_full"].startswith("The site says that it is full")
