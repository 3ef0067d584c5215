"""Draw random sentences of the project for a reader who does not know it.

There are four sources: docstrings and comments, errors and hints, the help of commands, and documents. Each
provides the same number of sentences. ``--old FILE`` mixes in sentences of an earlier text, one per line of
the file. If a reader does not stumble over the earlier sentences, the reading was too fast and does not
count.

    make sentences SEED=1 KEY=KEYFILE
"""

import argparse
import ast
import random  # noqa: TID251  anybody can repeat this draw; no secret depends on it
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

from templates import command_line

COUNT = 300
OLD = 20
_OLD = Path(__file__).with_name("old_sentences.txt")
_ROOMS = ("crypto", "portal", "inbox", "templates", "benchmarks")
_SHORTEST = 4  # words: anything shorter is a title or a label
# Folders of other people's code: their prose does not count.
_NOT_OURS = {"node_modules", ".venv"}
_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z\"“«`(])")
_LIST = re.compile(r"^(\s*[-*+]\s|\s*\d+\.\s|>|#)")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, each on one line; omit sentences of fewer than four words."""
    for part in _END.split(" ".join(text.split())):
        said = part.strip(" -*|#>")
        if len(said.split()) >= _SHORTEST:
            yield said


def drawn(root: Path, seed: int, old: Iterable[str]) -> list[tuple[str, str]]:
    """Return sentences in random order, each with its source. Earlier sentences have the source "old"."""
    chance = random.Random(seed)  # noqa: S311  as above
    kinds = [_notes(root), _errors(root), _help(root), _documents(root)]
    chosen = [each for found in kinds for each in chance.sample(sorted(set(found)), COUNT // len(kinds))]
    earlier = sorted({*old})
    chosen += [(said, "old") for said in chance.sample(earlier, min(OLD, len(earlier)))]
    chance.shuffle(chosen)
    return chosen


def main() -> None:
    """Print the sentences with their numbers, and write the source of each to the key file."""
    parser = argparse.ArgumentParser(prog="sentences", description="Draw sentences for a reader.")
    parser.add_argument("seed", type=int, help="a number; the same number draws the same sentences")
    parser.add_argument(
        "--old", type=Path, default=_OLD, help="sentences of an earlier text, one on each line"
    )
    parser.add_argument("--key", type=Path, help="the file to write the source of each sentence to")
    given = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    old = given.old.read_text("utf-8").splitlines()
    rows = drawn(root, given.seed, [line for line in old if line.strip()])
    sys.stdout.write(f"seed {given.seed}, {len(rows)} sentences\n")
    sys.stdout.writelines(f"{number}. {said}\n" for number, (said, _) in enumerate(rows, 1))
    if given.key:
        lines = [f"{number}\t{source}\n" for number, (_, source) in enumerate(rows, 1)]
        given.key.write_text("".join(lines), "utf-8")


def _modules(root: Path) -> Iterator[tuple[str, ast.Module]]:
    for room in _ROOMS:
        for file in sorted((root / room).rglob("*.py")):
            yield str(file.relative_to(root)), ast.parse(file.read_bytes())


def _notes(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the sentences of comments and of docstrings, except the docstrings of commands.

    As in documents, each item of a list counts separately.
    """
    for name, module in _modules(root):
        for node in ast.walk(module):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and not _is_command(node):
                for block in _blocks(ast.get_docstring(node) or ""):
                    if not block.startswith("    "):
                        yield from ((said, name) for said in sentences(block))
        yield from ((said, name) for block in _comments(root / name) for said in sentences(block))


def _comments(file: Path) -> Iterator[str]:
    block: list[str] = []
    line = -1
    with file.open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            if token.type != tokenize.COMMENT:
                continue
            if token.start[0] != line + 1:
                yield " ".join(block)
                block = []
            line = token.start[0]
            block.append(re.sub(r"noqa: \w+|type: ignore\S*", "", token.string.lstrip("# ")))
    yield " ".join(block)


def _errors(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the sentences of errors and hints: the texts passed to ``sentence`` or to an exception."""
    for name, module in _modules(root):
        for node in ast.walk(module):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rpartition(".")[2]
            if called == "sentence" or called.endswith(("Refused", "Error", "Usage")):
                for text in (_text(each) for each in node.args):
                    yield from ((said, name) for said in sentences(text))


def _help(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the sentences that ``--help`` shows for commands and their options."""
    for name, module in _modules(root):
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and _is_command(node):
                for paragraph in re.split(r"\n\s*\n", ast.get_docstring(node) or ""):
                    yield from ((said, name) for said in sentences(paragraph))
            elif isinstance(node, ast.keyword) and node.arg == "help":
                yield from ((said, name) for said in sentences(_text(node.value)))
    for file in sorted(root.glob("*/*/commands.toml")):
        for leaf in command_line.leaves(command_line.read(file)).values():
            yield from ((said, str(file.relative_to(root))) for said in sentences(leaf.summary))


def _documents(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the sentences of documents without code. Each cell of a table counts separately."""
    for file in sorted(root.rglob("*.md")):
        name = file.relative_to(root)
        if _NOT_OURS & {*name.parts} or any(part.startswith(".") for part in name.parts):
            continue
        prose = re.sub(r"^```.*?^```", "\n", file.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for block in _blocks(prose):
            yield from ((said, str(name)) for said in sentences(block))


def _blocks(prose: str) -> Iterator[str]:
    block: list[str] = []
    for line in prose.splitlines():
        if line.startswith("|"):
            yield from re.split(r"(?<!\\)\|", line)
        elif not line.strip() or _LIST.match(line):
            yield " ".join(block)
            block = [line]
        else:
            block.append(line)
    yield " ".join(block)


def _is_command(node: ast.AST) -> bool:
    """Return whether a function is a command, so that its docstring is its help."""
    return isinstance(node, ast.FunctionDef) and any(
        re.search(r"\.(command|group)\b|^(command|group)\b", ast.unparse(each))
        for each in node.decorator_list
    )


def _text(node: ast.expr) -> str:
    """Return the text of a literal with ``{…}`` for each inserted value, or "" for other expressions."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr(values=values):
            return "".join(str(each.value) if isinstance(each, ast.Constant) else "{…}" for each in values)
        case _:
            return ""


if __name__ == "__main__":
    main()
