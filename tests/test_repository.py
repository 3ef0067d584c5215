"""Rules for committed files and their wording, and the scripts of the repository."""

import ast
import configparser
import functools
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from templates.catalogues import LANGUAGES
from tests.support import sources_of_tests
from tests.support.commits import git
from tests.support.sources_of_tests import Fixture

ROOT = Path(__file__).parent.parent

ROOMS = {"portal", "crypto", "inbox", "draws", "templates", "tests"}
BESIDE = {
    "docs",
    "deploy",
    "benchmarks",
    "requirements",
    "man",
    "config.example.toml",
    "pyproject.toml",
    "Makefile",
}
JAVASCRIPT = {"package.json", "package-lock.json", "tsconfig.json", ".npmrc"}
PAPERS = {f"{name}.md" for name in ("README", "SECURITY", "THREAT_MODEL", "CONTRIBUTING", "CHANGELOG")}
HIDDEN = {".ci", ".editorconfig", ".gitattributes", ".gitignore", ".pre-commit-config.yaml"}
TOP_LEVEL = ROOMS | BESIDE | JAVASCRIPT | PAPERS | HIDDEN | {"LICENSE"}

# The searched texts are written in pieces, so that this file does not contain them.
MACHINE_PATHS = ["/" + name + "/" for name in ("work", "farm", "root", "home")]
REGISTRY_HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb.deb" + "ian.org",
]
FORBIDDEN = re.compile("|".join(map(re.escape, MACHINE_PATHS + REGISTRY_HOSTS)))


SOURCES = sorted((ROOT / "tests").rglob("*.py"))
# A test module may define its own fixture `office`.
REPLACED = {"office"}


@functools.cache
def fixtures() -> list[Fixture]:
    return list(sources_of_tests.fixtures(SOURCES))


def repository_files() -> list[str]:
    """Return the path of every file that is, or could be, committed."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for path in output.split("\0") if path and (ROOT / path).is_file()]


def test_no_file_contains_a_machine_path_or_a_registry() -> None:
    """A committed file must not reveal the machine on which it was made."""
    found = {}
    for path in repository_files():
        if names := FORBIDDEN.findall((ROOT / path).read_text(errors="replace")):
            found[path] = names
    assert found == {}


@pytest.mark.parametrize("planted", MACHINE_PATHS + REGISTRY_HOSTS)
def test_the_search_finds_a_planted_path_or_registry(planted: str) -> None:
    """The test above needs this control."""
    assert FORBIDDEN.findall(f"see {planted}x") == [planted]


def test_the_top_folder_contains_only_known_files_and_folders() -> None:
    assert {path.split("/")[0] for path in repository_files()} <= TOP_LEVEL


def test_continuous_integration_runs_the_same_gate_as_developers() -> None:
    scripts = [path for path in repository_files() if path.startswith(".ci/")]
    assert scripts == [".ci/run"]
    assert [(ROOT / path).read_text().splitlines()[-1] for path in scripts] == ["exec make test"]


def test_pre_commit_runs_the_linters_and_type_checks_of_the_makefile() -> None:
    """Each hook runs one of these checks, and each check has a hook. A hook downloads nothing."""
    text, makefile = ((ROOT / name).read_text("utf-8") for name in (".pre-commit-config.yaml", "Makefile"))
    recipes = [makefile.partition(f"\n{target}:")[2].partition("\n\n")[0] for target in ("lint", "types")]
    calls = [call for each in recipes for call in each.split("\n\t")[1:]]
    assert len(calls) == 7
    assert calls == re.findall(r"entry: (.+)", text)
    assert re.findall(r"repo: (.+)", text) == ["local"]
    assert text.count("language: system") == len(calls)


def test_editorconfig_gives_the_encoding_and_the_line_ends_and_the_indents_and_the_widths() -> None:
    """The widths of Python and Markdown are those that ruff and the test of the documents check.

    The lines of built scripts have no limit.
    """
    parser = configparser.ConfigParser()
    # The first line, `root = true`, belongs to no section.
    parser.read_string("[top]\n" + (ROOT / ".editorconfig").read_text("utf-8"))
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]
    assert parser["top"]["root"] == "true"
    everywhere = {"charset": "utf-8", "end_of_line": "lf", "insert_final_newline": "true"}
    assert everywhere.items() <= dict(parser["*"]).items()
    assert {"indent_size": "4", "max_line_length": str(ruff["line-length"])} == dict(parser["*.py"])
    assert parser["*.md"]["max_line_length"] == "100"
    assert parser["*.{js,mjs}"]["max_line_length"] == "120"
    built = next(name for name in parser if "portal/static/**" in name)
    assert parser[built]["max_line_length"] == "unset"
    assert parser["Makefile"]["indent_style"] == "tab"


def test_javascript_packages_have_exact_versions() -> None:
    """package.json has no version ranges."""
    package = json.loads((ROOT / "package.json").read_text())
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_every_locked_javascript_package_has_a_digest() -> None:
    """`npm ci` accepts only packages with the SHA-512 digest in package-lock.json."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    digests = {name: package.get("integrity", "") for name, package in packages.items() if name}
    assert [name for name, digest in digests.items() if not digest.startswith("sha512-")] == []


def debian_packages(pair: str, path: str) -> tuple[int, str]:
    """Run the script that installs Debian packages; return its exit status and output."""
    script = ROOT / "deploy/debian-packages.sh"
    process = subprocess.run([script, pair], env={"PATH": path}, capture_output=True, text=True, check=False)
    return process.returncode, process.stdout + process.stderr


@pytest.mark.parametrize("pair", ["sh=dash", "/bin/s*=dash"])
def test_the_debian_script_does_nothing_if_the_command_or_file_is_already_installed(pair: str) -> None:
    """The script does not print anything either."""
    assert debian_packages(pair, "/usr/bin:/bin") == (0, "")


def test_the_debian_script_names_the_packages_that_it_cannot_install(tmp_path: Path) -> None:
    """The machine has no apt-get here."""
    status, said = debian_packages("no-such-command=some-package", str(tmp_path))
    assert status == 1
    assert said.startswith("this machine lacks some-package ")
    assert "\nhint: " in said


def test_no_test_lists_the_languages_by_hand() -> None:
    """Tests take the languages from the catalogues. Only test vectors name languages literally."""
    listed = re.compile(r'[\[(]"(?:fr", "en|en", "fr)"[\])]')
    assert listed.search(json.dumps([*LANGUAGES]))
    sources = [
        path for path in (ROOT / "tests").rglob("*.py") if "vectors" not in str(path.relative_to(ROOT))
    ]
    assert [] == [path.name for path in sources if listed.search(path.read_text("utf-8"))]


def test_no_file_refers_to_a_numbered_item_of_a_document_outside_the_repository() -> None:
    """Readers cannot open a document outside the repository. Files name the law or SPEC.md instead."""
    reference = re.compile(r"\b[ILQSTW]-\d{2}[a-z]?\b|[Dd]omain (?:\d\.\d|document)")
    assert reference.search("as L-04 asks")
    places = ("inbox/", "portal/", "crypto/", "templates/", "tests/", "docs/", "benchmarks/")
    texts = [
        path
        for path in repository_files()
        if path.startswith(places) and path.endswith((".py", ".md", ".html", ".toml"))
    ]
    found = {path for path in texts if reference.search((ROOT / path).read_text("utf-8"))}
    assert found - {"tests/test_repository.py"} == set()


# In the protocol, “author” is part of the names of a key and of values derived from that key. The person is
# the reporter.
AUTHOR = re.compile(r"(?<![`\w-])[Aa]uthors?(?:hip)?\b(?![`_]| (?:public )?(?:key|seed|hash)\b)")
# In these files, the word is quoted, or means the person who wrote a file, a program or the questionnaire.
OTHER_AUTHORS = {
    "CHANGELOG.md": "the word that was replaced",
    "crypto/SPEC.md": "of a questionnaire",
    "docs/desk-readings.md": "the word that was replaced",
    "inbox/sandboxed/archives.py": "of a file",
    "portal/ops/seccomp.py": "of a program",
    "tests/inbox/files/test_sanitise.py": "of a file",
}


def prose(path: Path) -> Iterator[str]:
    """Return a document without its code, or the docstrings, comments and test names of a module."""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        yield re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name.replace("_", " ")
    yield from re.findall(r"^\s*# (.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("text", ["its author", "Authors", "proves authorship", "the author's page"])
def test_the_search_finds_the_word_author_but_not_the_name_of_the_key(text: str) -> None:
    assert AUTHOR.search(text)
    assert not AUTHOR.search("the author key, an author public key, `author`, author_hash, `receipt-author`")


def test_code_and_documents_call_the_person_reporter_and_not_author() -> None:
    """Every exception in the list must still be needed."""
    paths = [path for path in repository_files() if path.endswith((".py", ".md"))]
    # Parsing every module would take seconds.
    having = [path for path in paths if AUTHOR.search((ROOT / path).read_text("utf-8").replace("_", " "))]
    found = {path for path in having for text in prose(ROOT / path) if AUTHOR.search(text)}
    assert found - {"tests/test_repository.py"} == {*OTHER_AUTHORS}


@pytest.mark.slow
def test_no_test_module_imports_another() -> None:
    """Shared code is in tests/support. As a control, this module imports from tests/support."""
    names = {path: [*sources_of_tests.imports(path)] for path in SOURCES}
    assert any(name.startswith("tests.support.") for name in names[Path(__file__)])
    assert [] == [
        (path.name, name)
        for path, imported in names.items()
        for name in imported
        if any(part.startswith("test_") for part in name.split("."))
    ]


def test_no_fixture_is_defined_twice_in_the_same_words() -> None:
    """Such a fixture belongs in the conftest.py above, or in a plugin that tests/conftest.py names."""
    places: dict[tuple[str, str], list[str]] = {}
    for each in fixtures():
        places.setdefault((each.name, each.body), []).append(str(each.path.relative_to(ROOT)))
    assert len(places) > 99
    assert [] == [(name, where) for (name, _), where in places.items() if len(where) > 1]


def test_no_module_or_subfolder_replaces_a_shared_fixture() -> None:
    """A different fixture needs a different name."""
    replaced = [
        (each.name, str(each.path.relative_to(ROOT)))
        for each in fixtures()
        for other in fixtures()
        if each.name == other.name and other.seen_by(each)
    ]
    assert REPLACED == {name for name, _ in replaced}, replaced


# Functions that return the day or the time of day. A stopwatch (`time.monotonic`) returns neither the day nor
# the time of day.
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "func.now"}
CLOCKS |= {f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "strftime")}
TOML = {"tomllib", "tomli", "tomlkit", "toml"}
# The modules that may use one of these functions, each with the reason.
READERS = {
    ("inbox/system/clock.py", "datetime.now"): "the clock of the inbox",
    ("portal/days.py", "datetime.now"): "the clock of the portal",
    ("crypto/toml_schema.py", "tomllib"): "the TOML reader, which checks a file against a schema",
    ("inbox/language/toml_edits.py", "tomlkit"): "changes an entry of a TOML file, and reads no file",
    ("crypto/toml_lines.py", "tomllib"): "reads parts of a TOML file, to find a line",
}


def read_by(source: str) -> set[str]:
    """Return the clocks and TOML readers that a module names, whatever alias it uses."""
    found, other = set(), {}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                other |= {each.asname: each.name for each in names if each.asname}
                found |= {each.name for each in names}
            case ast.ImportFrom(module=str() as module, names=names):
                other |= {each.asname: each.name for each in names if each.asname}
                found |= {module, *(f"{module}.{each.name}" for each in names)}
            case ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name), attr=attribute):
                found.add(f"{other.get(name, name)}.{attribute}")
    return found & (CLOCKS | TOML)


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("import tomllib", {"tomllib"}),
        ("from tomllib import loads", {"tomllib"}),
        ("def f():\n    import tomllib as t", {"tomllib"}),
        ("import datetime as dt\nx = dt.datetime.now(dt.UTC)", {"datetime.now"}),
        ("from datetime import date as day\nx = day.today()", {"date.today"}),
        ("from time import time", {"time.time"}),
        ("import time as t\nx = t.time_ns()", {"time.time_ns"}),
        ("from sqlalchemy import func\nx = func.now()", {"func.now"}),
        ("import time\nx = clock.today() + time.monotonic()", set()),
    ],
)
def test_the_search_finds_clocks_and_toml_readers(planted: str, found: set[str]) -> None:
    """The test below needs this control."""
    assert found == read_by(planted)


def test_each_program_has_one_clock_and_one_toml_reader() -> None:
    """Tests can therefore set the day for the whole program, and every file is read with the same checks."""
    rooms = ("inbox/", "portal/", "crypto/", "draws/", "templates/")
    sources = [path for path in repository_files() if path.startswith(rooms) and path.endswith(".py")]
    found = {(path, name) for path in sources for name in read_by((ROOT / path).read_text("utf-8"))}
    assert set(READERS) == found


OTHER_WORDS_FOR_UNFILED = re.compile(r"\bplis?\b|unopened (?:envelope|entr|message)", re.IGNORECASE)


@pytest.mark.parametrize(
    "text", ["Plis qui attendent", "un pli", "Unopened envelopes", "an unopened message"]
)
def test_the_search_finds_other_words_for_unfiled_envelopes(text: str) -> None:
    assert OTHER_WORDS_FOR_UNFILED.search(text)
    assert not OTHER_WORDS_FOR_UNFILED.search("see: inbox exchange unopened list, un formulaire rempli")


def test_texts_have_one_word_for_unfiled_envelopes() -> None:
    """English texts say “unfiled envelope”, and French texts « enveloppe non rattachée »."""
    rooms = ("inbox/", "portal/", "templates/", "docs/", "man/")
    kinds = (".py", ".toml", ".html", ".po", ".md", ".1")
    paths = [path for path in repository_files() if path.startswith(rooms) and path.endswith(kinds)]
    assert len(paths) > 400
    found = [path for path in paths if OTHER_WORDS_FOR_UNFILED.search((ROOT / path).read_text("utf-8"))]
    assert found == []


def changed_since_a_tag(repository: Path) -> set[str]:
    """Return the golden files of tables that are in an earlier tag, but are now changed or missing."""
    tags = git(repository, "tag", "--list", "v*", "--merged", "HEAD").split()
    compare = ("diff", "--name-only", "--no-renames", "--diff-filter=MD")
    return {
        path
        for tag in tags
        for path in git(repository, *compare, tag, "--", "tests/golden/*-tables-*.txt").splitlines()
    }


def test_the_tables_that_a_tagged_migration_makes_never_change() -> None:
    """Each further change to a table needs a new migration, which has a golden file of its own."""
    for side in ("portal", "inbox"):
        assert (ROOT / "tests" / "golden" / f"{side}-tables-0001.txt").exists()
    assert changed_since_a_tag(ROOT) == set()


def test_the_check_finds_tables_that_changed_after_a_tag_but_allows_a_new_migration(tmp_path: Path) -> None:
    """The test above needs this control."""
    golden = tmp_path / "tests" / "golden"
    golden.mkdir(parents=True)
    first, second = golden / "portal-tables-0001.txt", golden / "inbox-tables-0001.txt"
    git(tmp_path, "init", "--quiet")
    for content in ("development", "released"):
        first.write_text(content)
        second.write_text(content)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--quiet", "--message", content)
    git(tmp_path, "tag", "v1.0.0rc1")
    (golden / "portal-tables-0002.txt").write_text("new")
    (golden / "sheet.txt").write_text("new")
    git(tmp_path, "add", ".")
    assert changed_since_a_tag(tmp_path) == set()
    first.write_text("edited in place")
    second.unlink()
    git(tmp_path, "commit", "--quiet", "--all", "--message", "later")
    found = {f"tests/golden/{each.name}" for each in (first, second)}
    assert changed_since_a_tag(tmp_path) == found
