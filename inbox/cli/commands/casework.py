"""Work on cases: notes, tags, assignment, score, credibility, links."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from crypto.printable import visible
from inbox.casework import assignment, links, notes
from inbox.casework import tags as case_tags
from inbox.casework.links import MANY
from inbox.cli import render, render_work
from inbox.cli.case_selection import chosen, counted, many_cases
from inbox.cli.options import (
    Door,
    asked_text,
    case_argument,
    given_or_to_type,
    opens_inbox,
    reason_needed,
    text_options,
)
from inbox.deadlines import workflow
from inbox.deadlines.bonds import Relation
from inbox.language import labels
from inbox.language.views import View
from inbox.overview import work_view
from inbox.system import terminal
from inbox.vault import score
from inbox.vault.casework_tables import SOURCE, Credibility
from templates.command_line import NUMBER, Whole, choice_argument, together

_other_argument = click.argument("other", type=NUMBER)
_tag_names = click.argument("names", metavar="NAME…", nargs=-1, required=True)


@click.command()
@case_argument
@text_options
@opens_inbox
def note(door: Door, /, *, case: int, text: str | None, text_file: Path | None, as_json: bool) -> None:
    """Add a note for the other officers. The reporter never sees the note."""
    given = given_or_to_type(text, text_file)
    with door.opened() as (inbox, who):
        written = asked_text(f"the note to case {case}") if given is None else given
        row = notes.add(inbox, who, case, written)
    view = {"case": case} | work_view.note(row)
    terminal.show(
        view, [f"case {case}: note {row.position} is recorded; the reporter never sees it"], as_json=as_json
    )


@click.command()
@case_argument
@_tag_names
@opens_inbox
def add_tags(door: Door, /, *, case: int, names: tuple[str, ...], as_json: bool) -> None:
    """Add tags to a case. To find cases by tag: inbox queue list --tag NAME."""
    with door.opened() as (inbox, who):
        tags = case_tags.add(inbox, who, [case], names)[case]
    _show_tags(case, tags, as_json=as_json)


@click.command()
@case_argument
@_tag_names
@opens_inbox
def remove_tags(door: Door, /, *, case: int, names: tuple[str, ...], as_json: bool) -> None:
    """Remove tags from a case."""
    with door.opened() as (inbox, who):
        tags = case_tags.remove(inbox, who, [case], names)[case]
    _show_tags(case, tags, as_json=as_json)


def _show_tags(case: int, tags: Sequence[str], *, as_json: bool) -> None:
    said = visible(", ".join(tags)) or "no tags"
    terminal.show({"case": case, "tags": tags}, [f"case {case}: {said}"], as_json=as_json)


@click.command()
@case_argument
@click.argument("officer", metavar="OFFICER")
@opens_inbox
def assign(door: Door, /, *, case: int, officer: str, as_json: bool) -> None:
    """Assign a case to an officer."""
    _assign(door, case, officer, as_json=as_json)


@click.command()
@case_argument
@opens_inbox
def unassign(door: Door, /, *, case: int, as_json: bool) -> None:
    """Unassign a case."""
    _assign(door, case, None, as_json=as_json)


def _assign(door: Door, case: int, officer: str | None, *, as_json: bool) -> None:
    with door.opened() as (inbox, who):
        assignment.assign(inbox, who, [case], officer)
    terminal.show(
        {"case": case, "assigned": officer},
        [f"case {case}: assigned to {officer or 'nobody'}"],
        as_json=as_json,
    )


@click.command()
@many_cases
@click.option("--add", "added", multiple=True, help="A tag to add. Can be repeated.")
@click.option(
    "--remove",
    "removed",
    multiple=True,
    help="A tag to remove. If one of the cases does not have this tag, nothing changes. Can be repeated.",
)
@opens_inbox
def tag_many(
    door: Door, /, *, added: tuple[str, ...], removed: tuple[str, ...], as_json: bool, **given: Any
) -> None:
    """Add tags to cases, or remove tags from them."""
    if bool(added) is bool(removed):
        raise click.UsageError("give --add NAME, or --remove NAME")
    cases = chosen(given)
    with door.opened() as (inbox, who):
        numbers = cases.numbers(inbox, who)
        (case_tags.remove if removed else case_tags.add)(inbox, who, numbers, added or removed)
    said = f"{counted(numbers)}: {'tags removed' if removed else 'tagged'}"
    terminal.show({"cases": numbers}, [said], as_json=as_json)


@click.command()
@many_cases
@click.option("--to", "to", metavar="OFFICER", required=True, help="The officer.")
@opens_inbox
def assign_many(door: Door, /, *, to: str, as_json: bool, **given: Any) -> None:
    """Assign cases to an officer. If one of the cases cannot be assigned, no case is assigned."""
    _assign_many(door, given, to, as_json=as_json)


@click.command()
@many_cases
@opens_inbox
def unassign_many(door: Door, /, *, as_json: bool, **given: Any) -> None:
    """Unassign cases. If one of the cases cannot be unassigned, no case is unassigned."""
    _assign_many(door, given, None, as_json=as_json)


def _assign_many(door: Door, given: dict[str, Any], to: str | None, *, as_json: bool) -> None:
    cases = chosen(given)
    with door.opened() as (inbox, who):
        numbers = cases.numbers(inbox, who)
        assignment.assign(inbox, who, numbers, to)
    said = f"{counted(numbers)}: assigned to {to or 'nobody'}"
    terminal.show({"cases": numbers, "assigned": to}, [said], as_json=as_json)


@click.command()
@click.argument("absent")
@click.argument("deputy")
@opens_inbox
def pass_on(door: Door, /, *, absent: str, deputy: str, as_json: bool) -> None:
    """Assign the open cases of the officer ABSENT to DEPUTY, except those that DEPUTY may not read."""
    with door.opened() as (inbox, who):
        done = assignment.pass_on(inbox, who, absent, deputy)
    said = [f"{counted(done.numbers)}: assigned to {deputy}"]
    said += [f"case {number} was not handed over: {deputy} may not read it" for number in done.kept]
    terminal.show({"cases": done.numbers, "assigned": deputy, "kept": done.kept}, said, as_json=as_json)


_part_options = together(
    *(
        click.option(f"--{name}", type=Whole(0, score.HIGHEST), help=labels.english("part_values", name))
        for name in score.NAMES
    )
)


@click.command()
@case_argument
@_part_options
@reason_needed
@opens_inbox
def judge(door: Door, /, *, case: int, reason: str, as_json: bool, **parts: int | None) -> None:
    """Set parts of the score of a case, each from 0 to 3. The other parts of the score stay unchanged."""
    given = {name: value for name, value in parts.items() if value is not None}
    if not given:
        raise click.UsageError(f"give at least one of: {', '.join(f'--{name}' for name in score.NAMES)}")
    with door.opened() as (inbox, who):
        work = workflow.judge(inbox, who, case, given, reason)
    view = {"case": case, **work_view.score(work), "parts": asdict(work.parts)}
    terminal.show(view, _judged(view), as_json=as_json)


def _judged(view: View) -> Iterator[str]:
    yield f"case {view['case']}: priority {view['priority']}, score {view['score']} of {score.MOST}"
    for name, weight in score.WEIGHTS.items():
        yield f"  {name:<14} {view['parts'][name]} of {score.HIGHEST}, weight {weight}"


_SCALE = "; ".join(
    f"{each.value} is “{labels.english('credibility', each.value).lower()}”" for each in Credibility
)


@click.command(
    help=f"""Rate the credibility of what a case says, on a scale from 1 to 6.

    {_SCALE}.

    The rating never concerns the reporter. The rating does not change the order of
    the queue, and does not close a case."""
)
@case_argument
@choice_argument("rating", "CREDIBILITY", [each.value for each in Credibility])
@reason_needed
@opens_inbox
def credibility(door: Door, /, *, case: int, rating: str, reason: str, as_json: bool) -> None:
    """Rate the credibility of what a case says."""
    with door.opened() as (inbox, who):
        workflow.rate(inbox, who, case, Credibility(rating), reason)
    view = {"source": SOURCE, "credibility": rating}
    terminal.show({"case": case} | view, [f"case {case}: {render_work.rating(view)}"], as_json=as_json)


@click.command()
@case_argument
@opens_inbox
def links_command(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show the links of a case, and other cases that have something in common with it."""
    with door.opened() as (inbox, who):
        view = links.look(inbox, who, case)
    terminal.show(view, _link_lines(view), as_json=as_json)


@click.command()
@case_argument
@_other_argument
@choice_argument("relation", "RELATION", [each.value for each in Relation])
@opens_inbox
def add_link(door: Door, /, *, case: int, other: int, relation: str, as_json: bool) -> None:
    """Link two cases. Neither case changes."""
    with door.opened() as (inbox, who):
        kept = links.link(inbox, who, case, other, Relation(relation))
    _show_link(case, other, relation, kept, as_json=as_json)


@click.command()
@case_argument
@_other_argument
@opens_inbox
def dismiss_link(door: Door, /, *, case: int, other: int, as_json: bool) -> None:
    """Record that two cases are not related, so that the link is not suggested again."""
    with door.opened() as (inbox, who):
        links.dismiss(inbox, who, case, other)
    _show_link(case, other, None, (), as_json=as_json)


def _show_link(
    case: int, other: int, relation: str | None, kept: Sequence[tuple[int, str]], *, as_json: bool
) -> None:
    lines = [f"cases {case} and {other}: {relation or 'not related'}"]
    lines += [
        f"case {number} excludes {officer}, like the other cases of the same matter:"
        " do not mention it to them"
        for number, officer in kept
    ]
    view = {
        "case": case,
        "other": other,
        "relation": relation,
        "kept_from": [{"case": number, "officer": officer} for number, officer in kept],
    }
    terminal.show(view, lines, as_json=as_json)


@click.command()
@case_argument
@_other_argument
@opens_inbox
def unlink(door: Door, /, *, case: int, other: int, as_json: bool) -> None:
    """Remove the link between two cases. The program may suggest the link again."""
    with door.opened() as (inbox, who):
        links.unlink(inbox, who, case, other)
    terminal.show(
        {"case": case, "other": other}, [f"cases {case} and {other} are not linked"], as_json=as_json
    )


def _link_lines(view: View) -> Iterator[str]:
    for row in view["linked"]:
        yield f"{row['case']:>5}  {row['relation']}, since {row['since']}: {row['status']}"
        yield render.summary(row)
    for row in view["proposed"]:
        yield f"{row['case']:>5}  suggested link: both have {_said(row['reasons'])}"
        yield render.summary(row)
    if not view["linked"] and not view["proposed"]:
        yield "no links and nothing in common with other cases"
    if view["common"]:
        yield f"in more than {MANY} other cases, so not suggested: {_said(view['common'])}"


def _said(reasons: list[View]) -> str:
    return ", ".join(f"{labels.english('common', each['kind'])} {visible(each['shown'])}" for each in reasons)
