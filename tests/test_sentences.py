"""`make sentences` draws random sentences for a reader who does not know the project."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import sentences
from benchmarks.sentences import COUNT, OLD, drawn, english, french
from templates.catalogues import Domain
from tests.support import french as texts
from tests.support import law_list
from tests.support.paths import ROOT

OLD_ONES = [f"old sentence number {n} is here" for n in range(OLD + 5)]
FRENCH = 150


@pytest.mark.slow
@pytest.mark.long
def test_the_same_seed_draws_the_same_sentences_from_every_source_and_mixes_in_old_ones() -> None:
    """Another seed draws other sentences. The summaries of commands are one of the sources."""
    kinds = english(ROOT)
    first, other = drawn(kinds, COUNT, 1, OLD_ONES), drawn(kinds, COUNT, 2, OLD_ONES)
    assert first == drawn([{*sorted(each, reverse=True)} for each in kinds], COUNT, 1, OLD_ONES) != other
    sources = Counter(source for _, source in first)
    assert (COUNT, OLD) == (len(first) - OLD, sources["old"])
    assert {"inbox/cli/commands.toml", "portal/ops/commands.toml"} & {s for _, s in [*first, *other]}
    assert not {said for said, _ in first[:OLD]} <= {*OLD_ONES}


def test_the_same_seed_draws_the_same_french_sentences_and_mixes_in_old_ones() -> None:
    kinds = french(ROOT)
    first, other = drawn(kinds, FRENCH, 1, OLD_ONES), drawn(kinds, FRENCH, 2, OLD_ONES)
    assert first == drawn([{*sorted(each, reverse=True)} for each in kinds], FRENCH, 1, OLD_ONES) != other
    assert (FRENCH, OLD) == (len(first) - OLD, Counter(source for _, source in first)["old"])
    assert not {said for said, _ in first[:OLD]} <= {*OLD_ONES}


def test_french_sentences_come_from_documents_and_from_the_texts_for_officers_in_both_catalogues() -> None:
    """The program draws neither texts of pages nor English sentences.

    A number that is too high is refused.
    """
    (found,) = french(ROOT)
    said = {sentence for sentence, _ in found}
    rooms = {re.split(r"[/_.]", source)[0] for _, source in found}
    assert rooms == {"inbox", "draws", "templates", "docs"}
    assert {source for _, source in found if source.startswith("templates")} == {
        "templates/portal/texts.html",
        "templates/portal/texts_case.html",
    }
    for english_too in ("two officers must each enter their passphrase", "Skip to the content"):
        assert english_too not in said
    assert "Aller au contenu" not in said
    assert len(said) > 700
    with pytest.raises(ValueError, match="larger than population"):
        drawn(french(ROOT), len(found) + 1, 1, [])


def test_there_are_enough_old_french_sentences_and_no_page_shows_them_any_more() -> None:
    old = sentences._OLD_FRENCH.read_text("utf-8").splitlines()
    assert len({*old}) == len(old) > OLD
    now = {" ".join(text.split()) for domain in Domain for text in texts.of_catalogue(domain)}
    assert [each for each in old if " ".join(each.split()) in now] == []


def test_the_command_draws_french_sentences_and_writes_their_sources_to_a_file(tmp_path: Path) -> None:
    key = tmp_path / "key"
    words = [sys.executable, "-m", "benchmarks.sentences", "5", "--french", "30", "--key", str(key)]
    lines = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    assert lines[0] == "seed 5, 50 sentences"
    assert len(lines) == 51
    sources = [line.split("\t")[1] for line in key.read_text("utf-8").splitlines()]
    assert (50, OLD) == (len(sources), sources.count("old"))
    old = {*sentences._OLD_FRENCH.read_text("utf-8").splitlines()}
    pairs = zip(lines[1:], sources, strict=True)
    assert {line.split(". ", 1)[1] for line, source in pairs if source == "old"} <= old


def test_a_paired_draw_takes_only_whole_sentences_of_docstrings_from_the_other_project(
    tmp_path: Path,
) -> None:
    """The draw leaves out comments, code, examples, tests and added packages."""
    (tmp_path / "a.py").write_text(
        '# This is a comment here.\n"""This is a docstring here.\n\nthis begins with a small letter.\n'
        'This has no stop\n\n>>> This is an example here.\n\n    This is indented code here.\n"""\n'
        'def f(): "This is a function here."\n'
    )
    for folder in ("test", "dist-packages"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "b.py").write_text('"""This is not drawn at all."""\n')
    assert {said for said, _ in sentences.peer(tmp_path)} == {
        "This is a docstring here.",
        "This is a function here.",
    }


def test_a_paired_draw_has_as_many_sentences_of_the_peer_as_of_the_project() -> None:
    ours = [{(f"our sentence {kind} {n}", f"{kind}.py") for n in range(100)} for kind in range(4)]
    theirs = {(f"their sentence {n}", sentences.PEER) for n in range(200)}
    rows = sentences.paired(ours, theirs, 1, OLD_ONES)
    sources = Counter(source for _, source in rows)
    quarter = sentences.PAIRED // 4
    assert sources == {"old": OLD, sentences.PEER: sentences.PAIRED, **{f"{k}.py": quarter for k in range(4)}}
    assert rows != sentences.paired(ours, theirs, 2, OLD_ONES)
    first = [source for _, source in rows[: sentences.PAIRED]]
    assert 0 < first.count(sentences.PEER) < sentences.PAIRED


def test_the_draw_includes_names_and_docstrings_and_comments_of_tests_but_no_error_messages(
    tmp_path: Path,
) -> None:
    for room, said in (("tests", "a"), ("deploy", "b")):
        (tmp_path / room).mkdir()
        (tmp_path / room / "test_it.py").write_text(
            f'"""This is docstring {said} here."""\n# This is comment {said} here.\n'
            f'def test_the_name_{said}_is_read():\n    raise ValueError("this is error {said} here")\n'
        )
    notes, *others = english(tmp_path)
    assert {said for said, _ in notes} == {
        *(f"This is {kind} {said} here." for kind in ("docstring", "comment") for said in "ab"),
        *(f"the name {said} is read" for said in "ab"),
    }
    assert others == [set(), set(), set()]


def test_only_the_words_of_documents_are_drawn(tmp_path: Path) -> None:
    """Lines of a cell are separate sentences. The page about earlier draws would bias a reader.

    The draw leaves out headings, texts of the French law, and sentences that a document quotes. It puts
    bold words and the texts of links in quotation marks.
    """
    (tmp_path / "templates/jurisdictions/fr").mkdir(parents=True)
    (tmp_path / "templates/jurisdictions/fr/law.toml").write_text('fr = "Ce texte est dans la loi."')
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "first-day.md").write_text("This page is about earlier draws.")
    (tmp_path / "docs" / "law.md").write_text(
        f"This part is written by hand.\n\n{law_list.HEADING}\n\nIt is not."
    )
    (tmp_path / "a.md").write_text(
        'This is **bold** and [a link](b.md) to a page. The page said: "This was a bad sentence".\n'
        "\n| This is one line.<br>This is another line. |\n"
        "| these are four words |\n\n| Ce texte est dans la loi. |\n\n## A heading of some words\n"
        "**This title is bold.** This is `code with a stop. And it` ends.\n"
    )
    written = {
        "This is “bold” and “a link” to a page.",
        "This title is bold.",
        "This is one line.",
        "This is another line.",
    }
    assert [{said for said, _ in found} for found in english(tmp_path)] == [
        *(set(), set(), set()),
        written | {"This part is written by hand."},
    ]


def test_only_the_french_draw_contains_sentences_of_french_documents(tmp_path: Path) -> None:
    """The folder of French documents has subfolders. A French sentence may begin with an accent."""
    (tmp_path / "docs" / "fr" / "modeles").mkdir(parents=True)
    (tmp_path / "docs" / "fr" / "guide.md").write_text("Cette page est courte. À lire une seule fois.")
    (tmp_path / "docs" / "fr" / "modeles" / "fiche.md").write_text("Cette fiche est courte.")
    (tmp_path / "docs" / "fr.md").write_text("This page is in English.")
    *_, documents = english(tmp_path)
    assert documents == {("This page is in English.", "docs/fr.md")}
    assert {row for row in french(tmp_path)[0] if row[1].startswith("docs")} == {
        ("Cette page est courte.", "docs/fr/guide.md"),
        ("À lire une seule fois.", "docs/fr/guide.md"),
        ("Cette fiche est courte.", "docs/fr/modeles/fiche.md"),
    }


def test_types_and_values_in_the_comments_of_scripts_and_settings_are_not_drawn(tmp_path: Path) -> None:
    (tmp_path / "portal" / "scripts").mkdir(parents=True)
    (tmp_path / "portal" / "scripts" / "a.js").write_text(
        "// @ts-check\n/**\n * This is a block\n * of two lines.\n * @param {string} text not this one\n */\n"
        'const url = "https://not.this.one"; // This is a line here.\n'
    )
    (tmp_path / "a.toml").write_text("# This is a comment\n# of two lines.\nvalue = 1\n")
    notes, *_ = english(tmp_path)
    assert {said for said, _ in notes} == {
        "This is a block of two lines.",
        "This is a line here.",
        "This is a comment of two lines.",
    }
