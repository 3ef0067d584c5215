"""What commands take that write something of a case for others: what to leave out, and a free place."""

from pathlib import Path

import click

from inbox.cli.options import text_of
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.text import redaction
from inbox.text.redaction import Redaction

redact_option = click.option(
    "--redact",
    multiple=True,
    help="Remove 'PLACE:TEXT', 'PLACE:' for all of it, '*:TEXT' everywhere; or a TOML file of such.",
)


def redactions_of(given: tuple[str, ...]) -> tuple[Redaction, ...]:
    """Return what the options ask for, each a redaction or the path of a file of them; Refused as there."""
    return tuple(each for one in given for each in _redactions(one))


def check_free(out: Path) -> None:
    """Raise Refused if there is something already where a file is to be written."""
    if out.exists():
        raise Refused(
            sentence("{out} is already there", out=out),
            sentence("choose another --out, nothing is overwritten"),
        )


def _redactions(given: str) -> tuple[Redaction, ...]:
    return redaction.read(text_of(Path(given))) if ":" not in given else (redaction.parse(given),)
