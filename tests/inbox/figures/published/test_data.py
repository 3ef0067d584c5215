"""Re-users get the shown cells of an edition as CSV and JSON."""

import csv
import json

import pytest

from inbox.figures.published import data
from inbox.figures.published.edition import SIGN
from tests.support.editions import FIRST, IMPRINT, PLAN, Published, publish, some_years


def rows(published: Published, language: str = "en") -> list[list[str]]:
    raw = data.as_csv(published.figures, language)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))


def key(period: str, above: str, table: str, group: str) -> str:
    """Return the key of a cell, as release files have it; only one table of the plan is a cross-table."""
    return "/".join(each for each in (period, "path" if above else "", above, table, group) if each)


@pytest.mark.parametrize("years", [1, 3, 5])
def test_csv_and_json_have_exactly_the_cells_of_the_release_file(years: int) -> None:
    published = publish(some_years(years), years)
    cells = json.loads(published.releases[FIRST + years - 1])["cells"]
    _, *lines = rows(published)
    found = {key(line[1], line[4], line[2], line[5]): line[7] for line in lines}
    assert found == {name: SIGN if count is None else str(count) for name, count in cells.items()}
    counts = json.loads(data.as_json(published.figures, IMPRINT))["counts"]
    assert {
        key(each["period"], each["above"] or "", each["table"], each["group"] or ""): each["count"]
        for each in counts
    } == cells


def test_the_first_edition_tells_how_many_reports_were_open_before() -> None:
    published = publish(some_years(1), 1, PLAN.replace("opens = true", "opens = false"))
    assert rows(published)[1][2:4] == ["open", "Reports open at the beginning"]


def test_no_program_takes_a_title_or_a_label_for_a_formula() -> None:
    said = PLAN.replace('en = "Was approached"', 'en = "=1+1;\\" @SUM"').replace(
        'en = "Reports closed"', 'en = "-1"'
    )
    texts = [text for row in rows(publish(some_years(1), 1, said)) for text in row]
    assert "'=1+1;\" @SUM" in texts
    assert "'-1" in texts
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]


def test_the_columns_have_names_in_both_languages() -> None:
    published = publish(some_years(1), 1)
    assert rows(published, "fr")[0][-1] == "nombre"
    assert rows(published, "en")[0][-1] == "count"


def test_json_says_what_the_numbers_are() -> None:
    said = json.loads(data.as_json(publish(some_years(1), 1).figures, IMPRINT))
    assert said["title"]["fr"] == "Signalements\u00a0: les chiffres de 2027"
    assert said["publisher"]["en"] == "Customs Inspectorate"
    assert (said["published"], said["licence"], said["threshold"]) == ("2033-04-01", "Licence Ouverte", 5)
    assert said["hidden"] is None
    (identity,) = (each for each in said["tables"] if each["id"] == "identity")
    assert identity["threshold"] == 10
