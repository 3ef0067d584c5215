"""Retention: cases due for destruction, their destruction, the list of destroyed cases, redaction."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from crypto.printable import visible
from inbox.casework import exits
from inbox.cli import render
from inbox.cli.case_selection import counted
from inbox.cli.free_text import TextOption
from inbox.cli.options import (
    Closed,
    Door,
    asked_text,
    case_argument,
    given_or_to_type,
    opens_inbox,
    out_folder,
    reason_needed,
    reason_of,
    text_options,
)
from inbox.deadlines.retention_schedule import Due, UnopenedTerm
from inbox.exchange import unopened_list
from inbox.exchange.unopened_list import Page
from inbox.language import labels
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.retention import (
    destroy_cases,
    destroyed_list,
    discard_unopened,
    list_files,
    strike,
    visa_list,
    visas,
)
from inbox.retention.destroy_cases import Plan
from inbox.retention.strike import Passage
from inbox.retention.visas import Given, Listed
from inbox.system import terminal
from templates.command_line import DAY, FOLDER, NUMBER

_reason_for_day = click.option(
    "--reason",
    metavar="TEXT",
    cls=TextOption,
    question="how officers know the day",
    default="",
    callback=reason_of,
    help="The officers' source for today's date, if no portal is left to confirm the date. The journal"
    " keeps this reason.",
)
_LAST_CHANCE = "a missing key or case may be in a backup: restore it and collect before you discard"


@click.command()
@opens_inbox
def retention_command(door: Door, /, *, as_json: bool) -> None:
    """List closed and junk cases by the day of their destruction. Count the unfiled envelopes."""
    with door.opened() as (inbox, who):
        found = visas.schedule(inbox, who)
    cases = [_view(each, who.today) for each in found.cases]
    lists = [_list_view(each) for each in found.lists]
    view = {"cases": cases, "unopened": _term_view(found.unopened), "lists": lists}
    said = [*_lines(cases), *_term(found.unopened), *map(_list_line, lists)]
    terminal.show(view, said, as_json=as_json)


@click.command()
@click.argument("case", metavar="[CASE…]", nargs=-1, type=NUMBER)
@out_folder
@opens_inbox
def list_command(door: Door, /, *, case: tuple[int, ...], out: Path, as_json: bool) -> None:
    """List cases for the archives, as a page to print and as JSON.

    By default, the list contains each case that can be destroyed as soon as the archives approve the list.
    """
    with door.opened() as (inbox, who):
        list_files.check(inbox.home, out)
        made = visas.ask(inbox, who, case)
        files = [str(path) for path in visa_list.write(inbox.home, made, out)]
    send = f"once the visa is there: inbox retention visa add {made.name} --day DAY --reference TEXT"
    terminal.show(visa_list.view(made) | {"files": files}, [*files, send], as_json=as_json)


@click.command()
@click.argument("name", metavar="LIST")
@click.option("--day", required=True, type=DAY, help="The day of the visa.")
@click.option(
    "--reference",
    cls=TextOption,
    question="the reference under which the archives find the visa",
    needed=True,
    metavar="TEXT",
    help="The reference of the visa.",
)
@opens_inbox
def record_command(door: Door, /, *, name: str, day: date, reference: str, as_json: bool) -> None:
    """Record that the archives approved a list (their visa). This command requires two officers."""
    with door.opened() as (inbox, who):
        found = visas.record(inbox, who, name, Given(day, reference))
    view = _list_view(found)
    terminal.show(view, [_list_line(view), "to destroy them: inbox retention destroy"], as_json=as_json)


@click.command()
@click.argument("case", metavar="[CASE…]", nargs=-1, type=NUMBER)
@click.option("--due", "all_due", is_flag=True, help="Destroy all cases that are due.")
@_reason_for_day
@opens_inbox
def destroy(door: Door, /, *, case: tuple[int, ...], all_due: bool, reason: str, as_json: bool) -> None:
    """Destroy cases with everything that belongs to them.

    This command requires two officers and cannot be undone.
    """
    if all_due == bool(case) or (all_due and reason):
        raise click.UsageError("give case numbers or --due, not both")
    with door.opened() as (inbox, who):
        planned = (
            destroy_cases.plan_due(inbox, who) if all_due else destroy_cases.plan(inbox, who, case, reason)
        )
        if terminal.is_interactive() and not as_json:
            terminal.warn_all(f"to be destroyed: {_line(_view(each, who.today))}" for each in planned.cases)
            _ask_once(door)
        destroyed = destroy_cases.destroy(inbox, who, planned)
    view = {"cases": [each.case for each in destroyed.cases], "backups": list(destroyed.backups)}
    terminal.show(view, _told(destroyed), as_json=as_json)


@click.command()
@click.option(
    "--page", type=NUMBER, default=1, help=f"The page number; each page has {unopened_list.PAGE} envelopes."
)
@opens_inbox
def unopened_command(door: Door, /, *, page: int, as_json: bool) -> None:
    """List unfiled envelopes, newest first, and how long each envelope is kept."""
    with door.opened() as (inbox, who):
        found = unopened_list.look(inbox, who, page)
    view = _term_view(found.term) | {"count": found.count, "unopened": found.entries}
    terminal.show(view, _page(found, page), as_json=as_json)


@click.command()
@_reason_for_day
@opens_inbox
def discard(door: Door, /, *, reason: str, as_json: bool) -> None:
    """Delete expired unfiled envelopes. This command requires two officers and cannot be undone."""
    with door.opened() as (inbox, who):
        entries = discard_unopened.plan(inbox, who, reason)
        if terminal.is_interactive() and not as_json:
            terminal.warn(f"to be discarded: {entries} of unfiled messages, with their envelopes")
            terminal.warn(_LAST_CHANCE)
            _ask_once(door)
        discard_unopened.discard(inbox, who, entries, reason)
    terminal.show({"discarded": entries}, [f"discarded: {entries}"], as_json=as_json)


@click.command()
@click.option("--since", type=DAY, help="List only cases that were destroyed on this day or later.")
@click.option("--out", type=FOLDER, help="Write the list to this folder, for printing and as JSON.")
@opens_inbox
def destroyed_command(door: Door, /, *, since: date | None, out: Path | None, as_json: bool) -> None:
    """List destroyed cases for the archives: numbers, days and categories."""
    with door.opened() as (inbox, who):
        found = destroyed_list.listed(inbox, who, since)
        files = [str(path) for path in destroyed_list.write(inbox.home, found, out)] if out else []
    view = {"destroyed": found.lines, "files": files}
    terminal.show(view, files or destroyed_list.rows(found.lines), as_json=as_json)


@click.command()
@case_argument
@click.argument("place")
@text_options
@reason_needed
@opens_inbox
def minimise(door: Door, /, *, case: int, place: str, reason: str, as_json: bool, **given: Any) -> None:
    """Redact a passage of a case for good. This command requires two officers.

    PLACE is the id of a question, note (the reporter's text), follow-up-N, file-N (the file's name),
    reply-N, staff-note-N, tags, measure-N, decision-DUTY, withheld, identity, or everywhere. PLACE:all
    redacts everything at the place, without asking for words. Capitals, accents and spaces need not match.
    """
    at, is_all = place.removesuffix(":all"), place.endswith(":all")
    text = None if is_all else given_or_to_type(**given)
    with door.opened() as (inbox, who):
        if not is_all and text is None:
            text = asked_text(f"the passage to redact in case {case}")
        struck = strike.strike(inbox, who, Passage(case, at, text), reason)
    view = {
        "case": case,
        "place": at,
        "struck": struck.times,
        "left": struck.left,
        "files_with_it": struck.holding,
        "files_not_searched": struck.unsearched,
    }
    terminal.show(view, _struck(view), as_json=as_json)


def _term_view(term: UnopenedTerm) -> View:
    return {
        "discardable": term.due,
        "more_from": term.next_day.isoformat() if term.next_day else None,
    }


def _term(term: UnopenedTerm) -> Iterator[str]:
    if term.due:
        yield f"unfiled envelopes, expired: {term.due}; inbox exchange unopened discard"
        yield _LAST_CHANCE
    if term.by_one_clock:
        yield (
            f"unfiled envelopes, expired only according to this machine's clock: {term.by_one_clock};"
            " export a bundle from the portal now, and collect it"
        )
    if term.unasked:
        yield (
            f"unfiled envelopes, expired, waiting for the archives' visa: {term.unasked}; inbox retention"
            " visa request"
        )
    if term.next_day:
        kept = term.count - term.due - term.unasked - term.by_one_clock
        yield f"unfiled envelopes kept for now: {kept}, the first until {term.next_day}"


def _page(found: Page, number: int) -> Iterator[str]:
    if not found.entries:
        yield "there are no unfiled envelopes"
    for row in found.entries:
        yield from render.unopened(row)
    if found.count > number * unopened_list.PAGE:
        yield f"{found.count} in all; older ones: inbox exchange unopened list --page {number + 1}"
    yield from _term(found.term)


def _ask_once(door: Door) -> None:
    """Ask before an action that cannot be undone. In a session, the passphrases confirm the action."""
    if isinstance(door, Closed) and not terminal.ask("Destroy them?"):
        raise Refused(
            sentence("nothing was destroyed"), sentence("answer yes, or look first: inbox retention list")
        )


def _list_view(each: Listed) -> View:
    row = each.row
    return {
        "list": each.name,
        "made": row.made.isoformat(),
        "cases": list(each.cases),
        "unopened": row.unopened,
        "visa": row.visa.isoformat() if row.visa else None,
        "reference": row.reference,
    }


def _list_line(row: View) -> str:
    state = f"visa of {row['visa']}, {visible(row['reference'])}" if row["visa"] else "waits for its visa"
    more = f", unfiled envelopes: {row['unopened']}" if row["unopened"] else ""
    return f"list {row['list']} for the archives, made {row['made']}, {counted(row['cases'])}{more}: {state}"


def _view(each: Due, day: date) -> View:
    return {
        "case": each.case,
        "rule": each.rule,
        "day": each.day.isoformat(),
        "due": exits.is_due(each, day),
        "obstacles": [what.value for what in exits.waits_for(each)],
    }


def _line(row: View) -> str:
    against = ", ".join(labels.english("obstacle", what) for what in row["obstacles"])
    state = f"waits: {against}" if against else "due" if row["due"] else ""
    return f"{row['case']:>5}  {row['day']}  {row['rule']:<19}  {state}".rstrip()


def _lines(rows: Sequence[View]) -> Iterator[str]:
    if not rows:
        yield "no case is closed"
    yield from map(_line, rows)


def _told(destroyed: Plan) -> Iterator[str]:
    yield (
        f"destroyed: {counted(destroyed.cases)}; the list for the archives: inbox retention list-destroyed"
        " --out FOLDER"
    )
    yield "an older copy of the vault still holds their contents; destroy every copy of:"
    yield from (f"  {name}" for name in destroyed.backups)
    yield "  the vault, from before now"


def _struck(view: View) -> Iterator[str]:
    yield f"case {view['case']}: redacted for good, with counts by place:"
    yield from (f"{count:>7}  {place}" for place, count in view["struck"].items())
    if view["left"]:
        left = ", ".join(view["left"])
        yield f"similar words that were not redacted remain at: {left}"
    if view["files_with_it"]:
        yield f"files that contain it, which were not changed: {_numbers(view['files_with_it'])}"
    if view["files_not_searched"]:
        yield f"files not searched, because they are not short texts: {_numbers(view['files_not_searched'])}"
    yield "it remains in what was handed out before: dossiers, answers, replies that the reporter has read;"
    yield "and in older copies of the vault and backups: destroy them"


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
