"""Some kinds of code may be in one place only.

The kinds are tests for invisible characters, terminal output, global state, and code that ends cases.
"""

import ast
import functools
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mypy import api

ROOT = Path(__file__).parent.parent
ROOMS = ("inbox", "portal", "crypto", "draws", "templates")


@functools.cache
def modules(room: str) -> dict[str, ast.Module]:
    """Return the parsed modules of a room by their paths."""
    paths = sorted((ROOT / room).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def found(rooms: tuple[str, ...], looking: Callable[[ast.Module], set[str]]) -> dict[str, set[str]]:
    """Return the findings of a search by module, for the modules that have any."""
    seen = {path: looking(tree) for room in rooms for path, tree in modules(room).items()}
    return {path: each for path, each in seen.items() if each}


# Functions that determine the kind of a character.
TELLING = {"unicodedata.category", "unicodedata.bidirectional", "isprintable"}
# A control or format character, written as an escape in the source of a regular expression.
SPELLED = re.compile(
    r"\\(?:0|x(?:0[0-8b-f]|1[0-9a-f]|7f|[89][0-9a-f]|ad)|u(?:00[0189]|00ad|200[b-f]|202[89a-e]|206|feff))",
    re.IGNORECASE,
)
UNSEEN = {
    "crypto/unseen.py": "the definition",
    "crypto/printable.py": "printable ASCII needs no definition of invisible characters",
    "inbox/text/names.py": "removes accents, which are visible",
    "inbox/system/terminal.py": "clears the screen",
    "inbox/vault/fulltext.py": "NUL, which separates texts and cannot occur in them",
    "crypto/archive.py": "NUL, which pads a field of tar",
    "portal/config.py": "NUL, which no path can contain",
}


def told_apart(tree: ast.Module) -> set[str]:
    """Return the means by which a module tests for invisible characters, or names such a character."""
    return {what for node in ast.walk(tree) for what in _told_apart(node)}


def _told_apart(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.ImportFrom(module="unicodedata", names=names):
            yield from {f"unicodedata.{each.name}" for each in names} & TELLING
        case ast.Attribute(value=ast.Name(id="unicodedata"), attr=attribute):
            yield from {f"unicodedata.{attribute}"} & TELLING
        case ast.Attribute(attr="isprintable"):
            yield "isprintable"
        case ast.Constant(value=str() as text) if SPELLED.search(text) or any(map(_is_unseen, text)):
            yield "a literal"


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} and char not in "\t\n\r"


@pytest.mark.parametrize(
    "planted",
    [
        "import unicodedata\nx = unicodedata.category('a') == 'Cf'",
        "from unicodedata import category as kind",
        "import unicodedata\nx = unicodedata.bidirectional('a')",
        "x = ''.join(filter(str.isprintable, text))",
        "BIDI = re.compile('[\u202a-\u202e]')",
        r"BIDI = re.compile(r'[\u202a-\u202e\u2066]')",
        r"CONTROLS = re.compile(r'[\x00-\x1f]')",
        r"CONTROLS = re.compile('[\x00-\x1f]')",
        r"CONTROLS = re.compile(r'[\0-\10]')",
        "ZERO_WIDTH = {'\\u200b', '\\ufeff'}",
    ],
)
def test_the_search_finds_a_planted_test_for_invisible_characters(planted: str) -> None:
    """The test below needs this control."""
    assert told_apart(ast.parse(planted))


def test_invisible_characters_are_defined_in_one_place() -> None:
    """Otherwise a text could be invisible to a search, or could look the same as a different text."""
    assert UNSEEN.keys() == found(ROOMS, told_apart).keys()


# Functions that could print foreign text, or mark text as printable although it was not cleaned.
WRITERS = {"print", "input", "Printable", "os.write", "getpass.getpass"}
WRITERS |= {f"sys.{name}" for name in ("stdout", "stderr", "__stdout__", "__stderr__")}
WRITERS |= {f"click.{name}" for name in ("echo", "secho", "style", "prompt", "confirm", "get_text_stream")}
WRITERS |= {f"traceback.print_{name}" for name in ("exc", "exception", "stack", "tb")}
WRITING = {
    "inbox/system/terminal.py": {"print", "sys.stdout", "sys.stderr", "getpass.getpass"},
    "portal/terminal.py": {"click.confirm", "click.echo", "click.prompt", "sys.stderr", "sys.stdout"},
    "crypto/printable.py": {"Printable"},
    # the worker's standard output is a pipe, and its reader checks what arrives
    "inbox/sandboxed/worker.py": {"sys.stdout"},
    # the worker sets the times of the file that it writes to
    "portal/ops/file_times.py": {"sys.stderr"},
}


def writers(tree: ast.Module) -> set[str]:
    """Return what a module uses to write to a terminal or to make text printable."""
    return WRITERS & {name for node in ast.walk(tree) for name in _writers(node)}


def _writers(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id="cast") | ast.Attribute(attr="cast"), args=[kind, *_]):
            yield "Printable" if "Printable" in ast.unparse(kind) else ""
        case ast.Call(func=ast.Name(id=name)):
            yield name
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            yield f"{module}.{name}"
            yield name if name == "Printable" else ""
        case ast.ImportFrom(module=str() as module, names=names):
            yield from (f"{module}.{each.name}" for each in names)
            yield from (
                each.name for each in names if each.asname
            )  # the search would not notice a call under another name


@pytest.mark.parametrize(
    "planted",
    [
        "print(x)",
        "from sys import stdout",
        "click.echo(x)",
        "printable.Printable(x)",
        "from crypto.printable import Printable as P",
        "cast('Printable', x)",
        "typing.cast(Printable, x)",
        "f = os.write",
    ],
)
def test_the_search_finds_planted_code_that_prints_to_the_terminal(planted: str) -> None:
    """The test below needs this control."""
    assert writers(ast.parse(planted))


def test_one_module_per_side_writes_to_a_terminal_and_one_module_makes_text_printable() -> None:
    assert WRITING == found(ROOMS, writers)


REFUSED = ("'x'", "f'{visible(str())}'", "visible(str()) + 'x'", "'\\x1b[2J'", "str(visible(str()))")
TAKEN = ("visible(str())", "lines(str())")
WAIST = "from {module} import _write\nfrom crypto.printable import lines, visible\n"
QUOTED = "from inbox.system.terminal import quoted\n_write(quoted(str()))\n"


@pytest.mark.parametrize(("module", "more"), [("inbox.system.terminal", QUOTED), ("portal.terminal", "")])
def test_the_type_checker_allows_only_printable_text_to_be_written(
    tmp_path: Path, module: str, more: str
) -> None:
    """The type checker also refuses text that was computed from printable text.

    As a control, the checker accepts the result of the cleaning function.
    """
    waist = tmp_path / "waist.py"
    written = "".join(f"_write({each})\n" for each in (*REFUSED, *TAKEN))
    waist.write_text(WAIST.format(module=module) + written + more)
    said, complained, _ = api.run(["--config-file", str(ROOT / "pyproject.toml"), str(waist)])
    assert "" == complained
    refused = re.findall(r'py:(\d+): error: Argument 1 to "_write" .* expected "Printable', said)
    assert [str(3 + place) for place in range(len(REFUSED))] == refused, said
    assert len(REFUSED) == said.count(" error: ")


# Empty containers at the level of a module, which must be filled later.
KEPT = {"ContextVar", "local", "WeakKeyDictionary", "WeakValueDictionary", "WeakSet", "SimpleNamespace"}
EMPTY = {"dict", "list", "set", "deque", "defaultdict", "Counter", "OrderedDict"}
CHANGING = {"append", "extend", "insert", "add", "update", "setdefault", "set", "pop", "remove", "clear"}
# Each function gets the officers who are signed in, act or confirm as arguments. Besides these functions,
# only a session's connection to the vault knows the officers, in its own table (inbox/vault/row_security.py).
OUTLIVING = {
    "inbox/language/labels.py": {"_law"},  # the names of codes of the law: a process works in one inbox only
    "inbox/language/marking.py": {"_process"},  # the mark of an exercise: a process works in one inbox only
    # What Python prints after an error; the streams on which the current answer has shown the mark.
    "inbox/system/terminal.py": {"sys", "threading", "_marked_on", "set"},
    "inbox/desk/sessions/guard.py": {"g", "session"},  # the session of the browser
    "inbox/desk/fields/again.py": {"g", "request"},  # the page of the form that is shown again
    "inbox/desk/jobs.py": {"g"},  # whether a request asks for a job
    "inbox/desk/problems.py": {"g"},  # the language of the request
    "inbox/desk/rendering.py": {"g"},  # the language of the request
    "inbox/desk/sessions/witnesses.py": {"g"},  # the officers whom the page asks for passphrases
    "inbox/desk/sessions/writing.py": {"g"},  # which form was sent
    "inbox/system/idle_timeout.py": {"_Limit"},  # how long nobody may type at the terminal
    "inbox/system/workers.py": {"ContextVar", "_worker"},  # the task of a worker process
}


def outliving(tree: ast.Module) -> set[str]:
    """Return the global names that a module's functions change, or whose values are made to change later."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    own = [*tree.body, *(each for node in classes for each in node.body)]
    made = {name for node in own for name in _made_empty(node)}
    named = {name for node in tree.body for name in _named(node)}
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return made.union(*(_changed(function, named) for function in functions))


def _named(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement of a module defines."""
    match node:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from ((each.asname or each.name).split(".")[0] for each in names)
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            yield name
        case _:
            yield from (each.id for each in _stored(node))


def _stored(node: ast.AST) -> Iterator[ast.Name]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each


def _made_empty(node: ast.AST) -> Iterator[str]:
    """Yield what a statement creates: empty containers, and variables per thread or context."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        match node.value:
            case ast.List(elts=[]) | ast.Dict(keys=[]):
                yield from (each.id for each in _stored(node))
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=arguments):
                if name in KEPT or (name in EMPTY and not arguments):
                    yield name


def _changed(function: ast.FunctionDef | ast.AsyncFunctionDef, named: set[str]) -> set[str]:
    """Return the names that a function changes in its module or in its class."""
    own = {each.arg for each in ast.walk(function) if isinstance(each, ast.arg)} - {"cls"}
    own |= {each.id for each in _stored(function)}
    rebound = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    changed = {name for node in ast.walk(function) for name in _changes(node)}
    return rebound | (changed & (named | {"cls"}) - own)


def _changes(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            yield from _root(node)
        # A name that begins with a small letter is the name of a module, and the call is to a function of
        # that module.
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if attribute in CHANGING:
            if name.startswith("_") or name[0].isupper():
                yield name


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


@pytest.mark.parametrize(
    ("planted", "name"),
    [
        ("_present = ()\ndef f(names):\n    global _present\n    _present = names", "_present"),
        ("from contextvars import ContextVar\n_present: ContextVar[str] = ContextVar('x')", "ContextVar"),
        ("import threading\n_here = threading.local()", "local"),
        ("PRESENT: list[str] = []", "PRESENT"),
        ("_present: dict[str, str] = {}", "_present"),
        ("class Here:\n    names = set()", "set"),
        ("class Here:\n    names = ()\ndef f(names):\n    Here.names = names", "Here"),
        ("class Here:\n    @classmethod\n    def f(cls, names):\n        cls.names = names", "cls"),
        ("_here = ['']\ndef f(name):\n    _here[0] = name", "_here"),
        ("_here = ['']\nasync def f(name):\n    _here.append(name)", "_here"),
        ("def f(name):\n    f.present = name", "f"),
        ("from inbox.vault import vault\ndef f(name):\n    vault.present = name", "vault"),
        ("from flask import g\ndef f(name):\n    g.names = name", "g"),
    ],
)
def test_the_search_finds_planted_global_state(planted: str, name: str) -> None:
    """The test below needs this control."""
    assert {name} == outliving(ast.parse(planted))


@pytest.mark.parametrize(
    "innocent",
    [
        "def f(here):\n    here.names = ()\n    here.list.append(1)",
        "def f():\n    seen = []\n    seen.append(1)\n    seen[0] = 2",
        "from inbox.casework import notes\ndef f(inbox):\n    notes.add(inbox, 'x')",
        "_TABLE = {'a': 1}\ndef f(key):\n    return _TABLE[key]",
        "class Here:\n    def __init__(self):\n        self.names = []",
    ],
)
def test_the_search_accepts_state_that_does_not_outlive_a_call(innocent: str) -> None:
    assert set() == outliving(ast.parse(innocent))


def test_no_module_of_the_inbox_keeps_signed_in_officers_in_global_state() -> None:
    """Otherwise two desks in one process could use each other's rights.

    No other test would notice such state.
    """
    assert OUTLIVING == found(("inbox",), outliving)


# A case ends by being closed, marked as junk or destroyed. Each way to end a case consults the table of
# obstacles to an exit (inbox/casework/exits.py).
ENDINGS = {"set_closed", "set_junked", "_destroy"}
ENDED = {"closed", "junked", "waits"}
ENDING = {
    # This module records the days, and reopens a case.
    "inbox/deadlines/workflow.py": {"closed", "junked", "waits", "set_closed", "set_junked"},
    "inbox/replies/closing.py": {"set_closed", "CLOSED"},
    "inbox/casework/junk.py": {"set_junked"},
    "inbox/retention/destroy_cases.py": {"_destroy", "forget"},
}


def endings(tree: ast.Module) -> set[str]:
    """Return the means by which a module ends or reopens cases."""
    return {what for node in ast.walk(tree) for what in _endings(node)}


def _endings(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(value=ast.Name(id="row_security"), attr="forget"):
            yield "forget"
        case ast.ImportFrom(module="inbox.vault.row_security", names=names):
            yield from {each.name for each in names} & {"forget"}
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            yield from {name} & ENDINGS
            if name == "values":
                yield from {each.arg or "" for each in node.keywords} & ENDED
        case ast.ImportFrom(names=names):
            yield from {each.name for each in names} & ENDINGS
        case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
            yield from {name} & ENDED
        case ast.Assign(value=value) if any(ast.unparse(each) == "Status.CLOSED" for each in _held(value)):
            yield "CLOSED"


def _held(value: ast.expr) -> Iterator[ast.expr]:
    """Yield the values that are assigned, not those that are only compared."""
    match value:
        case ast.Tuple(elts=each):
            yield from (inner for one in each for inner in _held(one))
        case ast.Attribute(attr="value", value=inner):
            yield inner
        case _:
            yield value


@pytest.mark.parametrize(
    "planted",
    [
        "workflow.set_closed(work, today)",
        "from inbox.deadlines.workflow import set_junked as set_aside",
        "work.junked = today",
        "session.execute(update(Workflow).values(closed=today))",
        "case.status, case.closed_in = Status.CLOSED.value, None",
        "row_security.forget(session, [number])",
        "from inbox.vault.row_security import forget as gone",
        "destroy_cases._destroy(home, session, planned)",
    ],
)
def test_the_search_finds_planted_code_that_ends_a_case(planted: str) -> None:
    """The test below needs this control."""
    assert endings(ast.parse(planted))


def test_all_code_that_ends_a_case_first_checks_the_obstacles() -> None:
    """No page, command or option may skip this check.

    New code that ends a case must be listed here, and check the obstacles as well.
    """
    assert found(ROOMS, endings) == ENDING
    ways = modules("inbox")
    asking = {path for path in ENDING if "exits.check(" in ast.unparse(ways[path])}
    assert asking == ENDING.keys() - {"inbox/deadlines/workflow.py"}
