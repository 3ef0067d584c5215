"""Enter a report that came by telephone, letter or meeting."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from crypto import casetoken
from crypto.toml_schema import BARE_KEY, TEXT, Schema, expected, map_of
from inbox.cli import ask_questionnaire
from inbox.cli.options import Door, json_option, officer_options
from inbox.exchange import manual_entry, token_sheet
from inbox.exchange.manual_entry import Entered, Route, Told
from inbox.language import toml_files
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.questionnaire import catalogue
from inbox.questionnaire.answers import Answers
from inbox.session.inbox import Inbox
from inbox.system import atomic_files, terminal
from inbox.system.clock import today
from inbox.text.printable import visible

_ANSWER = {"type": ["string", "array"], "items": TEXT, **expected("text-or-texts")}
_ANSWERS = Schema("answers", map_of(_ANSWER, BARE_KEY))


@click.command()
@click.option("--route", type=click.Choice(list(map(str, Route))), required=True, help="How it came.")
@click.option(
    "--language",
    type=click.Choice(list(casetoken.LANGUAGES)),
    required=True,
    help="The language of the author, and of the token.",
)
@click.option(
    "--received", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on which it came."
)
@click.option(
    "--answers",
    "answers_file",
    type=click.Path(path_type=Path),
    help="Take the answers from this TOML file, by the ids of the questionnaire, instead of asking.",
)
@click.option(
    "--attach",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True),
    help="A file that belongs to it.",
)
@click.option(
    "--sheet", type=click.Path(path_type=Path), help="Write the token here too, in clear, to be printed."
)
@officer_options
@json_option
@click.pass_obj
def enter(  # noqa: PLR0913 - one for each option
    door: Door,
    /,
    *,
    route: str,
    language: str,
    received: datetime,
    answers_file: Path | None,
    attach: tuple[Path, ...],
    sheet: Path | None,
    as_json: bool,
) -> None:
    """File what somebody told or wrote, and make the token by which its author can follow it.

    The token is shown once and kept nowhere.
    """
    said = None if answers_file is None else _read(answers_file)
    if said is None and not terminal.is_interactive():
        raise click.UsageError("give the answers with --answers FILE, or type them at a terminal")
    if sheet is not None and (sheet.exists() or not sheet.parent.is_dir()):
        raise Refused(
            sentence("{sheet} cannot be written", sheet=sheet),
            sentence("name a new file in a folder that is there"),
        )
    manual_entry.check_day(received.date(), today())
    with door.opened() as (inbox, who):
        answered = _ask(inbox, language) if said is None else said
        told = Told(Route(route), language, received.date(), answered, attach)
        entered = manual_entry.enter(inbox, who, told)
    view = _view(entered)
    terminal.show(view, _lines(view), as_json=as_json)
    if sheet is not None:
        atomic_files.write(sheet, [token_sheet.sheet(entered.words, language).encode("utf-8")])


def _ask(inbox: Inbox, language: str) -> Answers:
    with inbox.transaction() as session:
        asked = catalogue.in_use(session)
    return ask_questionnaire.hold(asked, language)


def _read(path: Path) -> Answers:
    """Return the answers in a TOML file; Refused for anything but texts and lists of texts."""
    given = toml_files.read(_ANSWERS, path.read_bytes())
    return {question: each if isinstance(each, str) else tuple(each) for question, each in given.items()}


def _view(entered: Entered) -> View:
    return {
        "case": entered.number,
        "token": " ".join(entered.words),
        "kept_from": list(entered.kept_from),
        "warnings": list(entered.warnings),
    }


def _lines(view: View) -> Iterator[str]:
    if view["case"] is None:
        yield "entered; it names somebody who is present, and is kept from those from now on"
    else:
        yield f"case {view['case']}: entered"
    for officer in view["kept_from"]:
        yield f"case {view['case']} is kept from {visible(officer)}: do not speak of it there"
    yield from ("", "the token of its author, shown this once and kept nowhere:", "")
    yield from token_sheet.rows(view["token"].split())
    yield from ("", "let the author write it down with nothing beside it, and read it back to you;")
    yield "it opens the case on the portal once the next outbox was imported there: inbox outbox"
