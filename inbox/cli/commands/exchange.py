"""The exchange with the portal: bundles and outboxes.

Reports that arrived by other means are also entered here.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import click

from crypto import casetoken
from crypto.printable import visible
from crypto.toml_schema import BARE_KEY, TEXT, Schema, expected, map_of
from inbox.cli import ask_questionnaire, render
from inbox.cli.options import Door, opens_inbox, out_folder, same_disk_option
from inbox.exchange import manual_entry, outbox, token_sheet
from inbox.exchange.bundle_chain import Acceptance
from inbox.exchange.collect import Outcome, check_fingerprints, collect
from inbox.exchange.manual_entry import Entered, Route, Told
from inbox.language import labels, marking, toml_files
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.questionnaire.answers import Answers
from inbox.session import journal_view
from inbox.system import apart, atomic_files, given_files, terminal
from inbox.system.clock import today
from templates.command_line import DAY, FILE, NUMBER

_ANSWER = {"type": ["string", "array"], "items": TEXT, **expected("text-or-texts")}
_ANSWERS = Schema("answers", map_of(_ANSWER, BARE_KEY))

_SIGNED_ANEW = (
    "the key of this outbox has expired, so the current key signed the outbox; the portal accepts it"
    " only after a keyring that lists the current key: inbox exchange keyring, then portal keyring; for"
    " an external body, the root's next outbox brings that keyring"
)


@click.command()
@click.argument("bundles", metavar="BUNDLE…", nargs=-1, required=True, type=FILE)
@click.option(
    "--confirm-instance",
    metavar="FINGERPRINT",
    help="Confirm the portal with the fingerprint that was printed when the portal was made.",
)
@click.option(
    "--new-instance",
    metavar="FINGERPRINT",
    help="Confirm a rebuilt portal with the fingerprint that was printed when the portal was rebuilt.",
)
@click.option(
    "--after-restore",
    is_flag=True,
    help="Continue with the portal's numbers, because this inbox was restored from a backup.",
)
@opens_inbox
def collect_command(
    door: Door, /, *, bundles: tuple[Path, ...], after_restore: bool, as_json: bool, **instance: str | None
) -> int:
    """Verify intake bundles, unseal their envelopes, and file the reports."""
    can_ask = terminal.is_interactive() and not as_json
    acceptance = Acceptance(
        instance["confirm_instance"],
        instance["new_instance"],
        terminal.ask if can_ask else _no,
        after_restore,
    )
    check_fingerprints(bundles, acceptance)
    progress = partial(terminal.progress, "unsealing")
    outcomes = []
    with door.opened() as (inbox, who):
        try:
            for outcome in collect(inbox, who, bundles, acceptance, progress=progress):
                outcomes.append(outcome)
                if not as_json:
                    _say_outcome(outcome)
        finally:
            # If a full disk stopped the command, report the bundles that were collected before the disk was
            # full.
            if as_json:
                terminal.say_json([render.outcome_view(outcome) for outcome in outcomes])
    return 1 if any(outcome.refused for outcome in outcomes) else 0


def _say_outcome(outcome: Outcome) -> None:
    if outcome.refused is None:
        terminal.say_all(render.outcome(outcome))
        return
    terminal.warn(f"{visible(outcome.bundle)}: {labels.english('bundle', outcome.state)}")
    terminal.fail(outcome.refused)


def _no(_: str) -> bool:
    return False


@click.command()
@out_folder
@click.option(
    "--again", type=NUMBER, help="Copy the outbox with this number again, instead of making the next one."
)
@same_disk_option
@opens_inbox
def outbox_command(door: Door, /, *, out: Path, again: int | None, same_disk: bool, as_json: bool) -> None:
    """Make the next bundle for the portal."""
    with door.opened() as (inbox, who):
        if again is None:
            sealing = partial(terminal.progress, "sealing")
            made = outbox.make(inbox, who, out, progress=sealing, same_disk=same_disk)
        else:
            made = outbox.again(inbox, who, out, again, same_disk=same_disk)
    view = {
        "n": made.n,
        "file": str(made.path),
        "journal": journal_view.head_view(made.head),
        "warnings": [*([_SIGNED_ANEW] if made.anew else []), *made.warnings],
    }
    lines = [f"outbox {made.n}: {made.path}", journal_view.head(made.head)]
    carry = f"next: carry it to the portal, then: {made.command}"
    lines += ["next: tell the trainer that the outbox is ready" if marking.words() else carry]
    terminal.show(view, lines, as_json=as_json)


@click.command()
@click.option(
    "--route", type=click.Choice(list(map(str, Route))), required=True, help="How the report arrived."
)
@click.option(
    "--language",
    type=click.Choice(list(casetoken.LANGUAGES)),
    required=True,
    help="The language of the reporter and of the twelve words.",
)
@click.option("--received", type=DAY, required=True, help="The day on which the report arrived.")
@click.option(
    "--answers",
    "answers_file",
    type=FILE,
    help="Read the answers from this TOML file instead of asking; its keys are ids of questions.",
)
@click.option(
    "--attach",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True),
    help="Attach this file; repeat the option for each file.",
)
@click.option(
    "--keep-metadata",
    is_flag=True,
    help="Keep place, day and device in the attached photos, films and sound.",
)
@click.option(
    "--sheet",
    type=FILE,
    help="Also write the twelve words to this file, as plain text, to be printed.",
)
@opens_inbox
def enter(  # noqa: PLR0913 - one parameter for each option
    door: Door,
    /,
    *,
    route: str,
    language: str,
    received: date,
    answers_file: Path | None,
    attach: tuple[Path, ...],
    keep_metadata: bool,
    sheet: Path | None,
    as_json: bool,
) -> None:
    """File a report that arrived in another way, and make the twelve words for its reporter.

    The twelve words are shown once and not kept.
    """
    said = None if answers_file is None else _read(answers_file)
    if said is None and not terminal.is_interactive():
        raise click.UsageError("give the answers with --answers FILE, or type them at a terminal")
    if sheet is not None and (sheet.exists() or not sheet.parent.is_dir()):
        raise Refused(
            sentence("{sheet} cannot be written", sheet=sheet),
            sentence("name a new file in an existing folder"),
        )
    manual_entry.check_day(received, today())
    with door.opened() as (inbox, who):
        if sheet is not None:
            apart.check(inbox.home, sheet.parent)
        answered = said or ask_questionnaire.hold(manual_entry.asked_now(inbox), language)
        report = Told(Route(route), language, received, answered, attach, unchanged=keep_metadata)
        entered = manual_entry.enter(inbox, who, report)
    view = _view(entered)
    terminal.show(view, _lines(view), as_json=as_json)
    if sheet is not None:
        atomic_files.write(sheet, [token_sheet.sheet(entered.words, language).encode("utf-8")])


def _read(path: Path) -> Answers:
    """Return the answers from a TOML file. Raises Refused for values other than texts and lists of texts."""
    given = toml_files.read(_ANSWERS, given_files.content(path))
    return {question: each if isinstance(each, str) else tuple(each) for question, each in given.items()}


def _view(entered: Entered) -> View:
    return {
        "case": entered.number,
        "token": " ".join(entered.words),
        "kept_from": list(entered.kept_from),
        "warnings": list(entered.warnings),
    }


def _lines(view: View) -> Iterator[str]:
    yield f"case {view['case']}: entered"
    for officer in view["kept_from"]:
        yield f"case {view['case']} excludes {visible(officer)}: do not mention it to them"
    yield from ("", "the reporter's twelve words, shown only now and not kept:", "")
    yield from token_sheet.rows(view["token"].split())
    yield from ("", "let the reporter write down only these words, and read them back to you;")
    yield "they open the case on the portal once the next outbox is imported there: inbox exchange outbox"
