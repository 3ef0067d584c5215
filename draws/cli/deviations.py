"""Commands of the deviation test."""

from pathlib import Path

import click

from draws.cli.registers import register_argument
from draws.deviation import report
from draws.language import said
from draws.register import files, state
from draws.register.entries import RegisterRefused, What
from inbox.language.messages import sentence
from inbox.system import clock, terminal
from templates.command_line import json_option

_month = click.option("--month", required=True, help="The month of the look, YYYY-MM.")


@click.command()
@register_argument
@_month
@json_option
def look(*, register: Path, month: str, as_json: bool) -> None:
    """Look for pairs beyond chance, once a month, from 1 January on.

    The first look of a month is recorded. Later, the command repeats the same look at the same entries.
    """
    found, of = files.load(register)
    if month not in of.looks and clock.today() <= report.month_of(month)[1]:
        raise RegisterRefused(
            sentence("{month} is not over", month=month), sentence("look once the month is over")
        )
    made = report.look(found, month)
    if month not in of.looks:
        files.add(register, clock.today(), [(What.LOOK, {"month": month})])
    signals = [
        {"kind": each.excess.kind, "who": list(each.excess.who), "count": each.excess.count,
         "expected": round(each.excess.expected, 2), "p": float(each.p)}
        for each in made.signals
    ]  # fmt: skip
    lines = [
        said(
            sentence(
                "signal: {kind} {who}: {count}, {expected} expected, p = {p}",
                kind=each["kind"],
                who=" / ".join(who),
                count=each["count"],
                expected=each["expected"],
                p=f"{each['p']:.5f}",
            )
        )
        for each, who in zip(signals, (each.excess.who for each in made.signals), strict=True)
    ]
    summary = sentence(
        "{month}: {total} draws, {signals} signals; seed {seed}",
        month=month,
        total=made.total,
        signals=len(signals),
        seed=made.seed,
    )
    view = {"month": month, "draws": made.total, "seed": made.seed, "signals": signals}
    terminal.show(view, [*lines, said(summary), said(report.NEVER_PROOF)], as_json=as_json)


@click.command()
@register_argument
@_month
@json_option
def shares(*, register: Path, month: str, as_json: bool) -> None:
    """Show which share of draws was not carried out, and which rates of misses are excluded."""
    _, of = files.load(register)
    missing = report.not_done(state.drawn(of, *report.month_of(month)))
    excluded = [report.told(each) for each in report.excluded(of)]
    view = {
        "not_done": [
            {"unit": unit, "stratum": stratum, "count": share.count, "total": share.total}
            for (unit, stratum), share in missing.items()
        ],
        "excluded": [said(each) for each in excluded],
    }
    lines = [
        sentence(
            "{unit}, {stratum}: {count} of {total} not carried out (each limit at 95 %: {low} % to {high} %)",
            unit=unit,
            stratum=stratum,
            count=share.count,
            total=share.total,
            low=f"{share.low * 100:.1f}",
            high=f"{share.high * 100:.1f}",
        )
        for (unit, stratum), share in missing.items()
    ]
    terminal.show(view, map(said, [*lines, *excluded]), as_json=as_json)
