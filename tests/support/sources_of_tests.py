"""The sources of the tests, read without running them."""

import ast
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fixture:
    """A fixture as its source defines it. ``body`` is the fixture's code without the docstring."""

    name: str
    path: Path
    body: str

    def seen_by(self, other: "Fixture") -> bool:
        """Tell whether ``other`` hides this fixture from the tests that use ``other``."""
        if self == other or self.path.name.startswith("test_"):
            return False
        return self.path.name != "conftest.py" or self.path.parent in other.path.parents


@functools.cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def fixtures(paths: Iterable[Path]) -> Iterator[Fixture]:
    """Yield the fixtures in these files."""
    for path in paths:
        for node in _nodes(path):
            for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                if ast.unparse(mark).startswith("pytest.fixture"):
                    yield _fixture(path, node, mark)


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, or imports from."""
    for node in _nodes(path):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def _fixture(path: Path, node: ast.FunctionDef, mark: ast.expr) -> Fixture:
    keywords = mark.keywords if isinstance(mark, ast.Call) else []
    named = [ast.literal_eval(each.value) for each in keywords if each.arg == "name"]
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return Fixture(named[0] if named else node.name, path, "\n".join(map(ast.unparse, body)))
