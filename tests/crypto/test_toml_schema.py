"""TOML files that people edit: an error names the first mistake, its place and its remedy."""

import time
import tracemalloc
from importlib.resources import files

import pytest

from crypto.toml_schema import (
    IDENTIFIER,
    YES_OR_NO,
    Expected,
    Fault,
    Mismatch,
    Node,
    Schema,
    list_of,
    map_of,
    number,
    one_of,
    table,
    text,
    texts,
)
from inbox.desk import translate
from inbox.language import labels, printed_text, toml_files
from inbox.questionnaire import scoring

ROW = table({"id": IDENTIFIER, "said": texts()}, {"kind": one_of(["a", "b"]), "words": list_of(text(9))})
FILE = Schema(
    "plan",
    table(
        {"most": number(1, 9), "row": list_of(ROW)},
        {"open": YES_OR_NO, "share": {"type": "number", "description": "a share"}, "more": map_of(text())},
    ),
)
NOT_EMPTY = "a text that is not empty"
BOTH_SAID = "line 11: plan, row 'second': 'said' must be a French text (fr) and an English text (en)"
AN_ID = "an id of at most 32 characters (a-z, 0-9 and _) that starts with a letter"
GOOD = """
most = 3
open = true
share = 0.5
more = { one = "x" }
[[row]]
id = "first"
said = { fr = "Un", en = "One" }
[[row]]
id = "second"
said = { fr = "Deux", en = "Two" }
kind = "a"
words = ["x", "y"]
"""


@pytest.mark.parametrize(
    ("found", "put", "said"),
    [
        ("most = 3", "", "plan: 'most' is missing"),
        ("most = 3", "most = 3\nleast = 1", "line 3: plan: 'least' is not known here"),
        ("most = 3", "most = 0", "line 2: plan: 'most' must be a number from 1 to 9"),
        ("most = 3", "most = 10", "line 2: plan: 'most' must be a number from 1 to 9"),
        ("most = 3", "most = 3.0", "line 2: plan: 'most' must be a number from 1 to 9"),
        ("most = 3", "most = true", "line 2: plan: 'most' must be a number from 1 to 9"),
        ("most = 3", 'most = "3"', "line 2: plan: 'most' must be a number from 1 to 9"),
        ("most = 3", "most =", "plan is not TOML: "),
        ("most = 3", "most = 3\nmost = 3", "plan is not TOML: "),
        ("most = 3", "most = " + "[" * 100_000, "plan is not TOML: "),
        ("share = 0.5", "share = nan", "line 4: plan: 'share' must be a share"),
        ("share = 0.5", "share = inf", "line 4: plan: 'share' must be a share"),
        ("share = 0.5", "share = 1979-05-27", "line 4: plan: 'share' must be a share"),
        ("open = true", "open = 1", "line 3: plan: 'open' must be true or false"),
        ('more = { one = "x" }', "more = {}", "line 5: plan: 'more' must be a table with at least one entry"),
        ('more = { one = "x" }', "more = []", "line 5: plan: 'more' must be a table"),
        ('more = { one = "x" }', 'more = { One = "x" }', "line 5: plan: 'more.One' is not known here"),
        ('more = { one = "x" }', 'more = { "a.b" = "x" }', "line 5: plan: 'more.a.b' is not known here"),
        ('{ one = "x" }', '{ one = "" }', "line 5: plan: 'more.one' must be a text that is not empty"),
        ('id = "first"\n', "", "line 6: plan, row 1: 'id' is missing"),
        ('id = "first"', "id = 7", f"line 7: plan, row 1: 'id' must be {AN_ID}"),
        ('{ one = "x" }', '{ "one\\n" = "x" }', "line 5: plan: 'more.one\\n' is not known here"),
        ('id = "first"', 'id = "first\\n"', f"line 7: plan, row 'first\\n': 'id' must be {AN_ID}"),
        ('kind = "a"', 'kind = "c"', "line 12: plan, row 'second': 'kind' must be one of a, b"),
        ('kind = "a"', 'kind = ["a"]', "line 12: plan, row 'second': 'kind' must be one of a, b"),
        (', en = "Two"', "", BOTH_SAID),
        (', en = "Two"', ', en = "Two", de = "Zwei"', BOTH_SAID),
        ('en = "Two"', 'en = " \\t"', f"line 11: plan, row 'second': 'said.en' must be {NOT_EMPTY}"),
        ('said = { fr = "Deux", en = "Two" }', "said = 1", BOTH_SAID),
        ('"y"]', '"0123456789"]', "line 13: plan, row 'second', words 2 must be a text of 1 to 9 characters"),
        ('["x", "y"]', "[]", "line 13: plan, row 'second': 'words' must be a list with at least one entry"),
        ("[[row]]", "[[line]]", "plan: 'row' is missing"),
    ],
)  # fmt: skip
def test_an_error_names_the_mistake_and_its_place_and_its_remedy(found: str, put: str, said: str) -> None:
    with pytest.raises(Mismatch) as caught:
        FILE.parse(GOOD.replace(found, put).encode())
    assert str(caught.value).startswith(said)
    assert str(caught.value) == said or caught.value.fault is Fault.NOT_TOML


def test_the_error_for_bytes_that_are_not_utf_8_says_that_they_are_not_toml() -> None:
    with pytest.raises(Mismatch, match="plan is not TOML"):
        FILE.parse(b"\xff")


DOTTED = "a." * 5_000 + "a"


@pytest.mark.parametrize(
    "raw",
    [
        f"{DOTTED} = 1",
        f"[{DOTTED}]",
        f"[[{DOTTED}]]",
        f"x = {{ b = 1, {DOTTED} = 1 }}",
        "a . 'b'.".replace("'b'", '"\\""') * 2_500 + "a = 1",
        f'x = """a\\"""""\n{DOTTED} = 1',
        f"x = '''\"'''\n{DOTTED} = 1",
        f"x = 'it' # \"\n{DOTTED} = 1",
        f'# """\n{DOTTED} = 1\n# """',
        f"# '''\n{DOTTED} = 1\n# '''",
        f'# "\n{DOTTED} = 1 # "',
        f'# """\n[{DOTTED}]\n# """',
        f'x = "\\\\"\n{DOTTED} = "1"',
        f'x = "\'"\n{DOTTED} = "\'"',
        f"y = 1 # it's\n{DOTTED} = 1 # it's",
        f"x = 'a\\'\n{DOTTED} = 'b'",
        '"a"' + ' .\t"b"' * 5_000 + " = 1",
    ],
)
def test_a_key_with_too_many_parts_is_refused_before_it_takes_much_memory(raw: str) -> None:
    """The library stores every prefix of a key, so a key of 200 KB took 23 GB of memory."""
    tracemalloc.start()
    try:
        with pytest.raises(Mismatch, match="plan is not TOML: a dotted key has more than 16 parts"):
            FILE.parse(raw.encode())
        assert tracemalloc.get_traced_memory()[1] < 100 * len(raw)
    finally:
        tracemalloc.stop()


def test_a_key_may_have_at_most_sixteen_parts() -> None:
    free = Schema("plan", table({}, additionalProperties=True))
    longest = ".".join("a" * 16)
    free.parse(f"{longest} = 1".encode())
    with pytest.raises(Mismatch, match="a dotted key has more than 16 parts"):
        free.parse(f"{longest}.a = 1".encode())


@pytest.mark.parametrize("quote", ['"', "'", '"""', "'''"])
def test_a_text_value_may_have_any_number_of_dots(quote: str) -> None:
    free = Schema("free", table({"said": text()}))
    said = f"said = {quote}{DOTTED}{quote} # {DOTTED}"
    assert free.parse(said.encode()) == {"said": DOTTED}


@pytest.mark.parametrize(
    "raw",
    [
        '"""\\' * 9_000,
        '"\\' * 9_000,
        "a" * 90_000,
        "'''" * 9_001,
        "x = '" * 9_000,
        "a = " + '"' * 90_000,
        "a = " + '"\\"' * 30_000,
        "a = " + "[" * 45_000 + "]" * 45_000,
        "a = " + "{a=" * 20_000 + "1" + "}" * 20_000,
        "a = " + "9" * 90_000,
        "a = 0x" + "9" * 90_000,
        "a = 1." + "9" * 90_000 + "e9999999",
        "a = " + "1_" * 45_000,
        "a = 1979-05-27T07:32:00." + "9" * 90_000,
        "[[a]]\n" * 15_000,
        "".join(f"{f'k{n}.' * 15}x = 1\n" for n in range(1_500)),
    ],
    ids=lambda raw: raw[:12],
)
def test_an_invalid_file_is_refused_within_a_second(raw: str) -> None:
    """Refusing a file that is not TOML, or that has very long keys, takes less than a second."""
    begun = time.process_time()
    with pytest.raises(Mismatch, match=r"not TOML|is missing|is not known here"):
        FILE.parse(raw.encode())
    assert time.process_time() - begun < 1


def test_a_valid_file_is_returned_unchanged() -> None:
    found = FILE.parse(GOOD.encode())
    assert (3, True, 0.5, {"one": "x"}) == (found["most"], found["open"], found["share"], found["more"])
    assert ["first", "second"] == [row["id"] for row in found["row"]]


_BOTH = "must be a French text (fr) and an English text (en)"
SHIPPED: dict[str, tuple[Schema, str, str, str]] = {
    "language/labels.toml": (labels.FILE, 'en = "Full"', 'de = "x"', f"'disclosure.full' {_BOTH}"),
    "dossiers/access.toml": (printed_text.FILE, 'title.en = "', 'titel = "', f"'text.title' {_BOTH}"),
    "dossiers/dossier.toml": (printed_text.FILE, 'case.fr = "', 'case.de = "', f"'text.case' {_BOTH}"),
    "questionnaire/scoring.toml": (
        scoring.FILE,
        "value = 3",
        "value = 4",
        "rule 1: 'value' must be a number from 1 to 3",
    ),
}


@pytest.mark.parametrize("name", SHIPPED)
def test_files_shipped_with_the_inbox_are_checked_against_their_schemas(name: str) -> None:
    schema, found, put, said = SHIPPED[name]
    shipped = files("inbox").joinpath(name).read_text("utf-8")
    assert schema.parse(shipped.encode())
    with pytest.raises(Mismatch) as caught:
        schema.parse(shipped.replace(found, put).encode())
    assert said in str(caught.value)


@pytest.mark.parametrize("file", [labels.FILE, printed_text.FILE, scoring.FILE])
def test_an_empty_file_is_refused(file: Schema) -> None:
    with pytest.raises(Mismatch):
        file.parse(b"")


@pytest.mark.parametrize(
    ("put", "said"),
    [
        (
            "most = 3\nleast = 1",
            "ligne 3\xa0: plan\xa0: 'least' est inconnu ici",
        ),
        ("", "plan\xa0: il manque 'most'"),
        (
            "most = 0",
            "ligne 2\xa0: plan\xa0: 'most' doit être un nombre compris entre 1 et 9",
        ),
    ],
)
def test_mistakes_are_described_in_the_language_of_the_officer(put: str, said: str) -> None:
    with pytest.raises(Mismatch) as caught:
        FILE.parse(GOOD.replace("most = 3", put).encode())
    assert translate.told("fr", toml_files.refused(caught.value).what).endswith(said)


@pytest.mark.parametrize(
    "node",
    [IDENTIFIER, one_of(["a"]), number(1, 2), text(), text(3), texts(3)],
    ids=lambda node: node["description"],
)
def test_every_expectation_of_a_schema_has_a_french_text(node: Node) -> None:
    refused = toml_files.refused(
        Mismatch("plan", Fault.WRONG, "key", Expected(node["description"], **node["expected"]))
    )
    assert node["description"] in str(refused)
    assert node["description"] not in translate.told("fr", refused.what)
