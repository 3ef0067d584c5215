"""Draw random sentences of the project for a reader who does not know it.

There are four English sources: docstrings, comments and names of tests; errors and hints; the help of
commands; documents. Each source provides the same number of sentences. ``--french N`` draws N French
sentences instead, from the errors, hints and answers that the desk and the page scripts show, and from the
pages of ``docs/fr``.

``--peer`` draws 160 sentences of the project, and 160 from the docstrings of Python's standard library. A
strict reader also marks sentences of the library. This shows how much of a figure comes from the reader, and
how much comes from the text.

Sentences of an earlier text are mixed in; ``--old FILE`` names another file with such sentences, one per
line. If a reader does not stumble over the earlier sentences, the reading was too fast and does not count.

    make sentences SEED=1 KEY=KEYFILE
    make sentences SEED=1 KEY=KEYFILE FRENCH=150
    make sentences SEED=1 KEY=KEYFILE PEER=1
"""

import argparse
import ast
import random  # noqa: TID251  anybody can repeat a draw; no secret depends on a draw
import re
import sys
import sysconfig
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from babel.messages.pofile import read_po

from templates import catalogues, command_line
from templates.catalogues import Domain
from tests.support import law_list

# A sentence and its source: a file of the project.
Row: TypeAlias = tuple[str, str]

COUNT = 300
OLD = 20
# In a draw with a peer, this many sentences come from the project, and as many from the peer.
PAIRED = 160
PEER = "peer"
_OLD = Path(__file__).with_name("old_sentences.txt")
_OLD_FRENCH = Path(__file__).with_name("old_sentences_fr.txt")
# The files whose translated texts are errors, hints and answers; the other files are pages.
_ANSWERING = ("inbox/", "draws/", "templates/portal/texts")
_LAW = "templates/jurisdictions/fr/*.toml"
_ROOMS = ("crypto", "portal", "inbox", "draws", "templates", "benchmarks")
# Docstrings and comments of these files are read, too, but these files show no text to users.
_UNSEEN = ("tests", "deploy")
_SHORTEST = 4  # In words; a shorter text is a title or a label.
# Folders with other people's code, whose prose does not count.
_NOT_OURS = {"node_modules", ".venv"}
_END = re.compile(r"(?<=[.!?:])\s+(?=[A-ZÀ-Ý\"“«`(])")
# A bold sentence is not quoted.
_BOLD = re.compile(r"\*\*([^*]*[^*.!?:])\*\*")
_QUOTED = re.compile(r'["“«][^"“”«»]*["”»][.,]?')
_LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
# This page reports what earlier readers found, and so would suggest how many sentences to mark.
_NOT_DRAWN = Path("docs/first-day.md")
# The documents in French. All other documents are in English.
_FRENCH = Path("docs/fr")
# Sentences are drawn from the comments of these files. Other TOML files have comments in two languages, or
# belong to the law.
_SCRIPTS = ("portal/scripts/*.js", "tests/js/*.*js")
_SETTINGS = ("*.toml", "inbox/**/*.toml", "portal/ops/*.toml", "portal/setup/*.toml")
# A comment of a script: a block, or the rest of a line.
_OF_SCRIPT = re.compile(r"/\*\*?(.*?)\*/|(?:^|\s)//(?!\s*@)([^\n]*)", re.DOTALL)
# Folders of the standard library with tests, or with what Debian and pip add.
_NOT_PEERS = {"dist-packages", "site-packages", "idlelib", "test", "tests"}
_LIST = re.compile(r"^(\s*[-*+]\s|\s*\d+\.\s|>|#)")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, each on one line; omit sentences of fewer than four words.

    Bold words (such as the name of a button) and the texts of Markdown links are put in quotation marks, so
    that the reader can tell them from the sentence. A sentence that the document itself quotes is omitted,
    because pages about earlier readings quote texts that were replaced.
    """
    plain = _BOLD.sub("“\\1”", _LINK.sub(r"“\1”", text)).replace("**", "")
    # The no-break spaces of French are kept.
    for part in _END.split(re.sub(r"[ \t\n]+", " ", plain)):
        said = part.lstrip(" -*|#>").rstrip(" *|#>")
        if _QUOTED.fullmatch(said):
            continue
        # An odd number of backquotes means that the text was split inside code.
        if len(said.split()) >= _SHORTEST and said.replace("``", "`").count("`") % 2 == 0:
            yield said


def english(root: Path) -> list[set[Row]]:
    """Return all sentences of each English source."""
    return [{*_notes(root), *_remarks(root)}, *map(set, (_errors(root), _help(root), _documents(root, "en")))]


def french(root: Path) -> list[set[Row]]:
    """Return the French errors, hints and answers of both catalogues, and the French documents."""
    return [{*(row for domain in Domain for row in _translated(domain)), *_documents(root, "fr")}]


def drawn(kinds: list[set[Row]], count: int, seed: int, old: Iterable[str]) -> list[Row]:
    """Return ``count`` sentences and up to 20 earlier ones in random order, each with its source.

    Each kind of source provides the same number of sentences. Earlier sentences have the source "old". Raises
    ValueError if a kind has too few sentences.
    """
    chance = _chance(seed)
    chosen = [each for found in kinds for each in chance.sample(sorted(found), count // len(kinds))]
    earlier = sorted({*old})
    chosen += [(said, "old") for said in chance.sample(earlier, min(OLD, len(earlier)))]
    chance.shuffle(chosen)
    return chosen


def peer(library: Path) -> set[Row]:
    """Return the whole sentences in the docstrings of a folder with Python modules, with the source "peer".

    Examples and items without a full stop are left out.
    """
    said: set[str] = set()
    for file in sorted(library.rglob("*.py")):
        if _NOT_PEERS & {*file.relative_to(library).parts}:
            continue
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                said.update(_whole(ast.get_docstring(node) or ""))
    return {(each, PEER) for each in said}


def _whole(docstring: str) -> Iterator[str]:
    for block in _blocks(docstring):
        if not block.startswith("    ") and ">>>" not in block:
            yield from (said for said in sentences(block) if said[0].isupper() and said.endswith("."))


def paired(kinds: list[set[Row]], others: set[Row], seed: int, old: Iterable[str]) -> list[Row]:
    """Return 160 sentences of each side and up to 20 earlier sentences, in random order and with sources.

    Raises ValueError if a side has too few sentences.
    """
    rows = [*drawn(kinds, PAIRED, seed, old), *drawn([others], PAIRED, seed, [])]
    _chance(seed).shuffle(rows)
    return rows


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  as above


def main() -> None:
    """Print the sentences with their numbers, and write the source of each to the key file."""
    parser = argparse.ArgumentParser(prog="sentences", description="Draw sentences for a reader.")
    parser.add_argument("seed", type=int, help="the seed of the draw; the same seed draws the same sentences")
    parser.add_argument(
        "--french", type=int, metavar="N", help="draw N French sentences instead of English ones"
    )
    parser.add_argument(
        "--peer", action="store_true", help="also draw sentences from Python's standard library"
    )
    parser.add_argument("--old", type=Path, help="a file with sentences of an earlier text, one on each line")
    parser.add_argument("--key", type=Path, help="write the source of each sentence to this file")
    given = parser.parse_args()
    if given.peer and given.french:
        parser.error("the standard library has no French sentences")
    root = Path(__file__).resolve().parent.parent
    kinds = french(root) if given.french else english(root)
    old = (given.old or (_OLD_FRENCH if given.french else _OLD)).read_text("utf-8").splitlines()
    earlier = [line for line in old if line.strip()]
    if given.peer:
        rows = paired(kinds, peer(Path(sysconfig.get_paths()["stdlib"])), given.seed, earlier)
    else:
        rows = drawn(kinds, given.french or COUNT, given.seed, earlier)
    sys.stdout.write(f"seed {given.seed}, {len(rows)} sentences\n")
    sys.stdout.writelines(f"{number}. {said}\n" for number, (said, _) in enumerate(rows, 1))
    if given.key:
        lines = [f"{number}\t{source}\n" for number, (_, source) in enumerate(rows, 1)]
        given.key.write_text("".join(lines), "utf-8")


def _translated(domain: Domain) -> Iterator[Row]:
    """Yield a catalogue's French sentences that are errors, hints or answers."""
    with catalogues.path(domain, "fr").open("rb") as file:
        for message in read_po(file, locale="fr"):
            places = [place for place, _ in message.locations if place.startswith(_ANSWERING)]
            texts = [message.string] if isinstance(message.string, str) else message.string or ()
            yield from ((said, places[0]) for text in texts if places for said in sentences(text))


def _modules(root: Path, rooms: Iterable[str] = _ROOMS) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for file in sorted((root / room).rglob("*.py")):
            yield str(file.relative_to(root)), ast.parse(file.read_bytes())


def _notes(root: Path) -> Iterator[Row]:
    """Yield the names of tests, and the sentences of comments and docstrings. Omit docstrings of commands.

    As in documents, each item of a list counts separately.
    """
    for name, module in _modules(root, (*_ROOMS, *_UNSEEN)):
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = node.name.removeprefix("test_").replace("_", " ")
                yield from ((each, name) for each in sentences(said))
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and not _is_command(node):
                for block in _blocks(ast.get_docstring(node) or ""):
                    if not block.startswith("    "):
                        yield from ((said, name) for said in sentences(block))
        yield from ((said, name) for block in _comments(root / name) for said in sentences(block))


def _remarks(root: Path) -> Iterator[Row]:
    """Yield the sentences of the comments of page scripts and of TOML files."""
    for patterns, read in ((_SCRIPTS, _of_script), (_SETTINGS, _of_settings)):
        for file in sorted(file for each in patterns for file in root.glob(each)):
            for block in read(file.read_text("utf-8")):
                yield from ((said, str(file.relative_to(root))) for said in sentences(block))


def _of_script(text: str) -> Iterator[str]:
    """Yield the comments of a JavaScript file, without the tags that declare types."""
    for block, line in _OF_SCRIPT.findall(text):
        plain = re.sub(r"^\s*\* ?", "", block, flags=re.MULTILINE)
        yield re.split(r"(?:^|\s)@\w", plain)[0] or line


def _of_settings(text: str) -> Iterator[str]:
    """Yield the comments of a TOML file. Consecutive lines are one comment."""
    for block in re.findall(r"(?:^#.*\n)+", text, re.MULTILINE):
        yield re.sub(r"^# ?", "", block, flags=re.MULTILINE)


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


def _errors(root: Path) -> Iterator[Row]:
    """Yield the sentences of errors and hints: the texts passed to ``sentence`` or to an exception."""
    for name, module in _modules(root):
        for node in ast.walk(module):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rpartition(".")[2]
            if called == "sentence" or called.endswith(("Refused", "Error", "Usage")):
                for text in (_text(each) for each in node.args):
                    yield from ((said, name) for said in sentences(text))


def _help(root: Path) -> Iterator[Row]:
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


def _documents(root: Path, language: str) -> Iterator[Row]:
    """Yield the sentences of the English ("en") or French ("fr") documents without code.

    Each line in the cell of a table counts separately. A line that does not end like a sentence does not
    count, because such lines are labels and data. Headings are labels, too.
    """
    law = "".join(each.read_text("utf-8") for each in sorted(root.glob(_LAW)))
    for file in sorted(root.rglob("*.md")):
        name = file.relative_to(root)
        is_hidden = any(part.startswith(".") for part in name.parts)
        if is_hidden or _NOT_OURS & {*name.parts} or name == _NOT_DRAWN:
            continue
        if name.is_relative_to(_FRENCH) != (language == "fr"):
            continue
        # The rest of docs/law.md is generated from the law, and half of it is French.
        text = file.read_text("utf-8").partition(law_list.HEADING)[0]
        prose = re.sub(r"^```.*?^```", "\n", text, flags=re.MULTILINE | re.DOTALL)
        for block in _blocks(prose):
            # docs/law-tests.md quotes French texts of the law.
            yield from ((said, str(name)) for said in sentences(block) if language == "fr" or said not in law)


def _blocks(prose: str) -> Iterator[str]:
    block: list[str] = []
    for line in prose.splitlines():
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\||<br>", line)
            yield from (cell for cell in cells if cell.rstrip().endswith((".", "!", "?")))
        elif line.startswith("#"):
            yield " ".join(block)
            block = []
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
