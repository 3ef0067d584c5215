"""French texts use typographic apostrophes, and always the same verb for the same action of officers."""

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
# « Clore » (« la clôture ») is the verb for a case, and « noter » for a measure.
OTHER_VERB = re.compile(r"\bclôtur(?!es?\b)\w+|\bmesures?\b[^.;:]*\binscri", re.IGNORECASE)


def texts(value: object, *, of_french: bool) -> Iterator[str]:
    """Yield each French text: the values under "fr", or every text of a French file."""
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
def test_french_texts_always_use_the_same_verb_for_closing_a_case_and_for_recording_a_measure(
    name: str,
) -> None:
    assert [text for text in of_file(name) if OTHER_VERB.search(text)] == []


def test_the_searches_read_each_kind_of_file_and_find_mistakes() -> None:
    """The kinds are a catalogue, a file in both languages, and a file in French only."""
    for name in ("inbox/language/labels.toml", "portal/guide.fr.toml", "templates/questionnaire.toml"):
        assert any("\u2019" in text for text in of_file(name)), name
    assert 3 == sum(name.endswith(".po") for name in FILES)
    assert STRAIGHT.search("l'auteur")
    for text in ("Clôturez-le", "deux agents le clôturent", "Aucune mesure n\u2019est inscrite."):
        assert OTHER_VERB.search(text)
    assert not OTHER_VERB.search("Clôture : la mesure est notée. La demande est inscrite.")
