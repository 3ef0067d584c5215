"""A Striker redacts a passage in texts. A Looker shows what the Striker would redact."""

import pytest

from inbox.retention.striker import EVERYWHERE, STRUCK, Looker, Striker

NAME = "Jean Dupont"
PLACES = ("what", "who", "identity")


def test_a_text_without_the_passage_is_unchanged() -> None:
    """Even a combining accent stays separate from its letter, so the signature stays valid."""
    striker = Striker(EVERYWHERE, NAME)
    assert "Rene\u0301" == striker.text("what", "Rene\u0301")
    assert not striker.is_found


@pytest.mark.parametrize(("text", "emptied"), [("…", set()), (f"… {NAME}", {"what"})])
def test_only_a_text_that_contained_the_passage_counts_as_emptied(text: str, emptied: set[str]) -> None:
    """A text without words, such as an ellipsis, was already empty."""
    striker = Striker(EVERYWHERE, NAME)
    striker.text("what", text)
    assert emptied == striker.emptied


def test_the_redaction_of_an_identity_does_not_count_as_emptying_a_text() -> None:
    """Otherwise a refusal would confirm that a guess at the identity was right."""
    striker = Striker(EVERYWHERE, NAME)
    assert STRUCK == striker.text("identity", NAME)
    assert (set(), 0, 0) == (striker.emptied, len(striker.had), len(striker.left))


@pytest.mark.parametrize(
    ("place", "passage", "seen"),
    [
        ("identity", NAME, []),
        ("identity", None, []),
        (EVERYWHERE, "Marie", []),
        (EVERYWHERE, NAME, ["what", "who"]),
        ("who", NAME, ["who"]),
        ("who", None, ["who"]),
    ],
)
def test_a_looker_finds_nothing_in_the_identity_or_in_other_places(
    place: str, passage: str | None, seen: list[str]
) -> None:
    looker = Looker(place, passage)
    texts = [looker.text(each, f"voir {NAME}") for each in PLACES]
    assert [f"voir {NAME}"] * 3 == texts
    assert seen == [each.place for each in looker.seen]
    assert bool(seen) is looker.is_found


@pytest.mark.parametrize("passage", [NAME, None])
def test_a_looker_finds_nothing_in_an_empty_text(passage: str | None) -> None:
    looker = Looker("who", passage)
    looker.text("who", "")
    assert not looker.seen


@pytest.mark.parametrize(
    ("place", "passage", "removed"),
    [
        (EVERYWHERE, NAME, ["jean-dupont", "ami de Jean Dupont"]),
        ("tags", NAME, ["jean-dupont", "ami de Jean Dupont"]),
        ("tags", None, ["jean-dupont", "ami de Jean Dupont", "dupont", "port"]),
        ("tags", "…", []),
        ("who", NAME, []),
    ],
)
def test_a_tag_is_removed_only_if_it_contains_the_passage(
    place: str, passage: str | None, removed: list[str]
) -> None:
    """A Looker shows the same tags, but removes none of them."""
    tags = ["jean-dupont", "ami de Jean Dupont", "dupont", "port"]
    striker, looker = Striker(place, passage), Looker(place, passage)
    assert removed == [each for each in tags if striker.has("tags", each)]
    assert not [each for each in tags if looker.has("tags", each)]
    assert removed == [each.text for each in looker.seen]


def test_a_looker_shows_a_chosen_answer_in_full_and_does_not_remove_it() -> None:
    looker = Looker("who", NAME)
    assert [False, False] == [looker.takes("who", each) for each in ("personne", f"ami de {NAME}")]
    assert [(f"ami de {NAME}",)] == [each.taken for each in looker.seen]
