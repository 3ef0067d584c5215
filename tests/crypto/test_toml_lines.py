"""A mistake is reported with its line number, however the file is written."""

import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.toml_lines import Path, line_of

KEYS = st.sampled_from(["a", "b", "c", "d e", "f.g", "h-1", "é"])
TEXTS = st.text(st.sampled_from("a]}[{=#\"'\\, \n\u2028"), max_size=8)
SCALARS = st.one_of(st.integers(-9, 9), st.booleans(), TEXTS)


def holding(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return SCALARS | st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=2)


# Lists and tables, nested at most three levels deep.
VALUES = holding(holding(holding(SCALARS)))
OWN = st.dictionaries(KEYS, VALUES, max_size=3)
# The keys of a table come first. The headers of its subtables and lists of tables follow.
PLAIN = st.fixed_dictionaries({"own": OWN})
NESTED = st.fixed_dictionaries(
    {"own": OWN, "under": st.dictionaries(KEYS, PLAIN | st.lists(PLAIN, min_size=1, max_size=3), max_size=2)}
)
TABLES = st.fixed_dictionaries(
    {
        "own": OWN,
        "under": st.dictionaries(KEYS, NESTED | st.lists(NESTED, min_size=1, max_size=2), max_size=2),
    }
)


@dataclass
class Written:
    """A file as text, with the line number of each part."""

    choose: Any
    text: str = ""
    at: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    # The last and the first line of a string with several lines. An error must name the first line.
    ended: tuple[int, int] = (0, 0)

    def put(self, text: str) -> None:
        self.text += text

    def note(self, path: tuple[str | int, ...]) -> None:
        self.at.setdefault(path, self.line)

    @property
    def line(self) -> int:
        here = self.text.count("\n") + 1
        return self.ended[1] if here == self.ended[0] else here

    def either(self) -> bool:
        return bool(self.choose(st.booleans()))

    def idle(self) -> None:
        """Insert blank lines or comments between two statements or list items."""
        self.put(self.choose(st.sampled_from(["", "", "\n", "# ]}\n", '  # """\n', "\n\t\n"])))

    def table(self, path: tuple[str | int, ...], table: dict[str, Any], names: list[str]) -> None:
        for key, value in table["own"].items():
            self.idle()
            self.note((*path, key))
            self.put(f"{quoted(key)} = ")
            self.value((*path, key), value)
            self.put(self.choose(st.sampled_from(["\n", " # = [\n", "\r\n"])))
        for key, under in table.get("under", {}).items():
            if key not in table["own"]:
                self.under((*path, key), under, [*names, quoted(key)])

    def under(self, path: tuple[str | int, ...], under: Any, names: list[str]) -> None:
        listed = isinstance(under, list)
        for n, table in enumerate(under if listed else [under]):
            own = (*path, n) if listed else path
            self.idle()
            self.note(path)
            self.note(own)
            header = ".".join(names)
            self.put(f"[[{header}]]\n" if listed else f"[{header}]\n")
            self.table(own, table, names)

    def value(self, path: tuple[str | int, ...], value: Any) -> None:
        match value:
            case bool():
                self.put(str(value).lower())
            case int():
                self.put(str(value))
            case str():
                line = self.line
                self.put(text_of(value, long=self.either()))
                self.ended = (self.text.count("\n") + 1, line)
            case list():
                self.items(path, value)
            case dict():
                self.members(path, value)

    def items(self, path: tuple[str | int, ...], items: list[Any]) -> None:
        self.put("[")
        for n, each in enumerate(items):
            self.put("," if n else "")
            if self.either():
                self.put("\n")
                self.idle()
            self.note((*path, n))
            self.value((*path, n), each)
        self.put("\n]" if self.either() else "]")

    def members(self, path: tuple[str | int, ...], members: dict[str, Any]) -> None:
        self.put("{")
        for n, (key, each) in enumerate(members.items()):
            self.put(", " if n else "")
            self.note((*path, key))
            self.put(f"{quoted(key)} = ")
            self.value((*path, key), each)
        self.put("}")


def quoted(key: str) -> str:
    return key if key.isascii() and key.replace("-", "").isalnum() else f'"{key}"'


def text_of(text: str, *, long: bool) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""\n{plain}"""' if long else '"' + plain.replace("\n", "\\n") + '"'


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every value in a file."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from paths(each, (*path, key))


@given(TABLES, st.data())
def test_a_mistake_is_reported_with_the_line_of_its_key(table: dict[str, Any], data: st.DataObject) -> None:
    written = Written(data.draw)
    written.table((), table, [])
    document = tomllib.loads(written.text)
    assert set(paths(document)) == set(written.at)  # the control: every path has a line
    for path, line in written.at.items():
        assert line == line_of(written.text, path), (path, written.text)


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a.b = 1\na.c = 2\n", ("a", "c"), 2),
        ("a.b = 1\na.c = 2\n", ("a",), 1),
        ("\n[a.b]\nc = 1\n[a]\nd = 2\n", ("a",), 2),
        ("\n[a.b]\nc = 1\n[a]\nd = 2\n", ("a", "d"), 5),
        ("[[a]]\n[[a]]\nb = 1", ("a", 1), 2),
        ("[[a]]\n[[a]]\nb = 1", ("a", 1, "b"), 3),
        ("[a]\na = [\n  [1],\n  [2]]", ("a", "a", 1), 4),
        ("a = [\n[\n[\n1,\n2]]]", ("a", 0, 0, 1), 5),
        # The search does not look inside a fourth list, so the result is the line on which that list begins.
        ("a = [\n[\n[\n[\n1,\n2]]]]", ("a", 0, 0, 0, 1), 4),
        ('a = """\nb = 1\n"""\nb = 2', ("b",), 4),
        ("a = 1", ("b",), None),
        ("a = [1]", ("a", 1), None),
        ("a = [1]", ("a", "b"), None),
        ("a = 1", (), None),
        ("a = " + "[" * 9_999, ("a",), None),
    ],
)
def test_lines_are_found_for_dotted_keys_and_tables_and_missing_keys(
    text: str, path: Path, line: int | None
) -> None:
    assert line == line_of(text, path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("".join(f"[a{n}]\nb = 1\n" for n in range(100_000)), ("a99999", "b")),
        ('a = """\n' + "x\n" * 50_000 + '"""\nb = 1', ("b",)),
        ("a = [\n" + "[1],\n" * 20_000 + "]", ("a", 19_999)),
        ("a = [\n" + "{b = [[\n" * 200 + "]]}" * 200 + "]", ("a", 0, "b", 0)),
    ],
    ids=["tables", "text", "list", "depth"],
)
def test_a_search_that_would_take_too_long_is_stopped(text: str, path: Path) -> None:
    begun = time.process_time()
    line_of(text, path)
    assert time.process_time() - begun < 4


# ``cost`` is the number of characters that a search parses, without a comment at the end. A statement is
# parsed three times: for its end, for the statement with the key, and for the line. For a list, the
# beginning of the list is also parsed, with a closing bracket added.
@pytest.mark.parametrize(
    ("text", "path", "line", "cost"),
    [("a = 1\n", ("a",), 1, 3 * 6), ("a = [\n1]\n", ("a", 0), 2, 6 + 3 * 9 + 7)],
)
def test_a_search_parses_at_most_a_million_characters(text: str, path: Path, line: int, cost: int) -> None:
    most = 1_000_000 - cost - 1  # The search adds a line feed after the last line.
    assert line_of(text + "#" * most, path) == line
    assert line_of(text + "#" * (most + 1), path) is None
