"""The modules of the inbox and the portal contain no code (such as `art40`) from the French law folder.

The program finds entries of the law by role and flag. The tests read the codes from the law folder itself, so
they also search for codes that are added there later.
"""

import re
import tomllib
from collections.abc import Iterator

from babel.messages.pofile import read_po

from inbox.cli import main
from templates import catalogues, shipped
from templates.catalogues import LANGUAGES, Domain
from tests.support import law_codes, module_texts
from tests.support.command_tree import helps
from tests.support.laws import FRENCH
from tests.support.marked_texts import marked, told
from tests.support.paths import ROOT

# These words are codes only by chance. Each text explains what the word means in its module. Do not extend
# the list. Instead, choose a different name for a new word.
BY_CHANCE = {
    "inbox/cli/commands/dossiers.py": {"none": "no attachment", "answered": "the day of an answer, in JSON"},
    "inbox/casework/measures/telling.py": {"told": "the field of a form"},
    "inbox/cli/commands/measures.py": {"told": "whether the reporter is told of a measure, in JSON"},
    "inbox/cli/commands/replies.py": {"feedback": "the day when feedback is due, in JSON"},
    "inbox/cli/render_work.py": {"told": "whether the reporter is told of a measure, in JSON"},
    "inbox/deadlines/bonds.py": {"duplicate": "a relation between two cases"},
    "inbox/deadlines/obstacles.py": dict.fromkeys(
        ("prosecutor", "admissibility"), "an obstacle, named after the role of its duty"
    ),
    "inbox/desk/sessions/guard.py": {"none": "a value of an HTTP header"},
    "inbox/desk/pages/casework.py": {"told": "whether the reporter is told of a measure, in a form"},
    "inbox/desk/pages/replies.py": {"feedback": "whether a reply is feedback, in a form"},
    "inbox/desk/sessions/writing.py": {"feedback": "whether a reply is feedback, in a form"},
    "inbox/figures/published/chart.py": {"none": "no fill, in SVG"},
    "inbox/desk/rendering.py": {"told": "a filter of templates"},
    "inbox/desk/done.py": {"told": "an action that the desk reports as done"},
    "inbox/dossiers/compose.py": {"none": "no attachment"},
    "inbox/overview/work_view.py": {"told": "whether the reporter is told of a measure, in JSON"},
    "inbox/session/actions.py": {"feedback": "whether a reply is feedback, in the journal"},
    "portal/ops/checks/doctor.py": {"none": "a value of a setting of PostgreSQL"},
    "portal/setup/databases.py": {"doctor": "a command of the portal"},
    "portal/web/pages.py": {"answered": "the name of an event, for templates"},
    "portal/web/scriptless.py": {"none": "a value of an HTTP header"},
}
CODES = law_codes.of(FRENCH)
QUOTED = re.compile(r"""["'](\w+)["']""")


def named(source: str) -> set[str]:
    """Return the codes from the French law folder that a module contains outside docstrings."""
    return CODES.intersection(module_texts.texts(source))


def found() -> Iterator[tuple[str, str]]:
    """Yield each module of the inbox and the portal, together with each code that the module contains."""
    for room in ("inbox", "portal"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for code in named(path.read_text("utf-8")):
                yield path.relative_to(ROOT).as_posix(), code


def test_the_search_finds_a_planted_code() -> None:
    """The code may be a literal, the value of an enumeration, a pattern, or a key.

    The search ignores docstrings and words within a longer text.
    """
    code = next(iter(FRENCH.outcomes))
    for source in (f"x = {code!r}", f"class A(StrEnum):\n    B = {code!r}", f"d = {{{code!r}: 1}}"):
        assert {code} == named(source)
    assert {code} == named(f"match x:\n    case {code!r}:\n        pass")
    assert set() == named(f'"""{code}"""\nx = "{code}s"')
    assert len(CODES) > 80


def test_no_module_contains_a_code_from_the_french_law_folder() -> None:
    assert [] == [(path, code) for path, code in found() if code not in BY_CHANCE.get(path, ())]


def test_every_listed_exception_is_still_needed() -> None:
    excepted = {(path, code) for path, codes in BY_CHANCE.items() for code in codes}
    assert set() == excepted - {*found()}


# On pages, these words are codes only by chance. Each text explains how pages use the word.
ON_PAGES = {
    "none": "no attachment; no capital letters",
    "facts": "a class of the style sheet",
    "told": "the field of a form",
    "feedback": "the field of a form",
    "prosecutor": "a purpose of a dossier, a kind of authority",
    **dict.fromkeys(("internal", "external"), "a kind of authority"),
}


def test_no_page_contains_a_code_from_the_french_law_folder() -> None:
    """The test covers the pages of the desk and of the portal."""
    pages = {
        path.relative_to(shipped.FOLDER).as_posix(): {*QUOTED.findall(path.read_text("utf-8"))} & CODES
        for room in ("desk", "portal")
        for path in (shipped.FOLDER / room).rglob("*.html")
    }
    assert len(pages) > 40
    assert ON_PAGES.keys() <= set().union(*pages.values())
    assert set() == {path for path, codes in pages.items() if codes - ON_PAGES.keys()}


def texts() -> Iterator[str]:
    """Yield each text of the inbox itself in both languages, and each ``--help`` text."""
    for path in (ROOT / "inbox").rglob("*.toml"):
        yield from _said(tomllib.loads(path.read_text("utf-8")))
    for language in LANGUAGES:
        with catalogues.path(Domain.OFFICERS, language).open("rb") as file:
            yield from (str(each.string) for each in read_po(file, locale=language) if each.id)
    yield from told()
    yield from marked("desk")
    yield from helps(main.commands)


def _said(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _said(each)
    elif isinstance(value, list):
        for each in value:
            yield from _said(each)


def test_no_text_of_the_program_names_a_law_or_an_authority_of_france() -> None:
    """Only the law folder names French laws and authorities, including those in letters and dossiers.

    The control: the search finds such names in texts of the law folder.
    """
    read = list(texts())
    assert len(read) > 1_000
    assert "Preview a dossier before it is sealed." in read
    assert [text for text in read if law_codes.OF_FRANCE.search(text)] == []
    assert law_codes.OF_FRANCE.search(FRENCH.access.neither.fr)
    assert law_codes.OF_FRANCE.search(FRENCH.dossier.law.en)
