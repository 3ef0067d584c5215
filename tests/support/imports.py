"""What our modules import, from their sources: nothing is loaded."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.paths import ROOT


def imported(source: str) -> Iterator[str]:
    """Yield each module that a source file imports, and each name that it imports from a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def reached(room: str) -> tuple[set[Path], set[str]]:
    """Return the files that the modules of a room import, directly or not, and all other names.

    The files are those of our rooms, below ROOT; the files of the room itself are among them.
    """
    waiting = [path.relative_to(ROOT) for path in (ROOT / room).rglob("*.py")]
    files: set[Path] = set()
    others: set[str] = set()
    while waiting:
        file = waiting.pop()
        if file in files:
            continue
        files.add(file)
        waiting += [path / "__init__.py" for path in file.parents if (ROOT / path / "__init__.py").exists()]
        for name in imported((ROOT / file).read_text("utf-8")):
            path = Path(*name.split("."))
            found = [
                each for each in (path.with_suffix(".py"), path / "__init__.py") if (ROOT / each).exists()
            ]
            waiting += found
            if not found:
                others.add(name)
    return files, others
