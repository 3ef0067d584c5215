"""Add missing texts to a catalogue, remove those no longer used, and list those not translated.

`make texts LANG=nl PAGE=home` runs this program (docs/translating.md).
"""

import inspect
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

from babel.localedata import locale_identifiers
from babel.messages.pofile import normalize, read_po
from babel.support import NullTranslations

from crypto import questionnaire
from portal.config import Settings
from portal.web import guide, pages, translation
from portal.web.guide import Guide
from portal.web.translation import Translation
from templates import catalogues, shipped
from templates.catalogues import LANGUAGES, Domain
from tests.support import marked_texts
from tests.support.paths import ROOT

# A language without a catalogue (Volapük). Each text in this language is a mark that can be found on a page.
_MARKS = "vo"
_MARK = re.compile(r"⟦(\d+)⟧")
_WRITTEN_MARK = re.compile(r"⟪(\d+)⟫")
# A placeholder for a value in a text.
FIELD = re.compile(r"\{\w+(?:!r)?\}|%\(\w+\)s")
_SOURCES = {
    Domain.PUBLIC: ["templates/portal", "templates/shared"],
    Domain.OFFICERS: ["templates/desk", "inbox"],
    Domain.DRAWS: ["draws"],
}
_OF_THE_LAW = "templates/questionnaire.toml templates/jurisdictions/fr portal/scenarios.toml"
_HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n\""""


@dataclass(frozen=True, slots=True)
class _Marks(Translation):
    found: list[str] = field(default_factory=list)

    def gettext(self, english: str) -> str:
        self.found.append(english)
        # The values may be texts with marks of their own.
        return f"⟦{len(self.found) - 1}⟧{''.join(FIELD.findall(english))}"


@dataclass(frozen=True, slots=True)
class Written:
    """An English text of the file ``<name>.en.toml`` in ``portal/``."""

    name: str
    english: str


def rendered(words: Translation, said: Callable[[str, str], str]) -> dict[str, str]:
    """Return the public pages in the language of ``words``, by name; the first page is called ``home``.

    ``said`` takes the name of a TOML file and an English text in it, and returns the text to show in its
    place.
    """
    load, read = translation.load, guide.load

    def translations(language: str) -> Translation:
        return words if language == words.language else load(language)

    def written(folder: Path, language: str, name: str = guide.GUIDE) -> Guide:
        if language != words.language:
            return read(folder, language, name)
        return _with_texts(read(folder, "en", name), lambda english: said(name, english))

    asked = questionnaire.parse(shipped.QUESTIONNAIRE.read_bytes())
    with (
        patch.object(translation, "LANGUAGES", ("en", words.language)),
        patch.object(translation, "load", translations),
        patch.object(guide, "load", written),
    ):
        # Normally, tests keep the pages that a process rendered; the pages rendered here must not be kept.
        pages.environment.cache_clear()
        found = inspect.unwrap(pages.render)(Settings(), asked)
        pages.environment.cache_clear()
    start = f"/{words.language}/"
    return {
        path.removeprefix(start).removesuffix(".html") or "home": page.decode()
        for path, page in found.items()
        if path.startswith(start)
    }


@cache
def _on_pages() -> dict[str, tuple[list[str], list[Written]]]:
    """Return what each page with texts shows: English texts of a catalogue, and those of TOML files."""
    marks = _Marks(_MARKS, NullTranslations())
    files: list[Written] = []

    def said(name: str, english: str) -> str:
        files.append(Written(name, english))
        return f"⟪{len(files) - 1}⟫"

    shown = {
        name: (
            [*dict.fromkeys(marks.found[int(n)] for n in _MARK.findall(page))],
            [*dict.fromkeys(files[int(n)] for n in _WRITTEN_MARK.findall(page))],
        )
        for name, page in rendered(marks, said).items()
    }
    return {name: texts for name, texts in shown.items() if texts[0]}


def by_page() -> dict[str, list[str]]:
    """Return the English texts on each public page, by page name.

    The texts of the questionnaire and the law are included. The texts of TOML files in ``portal/`` are left
    out, because a catalogue does not translate them.
    """
    return {name: texts for name, (texts, _) in _on_pages().items()}


def wanted(domain: Domain, language: str) -> dict[str, list[str]]:
    """Return every text that a catalogue needs, each with the files that contain it.

    If the questionnaire and the law lack texts in the language, the catalogue of the language includes these
    texts.
    """
    found: dict[str, list[str]] = {}
    for folder in _SOURCES[domain]:
        for english, files in marked_texts.places(folder).items():
            found.setdefault(english, []).extend(files)
    if domain is Domain.PUBLIC and language not in LANGUAGES:
        for texts in by_page().values():
            for english in texts:
                found.setdefault(english, [_OF_THE_LAW])
    return found


def updated(text: str, entries: Mapping[str, list[str]], add: Iterable[str]) -> str:
    """Return a catalogue's text with empty entries for ``add``, and without outdated ones.

    An entry is outdated if it is not in ``entries``. All other entries stay unchanged.
    """
    blocks = [(block.strip("\n"), _id(block)) for block in text.split("\n\n")]
    left = [block for block, english in blocks if not english or english in entries]
    held = {english for _, english in blocks}
    new = [_entry(english, entries[english]) for english in add if english not in held]
    return "\n\n".join(left + new) + "\n"


def translated(text: str) -> dict[str, str]:
    """Return the translations in a catalogue, by their English texts."""
    catalogue = read_po(BytesIO(text.encode()), abort_invalid=True)
    return {
        str(each.id): str(each.string) for each in catalogue if each.id and each.string and not each.fuzzy
    }


def faults(text: str, language: str) -> list[str]:
    """Return the faults of the public catalogue of an additional language.

    A stray percent sign is a fault, because pages format the texts of templates with ``%``, and formatting
    would fail. Untranslated (``empty``) and missing texts are not faults, because pages show such texts in
    English. Only the page ``home`` must have all texts, because everybody reads it.
    """
    said, entries = translated(text), wanted(Domain.PUBLIC, language)
    held = {_id(block) for block in text.split("\n\n")} - {""}
    copied = (english for english, other in said.items() if english == other)
    return [
        # A single word may be the same in both languages.
        *(f"the translation is the English text: {each}" for each in copied if len(each.split()) > 1),
        *(f"no page has this text: {each}" for each in held if each not in entries),
        *(f"missing on the page home: {each}" for each in by_page()["home"] if each not in held),
        *(
            f"different placeholders: {english}"
            for english, other in said.items()
            if sorted(FIELD.findall(english)) != sorted(FIELD.findall(other))
        ),
        *(
            f"write %% for a percent sign: {english}"
            for english, other in said.items()
            if entries.get(english, [_OF_THE_LAW]) != [_OF_THE_LAW] and stray_percent(other)
        ),
    ]


def stray_percent(text: str) -> bool:
    """Return whether a text that a template formats has a ``%`` that begins neither a value nor ``%%``."""
    return "%" in re.sub(r"%\(\w+\)s|%%", "", text)


def empty(text: str) -> list[str]:
    """Return the English texts of a catalogue that have no translation."""
    held = {_id(block) for block in text.split("\n\n")} - {""}
    return sorted(held - translated(text).keys())


def progress(text: str, guides: Mapping[str, Guide]) -> Iterator[str]:
    """For each page, yield a line with the number of missing texts and the files that are in English.

    ``text`` is the catalogue of a language, and ``guides`` are its TOML files by name.
    """
    said = translated(text)
    own = {name: {*guide._texts(each)} for name, each in guides.items()}
    for page, (texts, written) in _on_pages().items():
        files = [each.name for each in written if each.english in own[each.name]]
        missing = len({*texts} - said.keys()) + len(files)
        count = f"{missing} of {len(texts) + len(written)} texts missing"
        where = f"; in English: {', '.join(dict.fromkeys(files))}" if files else ""
        yield f"page {page}: {count}{where}" if missing else f"page {page}: complete"


def run(language: str, page: str = "", root: Path = ROOT) -> Iterator[str]:
    """Update the catalogues of a language, or of one page of it. Yield the lines to print.

    ``root`` is the folder of the project with the catalogues and the TOML files. For an unknown language or
    page, the program ends with an error, and no file is changed.
    """
    if language not in {each for each in locale_identifiers() if len(each) == 2}:
        choices = f"{', '.join(LANGUAGES)}, or the ISO 639-1 code of another language, such as nl"
        sys.exit(f"no language has the code {language}\nhint: LANG is one of {choices}")
    texts = by_page()
    if page and page not in texts:
        sys.exit(f"no page is called {page}\nhint: PAGE is one of {', '.join(texts)}")
    for domain in Domain if language in LANGUAGES else [Domain.PUBLIC]:
        path = root / catalogues.path(domain, language).relative_to(ROOT)
        if language in LANGUAGES and not path.exists():
            continue
        entries = wanted(domain, language)
        # Nothing is added to the English catalogue, which has only the texts that differ from the source.
        shown = [] if language == "en" else [each for each in texts.get(page, entries) if each in entries]
        before = path.read_text("utf-8") if path.exists() else _HEADER.format(language=language)
        after = updated(before, entries, shown)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(after, "utf-8")
        there, missing = sum(bool(_id(block)) for block in after.split("\n\n")), empty(after)
        yield f"{path.relative_to(root)}: {there} texts, {len(missing)} of them without a translation"
        yield from (f"no translation: {each}" for each in missing)
    if language not in LANGUAGES:
        yield from faults(after, language)
        folder = root / "portal"
        yield from _guides(folder, language)
        yield from progress(after, {name: guide.load(folder, language, name) for name in guide.NAMES})


def _guides(folder: Path, language: str) -> Iterator[str]:
    """Copy the English guide, rights or statement if the language does not have this file.

    Without these files, a portal does not start.
    """
    for name in guide.NAMES:
        path = folder / f"{name}.{language}.toml"
        if not path.exists():
            shutil.copyfile(path.with_name(f"{name}.en.toml"), path)
            yield f"{folder.name}/{path.name}: copied from English; translate it, too"


def _with_texts(written: Guide, said: Callable[[str], str]) -> Guide:
    """Return a guide or notice with other texts. The address does not change, because it is made of names."""
    sections = tuple(
        replace(
            each,
            heading=said(each.heading),
            text=said(each.text) if each.text else "",
            items=tuple(map(said, each.items)),
        )
        for each in written.sections
    )
    return replace(written, title=said(written.title), lead=said(written.lead), sections=sections)


def _id(block: str) -> str:
    """Return the English text of an entry; the text is empty for the header."""
    found = (str(each.id) for each in read_po(BytesIO(block.encode())) if each.id)
    return next(found, "")


def _entry(english: str, places: Iterable[str]) -> str:
    return f'#: {" ".join(places)}\nmsgid {normalize(english, width=0)}\nmsgstr ""'


if __name__ == "__main__":
    for line in run(*sys.argv[1:]):
        sys.stdout.write(f"{line}\n")
