"""Printed sheets of an exercise in both languages: the trainer's sheet, and the debrief."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from inbox.exercise import courier, programme, state
from inbox.exercise.debrief import Debrief, Finding, Result
from inbox.exercise.programme import Step
from inbox.exercise.state import State
from inbox.files.pdf import Sheets
from inbox.language import days, marking
from inbox.language.printed_text import Wording
from inbox.system import atomic_files, given_files
from templates.catalogues import LANGUAGES

# The boxes for what was not as expected, and for what was.
_BOXES = "\N{WHITE SQUARE}\N{BALLOT BOX WITH CHECK}"
WORDING = Wording(__package__, "sheets.toml")


def write(folder: Path, of: State, day: date) -> list[Path]:
    """Write the trainer's sheet in each language into the trainer's folder; return the files."""
    with marking.marked(of.deployment):
        contents = {f"sheet-{language}.pdf": _sheet(folder, of, language, day) for language in LANGUAGES}
    return list(_written(folder, contents))


def write_debrief(folder: Path, found: Debrief) -> list[Path]:
    """Write the debrief in each language into the trainer's folder; return the files.

    A debrief that was written before is replaced.
    """
    contents = {f"debrief-{language}.pdf": _debrief(found, language) for language in LANGUAGES}
    return list(_written(folder, contents))


def say(name: str, language: str, **values: object) -> str:
    """Return a text of the sheets with these values."""
    return WORDING.say(name, language).format(**values)


def line(finding: Finding, language: str) -> str:
    """Return a finding on one line: the result, the expectation, and the journal entry that shows it."""
    told = f"{say(finding.result, language)} \N{MIDDLE DOT} {finding.expected.says.in_(language)}"
    if finding.entry is None:
        return told
    name = "shown_office" if finding.case is None else "shown"
    values = {"case": finding.case, "entry": finding.entry, "officers": ", ".join(finding.officers)}
    return f"{told} ({say(name, language, **values)})"


def _written(folder: Path, contents: dict[str, bytes]) -> Iterator[Path]:
    for name, content in contents.items():
        path = folder / state.TRAINER / name
        atomic_files.write(path, [content])
        yield path


def _begun(title: str, language: str, day: date) -> Sheets:
    foot = f"{say(title, language)} \N{MIDDLE DOT} {say('page', language)}"
    return Sheets(say(title, language), language=language, day=day, foot=foot, removed="")


def _sheet(folder: Path, of: State, language: str, day: date) -> bytes:
    sheets = _begun("title", language, day)
    sheets.text(say("purpose", language))
    sheets.label(say("fingerprint", language))
    sheets.text(courier.fingerprint(of))
    sheets.label(say("officers", language))
    for path in sorted((folder / state.OFFICERS).glob("*.passphrase")):
        sheets.text(f"{path.stem} \N{MIDDLE DOT} {given_files.content(path).decode().strip()}")
    for number, each in enumerate(programme.load().steps, 1):
        _describe(sheets, number, each, language)
    return sheets.output()


def _describe(sheets: Sheets, number: int, step: Step, language: str) -> None:
    sheets.heading(f"{number}. {step.title.in_(language)} ({say('minute', language)} {step.minute})", 40)
    sheets.label(say("say", language))
    sheets.text(step.tell.in_(language))
    sheets.label(say("arrives", language))
    arriving = list(_arriving(step))
    for text in arriving:
        sheets.quote((text,))
    if not arriving:
        sheets.text(say("nothing", language))
    for is_avoided in (False, True):
        listed = [each.says.in_(language) for each in step.expected if each.is_avoided == is_avoided]
        if listed:
            sheets.label(say("avoid" if is_avoided else "expected", language))
        for text in listed:
            sheets.text(f"{_BOXES[0]} {text}")
    sheets.small(say("seen", language))


def _arriving(step: Step) -> Iterator[str]:
    whole = programme.load()
    for report in whole.reports:
        if report.step == step.id:
            yield f"[{report.id}] {report.answers['what']}"
    for message in whole.messages:
        if message.step == step.id:
            yield f"[{message.report}] {message.text}"


def _debrief(found: Debrief, language: str) -> bytes:
    sheets = _begun("debrief", language, found.day)
    sheets.fact(say("made", language), days.long(language, found.day))
    sheets.text(say("limits", language))
    if found.withheld:
        sheets.text(say("withheld", language, count=found.withheld))
    for part in found.parts:
        sheets.heading(part.step.title.in_(language), 20)
        sheets.small(say("released", language, at=part.at))
        for finding in part.findings:
            mark = _BOXES[finding.result in {Result.DONE, Result.AVOIDED}]
            sheets.text(f"{mark} {line(finding, language)}")
    return sheets.output()
