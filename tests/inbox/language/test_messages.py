"""Messages to officers are translated as whole sentences, and the values in them stay plain text."""

import ast
import errno
import os
import re
from collections.abc import Iterator
from datetime import date

import pytest
from babel.messages.extract import extract_python

from crypto.errors import CryptoError, Malformed, NotForUs, Tampered, Truncated
from crypto.journal import JournalBroken, Value
from inbox.desk import rendering, translate
from inbox.files import sandbox_messages
from inbox.language import catalogue, labels, library_errors
from inbox.language.errors import CaseRefused, WrongPassphrase
from inbox.language.messages import Sentence, joined, sentence
from inbox.law import entries, in_use
from inbox.replies.leak_check import Finding, Why, told
from inbox.sandboxed.answer import fact
from inbox.session import action_words
from inbox.vault import score
from templates import shipped
from templates.catalogues import LANGUAGES
from tests.support.laws import FRENCH
from tests.support.marked_texts import marked
from tests.support.paths import ROOT

INBOX = ROOT / "inbox"
INSIDE = INBOX / "sandboxed"
SAID = {"why", "caution", "measure", "entry"}


def calls(source: str, name: str) -> Iterator[ast.Call]:
    """Yield the calls of a function in this source text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def dynamic(source: str) -> list[int]:
    """Return the numbers of lines that make a sentence, but not from a single string literal."""
    return [
        node.lineno
        for node in calls(source, "sentence")
        if len(node.args) != 1 or not (isinstance(node.args[0], ast.Constant) and node.args[0].value)
    ]


def templates(source: str) -> set[str]:
    return {
        str(node.args[0].value)
        for node in calls(source, "sentence")
        if isinstance(node.args[0], ast.Constant)
    }


def test_every_sentence_is_made_from_a_string_literal() -> None:
    """Otherwise the sentence would be in no catalogue.

    The type checker ensures that a refusal consists of sentences.
    """
    assert [dynamic(f"sentence({each})") for each in ('f"{x}"', "x", "*x", '""', '"case {n}", n=1')] == [
        [1],
        [1],
        [1],
        [1],
        [],
    ]
    own = INBOX / "language" / "messages.py"
    found = {str(path): dynamic(path.read_text()) for path in INBOX.rglob("*.py") if path != own}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_babel_extracts_every_sentence() -> None:
    """Babel finds the same sentences as Python's parser, including a sentence within another sentence."""
    for path in INBOX.rglob("*.py"):
        with path.open("rb") as file:
            found = [text for _, _, text, _ in extract_python(file, {"sentence": None}, (), {})]
        extracted = {text if isinstance(text, str) else text[0] for text in found if text}
        assert extracted - {None} == templates(path.read_text()), path


def given_codes(node: ast.expr) -> Iterator[str]:
    """Yield the codes that an expression in the sandbox can have as its value."""
    match node:
        case ast.Constant(value=str() as code):
            yield code
        case ast.Attribute() | ast.Name():
            pass  # A code from NotShown, from a PDF, or from a parameter is checked where it is created.
        case _:
            raise AssertionError(ast.dump(node))


def test_every_code_that_the_sandbox_returns_has_a_sentence() -> None:
    """The codes include reasons to stop and the active content of a PDF.

    Types and names of metadata need no sentence.
    """
    from inbox.sandboxed import pdf  # noqa: PLC0415 - imports packages that only the sandbox needs

    given: dict[str, set[str]] = {"why": set(), "caution": {code for _, code in pdf._ACTIVE}}
    for path in [*INSIDE.glob("*.py"), INBOX / "files" / "previews.py"]:
        for node in calls(path.read_text(), "fact"):
            given.setdefault(ast.literal_eval(node.args[0]), set()).update(
                given_codes(node.args[1]) if ast.literal_eval(node.args[0]) in SAID else ()
            )
        for node in calls(path.read_text(), "NotShown"):
            given["why"].update(given_codes(node.args[0]))
        for node in calls(path.read_text(), "counted"):
            given.setdefault("measure", set()).update(*map(given_codes, node.args[1:]))
    assert SAID <= set(given)
    assert {kind: set(labels.of(f"file_{kind}")) for kind in SAID} == {kind: given[kind] for kind in SAID}


def test_an_unknown_sandbox_code_or_a_code_with_wrong_values_is_shown_unchanged() -> None:
    assert sandbox_messages.said(fact("caution", "macros")).template == "contains macros"  # type: ignore[attr-defined]
    for made_up, shown in {
        fact("caution", "holds whatever"): "holds whatever",
        fact("caution", "macros", "x"): "macros: x",
        fact("measure", "pages"): "pages",
        fact("metadata", "Nickname", "zq"): "Nickname: zq",
        fact("other", "macros"): "macros",
    }.items():
        said = sandbox_messages.said(made_up)
        assert (shown, False) == (said, isinstance(said, Sentence))


def test_the_text_of_a_sentence_is_english_and_its_template_and_values_stay_separate() -> None:
    refused = CaseRefused(sentence("case {number} is closed", number=7), sentence("leave it out"))
    assert str(refused) == "case 7 is closed"
    assert translate.told("fr", refused.what) == "Le dossier 7 est clos"
    assert translate.told("en", refused.what) == "Case 7 is closed"
    assert (refused.what.template, refused.what.values) == ("case {number} is closed", {"number": 7})


def test_values_in_a_sentence_act_neither_as_templates_nor_as_control_characters() -> None:
    said = sentence("there is no officer {officer}", officer="{number}\u202e\x1b[2J<b>")
    assert translate.told("fr", said) == "Aucun agent ne s\u2019appelle {number}<U+202E><U+001B>[2J<b>"
    shown = rendering.environment("fr").from_string("{{ said|told }}").render(said=said)
    assert "&lt;b&gt;" in shown
    assert translate.told("fr", "case {number} is closed") == "case {number} is closed"


def test_a_sentence_within_another_sentence_is_translated_as_well() -> None:
    found = told([Finding(Why.OFFICER, "alice"), Finding(Why.CONTACT, "a@b.fr")])
    assert found == "“alice” (it names an officer); “a@b.fr” (it is an address or a telephone number)"
    assert translate.told("fr", found).replace("\xa0", " ") == (
        "« alice » (cela nomme un agent) ; « a@b.fr » (c\u2019est une adresse ou un numéro de téléphone)"
    )
    day = sentence("nothing is due before {day}", day=date(2026, 8, 1))
    assert (day, translate.told("fr", day)) == (
        "nothing is due before 2026-08-01",
        "Aucun dossier n\u2019est à détruire avant le 1er août 2026",
    )
    assert joined([day]) == day


@pytest.mark.parametrize(
    ("code", "values", "said"),
    [
        ("preview", {"file": 3, "page": 2}, "fichier 3, page 2"),
        (
            "make-dossier",
            {"purpose": "prosecutor", "enclosed": "none", "recipient": "age1x"},
            "Pour le procureur, Sans fichiers, pour age1x",
        ),
        (
            "close-by-two",
            {"outcome": "unfounded", "disclosure": "withheld", "despite": True},
            "Infondé, Non communiquée, malgré un avertissement",
        ),
        (
            "decide",
            {"duty": "art40", "decision": "no_transmission"},
            "Avis au procureur (art. 40 CPP), Non transmis",
        ),
        ("rate", {"credibility": "2"}, "Probablement vraie"),
        (
            "change-days-off",
            {"days_off": "added", "days": 5, "first": "2026-12-24", "last": "2026-12-31"},
            "jours chômés ajoutés, nombre de jours\xa0: 5, du 24 décembre 2026, au 31 décembre 2026",
        ),
        ("link", {"relation": "duplicate"}, "Le même signalement"),
        ("entrust", {"officers": ("alice", "low")}, "alice, low"),
        ("assign", {"officer": "nobody"}, "nobody"),
        ("list", {"view": "nowhere"}, "nowhere"),
        ("no-such-action", {"file": 3}, "fichier 3"),
        ("assign", {}, ""),
    ],
)
def test_the_values_of_an_action_are_shown_in_words(code: str, values: dict[str, Value], said: str) -> None:
    """The name of an officer is never taken for a code, even if there is a code with the same text."""
    labels.learn(in_use._words(FRENCH))
    assert action_words.values(code, values, "fr") == said


def form_fields() -> set[str]:
    """Return the names of the fields of the desk's forms that officers fill in."""
    templates = [path.read_text("utf-8") for path in (shipped.FOLDER / "desk").rglob("*.html")]
    tags = (tag for text in templates for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*", text))
    named = {name for tag in tags for name in re.findall(r'name="([a-z-]+)"', tag)}
    made = re.findall(r'\b(?:chooser|coded|tick)\("([a-z_]+)"', "".join(templates))
    listed = re.findall(r'\("([a-z]+)", "[a-z]+"\|field, labels\.', "".join(templates))
    days = re.findall(r'\bday_field\([^\n]*?, "([a-z]+)"[,)]', "".join(templates))
    # The desk does not repeat the values of these fields to the officer.
    not_typed = {
        "csrf_token",
        "once",
        "confirmation",
        "anyway",
        "form",
        "year",
        "seen",
        "release",
        "read",
        "q-",
        "passphrase",
        "passphrase-",
        "share",
    }
    of_texts = {part.name for form in entries.FORMS.values() for part in form.parts}
    return (named | set(made) | set(listed) | set(days) | set(score.NAMES) | of_texts) - not_typed


def test_the_label_of_a_field_is_defined_in_one_place() -> None:
    """A page that repeats an officer's input uses the same label as the form."""
    called = {label.en for label in labels.of("field").values()}
    asked = "".join(path.read_text("utf-8") for path in (shipped.FOLDER / "desk").rglob("*.html"))
    assert len(re.findall(r'"[a-z_]+"\|field', asked)) > 50
    assert set() == called & marked("desk")


def test_every_field_of_a_form_has_a_label_and_every_label_has_a_field() -> None:
    """The desk uses the labels when it repeats what an officer typed."""
    assert len(form_fields()) > 50
    assert set(labels.of("field")) | set(labels.of("part")) == form_fields()


@pytest.mark.parametrize(
    "error", [Malformed("x"), NotForUs("x"), Tampered("x"), Truncated("x"), JournalBroken(3, "x")]
)
def test_the_original_wording_of_a_protocol_error_is_shown_only_on_the_terminal(error: CryptoError) -> None:
    said = library_errors.of_crypto(error)
    assert said == str(error)
    assert translate.told("fr", said) != translate.told("en", said) != str(error)


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENOSPC, errno.EROFS, errno.EXDEV])
def test_the_original_wording_of_a_system_error_is_shown_only_on_the_terminal(number: int) -> None:
    said = library_errors.of_system(OSError(number, os.strerror(number)))
    assert said == os.strerror(number)
    assert translate.told("fr", said) not in {translate.told("en", said), os.strerror(number)}


def test_a_refusal_is_shown_in_the_language_of_the_page() -> None:
    wrong = WrongPassphrase("alice")
    said = "Ce n\u2019est pas la phrase de passe de l\u2019agent alice"
    assert translate.told("fr", wrong.what) == said
    assert catalogue.text("fr", wrong.hint)[1:] == translate.told("fr", wrong.hint)[1:] != wrong.hint[1:]


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        (0, "0 o", "0 B"),
        (999, "999 o", "999 B"),
        (9_825, "9,8 ko", "9.8 kB"),
        (10_240, "10 ko", "10 kB"),
        (2_500_000, "2,5 Mo", "2.5 MB"),
        (3_000_000_000, "3,0 Go", "3.0 GB"),
    ],
)
def test_a_size_has_the_decimal_mark_and_the_unit_of_its_language(
    size: int, french: str, english: str
) -> None:
    said = [rendering.environment(each).from_string("{{ n|size }}").render(n=size) for each in LANGUAGES]
    assert [french, english] == said
