"""The files of an edition for readers."""

from inbox.figures.published.files import files
from tests.support.editions import FIRST, IMPRINT, publish, some_years


def test_an_edition_has_one_json_file_and_in_each_language_a_page_and_a_pdf_and_a_spreadsheet() -> None:
    published = publish(some_years(2), 2)
    made = files(published.plans, published.releases, FIRST + 1, IMPRINT)
    assert sorted(made) == [
        "edition-2028.en.csv",
        "edition-2028.en.html",
        "edition-2028.en.pdf",
        "edition-2028.fr.csv",
        "edition-2028.fr.html",
        "edition-2028.fr.pdf",
        "edition-2028.json",
    ]
    assert b'<html lang="fr">' in made["edition-2028.fr.html"]
    assert b"Reports received" in made["edition-2028.en.csv"]
    assert {raw[:5] for name, raw in made.items() if name.endswith(".pdf")} == {b"%PDF-"}


def test_an_edition_has_the_same_bytes_if_it_is_made_again_after_later_editions() -> None:
    early, late = (publish(some_years(n), n) for n in (2, 5))
    first, again = (files(each.plans, each.releases, FIRST + 1, IMPRINT) for each in (early, late))
    assert first == again
    assert b"(D:20330401000000" in first["edition-2028.fr.pdf"]
