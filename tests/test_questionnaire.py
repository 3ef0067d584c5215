"""questionnaire.toml: the shipped one is sound, a mistake in another is named."""

from pathlib import Path

import pytest

from crypto import questionnaire
from crypto.questionnaire import BadQuestionnaire

SHIPPED = (Path(__file__).parent.parent / "portal" / "questionnaire.toml").read_bytes()


def test_the_shipped_questionnaire_asks_what_and_coi() -> None:
    """A text and a choice, labelled in both languages."""
    found = questionnaire.parse(SHIPPED)
    assert ("customs", 1) == (found.id, found.version)
    assert ["what", "coi"] == [field.id for field in found.fields]
    assert ["no", "yes", "unsure"] == [option.id for option in found.fields[1].options]
    assert found.fields[0].most == 8_000
    assert found.reference.hash == found.hash


@pytest.mark.parametrize(
    ("found", "put", "named"),
    [
        ('id = "customs"', "", "'id' is missing"),
        ("version = 1", "version = 0", "'version' is a number from 1"),
        ("version = 1", "version = true", "'version' is a number from 1"),
        ("version = 1", "version = 1\nextra = 1", "'extra' is not known"),
        ("version = 1", "version = ", "questionnaire is not TOML"),
        ('id = "coi"', 'id = "what"', "'what' is used twice"),
        ('id = "coi"', 'id = "Coi"', "id is a-z"),
        ('id = "yes"', 'id = "no"', "'no' is used twice"),
        ('type = "choice"', 'type = "date"', "field 'coi'"),
        ("most = 8000", "most = 8000\nmust = true", "'must' is not known"),
        ("most = 8000\n", "", "'most' is missing"),
        ("most = 8000", "most = 160001", "'most' of all fields together is at most 160000"),
        ('label.fr = "Non"\n', "", "needs a text in fr and in en"),
        ('label.fr = "Non"', 'label.fr = " "', "has an empty text"),
        ('label.fr = "Non"', 'label.fr = "Non"\nlabel.de = "Nein"', "needs a text in fr and in en"),
    ],
)
def test_a_mistake_is_named(found: str, put: str, named: str) -> None:
    """Whoever edits the file learns where it is wrong and what belongs there."""
    text = SHIPPED.decode("utf-8")
    assert found in text
    with pytest.raises(BadQuestionnaire) as refused:
        questionnaire.parse(text.replace(found, put, 1).encode())
    assert named in str(refused.value)


def test_bytes_that_are_no_text_are_refused() -> None:
    """Latin-1 is a common accident."""
    with pytest.raises(BadQuestionnaire):
        questionnaire.parse(SHIPPED.decode("utf-8").encode("latin-1"))
