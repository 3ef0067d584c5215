"""The office: law, regime, numbering, days off, questionnaire, oversight, registers."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from crypto.printable import visible
from inbox.cli import render_law
from inbox.cli.free_text import TextOption
from inbox.cli.options import Door, opens_inbox, out_file, reason_needed
from inbox.deadlines import settings as office_settings
from inbox.deadlines.settings import Settings
from inbox.language import labels
from inbox.language.views import View
from inbox.law import folders
from inbox.overview import oversight
from inbox.registers import consultations, registers, sheets
from inbox.registers.consultations import LONGEST, Said
from inbox.registers.registers import Form
from inbox.registers.rows import Found, Register, Wanted, said
from inbox.registers.sheets import Sheet
from inbox.setup import law as laws
from inbox.setup import questionnaire
from inbox.system import given_files, terminal
from templates.catalogues import LANGUAGES
from templates.command_line import DAY, FILE, FOLDER, NUMBER, choice_argument

_ENDINGS = tuple(f".{each}" for each in Form)
_days = click.argument("days", metavar="DAY…", type=DAY, nargs=-1, required=True)


@click.command()
@opens_inbox
def show(door: Door, /, *, as_json: bool) -> None:
    """Show the regime and the law of this office."""
    with door.opened() as (inbox, who):
        now = office_settings.read(inbox, who)
    _show_settings(now, is_new=False, as_json=as_json)


@click.command()
@click.option("--regime", metavar="CODE", help="The regime of this office: see `inbox law show`.")
@click.option(
    "--heard",
    cls=TextOption,
    question="how reporters are heard",
    default="",
    help="Where or how reporters can speak to an officer; requires --regime.",
)
@click.option("--last-case", type=NUMBER, help="After a restore, the highest case number in the lost inbox.")
@opens_inbox
def change(door: Door, /, *, regime: str | None, heard: str, last_case: int | None, as_json: bool) -> None:
    """Change the settings of the office. A new regime changes all deadlines.

    Once there are cases, changing the regime takes two officers.
    """
    if heard and not regime:
        raise click.UsageError("give --heard only together with --regime")
    if not regime and not last_case:
        raise click.UsageError("give --regime CODE, or --last-case N")
    with door.opened() as (inbox, who):
        done = [office_settings.continue_numbering(inbox, who, last_case)] if last_case else []
        done += [office_settings.choose_regime(inbox, who, regime, heard)] if regime else []
    _show_settings(done[-1], is_new=bool(regime), as_json=as_json)


def _show_settings(now: Settings, *, is_new: bool, as_json: bool) -> None:
    sha256 = now.law.sha256.hex()
    said = [
        f"regime: {now.regime} ({labels.english('regime', now.regime)})",
        *_heard(now),
        *(
            [f'the portal follows once its configuration has this line, too: regime = "{now.regime}"']
            if is_new
            else []
        ),
        f"law: {now.law.name.en} ({sha256})",
        "the portal must use the same regime and law: `portal doctor` shows which ones it uses",
    ]
    terminal.show({"regime": now.regime, "heard": now.heard, "law": sha256}, said, as_json=as_json)


def _heard(now: Settings) -> Iterator[str]:
    if now.heard:
        yield f"reporters can speak to an officer: {visible(now.heard)}"
    elif now.law.regimes[now.regime].oral:
        command = f"inbox office set --regime {now.regime} --heard TEXT"
        yield f"MISSING: HOW REPORTERS CAN SPEAK TO AN OFFICER: {command}"


@click.command()
@_days
@opens_inbox
def add(door: Door, /, *, days: Sequence[date], as_json: bool) -> None:
    """Add days off. Deadlines take the added days into account."""
    with door.opened() as (inbox, who):
        now = office_settings.add_days_off(inbox, who, days)
    _show(now.days_off, as_json=as_json)


@click.command()
@_days
@opens_inbox
def remove(door: Door, /, *, days: Sequence[date], as_json: bool) -> None:
    """Remove days off. Deadlines no longer take the removed days into account."""
    with door.opened() as (inbox, who):
        now = office_settings.remove_days_off(inbox, who, days)
    _show(now.days_off, as_json=as_json)


@click.command()
@opens_inbox
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List the days off."""
    with door.opened() as (inbox, who):
        now = office_settings.read(inbox, who)
    _show(now.days_off, as_json=as_json)


def _show(days: Sequence[date], *, as_json: bool) -> None:
    said = [day.isoformat() for day in days]
    terminal.show(
        {"days_off": said}, said or ["no days off besides weekends and public holidays"], as_json=as_json
    )


@click.command()
@opens_inbox
def show_law(door: Door, /, *, as_json: bool) -> None:
    """Show the law in use: its codes, deadlines and retention periods."""
    with door.opened() as (inbox, who):
        law = laws.read(inbox, who)
    terminal.show(render_law.view(law), render_law.lines(law), as_json=as_json)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--dry-run", is_flag=True, help="Show what the new law would change, and change nothing.")
@click.option(
    "--loosening",
    is_flag=True,
    help="Replace the law even if rules become looser, deadlines become later, or cases are destroyed"
    " sooner.",
)
@opens_inbox
def replace_law(door: Door, /, *, folder: Path, dry_run: bool, loosening: bool, as_json: bool) -> None:
    """Replace the law in use with the law in a folder.

    This command requires two officers. All deadlines follow the new law.
    """
    files = folders.given(str(folder))
    with door.opened() as (inbox, who):
        planned = laws.plan(inbox, who, files)
        if not (dry_run or as_json):
            terminal.warn_all(render_law.planned_lines(planned))
        if not dry_run:
            laws.adopt(inbox, who, planned, loosening=loosening)
    said = [f"in use: {render_law.name(planned.law)}"]
    if dry_run:
        said = [*render_law.planned_lines(planned), "nothing was changed"]
    terminal.show(render_law.plan_view(planned) | {"adopted": not dry_run}, said, as_json=as_json)


@click.command()
@opens_inbox
def oversight_command(door: Door, /, *, as_json: bool) -> None:
    """Show figures about the work, for oversight. The figures contain nothing from reports."""
    with door.opened() as (inbox, who):
        view = oversight.look(inbox, who)
    terminal.show(view, _oversight_lines(view), as_json=as_json)


_COUNTED = (
    ("outcomes", "outcome"),
    ("disclosure", "disclosure"),
    ("decisions", "decision"),
    ("destroyed", "outcome"),
    ("destroyed_by", "rule"),
)


def _oversight_lines(view: View) -> Iterator[str]:
    cases = view["cases"]
    yield f"{view['day']}, {labels.english('regime', view['regime'])}"
    yield f"cases: {cases['open']} open, {cases['closed']} closed, {cases['held']} held, {cases['junk']} junk"
    yield f"scores judged: {cases['judged']}; in quarantine: {cases['quarantined']}"
    yield f"for their handlers only: {cases['for_handlers']}, of them {cases['for_handlers_overdue']} late"
    yield f"with an excluded officer: {view['exclusions']}"
    if unsent := view["transmitted_unsent"]:
        yield f"transmitted, nothing sent: case {', '.join(map(str, unsent))}"
    yield ""
    yield " ".join(f"{state.value:>7}" for state in oversight.State)
    for kind, counts in view["deadlines"].items():
        yield " ".join(f"{count:>7}" for count in counts.values()) + f"  {oversight.deadline(kind).en}"
    for name, codes in _COUNTED:
        if view[name]:
            yield ""
            yield f"{name.replace('_', ' ')}:"
        yield from (f"{count:>7}  {labels.english(codes, code)}" for code, count in view[name].items())
    yield from ("", "actions:", *(f"{count:>7}  {act}" for act, count in view["actions"].items()))
    for each in view["break_glass"]:
        yield f"case {each['case']} was opened in an emergency on {each['day']} by {', '.join(each['by'])}"


@click.command()
@click.argument("file", type=FILE)
@opens_inbox
def questionnaire_command(door: Door, /, *, file: Path, as_json: bool) -> None:
    """Put a questionnaire into use. Earlier reports are still read with the earlier questionnaires."""
    raw = given_files.content(file)
    with door.opened() as (inbox, who):
        asked = questionnaire.adopt(inbox, who, raw)
    view = {"id": asked.id, "version": asked.version, "questions": len(asked.fields)}
    lines = [
        f"in use: questionnaire {asked.id}, version {asked.version}, {len(asked.fields)} questions",
        "next: inbox exchange keyring --out FOLDER, and carry it with this file to the portal",
    ]
    terminal.show(view, lines, as_json=as_json)


def _out_of(_: click.Context, __: click.Parameter, given: Path | None) -> Path | None:
    if given is not None and given.suffix not in _ENDINGS:
        raise click.BadParameter(f"{given.name!r} does not end with one of {', '.join(_ENDINGS)}")
    return given


@click.command()
@choice_argument("name", "REGISTER", [each.value for each in Register])
@click.option("--year", type=NUMBER, help="Show only this year.")
@click.option(
    "--out",
    type=FILE,
    callback=_out_of,
    help="Write the register to this new file, FILE.csv for a spreadsheet or FILE.pdf to print.",
)
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", help="The language of the file.")
@opens_inbox
def register_command(door: Door, /, *, out: Path | None, language: str, as_json: bool, **given: Any) -> None:
    """Show a register or write it to a file.

    There are registers of reports, access requests, protection and consultations.

    A register contains codes and days, but nothing from a report. Cases from which a signed-in officer is
    excluded are omitted.
    """
    wanted = Wanted(Register(given["name"]), given["year"])
    with door.opened() as (inbox, who):
        if out is None:
            found = registers.read(inbox, who, wanted)
        else:
            found = registers.export(inbox, who, wanted, out, language)
    view = registers.view(found) | {"file": str(out) if out else None}
    terminal.show(view, [str(out)] if out else _lines(found), as_json=as_json)


@click.command()
@click.option("--body", required=True, help=f"The body or person consulted, in at most {LONGEST} characters.")
@click.option("--day", required=True, type=DAY, help="The day of the consultation.")
@click.option("--subject", cls=TextOption, question="the subject", needed=True, help="The subject.")
@click.option(
    "--opinion",
    cls=TextOption,
    question="the opinion, without anything from a report",
    needed=True,
    help="The opinion, without anything from a report.",
)
@click.option("--reference", default="", help="The reference of the opinion.")
@opens_inbox
def record(door: Door, /, *, day: date, as_json: bool, **given: str) -> None:
    """Record a consultation."""
    with door.opened() as (inbox, who):
        row = consultations.record(inbox, who, day, Said(**given))
    terminal.show({"consultation": row.n}, [f"recorded as consultation {row.n}"], as_json=as_json)


@click.command()
@click.argument("number", type=NUMBER)
@reason_needed
@opens_inbox
def retract(door: Door, /, *, number: int, reason: str, as_json: bool) -> None:
    """Retract a consultation that was recorded by mistake, and delete its texts.

    The register still lists the consultation, without the texts.
    """
    with door.opened() as (inbox, who):
        consultations.retract(inbox, who, number, reason)
    terminal.show({"consultation": number}, [f"consultation {number} is retracted"], as_json=as_json)


@click.command()
@choice_argument("name", "SHEET", [each.value for each in Sheet])
@out_file
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", help="The language of the sheet.")
@opens_inbox
def sheet_command(door: Door, /, *, name: str, out: Path, language: str, as_json: bool) -> None:
    """Write this office's record of processing or its impact assessment, as a PDF.

    The PDF contains nothing from any case.
    """
    with door.opened() as (inbox, who):
        sheets.write(inbox, who, Sheet(name), out, language)
    terminal.show({"sheet": name, "file": str(out)}, [str(out)], as_json=as_json)


def _lines(found: Found) -> Iterator[str]:
    if not found.rows:
        yield "nothing is recorded"
    heads = labels.of("column")
    for row in found.rows:
        cells = ((heads[each].en, said(row.get(each), "en")) for each in found.columns)
        yield "  ".join(f"{head}: {visible(text)}" for head, text in cells if text)
    if found.for_handlers:
        yield f"cases for their handlers only, not listed here: {found.for_handlers}"
