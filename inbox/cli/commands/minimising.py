"""Strike from a case what does not belong there."""

from collections.abc import Iterator
from typing import Any

import click

from inbox.cli.options import (
    Door,
    case_argument,
    given_or_to_type,
    json_option,
    officer_options,
    reason_option,
    text_options,
)
from inbox.language.views import View
from inbox.retention import residue, strike
from inbox.session import journal
from inbox.system import terminal


@click.command()
@case_argument
@click.argument("place")
@text_options
@reason_option
@officer_options
@json_option
@click.pass_obj
def minimise(door: Door, /, *, case: int, place: str, reason: str, as_json: bool, **given: Any) -> None:
    """Strike a passage from a case for good; takes two officers.

    PLACE is the id of a question, note (of a drop), follow-up-N, file-N for its name, reply-N, staff-note-N,
    tags, measure-N, decision-art40, decision-art14, withheld, identity, or everywhere. With :all behind it,
    all that stands there goes, and no words are asked for. Capitals, accents and spaces do not count.
    """
    at, is_all = place.removesuffix(":all"), place.endswith(":all")
    text = None if is_all else given_or_to_type(**given)
    with door.opened() as (inbox, who):
        if not is_all and text is None:
            text = terminal.ask_text(f"the passage to be struck from case {case}")
        with inbox.acting(who, strike.deed(case, at, reason)) as session:
            struck = strike.strike(session, case, at, text, journal.actor(session))
            holding, unsearched = residue.in_files(inbox.home, session, case, text or "")
    view = {
        "case": case,
        "place": at,
        "struck": struck.times,
        "left": struck.left,
        "files_with_it": holding,
        "files_not_searched": unsearched,
    }
    terminal.show(view, _lines(view), as_json=as_json)


def _lines(view: View) -> Iterator[str]:
    yield f"case {view['case']}: struck for good, so often at each place:"
    yield from (f"{count:>7}  {place}" for place, count in view["struck"].items())
    if view["left"]:
        left = ", ".join(view["left"])
        yield f"the same words still stand, written otherwise or where nothing is struck: {left}"
    if view["files_with_it"]:
        yield f"files with it, in which nothing is struck: {_numbers(view['files_with_it'])}"
    if view["files_not_searched"]:
        yield f"files that were not searched, being no short text: {_numbers(view['files_not_searched'])}"
    yield "what was handed out before still holds it: dossiers, answers, what the author has read;"
    yield "so do older copies of the vault, and backups: destroy them"


def _numbers(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
