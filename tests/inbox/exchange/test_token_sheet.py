"""The sheet with the twelve words of a case token."""

from inbox.exchange import token_sheet


def test_the_token_sheet_has_the_words_in_three_columns_and_no_line_ends_in_spaces() -> None:
    """The numbers of a column are aligned."""
    words = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze")
    assert [
        " 1 un           5 cinq         9 neuf",
        " 2 deux         6 six         10 dix",
        " 3 trois        7 sept        11 onze",
        " 4 quatre       8 huit        12 douze",
    ] == [*token_sheet.rows(words)]


def test_the_token_sheet_has_all_words_even_if_its_last_row_is_not_full() -> None:
    assert [" 1 a            3 c            5 e", " 2 b            4 d"] == [*token_sheet.rows("abcde")]


def test_blank_lines_separate_the_title_from_the_words_and_the_words_from_the_advice() -> None:
    title, *lines = token_sheet.sheet(("un", "deux"), "fr").split("\n")
    assert (True, ["", " 1 un           2 deux", ""], "") == (bool(title), lines[:3], lines[-1])
    assert lines[3]
