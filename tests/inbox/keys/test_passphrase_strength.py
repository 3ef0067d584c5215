"""The hint on passphrases: an estimate that people read, never a rule."""

from inbox.keys import passphrase_strength


def test_what_everybody_tries_first_is_weak() -> None:
    """A common word with a number; the names of officers count as common; five words drawn by lot do not."""
    assert passphrase_strength.estimate("password12345", []).is_weak
    names = [["bruno.marchetti"], []]
    known, unknown = (passphrase_strength.estimate("bruno.marchetti9", each).exponent for each in names)
    assert known < unknown
    assert "strong" in passphrase_strength.estimate("cobalt harvest tundra flute anchor", []).said


def test_what_holds_longer_has_a_better_word() -> None:
    """Between weak and strong there is fair."""
    words = ["weak, found within days", "fair", "strong"]
    said = [
        passphrase_strength.estimate(each, []).said
        for each in ("lantern12345", "Tr0ub4dor&3xx", "k#9Lq!zW2m@Xv7")
    ]
    assert [True] * 3 == [word in each for word, each in zip(words, said, strict=True)]


def test_a_long_passphrase_is_estimated_by_its_beginning() -> None:
    """What estimates takes 72 characters, and longer with each more."""
    assert (
        passphrase_strength.estimate("a b" * 1_000, []).exponent
        == passphrase_strength.estimate(("a b" * 1_000)[:72], []).exponent
    )
