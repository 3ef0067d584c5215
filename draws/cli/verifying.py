"""The command that verifies transcripts."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from draws import page
from draws import verify as verifier
from draws.cli import options
from draws.freezing import LARGEST
from draws.language import said
from draws.rules import RULES
from draws.verify import Disproved, Verified
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence
from inbox.system import given_files, terminal
from templates.command_line import FILE, json_option


class TranscriptRefused(Refused):
    """A transcript breaks a rule of docs/draws.md."""


@click.command()
@click.argument("file", metavar="FILE…", type=FILE, nargs=-1, required=True)
@json_option
def verify(*, file: tuple[Path, ...], as_json: bool) -> None:
    """Verify one transcript, or all transcripts of a series together.

    Only all transcripts together show whether a draw was hidden or repeated, and how many draws are void.
    """
    raws = [given_files.content(each, LARGEST) for each in file]
    try:
        found = verifier.verify_series(raws)
    except Disproved as error:
        raise TranscriptRefused(
            sentence("not valid: {why}", why=RULES[error.rule]),
            sentence("do not rely on this draw; compare it with the files that the parties kept"),
        ) from None
    refusals = verifier.refusals(found)
    view = {
        "valid": True,
        "draws": [_view(each) for each in found],
        "voids": sum(each.is_void for each in found),
        "refusals": refusals,
        "complete": found[0].number == 1,
    }
    terminal.show(view, map(said, _lines(found, refusals)), as_json=as_json)


@click.command(name="page")
@options.out_option
@json_option
def verifying_page(*, out: Path, as_json: bool) -> None:
    """Write a page that verifies transcripts in a browser, from disk and without a network."""
    options.write(out, page.render())
    options.tell({"file": str(out)}, sentence("written: {file}", file=out), as_json=as_json)


def _view(found: Verified) -> dict[str, object]:
    return {
        "series": found.series,
        "number": found.number,
        "total": found.total,
        "strata": found.strata,
        "drawn": found.drawn,
        "void": found.is_void,
        "missing": list(found.missing),
        "later": found.pulse,
        "absent": found.absent,
        "end": found.end.hex(),
    }


def _lines(found: Sequence[Verified], refusals: Mapping[str, int]) -> Iterator[Sentence]:
    for each in found:
        if each.absent:
            yield sentence(
                "draw {number}: void; compare by hand with the source that {pulse} did not come",
                number=each.number,
                pulse=each.absent,
            )
        elif each.is_void:
            parties = ", ".join(each.missing)
            yield sentence("draw {number}: void, because of {parties}", number=each.number, parties=parties)
        else:
            yield sentence(
                "draw {number}: valid; {drawn} of {total} items were drawn, in {strata} strata",
                number=each.number,
                drawn=each.drawn,
                total=each.total,
                strata=each.strata,
            )
        if each.pulse:
            yield sentence("compare by hand with the source: {pulse}", pulse=each.pulse)
    for party, count in refusals.items():
        yield sentence("{party} voided {count} draws", party=party, count=count)
    if found[0].number > 1:
        yield sentence("the draws before number {number} were not checked", number=found[0].number)
