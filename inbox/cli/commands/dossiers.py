"""What of a case goes to a prosecutor, into a disciplinary file or to a person who asks; is it intact."""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import click

from crypto import signing
from crypto.dossier import Dossier, Purpose
from crypto.printable import visible
from inbox.cli.options import (
    NUMBER,
    Door,
    case_argument,
    json_option,
    officer_options,
    out_file,
    text_of,
)
from inbox.dossiers import compose, render, send, subject_access
from inbox.dossiers import verify as dossier_check
from inbox.dossiers.compose import Content, Doubt, Enclosed, Plan
from inbox.dossiers.send import Sealing
from inbox.dossiers.subject_access import Form, Held, Request, Written
from inbox.language import labels
from inbox.language.views import View
from inbox.system import given_files, terminal
from inbox.system.terminal import quoted
from inbox.text import redaction
from inbox.text.redaction import Pieces, Redaction
from templates.catalogues import LANGUAGES

_PLAIN = (
    "this recipient does not withstand a quantum computer: what is recorded today may be read one day;"
    " ask for one that begins with age1pq1, or hand the file over in person"
)
_redact_option = click.option(
    "--redact",
    multiple=True,
    help="Remove 'PLACE:TEXT', 'PLACE:' for all of it, '*:TEXT' everywhere; or a TOML file of such.",
)
_PLAN: list[Callable[[Any], Any]] = [
    click.option(
        "--for",
        "purpose",
        required=True,
        type=click.Choice([each.value for each in Purpose]),
        help="What it is for.",
    ),
    click.option("--to", "addressee", required=True, help="Who gets it, as it stands in the dossier."),
    click.option("--language", type=click.Choice(LANGUAGES), default="fr", help="Of all but the report."),
    _redact_option,
    click.option("--include", multiple=True, help="Let in this answer, which tells of the author."),
    click.option("--with-replies", is_flag=True, help="Let in what the author was answered."),
    click.option(
        "--attachments",
        "enclosed",
        type=click.Choice([each.value for each in Enclosed]),
        default="none",
        help="In which form they go along; cleaned: made anew from what they show.",
    ),
    click.option("--file", "files", type=NUMBER, multiple=True, help="Of these, this one; once for each."),
]


def _plan_options(command: Callable[..., None]) -> Callable[..., None]:
    return reduce(lambda made, option: option(made), reversed(_PLAN), command)


@click.group()
def dossier() -> None:
    """What goes to a prosecutor (article 40) or into a disciplinary file: without a word of who wrote."""


@dossier.command()
@case_argument
@_plan_options
@officer_options
@json_option
@click.pass_obj
def preview(door: Door, /, *, case: int, as_json: bool, **chosen: Any) -> None:
    """Show what a dossier would say, before anything is sealed."""
    plan = _plan(**chosen)
    with door.opened() as (inbox, who):
        content, doubts = compose.preview(inbox, who, case, plan)
    warnings = _warnings(doubts)
    view = render.view(content) | {"warnings": warnings}
    terminal.show(view, _content_lines(content), as_json=as_json)


@dossier.command()
@case_argument
@_plan_options
@click.option("--recipient", required=True, help="The addressee's, of age (age1…), or a file with it.")
@click.option(
    "--measure", is_flag=True, help="Note it as a measure, to the prosecutor as the decision of article 40."
)
@out_file
@officer_options
@json_option
@click.pass_obj
def make(door: Door, /, *, case: int, recipient: str, out: Path, as_json: bool, **chosen: Any) -> None:
    """Write a dossier, signed and sealed to its addressee; takes two officers."""
    sealing = Sealing(out, send.addressed(_recipient(recipient)), chosen.pop("measure"))
    plan = _plan(**chosen)
    with door.opened() as (inbox, who):
        sent = send.send(inbox, who, case, plan, sealing)
    view = {"file": str(out), **_view(sent.made)}
    plain = [] if sealing.to.is_hybrid else [_PLAIN]
    view["warnings"] = [*_warnings(sent.doubts), *_left(sent.content, sent.made), *plain]
    lines = [*_rendered(view), f"{out}: sealed; only the addressee opens it"]
    terminal.show(view, lines, as_json=as_json)


@dossier.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", required=True, help="The inspectorate's public key, or its fingerprint.")
@click.option(
    "--identity", type=click.Path(path_type=Path), help="The addressee's identity file, if it is sealed."
)
@json_option
def verify(*, file: Path, key: str, identity: Path | None, as_json: bool) -> None:
    """Check a dossier, on any machine, without an inbox: every byte is as it was signed."""
    identities = dossier_check.identities(identity, text_of(identity)) if identity else []
    with given_files.opened(file) as opened:
        view = _view(dossier_check.verify(opened, key, identities))
    terminal.show(view, ["every byte is as it was signed", *_rendered(view)], as_json=as_json)


def _plan(
    *, redact: tuple[str, ...], include: tuple[str, ...], files: tuple[int, ...], **chosen: Any
) -> Plan:
    return Plan(
        purpose=Purpose(chosen.pop("purpose")),
        enclosed=Enclosed(chosen.pop("enclosed")),
        redactions=_redactions_of(redact),
        included=frozenset(include),
        chosen=frozenset(files),
        **chosen,
    )


def _redactions_of(given: tuple[str, ...]) -> tuple[Redaction, ...]:
    """Return what the options ask for, each a redaction or the path of a file of them; Refused as there."""
    return tuple(each for one in given for each in _redactions(one))


def _redactions(given: str) -> tuple[Redaction, ...]:
    return redaction.read(text_of(Path(given))) if ":" not in given else (redaction.parse(given),)


def _recipient(given: str) -> str:
    return given if given.startswith("age1") else text_of(Path(given)).strip()


def _warnings(doubts: Iterable[tuple[Doubt, str]]) -> list[str]:
    return [f"{labels.english('doubt', doubt)} {visible(place)}" for doubt, place in doubts]


def _left(content: Content, made: Dossier) -> Iterator[str]:
    if content.files and content.plan.enclosed is Enclosed.ORIGINAL:
        yield "files go along as they came: what is in them unseen can tell who made them"
    going = {Path(part.name).stem for part in made.parts}
    for file in content.files:
        if str(file.number) not in going:
            yield f"file {file.number} could not be made anew and does not go along; see: inbox preview"


def _view(made: Dossier) -> View:
    return {
        "purpose": made.purpose.value,
        "language": made.language,
        "case": made.case,
        "made": made.made.isoformat(),
        "key": signing.fingerprint(made.key),
        "parts": [{"name": part.name, "size": part.size, "sha256": part.hash.hex()} for part in made.parts],
    }


def _rendered(view: View) -> Iterator[str]:
    yield f"dossier of case {view['case']} for: {view['purpose']}, made {view['made']}"
    yield f"signed by {view['key']}"
    for part in view["parts"]:
        yield f"  {part['sha256']}  {part['name']}, {part['size']} bytes"


def _content_lines(content: Content) -> Iterator[str]:
    received = f", received {content.received}" if content.received else ""
    yield f"case {content.case} for: {content.plan.purpose}{received}"
    for entry in content.entries:
        yield from ("", f"{entry.place}: {visible(entry.label)}")
        yield from (quoted(_marked(text)) for text in entry.texts)
    for file in content.files:
        yield from ("", f"file-{file.number}, {content.plan.enclosed}")
        if name := _marked(file.name):
            yield quoted(name)


def _marked(pieces: Pieces) -> str:
    return "[REMOVED]".join(pieces)


@click.command(name="access")
@click.argument("cases", metavar="CASE…", type=NUMBER, nargs=-1, required=True)
@click.option(
    "--person", "names", multiple=True, required=True, help="A name, once for each by which it may go."
)
@_redact_option
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
    request = Request(asked["names"], _redactions_of(asked["redact"]), asked["language"])
    with door.opened() as (inbox, who):
        held, warnings = subject_access.answer(inbox, who, cases, request, Written(out, Form(form)))
    view = {"file": str(out), "reports": held.reports, "warnings": warnings}
    terminal.show(view, _access_lines(held, out), as_json=as_json)


def _access_lines(held: Held, out: Path) -> list[str]:
    lines = []
    for number, passages in enumerate(held.reports, 1):
        lines += [f"report {number}:", *(quoted("[REMOVED]".join(passage)) for passage in passages)]
    return [*lines, f"{out}: in clear, for this person alone"]
