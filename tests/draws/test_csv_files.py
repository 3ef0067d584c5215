"""Lists in CSV are read strictly, whatever office program wrote them."""

import pytest

from draws import columns, csv_files
from draws.csv_files import CsvRefused

HEADING = "conteneur;unité;contrôle;risque origine;résultat;annulé par"
LINE = "MSCU1234565;Le Havre 1;scanner;élevé;RAS;"


def read(text: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    return csv_files.read(text.encode(encoding), columns.columns())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty"),
        (f"{HEADING};secret\n{LINE};x", "line 1: no column is called “secret”"),
        (f"{HEADING};unit\n{LINE};x", "line 1: the column “unit” is there twice"),
        ("conteneur;unité\nA;B", "line 1: the column “check” is missing"),
        (f"{HEADING}\n{LINE};more", "line 2: the line has 7 cells in place of 6"),
        (f'{HEADING}\n"{LINE}', "line 2: a quotation mark is not closed, or a line is broken"),
        (f"{HEADING}\n{LINE}\n\n\n{LINE}\n", "line 3: the line is empty"),
        (f"{HEADING}\n{LINE}\n=HYPERLINK(1);a;b;c;d;", "line 3: the cell “container” begins like a formula"),
        (f"{HEADING}\nA;@b;c;d;e;", "line 2: the cell “unit” begins like a formula"),
        (f"{HEADING}\nA;\uff1db;c;d;e;", "line 2: the cell “unit” begins like a formula"),
        (f"{HEADING}\nA;{'b' * 201};c;d;e;", "line 2: the cell “unit” is too long"),
        (f"{HEADING}\nA;b\u202ec;c;d;e;", "line 2: the cell “unit” has an invisible character"),
    ],
)
def test_a_bad_list_is_refused_in_a_sentence_that_names_the_line(text: str, why: str) -> None:
    with pytest.raises(CsvRefused) as error:
        read(text)
    assert str(error.value) == why


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(CsvRefused, match="neither UTF-8 nor CP1252"):
        csv_files.read(b"\x81\xff;", columns.columns())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_usual_forms_of_csv_give_the_same_rows(encoding: str, mark: str, end: str) -> None:
    text = f"{HEADING}\n{LINE}\n\n".replace(";", mark).replace("\n", end)
    assert read(text, encoding) == [
        {
            "container": "MSCU1234565",
            "origin_risk": "élevé",
            "unit": "Le Havre 1",
            "check": "scanner",
            "result": "RAS",
            "cancelled_by": "",
        }
    ]


def test_a_written_file_begins_no_cell_like_a_formula() -> None:
    written = csv_files.write([["=1+1", "é"], ["-2", "+3"]])
    assert written == "\ufeff'=1+1;é\r\n'-2;'+3\r\n".encode()


def test_the_strata_are_unit_check_risk_nothing_found_and_cancelled() -> None:
    text = f"{HEADING}\n{LINE}\nA;u;scanner;low;drugs;chief\nB;u;scanner;low;Rien à signaler;\n"
    assert columns.counted(csv_files.tables(text.encode(), columns.columns())).strata == {
        ("Le Havre 1", "scanner", "élevé", "yes", "no"): 1,
        ("u", "scanner", "low", "no", "yes"): 1,
        ("u", "scanner", "low", "yes", "no"): 1,
    }


PLAIN = [chr(each) for each in range(1, 0x180)]


def one_by_one(cell: str) -> str | None:
    """Return a cell of a file that is read with care, because it has a quotation mark; None if refused."""
    try:
        return read(f'{HEADING}\nA;b;c;d;e;"{cell}"\n')[0]["cancelled_by"]
    except CsvRefused:
        return None


def at_a_glance(cell: str) -> str | None:
    try:
        return read(f"{HEADING}\nA;b;c;d;e;{cell}\n")[0]["cancelled_by"]
    except CsvRefused:
        return None


@pytest.mark.parametrize("form", ["{}", "a{}", "{}a", "a{}b", "a {}", "{} a"])
def test_a_long_list_that_is_read_at_a_glance_has_the_same_cells_and_refusals(form: str) -> None:
    """Each character of ASCII and Latin, alone and between others, in both ways to read a file."""
    cells = [form.format(each) for each in PLAIN if each not in '";\r\n']
    found = {cell: at_a_glance(cell) for cell in cells}
    assert found == {cell: one_by_one(cell) for cell in cells}
    assert {None} < {*found.values()}


@pytest.mark.parametrize("wrong", ["=1", "b\u202ec", "c" * 201, "d;e", ""])
@pytest.mark.parametrize("first", ["", "caf\u00e9", "\u0152uvre", '"quoted"'])
def test_a_wrong_line_far_down_in_a_long_list_is_named(wrong: str, first: str) -> None:
    """Whatever the lines before have: the list is read many lines at a time, in three ways."""
    good = [f"A{n};b;c;d;e;{first}" for n in range(4_200)]
    bad = f"A;b;c;d;e;{wrong}" if wrong else ""
    lines = [HEADING, *good, bad, *good[:10]]
    with pytest.raises(CsvRefused, match=r"^line 4202: "):
        read("\n".join(lines))
    del lines[4_201]
    assert len(read("\n".join(lines))) == 4_210
