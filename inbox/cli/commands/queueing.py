"""Judge how pressing a case is."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import reduce
from typing import Any

import click

from inbox.casework import work_view
from inbox.cli.options import Door, case_argument, json_option, officer_options, reason_needed
from inbox.deadlines import workflow
from inbox.language.views import View
from inbox.questionnaire import scoring
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today
from inbox.vault import score

_OPTIONS: list[Callable[[Any], Any]] = [
    click.option(f"--{name}", type=click.IntRange(0, score.HIGHEST), help=meaning)
    for name, meaning in scoring.meanings().items()
]


def _part_options(command: Callable[..., None]) -> Callable[..., None]:
    return reduce(lambda made, option: option(made), reversed(_OPTIONS), command)


@click.command()
@case_argument
@_part_options
@reason_needed
@officer_options
@json_option
@click.pass_obj
def judge(door: Door, /, *, case: int, reason: str, as_json: bool, **parts: int | None) -> None:
    """Say how pressing a case is, part by part from 0 to 3; what is not given stays."""
    changed = {name: value for name, value in parts.items() if value is not None}
    if not changed:
        raise click.UsageError(f"give at least one of: {', '.join(f'--{name}' for name in score.NAMES)}")
    deed = action(Code.JUDGE, case, reason, **changed)
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, deed) as session:
            work = workflow.judge(session, case, changed, day)
        view = {"case": case, **work_view.score(work), "parts": asdict(work.parts)}
    terminal.show(view, _judged(view), as_json=as_json)


def _judged(view: View) -> Iterator[str]:
    yield f"case {view['case']}: priority {view['priority']}, score {view['score']} of {score.MOST}"
    for name, weight in score.WEIGHTS.items():
        yield f"  {name:<14} {view['parts'][name]} of {score.HIGHEST}, counts {weight} times"
