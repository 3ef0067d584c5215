"""Files with texts in both languages: markup, a missing translation and swapped languages are refused."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from babel.messages.pofile import read_po

from portal.errors import BadConfiguration
from portal.kit import texts
from portal.web import scenarios
from templates import catalogues, languages
from templates.catalogues import Domain

Edit: TypeAlias = Callable[[str, str], Path]

PLACES = {texts.FILE: "poster.lead", scenarios.FILE: "lead"}
# Each text with the part of it that is markup.
MARKUP = {
    "a <b>b</b>": "<b>",
    "a <!-- b -->": "<!-- b -->",
    "a <!-- b": "<!-- b",
    "a <img src=x onerror=alert(1) ": "<img src=x onerror=alert(1) ",
    "a </p": "</p",
    "a <?php": "<?php",
    "a **b**": "**",
    "a *b*": "*",
    "a __b__": "__",
    "a _b c_ d": "_b c_",
    "a ~~b~~": "~~",
    "a `b`": "`",
    "[b](c)": "](",
    "[b][c]": "][",
    "[b]: c": "]:",
    "![b]": "![",
    "a&nbsp;b": "&nbsp;",
    "a &#60; b": "&#60;",
    **{f"{mark} a": f"{mark} " for mark in ("#", "###", "-", "*", "+", ">")},
    "  # a": "  # ",
}
PLAIN = [
    "5 < 6 > 3 & 3 * 2",
    "R&D",
    "C# (b)",
    "un_deux_trois",
    "n\N{DEGREE SIGN} 3",
    "#3",
    "+33 1",
    "\N{EN DASH} a",
]
FRENCH = "Ne prenez rien, et ne dites pas que vous avez vu cette boîte."
ENGLISH = "Take nothing, and do not say that you have seen this box."


@pytest.fixture(params=PLACES)
def edited(request: pytest.FixtureRequest, tmp_path: Path) -> Edit:
    """A function that gives one text of the file another content in both languages, and returns the file."""
    name = request.param
    shipped = {texts.FILE: texts.SHIPPED, scenarios.FILE: scenarios.SHIPPED}[name].read_text("utf-8")

    def edit(french: str, english: str) -> Path:
        pair = f"{{ fr = {json.dumps(french)}, en = {json.dumps(english)} }}"
        new, count = re.subn(r"(?m)^lead = .*$", lambda _: f"lead = {pair}", shipped, count=1)
        assert count == 1
        (tmp_path / name).write_text(new, "utf-8")
        return tmp_path / name

    return edit


def load(file: Path) -> str:
    """Return the French text that was edited."""
    if file.name == texts.FILE:
        return str(texts.load(file)["fr"]["poster"]["lead"])
    return scenarios.load(file.parent).lead.fr


def refusal(file: Path) -> str:
    with pytest.raises(BadConfiguration) as refused:
        load(file)
    said = str(refused.value)
    assert re.match(rf"{file}: line \d+: \w+, {PLACES[file.name]}\b", said), said
    return said


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_refused_also_if_it_is_not_closed(edited: Edit, text: str) -> None:
    for pair, place in (((text, "Short."), "fr"), (("Bref.", text), "en")):
        assert f"lead.{place}: “{MARKUP[text]}” is markup, but the texts are plain" in refusal(edited(*pair))


@pytest.mark.parametrize("text", PLAIN)
def test_signs_that_are_no_markup_are_accepted(edited: Edit, text: str) -> None:
    assert load(edited(text, "Short.")).split() == text.split()


@pytest.mark.parametrize("text", [FRENCH, ENGLISH, "Direction générale des douanes"])
def test_a_text_that_is_the_same_in_both_languages_is_refused(edited: Edit, text: str) -> None:
    """Neither a space nor a capital letter is a translation."""
    for other in (text, text.replace(" ", "\N{NO-BREAK SPACE}", 1), text.upper()):
        assert "the French and the English text are equal" in refusal(edited(text, other))


def test_a_short_text_that_is_the_same_in_both_languages_is_accepted_but_said(edited: Edit) -> None:
    """It may be a name. The control is a text with a translation."""
    for french, english, told in (("Douane Plus", "Douane Plus", ["Douane Plus"]), (FRENCH, ENGLISH, [])):
        file = edited(french, english)
        if file.name == texts.FILE:
            assert texts.untranslated(file) == told
        else:
            assert [*scenarios.load(file.parent).untranslated] == told


def test_a_text_in_the_wrong_language_is_refused(edited: Edit) -> None:
    """The languages may be swapped, or one text may be written in both languages."""
    assert "lead.fr: this text is English, not French" in refusal(edited(ENGLISH, FRENCH))
    assert "lead.fr: this text is English, not French" in refusal(edited(ENGLISH, f"Again. {ENGLISH}"))
    assert "lead.en: this text is French, not English" in refusal(edited(FRENCH, f"Encore. {FRENCH}"))
    assert load(edited(FRENCH, ENGLISH)) == FRENCH


def test_a_text_may_quote_the_other_language(edited: Edit) -> None:
    """The quotation has more small words than the sentence around it."""
    assert load(edited(FRENCH, f"He tells you: “{FRENCH}”")) == FRENCH


def test_no_text_of_the_program_is_taken_for_the_other_language() -> None:
    """Otherwise an inspectorate could not start its portal. The control: many texts are recognised."""
    pairs = []
    for domain in Domain:
        with catalogues.path(domain, "fr").open("rb") as file:
            pairs += [
                (each.string, each.id) for each in read_po(file) if isinstance(each.id, str) and each.id
            ]
    french, english = ({*map(languages.surely, texts)} for texts in zip(*pairs, strict=True))
    assert (french, english) == ({"fr", ""}, {"en", ""})
    assert sum(all(map(languages.surely, pair)) for pair in pairs) > 500
