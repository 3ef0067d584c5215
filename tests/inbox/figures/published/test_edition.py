"""No form of an edition says more than the published files prove."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from inbox.figures.events import CODES, Event, Kind
from inbox.figures.published import data, edition, figures
from inbox.figures.published.edition import SIGN, Edition, Section
from inbox.figures.published.page import page
from inbox.figures.published.paper import paper
from templates import shipped
from templates.catalogues import LANGUAGES
from tests.support.edition_numbers import numbers, of_page, unexplained
from tests.support.editions import FIRST, IMPRINT, PLAN, Published, publish, read, some_years, year

SETS: Mapping[str, Callable[[], Published]] = {
    "nothing": lambda: publish([], 1),
    "one year": lambda: publish(some_years(1), 1),
    "all hidden": lambda: publish([e for n in range(3) for e in year(FIRST + n, 4, 3, 2)], 3),
    "three years": lambda: publish(some_years(3), 3),
    "five years": lambda: publish(some_years(5), 5),
    "thousands": lambda: publish(year(FIRST, 4321, 2109, 1234), 1),
    "twenty years": lambda: publish(some_years(20), 20),
}


def section(found: Edition, name: str) -> Section:
    return next(each for each in found.sections if each.name == name)


def written(published: Published, language: str) -> dict[str, str]:
    """Return the texts of all forms of the last edition."""
    made = published.edition(language)
    return {
        "page": of_page(page(made)),
        # The footers have the numbers of the pages.
        "paper": re.sub(r"· page \d+ (?:of|sur) \d+", "", read(paper(made, IMPRINT.day))),
        "csv": data.as_csv(published.figures, language).decode("utf-8-sig"),
        # The day of publication, and how many years a table counts.
        "json": re.sub(rf'{IMPRINT.day}|"years": \d', "", data.as_json(published.figures, IMPRINT).decode()),
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SETS)
def test_every_number_is_a_shown_cell_or_computed_from_shown_cells(name: str, language: str) -> None:
    published = SETS[name]()
    for form, text in written(published, language).items():
        assert unexplained(text, published.figures) == set(), form


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_search_finds_a_planted_total_in_a_sentence(language: str) -> None:
    """The test above needs this control."""
    published = publish(some_years(3), 3)
    made = published.edition(language)
    first, *others = made.sections
    planted = replace(made, sections=[replace(first, listed=[*first.listed, "4711 en tout."]), *others])
    assert unexplained(of_page(page(planted)), published.figures) == {"4711"}
    assert "4711" in unexplained(read(paper(planted, IMPRINT.day)), published.figures)


def with_hidden(witnesses: int) -> Published:
    """Return an edition with a table of reports: 97 reprisals, 6 approached, and this number of witnesses."""
    codes = {"area": "north", "acknowledged": "in_time", "identity": "named"}
    paths = ["reprisals"] * 97 + ["approached"] * 6 + ["saw"] * witnesses
    return publish([Event(Kind.RECEIVED, FIRST, {"path": path, **codes}) for path in paths], 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_form_contains_a_hidden_count(language: str) -> None:
    published = with_hidden(4)
    assert published.hidden[f"{FIRST}/path/other"] == 97
    for form, text in written(published, language).items():
        assert "97" not in numbers(text), form
        assert "107" in numbers(text), form
        assert SIGN in text or form == "json"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_search_for_a_hidden_count_finds_the_same_count_if_it_is_shown(language: str) -> None:
    """The test above needs this control."""
    for form, text in written(with_hidden(5), language).items():
        assert "97" in numbers(text), form


def test_the_edition_tells_the_essentials_in_sentences() -> None:
    assert section(publish(some_years(3), 3).edition("fr"), "short").listed == [
        "Signalements reçus\u00a0: 65, contre 53 en 2028 (+12).",
        "Signalements clos\u00a0: 40, contre 33 en 2028 (+7).",
        f"Transmissions au procureur\u00a0: 12 ({SIGN} en 2028).",
        "Signalements ouverts au 31 décembre\u00a0: 60, contre 35 en 2028 (+25).",
        "Accusé de réception\u00a0: «\u00a0Sous sept jours ouvrés\u00a0», 44 sur 65 (68\u00a0%).",
        "Délai de clôture\u00a0: "
        "le délai médian se trouve dans le groupe «\u00a0De trois mois à un an\u00a0».",
    ]
    assert section(publish(some_years(2), 2).edition("en"), "short").listed[:3] == [
        "Reports received: 53, compared with 41 in 2027 (+12).",
        "Reports closed: 33, compared with 26 in 2027 (+7).",
        f"Referrals to the public prosecutor: {SIGN} (9 in 2027).",
    ]


def test_a_sentence_that_covers_three_years_names_them() -> None:
    """The other sentences of the summary cover one year."""
    three = PLAN.replace('by = "after"', 'by = "after"\nyears = 3')
    for plan, begins in ((three, "2027 to 2029: Time to closing: "), (PLAN, "Time to closing: ")):
        (said,) = [
            each
            for each in section(publish(some_years(3), 3, plan).edition("en"), "short").listed
            if "median" in each
        ]
        assert said.replace("\u00a0", " ").startswith(begins)


def test_an_unchanged_count_is_told_in_words_and_a_count_that_is_hidden_twice_without_a_year() -> None:
    events = [event for n in range(2) for event in year(FIRST + n, 41, 9, 3)]
    made = publish(events, 2).edition("en")
    said = section(made, "short").listed
    assert "Reports received: 41, as in 2027." in said
    assert f"Referrals to the public prosecutor: {SIGN}." in said
    found = section(made, "total-received").table
    assert found is not None
    assert found.rows[-1] == ["2028", "41", "0"]


def test_the_share_of_deadlines_kept_is_told_under_the_shipped_plan() -> None:
    """Its first group, “In time”, names no code: the other group names all other codes."""
    said = (shipped.FOLDER / "publication" / "fr.toml").read_text("utf-8")
    events = [
        Event(Kind.RECEIVED, FIRST, {**dict.fromkeys(CODES[Kind.RECEIVED], "nothing"), "acknowledged": kept})
        for kept in ["in_time"] * 30 + ["late"] * 6 + ["not_yet"] * 4
    ]
    made = publish(events, 1, said).edition("en")
    assert "Acknowledgements: \u201cIn time\u201d, 30 of 40 (75%)." in section(made, "short").listed


def test_the_share_of_reporters_who_wrote_again_is_told_under_the_shipped_plan() -> None:
    said = (shipped.FOLDER / "publication" / "fr.toml").read_text("utf-8")
    nothing = dict.fromkeys(CODES[Kind.RECEIVED], "nothing")
    again = ["yes"] * 4 + ["no"] * 6
    events = [
        Event(Kind.RECEIVED, FIRST + n, {**nothing, "wrote_again": each}) for n in range(3) for each in again
    ]
    told = section(publish(events, 3, said).edition("en"), "short").listed
    assert "2027 to 2029: A new message after a reply: “Yes”, 12 of 30 (40%)." in [
        each.replace("\u00a0", " ") for each in told
    ]


# A word of each point of the method, in their order.
METHOD = {
    "fr": [
        "Un plan de publication",
        "seuil est de 5",
        "Situation et identité",
        "atteignent 9",
        "certificat",
        "vérifier",
        "Tout nombre",
        "CSV",
    ],
    "en": [
        "A plan of publication",
        "threshold is 5",
        "Situation and identity",
        "9 or more",
        "certificate",
        "check",
        "Each number",
        "CSV",
    ],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_method_tells_plan_threshold_rule_certificate_check_and_files(language: str) -> None:
    told = section(publish(some_years(1), 1).edition(language), "method").listed
    for words, said in zip(METHOD[language], told, strict=True):
        assert words in said.replace("\u00a0", " "), said


def test_the_sign_is_explained_once() -> None:
    for language in LANGUAGES:
        made = publish(some_years(3), 3).edition(language)
        explained = [
            text for each in made.sections for text in (*each.texts, *each.listed) if f"{SIGN} (" in text
        ]
        assert len(explained) == 1


def test_tables_of_three_years_appear_only_in_the_edition_of_their_last_year() -> None:
    early, last = (publish(some_years(n), n).edition() for n in (2, 3))
    assert not [each for each in early.sections if each.name == "table-area"]
    announced = section(early, "to_come")
    assert announced.texts[0].endswith("Ils paraîtront avec l\u2019édition 2029.")
    assert announced.listed == ["Où les faits se passent"]
    assert not section(early, "tables").texts
    assert not [each for each in last.sections if each.name == "to_come"]
    (said,) = section(last, "tables").texts
    assert said.startswith("Certains tableaux comptent ensemble les années 2027\u00a0à\u00a02029, ")
    found = section(last, "table-area").table
    assert found is not None
    assert found.heads[1] == "2027\u00a0à\u00a02029"


def test_no_sentence_about_three_years_appears_without_a_table_of_three_years() -> None:
    for years in (2, 3):
        made = publish(some_years(years), years, PLAN.replace("years = 3\n", "")).edition()
        assert not section(made, "tables").texts
        assert not [each for each in made.sections if each.name == "to_come"]


def test_the_first_edition_has_no_trend() -> None:
    made = publish(some_years(1), 1).edition()
    assert section(made, "trend").texts == [
        "Première édition\u00a0: il n\u2019y a pas encore d\u2019évolution à montrer."
    ]
    assert not [each for each in made.sections if each.name.startswith(("total-", "open"))]
    assert section(publish(some_years(2), 2).edition(), "total-received").charts


def test_a_part_without_a_shown_count_has_no_table_and_no_chart_and_says_why() -> None:
    for name in ("total-received", "table-path"):
        found = section(SETS["all hidden"]().edition(), name)
        assert not found.charts
        assert found.table is None
        assert found.texts == ["Aucun nombre ne peut être publié ici (2027\u00a0à\u00a02029)."]


def test_each_chart_and_table_names_its_period() -> None:
    made = publish(some_years(5), 5).edition("en")
    for name, drawn, caption in (
        ("total-closed", "Reports closed, 2027 to 2031", "Reports closed, 2027 to 2031"),
        ("table-path", "The reporter\u2019s situation, 2031", "The reporter\u2019s situation, 2030 to 2031"),
    ):
        found = section(made, name)
        assert found.table is not None
        assert found.table.caption.replace("\u00a0", " ") == caption
        written = [(part.text or "").replace("\u00a0", " ") for each in found.charts for part in each.parts]
        assert drawn in written


def test_each_table_of_the_plan_has_a_table_and_a_chart_with_the_same_numbers() -> None:
    published = publish(some_years(3), 3)
    for language in LANGUAGES:
        made = published.edition(language)
        for name in published.figures.plan.tables:
            found = section(made, f"table-{name}")
            assert found.table is not None
            (drawn,) = found.charts
            latest = -1 if name == "identity" else -2
            rows = [row for row in found.table.rows if row[0] not in {"Ensemble", "Total"}]
            for row in rows:
                assert f"{row[0]}" in drawn.told
                assert row[latest] in drawn.told


def test_the_last_group_of_a_table_is_the_one_with_everything_else() -> None:
    found = section(publish(some_years(1), 1).edition("en"), "table-path").table
    assert found is not None
    assert [row[0] for row in found.rows] == [
        "Was approached",
        "Is a witness",
        "Other situation, or not stated",
    ]
    assert found.whole[0] == "Total"
    assert found.whole[-1] == "100%"


def test_large_numbers_are_grouped_as_the_language_does() -> None:
    published = SETS["thousands"]()
    assert "4\u202f321" in section(published.edition("fr"), "short").listed[0]
    assert "4,321" in section(published.edition("en"), "short").listed[0]


def test_a_total_that_is_new_in_a_plan_shows_no_earlier_years() -> None:
    totals, _, rest = PLAN.partition("[total.referred]")
    old = publish(some_years(3), 3, totals + rest[rest.index("[table.") :])
    new = publish(some_years(4), 4)
    plans, releases = [*old.plans, new.plans[1]], {**old.releases, FIRST + 3: new.releases[FIRST + 3]}
    made = edition.write(figures.read(plans, releases, FIRST + 3), IMPRINT, "en")
    found = section(made, "total-referred")
    assert found.table is not None
    assert [row[0] for row in found.table.rows] == ["2030"]
    assert "Referrals to the public prosecutor: 7." in section(made, "short").listed


VECTOR = """
[table.vector]
title = { fr = "Approche", en = "Approach" }
divides = "path.approached"
by = "vector"
[[table.vector.group]]
id = "other"
label = { fr = "Autre", en = "Other" }
[[table.vector.group]]
id = "online"
label = { fr = "En ligne", en = "Online" }
codes = ["online"]
"""


def test_a_table_that_divides_a_group_names_the_group_and_its_total() -> None:
    codes = {"path": "approached", "area": "north", "acknowledged": "in_time", "identity": "named"}
    vectors = ["online"] * 13 + ["other"] * 8
    events = [Event(Kind.RECEIVED, FIRST, {**codes, "vector": vector}) for vector in vectors]
    events += [
        Event(Kind.RECEIVED, FIRST, {**codes, "path": path, "vector": "nothing"})
        for path in ["saw"] * 9 + ["reprisals"] * 9
    ]
    found = section(publish(events, 1, PLAN + VECTOR).edition("en"), "table-vector")
    outer = "the table \u201cThe reporter\u2019s situation\u201d"
    assert f"This table divides the group \u201cWas approached\u201d of {outer}: 21 (2027)." in found.texts


def test_a_table_says_that_its_shares_are_rounded_only_if_their_sum_shows_it() -> None:
    codes = {"area": "north", "acknowledged": "in_time", "identity": "named"}
    for counts, is_said in (((20, 20, 20), True), ((10, 20, 20), False)):
        paths = [
            path for path, n in zip(("reprisals", "approached", "saw"), counts, strict=True) for _ in range(n)
        ]
        events = [Event(Kind.RECEIVED, FIRST, {**codes, "path": path}) for path in paths]
        texts = section(publish(events, 1).edition("en"), "table-path").texts
        assert any("are rounded" in text for text in texts) is is_said


def test_years_go_from_the_oldest_to_the_latest_in_every_table() -> None:
    made = publish(some_years(5), 5).edition()
    trend, detail = (section(made, name).table for name in ("total-closed", "table-path"))
    assert trend is not None
    assert detail is not None
    assert [row[0] for row in trend.rows] == ["2027", "2028", "2029", "2030", "2031"]
    assert detail.heads[1:3] == ["2030", "2031"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_method_names_the_plan_that_a_renewed_plan_continues(language: str) -> None:
    """Without a renewal, or with other groups, it says nothing."""
    said = {
        "fr": "Le plan qui commence en {} est celui de {}",
        "en": "The plan that begins in {} is that of {}",
    }

    def named(published: Published, first: int) -> bool:
        return said[language].format(first, FIRST) in " ".join(
            section(published.edition(language), "method").listed
        )

    assert named(publish(some_years(5), 5), FIRST + 3)
    assert named(publish(some_years(7), 7), FIRST + 6)
    assert not named(publish(some_years(3), 3), FIRST)
    found = publish(some_years(5), 5)
    changed = found.plans[1].replace(b"k = 5", b"k = 5 # not the same file")
    assert changed != found.plans[1]
    assert not named(replace(found, plans=[found.plans[0], changed]), FIRST + 3)
