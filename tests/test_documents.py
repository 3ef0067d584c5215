"""The documents: links work, lines and cells are short, the index is complete, and named buttons exist."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from packaging.version import Version

from templates.catalogues import Domain
from tests.support import command_reference, law_list
from tests.support.document_links import links
from tests.support.french import of_catalogue
from tests.support.marked_texts import marked, public, told
from tests.support.paths import ROOT

DOCS = ROOT / "docs"
INDEX = DOCS / "README.md"
KINDS = ["Tutorial", "How-to", "Reference", "Explanation"]
# These documents are written by programs.
GENERATED = {"law-tests.md", "commands.md"}
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "crypto" / "SPEC.md"])
WRITTEN = [each for each in PAGES if each.name not in GENERATED]
# Characters in a line of prose.
WIDTH = 100
# Code blocks have fences, even in lists. An indented line is prose.
CODE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
# docs/commands.md has each example on one line, for copying.
EXAMPLE = re.compile(r"^Example: `.*`$", re.MULTILINE)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub makes from the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(page: Path, text: str) -> list[str]:
    """Return the links of a page that lead to a missing file or heading."""
    found = []
    for path, anchor in links(text):
        target = page.parent / path if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            found.append(f"{path}#{anchor}")
    return found


def too_wide(text: str) -> list[str]:
    """Return the lines of prose that are too long. Lines with a link, tables and code may be longer."""
    # The rest of docs/law.md is generated from the law.
    lines = CODE.sub("", text.partition(law_list.HEADING)[0]).splitlines()
    prose = [line for line in lines if not line.startswith("|") and "](" not in line]
    return [line for line in prose if len(line) > WIDTH]


def too_full(text: str) -> list[str]:
    """Return the table cells with more than two lines of words, not counting the targets of links."""
    rows = [line for line in CODE.sub("", text).splitlines() if line.startswith("|")]
    cells = [re.sub(r"\]\([^)]+\)", "]", cell).strip() for row in rows for cell in row.split("|")]
    return [cell for cell in cells if len(cell) > 2 * WIDTH]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_in_a_document_leads_to_an_existing_file_and_heading(page: Path) -> None:
    assert broken(page, page.read_text("utf-8")) == []


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_lines_of_prose_and_cells_of_tables_are_short(page: Path) -> None:
    text = page.read_text("utf-8")
    assert too_wide(text) == []
    assert too_full(text) == []


def test_lines_of_prose_in_the_command_reference_are_short() -> None:
    text = (DOCS / "commands.md").read_text("utf-8")
    assert too_wide(EXAMPLE.sub("", text)) == []


def test_the_searches_find_broken_links_and_long_lines_and_long_cells() -> None:
    """The tests above need this control."""
    text = "[a](nowhere.md) [b](README.md#nothing) [c](README.md#documents)"
    assert broken(INDEX, text) == ["nowhere.md#", "README.md#nothing"]
    longest = "word " * 20
    assert too_wide(f"{longest}\n{longest}x") == [f"{longest}x"]
    assert too_wide(f"- a list:\n\n    {longest}\n") == [f"    {longest}"]
    assert too_wide(f"```\n{longest}x\n```\n\n1. a step:\n\n   ```\n   {longest}x\n   ```\n") == []
    assert len(too_full(f"| a | {'word ' * 41} |")) == 1


def test_the_index_lists_every_page_under_exactly_one_kind() -> None:
    """The kinds are tutorial, how-to, reference and explanation."""
    head, *parts = re.split(r"^## ", INDEX.read_text("utf-8"), flags=re.MULTILINE)
    assert links(head) == []
    assert [part.partition(":")[0] for part in parts] == KINDS
    # Links to headings do not count, because a part of a page may differ in kind from the page.
    listed = [path for part in parts for path, anchor in links(part) if path and not anchor]
    assert [each for each in listed if listed.count(each) > 1] == []
    assert {str(each.relative_to(DOCS)) for each in DOCS.rglob("*.md")} - {INDEX.name} <= set(listed)


def test_the_index_names_every_program_and_the_manual_pages() -> None:
    text = INDEX.read_text("utf-8")
    assert [each for each in (*command_reference.MANUALS, "man/") if f"`{each}`" not in text] == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/translating.md", "docs/README.md"])
def test_every_file_that_is_named_in_readme_or_contributing_exists(page: str) -> None:
    """Names of files are formatted as code, relative to the top of the project."""
    rooms = "portal|inbox|crypto|templates|tests|deploy|docs|benchmarks"
    found = set(re.findall(rf"`((?:{rooms})/[\w./-]*)`", (ROOT / page).read_text("utf-8")))
    # These paths name one language as an example.
    made = {path for path in found if {"nl", "XX"} & {*re.split(r"[./]", path)}}
    assert found or page == "docs/README.md"
    assert [path for path in sorted(found - made) if not (ROOT / path).exists()] == []


def part(page: str, heading: str) -> str:
    """Return the text below a heading on one line.

    Without a heading, return the text before the first heading.
    """
    text = (ROOT / page).read_text("utf-8")
    below = text.partition(f"\n## {heading}\n")[2] if heading else text
    return " ".join(below.partition("\n## ")[0].split())


@pytest.mark.parametrize(
    ("page", "heading", "promise"),
    [
        *(
            ("README.md", "Read on", rf"\]\({re.escape(target)}\)")
            for target in ("THREAT_MODEL.md", "docs/README.md", "docs/architecture.md", "CONTRIBUTING.md")
        ),
        (
            "README.md",
            "How it compares",
            r"SecureDrop, GlobaLeaks and Hush Line are better than Fanal in these points: - \*\*\w",
        ),
        ("CHANGELOG.md", "", r"in the format of \[Keep a Changelog\]\(https://keepachangelog\.com/"),
        ("CONTRIBUTING.md", "Tables and file formats", r"\w"),
        ("CONTRIBUTING.md", "Translations", r"\w"),
        (
            "CONTRIBUTING.md",
            "Your first day",
            r"Read \[`crypto/SPEC\.md`\]\(crypto/SPEC\.md\) only if you work on `crypto/`, on the page"
            r" scripts that seal and open envelopes, or on the formats of bundles\.",
        ),
    ],
)
def test_a_document_contains_what_the_project_promises_to_readers(
    page: str, heading: str, promise: str
) -> None:
    assert re.search(promise, part(page, heading))


def reading_order() -> list[tuple[list[str], list[str]]]:
    """Return the reading order of CONTRIBUTING: for each entry, its rooms and the files to read in turn.

    Some entries have no rooms, such as the entry for the law.
    """
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = text.partition("## What to read, room by room")[2].partition("\n## ")[0]
    entries = re.findall(r"^- \*\*(.+?)\*\*: (.+?)(?=\n- |\Z)", section, re.MULTILINE | re.DOTALL)
    return [
        (re.findall(r"`([\w/]+)/`", name), re.findall(r"`([\w./-]+\.\w+)`", files)) for name, files in entries
    ]


def not_in_its_room(rooms: list[str], file: str) -> bool:
    """Return whether a file is neither a document nor in one of the rooms."""
    is_document = file == "crypto/SPEC.md" or re.fullmatch(r"docs/[\w-]+\.md", file)
    return not is_document and not file.startswith(tuple(f"{room}/" for room in rooms))


def test_contributing_says_for_every_room_what_to_read_first() -> None:
    rooms = [str(path.parent.relative_to(ROOT)) for path in ROOT.glob("*/*/__init__.py")]
    code = ["crypto", *(room for room in rooms if room.startswith(("inbox/", "portal/")))]
    assert len(code) > 25
    listed = [room for named_rooms, _ in reading_order() for room in named_rooms]
    assert sorted(listed) == sorted([*code, "deploy"])


def test_the_first_file_to_read_for_a_room_is_in_the_room_or_is_a_document() -> None:
    assert not_in_its_room(["inbox/law"], "inbox/vault/tables.py")  # the control
    order = reading_order()
    assert [rooms for rooms, files in order if not files] == []
    assert [(rooms, files[0]) for rooms, files in order if rooms and not_in_its_room(rooms, files[0])] == []


def test_contributing_says_for_every_folder_of_code_which_tests_to_run() -> None:
    """The first column of the table names the folders.

    A package of the portal or the inbox may have its own row.
    """
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("| you changed |")[2].partition("\n\n")[0]
    changed = " ".join(row.split("|")[1] for row in table.splitlines() if row.startswith("|"))
    portal = [str(path.parent.relative_to(ROOT)) for path in ROOT.glob("portal/*/__init__.py")]
    folders = ["crypto", "inbox", "templates", "benchmarks", "deploy", "tests/support", *portal]
    assert [each for each in folders if f"`{each}/`" not in changed] == []


def test_the_change_log_has_the_sections_of_keep_a_changelog_in_order() -> None:
    """No version has a section twice or an unknown section."""
    sections = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
    _, *versions = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)
    assert versions[0].startswith("Unreleased\n")
    for version in versions:
        found = re.findall(r"^### (.+)$", version, re.MULTILINE)
        assert found == [each for each in sections if each in found]


def test_the_newest_version_in_the_change_log_is_that_of_the_project() -> None:
    """Versions are compared as Python reads them: 1.0.0-rc1 is 1.0.0rc1."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    heads = re.findall(r"^## (\S+) - (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert [Version(version) for version, _ in heads][:1] == [Version(project["version"])]
    assert [date.fromisoformat(day) for _, day in heads]


def undefined(text: str) -> list[str]:
    """Return the bracketed names in headings that no line defines as links."""
    named = re.findall(r"^#+ .*?\[([^]]+)\](?!\()", text, re.MULTILINE)
    return [each for each in named if f"\n[{each}]: " not in text]


def test_every_link_in_a_heading_of_the_change_log_has_an_address() -> None:
    """Versions get links once the project has a public address where people can compare the versions."""
    assert undefined("# A\n## [1.0] - now\n## [2.0]\n\n[2.0]: https://a.example\n") == ["1.0"]
    assert undefined((ROOT / "CHANGELOG.md").read_text("utf-8")) == []


def test_contributing_explains_each_mark_that_the_project_defines_for_tests() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    defined = {re.split(r"[:(]", each)[0] for each in options["markers"]}
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("| mark |")[2].partition("\n\n")[0]
    explained = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert sorted(explained) == sorted(defined)


def test_the_security_policy_says_whether_the_version_of_the_project_gets_fixes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    rows = re.findall(
        r"^\| ([\d.]+)(?: candidates)? \|", (ROOT / "SECURITY.md").read_text("utf-8"), re.MULTILINE
    )
    assert Version(project["version"]).base_version in rows


def bold(page: Path) -> list[str]:
    """Return the texts in bold, each on one line."""
    # A French name may have a no-break space, which is kept.
    found = re.findall(r"\*\*(.+?)\*\*", page.read_text("utf-8"), re.DOTALL)
    return [re.sub(r"[ \n]+", " ", name) for name in found]


def labels(language: str) -> set[str]:
    """Return the values of the labels of the desk in a language."""
    text = (ROOT / "inbox" / "language" / "labels.toml").read_text("utf-8")
    return set(re.findall(rf'{language} = "(.+?)"', text))


def test_every_button_that_the_tutorial_names_exists() -> None:
    """The tutorial names buttons in bold, by their English label."""
    buttons = bold(DOCS / "first-answer.md")
    assert len(buttons) > 15
    laid = (ROOT / "templates" / "jurisdictions" / "fr" / "replies.toml").read_text("utf-8")
    questions = (ROOT / "templates" / "questionnaire.toml").read_text("utf-8")
    known = public() | marked("desk") | told() | labels("en")
    known |= set(re.findall(r'en = "(.+?)"', laid + questions))
    assert [name for name in buttons if name not in known] == []


def test_every_button_of_the_desk_that_is_named_in_a_guide_for_officers_exists() -> None:
    """Both editions of the guide name pages and buttons in bold, in their own language."""
    english, french = bold(DOCS / "officer-guide.md"), bold(DOCS / "fr" / "guide-agent.md")
    assert min(len(english), len(french)) > 15
    known = marked("desk") | told() | labels("en")
    assert [name for name in english if name not in known] == []
    known = {*of_catalogue(Domain.OFFICERS)} | labels("fr")
    assert [name for name in french if name not in known] == []
    assert "Verrouiller" in french
