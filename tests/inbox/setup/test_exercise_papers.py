"""Everything that an exercise prints has its mark, and nothing that a real inbox prints has it."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from crypto import exercise
from inbox.exchange import token_sheet
from inbox.figures import files as figures
from inbox.files.pdf import Sheets
from inbox.language import marking
from inbox.language.errors import Refused
from inbox.retention import list_files
from inbox.setup import init
from inbox.setup.ceremony_papers import Handout
from inbox.setup.init import Root
from inbox.system.home import Home
from inbox.text import spreadsheets
from tests.support import exercises
from tests.support.inbox_builders import Office, charter, circle, today

WORDS = exercise.WORDS
EXERCISE, REAL = exercise.draw(exercise=True), bytes(16)


def _pages(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return read.stdout.decode().split("\f")[:-1]


def _pdf() -> list[str]:
    sheets = Sheets("Titre", language="fr", day=date(2026, 12, 2), foot="page", removed="")
    for n in range(60):
        sheets.quote((f"Ligne {n}\nune autre",))
    return _pages(sheets.output())


def test_each_page_of_a_pdf_is_marked() -> None:
    """The mark is above the text, also within a quotation that continues. A real PDF has the same text."""
    with marking.marked(REAL):
        real = _pdf()
    with marking.marked(EXERCISE):
        marked = _pdf()
    assert len(marked) == len(real) > 2
    for page, plain in zip(marked, real, strict=True):
        assert WORDS == page.strip().splitlines()[0].strip()
        assert plain.split() == page.replace(WORDS, "", 1).split()


def test_a_thread_prints_the_mark_of_its_process() -> None:
    """The desk answers in threads. Afterwards, nothing is marked."""
    with marking.marked(EXERCISE), ThreadPoolExecutor(1) as thread:
        assert thread.submit(marking.on_paper, "x").result() == f"{WORDS}\n\nx\n\n{WORDS}\n"
    assert marking.on_paper("x") == "x"


def test_tables_for_spreadsheets_and_sheets_of_words_are_marked() -> None:
    """The mark is the first row of a table, and the first and last line of a sheet."""
    assert WORDS not in spreadsheets.written([("a", "b")]).decode()
    assert WORDS not in token_sheet.sheet(["abri"] * 12, "fr")
    with marking.marked(EXERCISE):
        assert spreadsheets.written([("a", "b")]).decode("utf-8-sig").splitlines() == [WORDS, "a;b"]
        sheet = token_sheet.sheet(["abri"] * 12, "fr").splitlines()
    assert (WORDS, WORDS) == (sheet[0], sheet[-1])


def test_lists_for_the_archives_are_marked(tmp_path: Path) -> None:
    """The list to print, and the same list in JSON."""
    with marking.marked(EXERCISE):
        paper, data = list_files.write(
            Home(tmp_path / "inbox"), tmp_path / "out", "visa-x", "Liste\n", {"a": 1}
        )
    assert f"{WORDS}\n\nListe\n\n{WORDS}\n" == paper.read_text()
    assert {"exercise": WORDS, "a": 1} == json.loads(data.read_text())


@pytest.mark.parametrize("deployment", [REAL, EXERCISE], ids=["real", "exercise"])
def test_the_papers_of_a_ceremony_say_whether_it_founds_an_exercise(
    tmp_path: Path, deployment: bytes
) -> None:
    """The record, and the words of each share."""
    (tmp_path / "shares").mkdir()
    made = init.found(
        tmp_path / "inbox",
        replace(charter(), root=replace(Root.new(), deployment=deployment)),
        circle("alice", "bruno", "chloe", quorum=2),
        Handout(tmp_path / "shares", with_sheets=True),
        today=today(),
    )
    assert made.papers
    for file in (made.papers.record, *made.papers.sheets.values()):
        assert exercise.is_exercise(deployment) == file.read_text().startswith(f"{WORDS}\n")


def test_an_exercise_publishes_no_figures(tmp_path: Path) -> None:
    """An edition with invented counts would look like a real one."""
    home = Home(tmp_path / "inbox")
    with marking.marked(EXERCISE), pytest.raises(Refused, match="an exercise publishes no figures"):
        figures.check_out(home, tmp_path / "out")
    figures.check_out(home, tmp_path / "out")


def test_a_register_from_an_exercise_is_marked_and_one_from_a_real_inbox_is_not(
    office: Office, tmp_path: Path
) -> None:
    """As officers print it: with a command that opens the inbox."""
    training = exercises.found(tmp_path / "training")
    for inbox, is_marked in ((training, True), (office, False), (training, True)):
        out = tmp_path / "out" / str(len(list(tmp_path.rglob("*.pdf"))))
        out.mkdir(parents=True)
        for kind in ("pdf", "csv"):
            assert inbox.run("office", "register", "alerts", "--out", out / f"register.{kind}").code == 0
        assert is_marked == (WORDS in _pages((out / "register.pdf").read_bytes())[0])
        assert is_marked == (WORDS in (out / "register.csv").read_text("utf-8-sig"))
