"""Answer a person who asks what is held on them."""

from pathlib import Path
from typing import Any

import click

from inbox.cli.commands.dossiers import redact_option, redactions_of
from inbox.cli.options import NUMBER, Door, json_option, officer_options, out_file
from inbox.dossiers import subject_access
from inbox.dossiers.subject_access import Form, Held, Request, Written
from inbox.system import terminal
from inbox.system.terminal import quoted
from templates.catalogues import LANGUAGES


@click.command(name="access")
@click.argument("cases", metavar="CASE…", type=NUMBER, nargs=-1, required=True)
@click.option(
    "--person", "names", multiple=True, required=True, help="A name, once for each by which it may go."
)
@redact_option
@click.option(
    "--form", type=click.Choice(list(map(str, Form))), default="pdf", help="For people or for machines."
)
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", help="Of all but the reports.")
@out_file
@officer_options
@json_option
@click.pass_obj
def access_command(
    door: Door, /, *, cases: tuple[int, ...], form: str, out: Path, as_json: bool, **asked: Any
) -> None:
    """Write what cases say of a person who asks, without its source; takes two officers."""
    request = Request(asked["names"], redactions_of(asked["redact"]), asked["language"])
    with door.opened() as (inbox, who):
        held, warnings = subject_access.answer(inbox, who, cases, request, Written(out, Form(form)))
    view = {"file": str(out), "reports": held.reports, "warnings": warnings}
    terminal.show(view, _lines(held, out), as_json=as_json)


def _lines(held: Held, out: Path) -> list[str]:
    lines = []
    for number, passages in enumerate(held.reports, 1):
        lines += [f"report {number}:", *(quoted("[REMOVED]".join(passage)) for passage in passages)]
    return [*lines, f"{out}: in clear, for this person alone"]
