"""See how the work goes, without a word of any report."""

from collections.abc import Iterator

import click

from inbox.casework import oversight
from inbox.cli.options import Door, json_option, officer_options
from inbox.language import labels
from inbox.language.views import View
from inbox.system import terminal


@click.command(name="oversight")
@officer_options
@json_option
@click.pass_obj
def oversight_command(door: Door, /, *, as_json: bool) -> None:
    """Show how the work goes, for who watches over it: nothing of what any report says."""
    with door.opened() as (inbox, who):
        view = oversight.look(inbox, who)
    terminal.show(view, _lines(view), as_json=as_json)


def _lines(view: View) -> Iterator[str]:
    cases = view["cases"]
    yield f"{view['day']}, {labels.english('regime', view['regime'])}"
    yield f"cases: {cases['open']} open, {cases['closed']} closed, {cases['held']} held, {cases['junk']} junk"
    yield f"scores judged: {cases['judged']}; in quarantine: {cases['quarantined']}"
    yield f"for their handlers alone: {cases['for_handlers']}, of them {cases['for_handlers_overdue']} late"
    yield f"kept from an officer: {view['exclusions']}"
    yield ""
    yield f"{'met':>7} {'late':>7} {'overdue':>7} {'running':>7}"
    for kind, counts in view["deadlines"].items():
        yield " ".join(f"{count:>7}" for count in counts.values()) + f"  {_deadline(kind)}"
    for name, codes in (("outcomes", "outcome"), ("disclosure", "disclosure"), ("decisions", "decision")):
        if view[name]:
            yield ""
            yield f"{name}:"
        yield from (f"{count:>7}  {labels.english(codes, code)}" for code, count in view[name].items())
    yield from ("", "actions:", *(f"{count:>7}  {act}" for act, count in view["actions"].items()))
    for each in view["break_glass"]:
        yield f"case {each['case']} was opened in an emergency on {each['day']} by {', '.join(each['by'])}"


def _deadline(kind: str) -> str:
    return labels.english("clock" if kind in labels.of("clock") else "duty", kind)
