"""Texts for reporters are easy enough to read in French."""

from tests.support import readability
from tests.support.readability import LIMIT, ease, known


def errors(limit: float) -> float:
    """Return the part of easy sentences that fail at a limit, plus the part of hard ones that pass."""
    easy, hard = known("easy", "school"), known("law")
    return sum(ease(each) < limit for each in easy) / len(easy) + sum(
        ease(each) >= limit for each in hard
    ) / len(hard)


def test_the_limit_is_the_strictest_that_lets_a_school_book_pass() -> None:
    """And the best to tell statutes from easier texts. No text of the portal took part in setting it."""
    assert int(min(map(ease, known("easy", "school")))) == LIMIT
    assert errors(LIMIT) == min(map(errors, range(101)))
    assert sum(ease(each) < LIMIT for each in known("law")) / len(known("law")) > 0.8
    assert len(known("easy")) >= 20
    assert len(known("school")) >= 20
    assert len(known("law")) >= 10


def test_a_hard_sentence_is_found_in_a_text_and_a_short_or_easy_one_is_not() -> None:
    statute = known("law")[0]
    text = f"Le chat dort bien au chaud sur le lit, tout près de vous. {statute} Confidentialité."
    assert [statute] == list(readability.hard([text]))
