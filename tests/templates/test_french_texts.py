"""French texts have the typographic apostrophe, and one verb for one thing that officers do."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
FILES = sorted(
    str(path.relative_to(ROOT))
    for folder in ("inbox", "portal", "templates")
    for kind in ("*.toml", "fr/**/*.po")
    for path in (ROOT / folder).rglob(kind)
    if path.name.count(".") == 1 or ".fr." in path.name
)
STRAIGHT = re.compile(r"\w'\w")
# A case is closed (« clore », « la clôture ») and a measure noted (« noter »), by no other verb.
OTHER_VERB = re.compile(r"\bclôtur(?!es?\b)\w+|\bmesures?\b[^.;:]*\binscri", re.IGNORECASE)


def texts(value: object, *, of_french: bool) -> Iterator[str]:
    """Yield each French text: what stands under "fr", or all of a file that is French."""
    if isinstance(value, str) and of_french:
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from texts(each, of_french=of_french or key == "fr")
    elif isinstance(value, list):
        for each in value:
            yield from texts(each, of_french=of_french)


def of_file(name: str) -> Iterator[str]:
    path = ROOT / name
    if path.suffix == ".po":
        with path.open("rb") as file:
            yield from (str(each.string) for each in read_po(file, locale="fr") if each.id)
    else:
        yield from texts(tomllib.loads(path.read_text("utf-8")), of_french=".fr." in name)


@pytest.mark.parametrize("name", FILES)
def test_french_texts_have_typographic_apostrophes(name: str) -> None:
    assert [text for text in of_file(name) if STRAIGHT.search(text)] == []


@pytest.mark.parametrize("name", FILES)
def test_one_verb_closes_a_case_and_one_notes_a_measure(name: str) -> None:
    assert [text for text in of_file(name) if OTHER_VERB.search(text)] == []


def test_texts_of_each_kind_of_file_are_found() -> None:
    """The control: a catalogue, a file of both languages, and one that is French alone."""
    for name in ("inbox/language/labels.toml", "portal/guide.fr.toml", "templates/questionnaire.toml"):
        assert any("\u2019" in text for text in of_file(name)), name
    assert 2 == sum(name.endswith(".po") for name in FILES)
    assert STRAIGHT.search("l'auteur")
    for text in ("Clôturez-le", "deux agents le clôturent", "Aucune mesure n\u2019est inscrite."):
        assert OTHER_VERB.search(text)
    assert not OTHER_VERB.search("Clôture : la mesure est notée. La demande est inscrite.")
