"""The strength of a passphrase is an estimate for officers, never a rule."""

from inbox.keys import passphrase_strength


def test_a_passphrase_that_attackers_try_first_is_weak() -> None:
    """A common word with a number is weak, and officers' names count as common.

    Five random words are strong.
    """
    assert passphrase_strength.estimate("password12345", []).is_weak
    names = [["bruno.marchetti"], []]
    known, unknown = (passphrase_strength.estimate("bruno.marchetti9", each).exponent for each in names)
    assert known < unknown
    assert "strong" in passphrase_strength.estimate("cobalt harvest tundra flute anchor", []).said


def test_a_stronger_passphrase_gets_a_better_rating() -> None:
    """The ratings are weak, fair and strong."""
    words = ["weak, found within days", "fair", "strong"]
    said = [
        passphrase_strength.estimate(each, []).said
        for each in ("lantern12345", "Tr0ub4dor&3xx", "k#9Lq!zW2m@Xv7")
    ]
    assert [True] * 3 == [word in each for word, each in zip(words, said, strict=True)]


def test_only_the_first_72_characters_of_a_passphrase_are_estimated() -> None:
    """The estimator accepts 72 characters, and becomes slower with each character."""
    assert (
        passphrase_strength.estimate("a b" * 1_000, []).exponent
        == passphrase_strength.estimate(("a b" * 1_000)[:72], []).exponent
    )
