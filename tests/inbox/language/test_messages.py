"""What the inbox tells officers can be said in another language, whole, with values that stay text."""

import ast
import errno
import os
import re
from collections.abc import Iterator
from datetime import date

import pytest
from babel.messages.extract import extract_python

from crypto.errors import CryptoError, Malformed, NotForUs, Tampered, Truncated
from crypto.journal import JournalBroken
from inbox.desk import rendering, telling
from inbox.files import sandbox_messages
from inbox.language import catalogue, library_errors
from inbox.language.errors import CaseRefused, WrongPassphrase
from inbox.language.messages import Sentence, joined, recognised, sentence
from inbox.replies.leak_check import Finding, Why, told
from inbox.session.actions import Act
from templates import shipped
from templates.catalogues import LANGUAGES
from tests.support.paths import ROOT

INBOX = ROOT / "inbox"
INSIDE = INBOX / "inside"


def calls(source: str, name: str) -> Iterator[ast.Call]:
    """Yield the calls of a function in a source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def dynamic(source: str) -> list[int]:
    """Return the lines on which a sentence is made of anything but a literal."""
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


def test_every_sentence_is_made_of_a_literal() -> None:
    """Else no catalogue would hold it. mypy sees to it that a refusal is made of sentences."""
    assert [dynamic(f"sentence({each})") for each in ('f"{x}"', "x", "*x", '""', '"case {n}", n=1')] == [
        [1],
        [1],
        [1],
        [1],
        [],
    ]
    own = INBOX / "sentences.py"
    found = {str(path): dynamic(path.read_text()) for path in INBOX.rglob("*.py") if path != own}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_the_catalogues_are_made_of_all_of_them() -> None:
    """Also of those that stand within one another: babel reads what Python does."""
    for path in INBOX.rglob("*.py"):
        with path.open("rb") as file:
            found = [text for _, _, text, _ in extract_python(file, {"sentence": None}, (), {})]
        extracted = {text if isinstance(text, str) else text[0] for text in found if text}
        assert extracted - {None} == templates(path.read_text()), path


def texts(node: ast.expr) -> Iterator[str]:
    """Yield what an expression of the sandbox says, each value as 7."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr():
            parts = (each.value if isinstance(each, ast.Constant) else "7" for each in node.values)
            yield "".join(map(str, parts))
        case ast.Call(func=ast.Name(id="counted")):
            yield from (
                f"{count} {text}"
                for count, each in zip((1, 7), node.args[1:], strict=True)
                for text in texts(each)
            )


def test_whatever_the_sandbox_says_of_a_file_is_a_sentence() -> None:
    """But for types, metadata of a name that is not ours, and what a PDF holds, which is looked up below."""
    said = [
        text
        for path in INSIDE.glob("*.py")
        for name, at in (("fact", 1), ("NotShown", 0))
        for node in calls(path.read_text(), name)
        if name == "NotShown" or ast.literal_eval(node.args[0]) in {"why", "caution", "measure", "entry"}
        for text in texts(node.args[at])
    ]
    assert len(said) > 15
    assert [each for each in said if not isinstance(sandbox_messages.said(each), Sentence)] == ["holds 7"]
    assert not isinstance(sandbox_messages.said("holds whatever a worker made up"), Sentence)


def test_what_a_pdf_would_do_is_a_sentence() -> None:
    from inbox.sandboxed import pdf  # noqa: PLC0415 - it imports what the sandbox alone needs

    active = [sandbox_messages.said(f"holds {what}") for _, what in pdf._ACTIVE]
    assert all(isinstance(each, Sentence) for each in active)


def test_a_sentence_is_the_english_and_the_values_stay_apart() -> None:
    refused = CaseRefused(sentence("case {number} is closed", number=7), sentence("leave it out"))
    assert str(refused) == "case 7 is closed"
    assert telling.told("fr", refused.what) == "Le dossier 7 est clos"
    assert telling.told("en", refused.what) == "Case 7 is closed"
    assert (refused.what.template, refused.what.values) == ("case {number} is closed", {"number": 7})


def test_values_are_neither_templates_nor_control_characters() -> None:
    said = sentence("there is no officer {officer}", officer="{number}\u202e\x1b[2J<b>")
    assert telling.told("fr", said) == "Il n'y a pas d'agent {number}<U+202E><U+001B>[2J<b>"
    shown = rendering.environment("fr").from_string("{{ said|told }}").render(said=said)
    assert "&lt;b&gt;" in shown
    assert telling.told("fr", "case {number} is closed") == "case {number} is closed"


def test_sentences_within_sentences_are_said_as_well() -> None:
    found = told([Finding(Why.OFFICER, "alice"), Finding(Why.CONTACT, "a@b.fr")])
    assert found == "“alice” (it names an officer); “a@b.fr” (it is an address or a telephone number)"
    assert telling.told("fr", found).replace("\xa0", " ") == (
        "« alice » (cela nomme un agent) ; « a@b.fr » (c'est une adresse ou un numéro de téléphone)"
    )
    day = sentence("nothing is due before {day}", day=date(2026, 8, 1))
    assert (day, telling.told("fr", day)) == (
        "nothing is due before 2026-08-01",
        "Rien n'échoit avant le 1 août 2026",
    )
    assert joined([day]) == day


def test_what_was_kept_in_english_is_recognised_whole_or_not_at_all() -> None:
    forms = ("file {number}", "queue")
    assert telling.told("fr", recognised("file 3", forms)) == "Fichier 3"
    for text in ("a file 3", "file ", "queue.", "Queue", "(file 3)", ""):
        assert recognised(text, forms) is text


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("file 3, page 2", "fichier 3, page 2"),
        ("prosecutor, attachments none, to age1x", "procureur, sans pièces jointes, pour age1x"),
        ("unfounded, withheld, despite a warning", "Infondé, Non communiquée, malgré un avertissement"),
        ("art40: no_transmission", "Avis au procureur (art. 40 CPP)\u00a0: Non transmis"),
        ("2", "Probablement vraie"),
        (
            "days off added: 5, from 2026-12-24 to 2026-12-31",
            "jours chômés ajoutés\u00a0: 5, du 2026-12-24 au 2026-12-31",
        ),
        ("regime external", "régime d'une autorité externe"),
        ("alice\x1b", "alice<U+001B>"),
    ],
)
def test_what_an_act_was_about_is_said_part_by_part(kept: str, said: str) -> None:
    assert telling.about("fr", kept) == said


def test_every_act_has_a_name() -> None:
    words = rendering.environment("fr").from_string(
        '{% from "desk/words.html" import ACTS with context %}{{ ACTS|length }}'
        "{% for each in acts if each not in ACTS %} {{ each }}{% endfor %}"
    )
    assert words.render(acts=[*Act, "received", "collected", "follow-up", "measure"]) == str(len(Act) + 4)


def form_fields() -> set[str]:
    """Return what the fields of the desk's forms are called, but for those that no officer fills in."""
    templates = [path.read_text("utf-8") for path in (shipped.FOLDER / "desk").glob("*.html")]
    tags = (tag for text in templates for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*", text))
    named = {name for tag in tags for name in re.findall(r'name="([a-z-]+)"', tag)}
    made = re.findall(r'\b(?:chooser|coded|tick)\("([a-z]+)"', "".join(templates))
    return (named | set(made)) - {"csrf_token", "form", "release", "chosen", "q-", "passphrase-"}


def test_every_field_of_a_form_has_a_name_where_what_was_typed_is_given_back() -> None:
    words = rendering.environment("fr").from_string(
        '{% from "desk/words.html" import FIELDS with context %}{{ FIELDS|join(" ") }}'
    )
    named = set(words.render().split())
    assert len(form_fields()) > 50
    assert form_fields() - named == set()


@pytest.mark.parametrize(
    "error", [Malformed("x"), NotForUs("x"), Tampered("x"), Truncated("x"), JournalBroken(3, "x")]
)
def test_an_error_of_the_protocol_keeps_its_words_on_the_terminal_alone(error: CryptoError) -> None:
    said = library_errors.of_crypto(error)
    assert said == str(error)
    assert telling.told("fr", said) != telling.told("en", said) != str(error)


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENOSPC, errno.EROFS, errno.EXDEV])
def test_an_error_of_the_system_too(number: int) -> None:
    said = library_errors.of_system(OSError(number, os.strerror(number)))
    assert said == os.strerror(number)
    assert telling.told("fr", said) not in {telling.told("en", said), os.strerror(number)}


def test_a_refusal_is_said_in_the_language_of_its_page() -> None:
    wrong = WrongPassphrase("alice")
    assert telling.told("fr", wrong.what) == "Mauvaise phrase de passe pour la part de l'agent alice"
    assert catalogue.text("fr", wrong.hint)[1:] == telling.told("fr", wrong.hint)[1:] != wrong.hint[1:]


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [(25, "25 o", "25 B"), (9_825, "9,6 Kio", "9.6 KiB"), (10_240, "10 Kio", "10 KiB"), (0, "0 o", "0 B")],
)
def test_a_size_has_the_comma_of_its_language(size: int, french: str, english: str) -> None:
    said = [rendering.environment(each).from_string("{{ n|size }}").render(n=size) for each in LANGUAGES]
    assert [french, english] == said
