"""The goals of the office, computed from the journal."""

from collections.abc import Iterator

import click

from inbox.cli.options import Door, opens_inbox
from inbox.language import labels
from inbox.language.views import View
from inbox.overview import goals
from inbox.session import journal_view
from inbox.system import terminal
from templates.command_line import NUMBER


@click.command()
@click.option(
    "--year",
    type=NUMBER,
    help="The year in which a report arrived, or in which a measure began the goal. Default: this year.",
)
@opens_inbox
def goals_command(door: Door, /, *, year: int | None, as_json: bool) -> None:
    """Verify the journal, and compute from it how far the office met its goals.

    The goals are in goals.toml of the law in use. The figures contain nothing from reports. Whoever runs this
    command on the same journal gets the same figures. Never publish them: they are exact, and can repeat a
    number that the annual figures hide.
    """
    with door.opened() as (inbox, who):
        found = goals.look(inbox, who, year)
        view = goals.view(found)
        lines = [*_lines(view), journal_view.head(found.head)]
    terminal.show(view, lines, as_json=as_json)


def _lines(view: View) -> Iterator[str]:
    yield f"goals of {view['year']}, as of {view['day']}"
    yield ""
    yield f"{'cases':>6} {'median':>7} {'in time':>8}  {'result':<12}goal"
    for row in view["goals"]:
        middle = "-" if row["median"] is None else f"{row['median']:g} d"
        within = "-" if row["within"] is None else f"{row['within']} %"
        goal = f"{labels.english('goal', row['goal'])}: {row['days']} days, in {row['share']} % of the cases"
        yield f"{row['cases']:>6} {middle:>7} {within:>8}  {_result(row):<12}{goal}"
    yield ""
    yield f"{'times':>6} {'longest gap':>16}  {'result':<12}rhythm"
    for row in view["rhythms"]:
        longest = "-" if row["longest"] is None else f"{row['longest']} d"
        rhythm = f"{labels.english('rhythm', row['rhythm'])}: every {row['days']} days"
        yield f"{row['times']:>6} {longest:>16}  {_result(row):<12}{rhythm}"
    yield ""
    yield "never publish these figures: they can repeat a number that the annual figures hide"
    if view["not_counted"]:
        yield f"cases for their handlers only, not counted: {view['not_counted']}"


def _result(row: View) -> str:
    return labels.english("goal_result", row["result"]).lower()
