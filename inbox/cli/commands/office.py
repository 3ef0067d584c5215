"""How this office works: its law, regime, numbers, days off and questionnaire; how its work goes."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import click

from inbox.cli import render_law
from inbox.cli.options import NUMBER, Door, json_option, officer_options
from inbox.deadlines import settings as office_settings
from inbox.language import labels
from inbox.language.views import View
from inbox.law import folders
from inbox.overview import oversight
from inbox.setup import law as laws
from inbox.setup import questionnaire
from inbox.system import given_files, terminal

_days = click.argument("days", metavar="DAY…", type=click.DateTime(["%Y-%m-%d"]), nargs=-1, required=True)


@click.command()
@click.option("--regime", metavar="CODE", help="The regime of this office: see `law`.")
@click.option("--last-case", type=NUMBER, help="Give new cases numbers after this one: see restore.")
@officer_options
@json_option
@click.pass_obj
def settings(door: Door, /, *, regime: str | None, last_case: int | None, as_json: bool) -> None:
    """Show how this office works, or change it; all deadlines follow."""
    with door.opened() as (inbox, who):
        found = None
        if last_case:
            found = office_settings.continue_numbering(inbox, who, last_case)
        if regime:
            found = office_settings.choose_regime(inbox, who, regime)
        now = found or office_settings.read(inbox, who)
    sha256 = now.law.sha256.hex()
    said = [
        f"regime: {now.regime} ({labels.english('regime', now.regime)})",
        f"law: {now.law.name.en} ({sha256})",
    ]
    terminal.show({"regime": now.regime, "law": sha256}, said, as_json=as_json)


@click.group(name="days-off")
def days_off() -> None:
    """Days on which this office does not work, beside weekends and public holidays."""


@days_off.command()
@_days
@officer_options
@json_option
@click.pass_obj
def add(door: Door, /, *, days: Sequence[datetime], as_json: bool) -> None:
    """Add days; all deadlines follow."""
    with door.opened() as (inbox, who):
        now = office_settings.add_days_off(inbox, who, [day.date() for day in days])
    _show(now.days_off, as_json=as_json)


@days_off.command()
@_days
@officer_options
@json_option
@click.pass_obj
def remove(door: Door, /, *, days: Sequence[datetime], as_json: bool) -> None:
    """Remove days; all deadlines follow."""
    with door.opened() as (inbox, who):
        now = office_settings.remove_days_off(inbox, who, [day.date() for day in days])
    _show(now.days_off, as_json=as_json)


@days_off.command(name="list")
@officer_options
@json_option
@click.pass_obj
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List them."""
    with door.opened() as (inbox, who):
        now = office_settings.read(inbox, who)
    _show(now.days_off, as_json=as_json)


def _show(days: Sequence[date], *, as_json: bool) -> None:
    said = [day.isoformat() for day in days]
    terminal.show(
        {"days_off": said}, said or ["no days beside weekends and public holidays"], as_json=as_json
    )


@click.command(name="law")
@click.option(
    "--replace",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Another law: a folder of ten files.",
)
@click.option("--dry-run", is_flag=True, help="With --replace: say what it would change, and change nothing.")
@click.option(
    "--loosening",
    is_flag=True,
    help="With --replace: even if rules are looser, deadlines later, or cases destroyed sooner.",
)
@officer_options
@json_option
@click.pass_obj
def law_command(
    door: Door, /, *, replace: Path | None, dry_run: bool, loosening: bool, as_json: bool
) -> None:
    """Show the law in use with its codes; or replace it: takes two officers, and all deadlines follow."""
    if (dry_run or loosening) and replace is None:
        raise click.UsageError("--dry-run and --loosening go with --replace")
    if replace is None:
        with door.opened() as (inbox, who):
            law = laws.read(inbox, who)
        terminal.show(render_law.view(law), render_law.lines(law), as_json=as_json)
        return
    files = folders.given(str(replace))
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


@click.command(name="oversight")
@officer_options
@json_option
@click.pass_obj
def oversight_command(door: Door, /, *, as_json: bool) -> None:
    """Show how the work goes, for those who oversee it: nothing from the reports themselves."""
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
    yield f"for their handlers alone: {cases['for_handlers']}, of them {cases['for_handlers_overdue']} late"
    yield f"kept from an officer: {view['exclusions']}"
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


@click.command(name="questionnaire")
@click.argument("file", type=click.Path(path_type=Path))
@officer_options
@click.pass_obj
def questionnaire_command(door: Door, /, *, file: Path) -> None:
    """Put a questionnaire into use; reports that answer earlier ones are still read by those."""
    raw = given_files.content(file)
    with door.opened() as (inbox, who):
        asked = questionnaire.adopt(inbox, who, raw)
    terminal.say(f"in use: questionnaire {asked.id}, version {asked.version}, {len(asked.fields)} questions")
    terminal.say("next: inbox keyring --out FOLDER, and carry it with this file to the portal")
