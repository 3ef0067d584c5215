"""Words that must never be repeated are found in any spelling. Everyday words are not reported."""

import tomllib
from typing import Any

import pytest

from inbox.text.never_repeat import NeverRepeat
from tests.support.paths import ROOT

PAIRS = tomllib.loads((ROOT / "tests/vectors/never_repeat.toml").read_text("utf-8"))["pair"]
MOST = 0.1


def repeated(kept: str, text: str) -> list[str]:
    return list(NeverRepeat([kept]).repeated(text))


@pytest.mark.parametrize("chosen", ["seen", "unseen", "fresh"])
def test_at_most_one_in_ten_repetitions_is_missed_and_at_most_one_in_ten_alarms_is_false(chosen: str) -> None:
    """People who had not seen the program wrote the pairs of texts.

    Half of the pairs are in each language, and half are harmless.
    """
    pairs = [each for each in PAIRS if each["set"] == chosen]
    for repeats in (True, False):
        those = [each for each in pairs if bool(each["words"]) is repeats]
        wrong = [each for each in those if bool(repeated(each["kept"], each["text"])) is not repeats]
        assert len(those) == 30
        assert len(wrong) <= MOST * len(those), wrong


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ("Que c'est arrivé sur le parking : j'étais seul", "Le parking est désormais surveillé"),
        ("j'ai filmé la scène", "les images filmees"),
        ("le 12 mars", "vu le 12/03"),
        ("March 12", "the 12th of March"),
        ("à 14 h 30", "at 2.30 pm"),
        ("trois mille euros", "3 000 €"),
        ("porte 4", "à la porte 4"),
        ("CSQU 305438 3", "le conteneur CSQU3054383"),
        ("1-ABC-234", "1ABC234"),
        ("the X-ray room", "the xray images"),
        ("Marguerite", "MARGUERITE a écrit"),
        ("le quai", "le qu\u200bai est fermé"),
    ],
)
def test_a_repetition_is_found_in_any_spelling(kept: str, text: str) -> None:
    assert repeated(kept, text)


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ("12 mars", "12 personnes"),
        ("porte 4", "4 jours"),
        ("j'étais seul, ce jour-là", "vous êtes seul à pouvoir le dire un jour"),
        ("peut-être que c'est-à-dire", "peut-être, c'est-à-dire"),
        ("", "rien"),
    ],
)
def test_common_words_do_not_count_as_a_repetition(kept: str, text: str) -> None:
    assert [] == repeated(kept, text)


def test_a_repetition_is_reported_once_and_as_spelled_in_the_protected_text() -> None:
    assert ["Écluse"] == repeated("près de l'Écluse", "écluses, ecluse, ÉCLUSE")


HOSTILE = [each * 20_000 for each in ("A ", "1-", "12/", "A1", "éé", "99", "²²")]


@pytest.mark.parametrize(
    "hostile", HOSTILE, ids=["letters", "hyphens", "days", "sign", "word", "digits", "powers"]
)
def test_a_hostile_text_is_checked_in_linear_time(hostile: str) -> None:
    """With quadratic time, the test would never end."""
    known: Any = NeverRepeat(["le parking, CSQU 305438 3"])
    assert [] == list(known.repeated(hostile))
