"""The benchmark of the reporter's way reaches the receipt, and counts words and actions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks import journey, keystroke_level, screen
from benchmarks.journey import PHONE, Journey
from benchmarks.keystroke_level import SECONDS, Task
from benchmarks.screen import Block, Screen
from crypto.keyring import Texts
from portal.app import create_app
from templates.catalogues import LANGUAGES
from tests.support.builders import make_keyring
from tests.support.portal_site import PortalSite

# The targets of docs/reporters-way.md.
MOST_WORDS = 450
MOST_WORDS_ABOVE_BOX = 60
MOST_SCREENS = 3
# The bare domain shows the French home page. From there, one more tap leads to the other language.
TAPS_TO_FIRST_WORD = {"fr": 2, "en": 3}
# A name of 13 words, and two bodies with names and notes of their own.
LONG_NAME = Texts(
    fr="Inspection générale des services de la direction régionale des douanes et droits indirects",
    en="General inspectorate of the services of the regional directorate of customs and excise",
)
LONG_CHANNELS = (
    (Texts("Inspection des services", "Service inspectorate"), Texts("La plus rapide", "The fastest")),
    (
        Texts("Agence française anticorruption", "French Anti-Corruption Agency"),
        Texts("Hors douane", "Outside customs"),
    ),
)
MOST_SECONDS = 90
# A size may differ from the table by this many kilobytes, because keys and days in the files vary a little.
ROUNDED = 0.15
# A figure above 100 may differ by this many words or seconds. On a busy machine, a line about the delay
# replaces the word “Encrypting…”. That line does not count.
COUNTED = 1
PAGE = """<a href="#box" style="position: absolute; left: -999px">never seen</a>
<h1>One two</h1>
<p hidden>never shown</p>
<p style="visibility: hidden">never visible</p>
<p style="height: 0; overflow: hidden"><span>never in sight</span></p>
<p><span class="late">never soon</span></p>
<p>Three <strong>four</strong>, <a href="x">five</a> : six.</p>
<details><summary>Seven</summary><p>eight nine <code class="fingerprint">never words</code></p></details>
<details open><summary>Ten</summary><p>eleven</p></details>
<label for="box">Twelve</label><br>
<textarea id="box">typed before</textarea>
<p>Thirteen</p>"""


@pytest.fixture(scope="module")
def shown(chromium: Browser) -> Screen:
    """A page on the screen of a phone."""
    page = chromium.new_page(viewport=PHONE)
    page.set_content(PAGE)
    found = screen.read(page)
    assert page.locator("details").first.get_attribute("open") is None
    page.close()
    return found


@pytest.mark.browser
def test_the_benchmark_counts_readable_text_once_and_ignores_hidden_or_typed_text_and_fingerprints(
    shown: Screen,
) -> None:
    said = [
        "One two",
        "Three four, five : six.",
        "Seven",
        "eight nine",
        "Ten",
        "eleven",
        "Twelve",
        "Thirteen",
    ]
    assert [each.text for each in shown.blocks] == said
    assert sum(each.words for each in shown.blocks) == 13
    assert shown.heading == "One two"


@pytest.mark.browser
def test_the_benchmark_counts_folded_text_separately_and_never_as_text_above_the_field(shown: Screen) -> None:
    assert [each.text for each in shown.blocks if each.folded] == ["eight nine"]
    assert sum(each.words for each in shown.blocks if each.above_box) == 10


def test_a_text_on_two_screens_counts_once_and_is_folded_only_if_both_screens_fold_it() -> None:
    first = Screen(
        "", (Block("a b", folded=False, above_box=False), Block("c d e", folded=True, above_box=False))
    )
    second = Screen(
        "", (Block("a b", folded=True, above_box=False), Block("f", folded=True, above_box=False))
    )
    assert Journey(screens=[first, second]).words() == (2, 4)


def test_the_time_is_the_sum_of_all_operators_but_does_not_include_typing_the_text() -> None:
    task = Task()
    task.add("MPKK")
    task.add("WW")
    task.text["K"] += 10
    assert task.copying() == pytest.approx(2 * SECONDS["W"])
    assert task.seconds() == pytest.approx(1.35 + 1.10 + 2 * SECONDS["K"] + task.copying())
    assert task.typing() == pytest.approx(10 * 60 / 36.2 / 5)


def test_a_name_that_no_button_or_link_has_is_refused() -> None:
    with pytest.raises(ValueError, match="Nowhere"):
        journey.said("Nowhere", "en")
    for name in (*journey.ENTRANCES, *journey.ONWARD, journey.ARRIVED, journey.READY_SOON):
        assert journey.said(name, "fr")


def test_the_sample_report_has_a_hundred_words() -> None:
    for each in journey.SENTENCES.values():
        assert Block(each * journey.SENTENCES_OF_A_REPORT, folded=False, above_box=False).words == 100


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_of_a_reporter_stays_short_even_if_the_inspectorate_and_two_bodies_have_long_names(
    chromium: Browser, tmp_path: Path, language: str
) -> None:
    """The count includes both lines that appear only while an answer is late, as is common over Tor."""
    site = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    kept = site.app.extensions["portal"]
    site.app = create_app(replace(site.settings, name=LONG_NAME))
    site.app.extensions["portal"].database.close()
    site.app.extensions["portal"] = kept
    usual = make_keyring(site.site).value
    channels = tuple(
        replace(each, name=name, note=note)
        for each, (name, note) in zip(usual.channels, LONG_CHANNELS, strict=True)
    )
    site.publish_changed(replace(usual, channels=channels))
    with site.serving():
        way = journey.reported(chromium, site.address, language)
    site.close()
    read = {each.text for screen in way.screens for each in screen.blocks}
    assert {text.in_(language) for text in (LONG_NAME, *chain(*LONG_CHANNELS))} <= read
    delays = [Block(journey.said(each, language), folded=False, above_box=False) for each in journey.DELAYS]
    assert 0 < sum(each.words for each in delays)
    assert sum(way.words()) + sum(each.words for each in delays) <= MOST_WORDS
    assert way.above_box <= MOST_WORDS_ABOVE_BOX


@dataclass(frozen=True)
class Walk:
    """One report in one language, at a portal that has no other report."""

    language: str
    site: PortalSite
    way: Journey


@pytest.fixture(scope="module", params=LANGUAGES)
def walk(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Walk]:
    """A report at a portal where only one body receives reports."""
    with journey.one_body(tmp_path_factory.mktemp("walk")) as site:
        yield Walk(request.param, site, journey.reported(chromium, site.address, request.param))


@pytest.mark.browser
def test_the_benchmark_reaches_the_receipt_after_few_words_and_the_report_arrives(walk: Walk) -> None:
    way, language = walk.way, walk.language
    assert walk.site.report()[0].answers["what"] == (journey.SENTENCES[language] * 5).strip()
    assert journey.said(journey.ARRIVED, language) == way.screens[-1].heading
    assert 300 < sum(way.words()) <= MOST_WORDS
    assert 30 < way.above_box <= MOST_WORDS_ABOVE_BOX
    assert way.task.operators["W"] == 12
    assert way.task.text["K"] > 400
    assert way.taps_to_first_word == TAPS_TO_FIRST_WORD[language]
    assert 60 / 22 * 12 < way.task.seconds() <= MOST_SECONDS
    assert 1 < len(way.needing) <= MOST_SCREENS, way.needing
    # The screens shown while loading and sending are read too, but need no action.
    assert len(way.screens) == len(way.needing) + 4
    assert keystroke_level.SECONDS["W"] * 12 == pytest.approx(way.task.copying())


def stale(page: str, found: Mapping[str, tuple[str, str]], language: str) -> list[str]:
    """Return the measures that differ between the page and the benchmark, or that one of the two lacks."""
    documented = journey.documented(page)
    place = list(LANGUAGES).index(language) - len(LANGUAGES)
    wrong = {*documented} ^ ({*found} - {journey.WAITING})
    return sorted(
        wrong | {each for each in {*documented} & {*found} if differ(documented[each][place], found[each][1])}
    )


def differ(documented: str, found: str) -> bool:
    if not re.fullmatch(r"[0-9.]+( kB| s)?", found) or not re.fullmatch(r"[0-9.]+( kB| s)?", documented):
        return documented != found
    one, other = (float(each.split()[0]) for each in (documented, found))
    if found.endswith(" kB"):
        return one != pytest.approx(other, abs=ROUNDED)
    return abs(one - other) > (COUNTED if other > 100 else 0)


@pytest.mark.browser
def test_the_documented_figures_are_those_that_the_benchmark_measures(chromium: Browser, walk: Walk) -> None:
    """If the test fails, run `python -m benchmarks.journey`, which writes the figures into the page."""
    found = journey.measured(chromium, walk.site.address, walk.language, walk.way)
    read = [sorted({block.text for block in screen.blocks}) for screen in walk.way.screens]
    assert stale(journey.PAGE.read_text("utf-8"), found, walk.language) == [], (found, read)


def test_a_stale_or_missing_figure_is_found_and_the_benchmark_corrects_it() -> None:
    page = journey.PAGE.read_text("utf-8")
    french, english = (
        {measure: (cells[0], cells[place]) for measure, cells in journey.documented(page).items()}
        for place in (-2, -1)
    )
    assert stale(page, french, "fr") == stale(page, english, "en") == []
    home = float(english["first paint of home"][1].removesuffix(" kB"))
    close, other = (("", f"{home + more:.1f} kB") for more in (0.1, 0.3))
    assert stale(page, english | {"first paint of home": close}, "en") == []
    changed = {"taps in all": ("", "99"), "first paint of home": other}
    assert stale(page, english | changed, "en") == ["first paint of home", "taps in all"]
    assert stale(page, english | {"new": ("", "1")}, "en") == ["new"]
    corrected = journey.updated(page, [french, english | changed])
    assert stale(corrected, english | changed, "en") == stale(corrected, french, "fr") == []
    assert journey.updated(corrected, [french, english]) == page
