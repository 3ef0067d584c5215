"""Commands of the deviation test."""

from collections.abc import Iterator
from pathlib import Path

import click

from draws import headings
from draws.cli.registers import register_argument
from draws.deviation import report
from draws.deviation.report import Look
from draws.language import said
from draws.register import files, state
from draws.register.entries import STRATUM, RegisterRefused, What
from inbox.language.messages import Sentence, sentence
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
                kind=headings.KINDS[str(each["kind"])],
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
    view = {
        "month": month,
        "draws": made.total,
        "seed": made.seed,
        "signals": signals,
        "unknown": dict(made.unknown),
        "voids": dict(made.voids),
    }
    told = [summary, *_limits(made), report.NEVER_PROOF]
    terminal.show(view, [*lines, *map(said, told)], as_json=as_json)


def _limits(made: Look) -> Iterator[Sentence]:
    """Yield what a reader must know of a look: voids, and what the list did not say."""
    for parties, count in made.voids.items():
        yield sentence(
            "void draws since 1 January: {count}, because of {parties}", count=count, parties=parties
        )
    told = {
        "shift": sentence(
            "without a shift: {count} of {total} draws. The 1 % of false alarms then holds only if crews,"
            " brokers and hauliers do not change with the shift. In most offices they do: do not rely on a"
            " signal before the list has the shift.",
            count=made.unknown["shift"], total=made.total,
        ),
        "first": sentence("without an inspector: {count} of {total} draws",
                          count=made.unknown["first"], total=made.total),
        "broker": sentence("without a broker: {count} of {total} draws",
                           count=made.unknown["broker"], total=made.total),
        "haulier": sentence("without a haulier: {count} of {total} draws",
                            count=made.unknown["haulier"], total=made.total),
    }  # fmt: skip
    yield from (each for name, each in told.items() if made.unknown[name])


@click.command()
@register_argument
@_month
@json_option
def shares(*, register: Path, month: str, as_json: bool) -> None:
    """Show which share of draws was not carried out, and what the misses of each draw exclude.

    A draw that was not carried out and a void draw are possible misses.
    """
    _, of = files.load(register)
    missing = report.not_done(state.drawn(of, *report.month_of(month)))
    found = [*report.misses(of)]
    view = {
        "not_done": [
            {"unit": unit, "stratum": stratum, "count": share.count, "total": share.total}
            for (unit, stratum), share in missing.items()
        ],
        "misses": [
            {"ceremony": each.ceremony, "sample": each.sample, "count": each.share.count,
             "total": each.share.total, "told": said(report.told(each))}
            for each in found
        ],
    }  # fmt: skip
    lines = [
        sentence(
            "{unit}, {stratum}: {count} of {total} not carried out (each limit at 95 %: {low} % to {high} %)",
            unit=unit,
            stratum=headings.stratum(stratum.split(STRATUM)),
            count=share.count,
            total=share.total,
            low=f"{share.low * 100:.1f}",
            high=f"{share.high * 100:.1f}",
        )
        for (unit, stratum), share in missing.items()
    ]
    terminal.show(view, map(said, [*lines, *map(report.told, found)]), as_json=as_json)
