"""Dossiers for a prosecutor or a disciplinary file, letters, and answers to access requests."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from crypto import exercise, signing
from crypto.dossier import Dossier, Purpose
from crypto.printable import visible
from inbox.access import access_requests
from inbox.access.access_requests import Because, Came, Way
from inbox.casework import withholding
from inbox.casework.withholding import Unopposed
from inbox.cli.free_text import TextOption
from inbox.cli.options import (
    Door,
    case_argument,
    despite_option,
    given_text,
    opens_inbox,
    out_file,
    reason_needed,
    reason_of,
    text_of,
    text_options,
)
from inbox.dossiers import compose, letters, namesakes, render, send, subject_access
from inbox.dossiers import verify as dossier_check
from inbox.dossiers.compose import Content, Doubt, Enclosed, Plan
from inbox.dossiers.letters import Preview, Wanted
from inbox.dossiers.namesakes import Judged
from inbox.dossiers.send import Sealing
from inbox.dossiers.subject_access import Answer, Concerned, Seen
from inbox.language import labels, marking
from inbox.language.views import View
from inbox.system import given_files, terminal
from inbox.system.terminal import quoted
from inbox.text import redaction
from inbox.text.redaction import Pieces, Redaction
from inbox.vault.casework_tables import AccessRequest
from templates.catalogues import LANGUAGES
from templates.command_line import DAY, FILE, NUMBER, json_option, together

_PLAIN = (
    "this recipient's key does not resist quantum computers: a file copied today may be readable one day;"
    " ask for a key that begins with age1pq1, or hand the file over in person"
)
_IN_CLEAR = (
    "the file is not encrypted: print it, hand over the paper, then delete the file; never"
    " put it on the medium that goes to the portal"
)
_redact_option = click.option(
    "--redact",
    cls=TextOption,
    question="what to remove, as PLACE:TEXT",
    multiple=True,
    help="Remove a passage, given as 'PLACE:TEXT'. 'PLACE:' removes all text there; '*:TEXT' removes the"
    " passage everywhere. You can also name a TOML file with redactions.",
)
_plan_options = together(
    click.option(
        "--for",
        "purpose",
        required=True,
        type=click.Choice([each.value for each in Purpose]),
        help="The purpose.",
    ),
    click.option("--to", "addressee", required=True, help="The recipient, as named in the dossier."),
    click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default="fr",
        help="The language of the dossier, except for the report itself.",
    ),
    _redact_option,
    click.option(
        "--include",
        multiple=True,
        help=(
            "Include the answer to the question with this id, even though it reveals something about the"
            " reporter."
        ),
    ),
    click.option("--with-replies", is_flag=True, help="Include the replies to the reporter."),
    click.option(
        "--attachments",
        "enclosed",
        type=click.Choice([each.value for each in Enclosed]),
        default="none",
        help="The form of enclosed files; `cleaned` means re-rendered copies.",
    ),
    click.option(
        "--file",
        "files",
        type=NUMBER,
        multiple=True,
        help="Enclose this file; repeat the option for each file.",
    ),
    click.option("--every-file", is_flag=True, help="Enclose all files of the case."),
)


@click.command()
@case_argument
@_plan_options
@opens_inbox
def preview(door: Door, /, *, case: int, as_json: bool, **chosen: Any) -> None:
    """Preview a dossier before it is sealed."""
    plan = _plan(**chosen)
    with door.opened() as (inbox, who):
        content, doubts = compose.preview(inbox, who, case, plan)
    warnings = _warnings(doubts)
    view = render.view(content) | {"warnings": warnings}
    terminal.show(view, _content_lines(content), as_json=as_json)


@click.command()
@case_argument
@_plan_options
@click.option(
    "--recipient",
    required=True,
    help="The recipient's age key (age1…), or a file with it. The recipient makes the key with"
    " age-keygen -pq, keeps the secret part, and gives you the public part by telephone or in person."
    " If the recipient has no key, hand over a letter on paper: inbox dossier letter.",
)
@click.option(
    "--measure",
    is_flag=True,
    help="Record the transmission as a measure; if it goes to the prosecutor, also record the decision to"
    " inform the prosecutor.",
)
@despite_option()
@out_file
@opens_inbox
def make(door: Door, /, *, case: int, recipient: str, out: Path, as_json: bool, **chosen: Any) -> None:
    """Write a dossier, signed and sealed to its recipient. This command requires two officers.

    A dossier cannot be written to a medium that holds bundles from or for the portal: its file name would
    reveal that there is a dossier.
    """
    to = send.addressed(_recipient(recipient))
    sealing = Sealing(out, to, chosen.pop("measure"), chosen.pop("despite"))
    plan = _plan(**chosen)
    with door.opened() as (inbox, who):
        sent = send.send(inbox, who, case, plan, sealing)
    view = {"file": str(out), **_view(sent.made)}
    plain = [] if sealing.to.is_hybrid else [_PLAIN]
    view["warnings"] = [*_warnings(sent.doubts), *_left(sent.content, sent.made), *plain]
    lines = [*_rendered(view), f"{out}: sealed; only the recipient can open it"]
    terminal.show(view, lines, as_json=as_json)


@click.command()
@click.argument("file", type=FILE)
@click.option("--key", required=True, help="The inspectorate's public key, or its fingerprint.")
@click.option("--identity", type=FILE, help="The recipient's identity file, for a sealed dossier.")
@json_option
def verify(*, file: Path, key: str, identity: Path | None, as_json: bool) -> None:
    """Verify that no byte of a dossier has changed since it was signed. This command needs no inbox."""
    identities = dossier_check.identities(identity, text_of(identity)) if identity else []
    with given_files.opened(file) as opened:
        found = dossier_check.verify(opened, key, identities)
    if exercise.is_exercise(found.deployment):
        marking.put(exercise.WORDS)  # This command may run where no inbox is.
    view = _view(found)
    terminal.show(
        view, ["no byte has changed since the dossier was signed", *_rendered(view)], as_json=as_json
    )


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
    """Return the redactions in an option: one redaction, or a file of redactions.

    Raises the parser's errors.
    """
    return tuple(each for one in given for each in _redactions(one))


def _redactions(given: str) -> tuple[Redaction, ...]:
    return redaction.read(text_of(Path(given))) if ":" not in given else (redaction.parse(given),)


def _recipient(given: str) -> str:
    return given if given.startswith("age1") else text_of(Path(given)).strip()


def _warnings(doubts: Iterable[tuple[Doubt, str]]) -> list[str]:
    return [f"{labels.english('doubt', doubt)} {visible(place)}".rstrip() for doubt, place in doubts]


def _left(content: Content, made: Dossier) -> Iterator[str]:
    if content.files and content.plan.enclosed is Enclosed.ORIGINAL:
        yield "original files are enclosed: their metadata can reveal who made them"
    going = {Path(part.name).stem for part in made.parts}
    for file in content.files:
        if str(file.number) not in going:
            yield f"file {file.number} could not be re-rendered and is not enclosed; see: inbox file preview"


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


_request_argument = click.argument("request", type=NUMBER)
_request_option = click.option("--request", required=True, type=NUMBER, help="The access request.")


def _day_option(name: str, what: str) -> Callable[[Any], Any]:
    return click.option(name, required=True, type=DAY, help=what)


@click.command()
@click.option(
    "--person",
    "names",
    cls=TextOption,
    question="a name of the person",
    multiple=True,
    needed=True,
    help="A name of the person; repeat the option for each name.",
)
@_day_option("--received", "The day on which the request arrived.")
@click.option("--way", required=True, type=click.Choice([*map(str, Way)]), help="How the request arrived.")
@opens_inbox
def record_access(door: Door, /, *, names: tuple[str, ...], received: date, way: str, as_json: bool) -> None:
    """Add a request to the register; each request must be answered within a month."""
    with door.opened() as (inbox, who):
        row = access_requests.record(inbox, who, Came(received, Way(way), names))
    terminal.show(_request_view(row), [_request_line(row)], as_json=as_json)


@click.command()
@opens_inbox
def list_access(door: Door, /, *, as_json: bool) -> None:
    """List the requests in the register: open requests first, by due date."""
    with door.opened() as (inbox, who):
        rows = access_requests.listed(inbox, who)
    view = {"requests": [*map(_request_view, rows)]}
    terminal.show(view, [*map(_request_line, rows)] or ["no access requests"], as_json=as_json)


@click.command()
@click.option(
    "--because",
    required=True,
    type=click.Choice([*map(str, Because)]),
    help="The reason given to the person.",
)
@opens_inbox
def extend_access(door: Door, /, *, because: str, as_json: bool) -> None:
    """Extend the deadline of all open requests. The law in use sets the new deadline.

    Each request can be extended once, before its first deadline has passed. Tell each requester the reason
    for the extension. This command requires two officers.
    """
    with door.opened() as (inbox, who):
        rows = access_requests.extend(inbox, who, Because(because))
    view = {"requests": [*map(_request_view, rows)]}
    terminal.show(view, [*map(_request_line, rows)], as_json=as_json)


@click.command()
@_request_argument
@opens_inbox
def show_access(door: Door, /, *, request: int, as_json: bool) -> None:
    """Show the cases that name the person, and what prevents disclosing the contents of these cases."""
    with door.opened() as (inbox, who):
        seen = subject_access.look(inbox, who, request)
    terminal.show(_seen_view(seen), _seen_lines(seen), as_json=as_json)


@click.command()
@case_argument
@_request_option
@opens_inbox
def passages_of_access(door: Door, /, *, request: int, case: int, as_json: bool) -> None:
    """Show the passages about the person in a case.

    Use the passages only to write the answer, and do not pass them on.
    """
    with door.opened() as (inbox, who):
        found = subject_access.passages(inbox, who, request, case)
    terminal.show({"case": case, "passages": found}, [*map(quoted, found)], as_json=as_json)


@click.command()
@case_argument
@_request_option
@_day_option("--day", "The day of the prosecutor's answer.")
@click.option(
    "--reference",
    cls=TextOption,
    question="who answered, and where the answer is recorded",
    needed=True,
    help="The person who answered, and the place where the answer is recorded.",
)
@opens_inbox
def note_unopposed(door: Door, /, *, request: int, case: int, as_json: bool, **given: Any) -> None:
    """Record that the prosecutor does not object to disclosing the contents of a case.

    This command requires two officers.
    """
    with door.opened() as (inbox, who):
        withholding.note_unopposed(inbox, who, request, Unopposed(case, **given))
    view = {"request": request, "case": case, "day": given["day"].isoformat()}
    terminal.show(
        view,
        [f"recorded: the prosecutor does not object to disclosing the contents of case {case}"],
        as_json=as_json,
    )


@click.command()
@case_argument
@_request_option
@reason_needed
@opens_inbox
def namesake(door: Door, /, *, request: int, case: int, reason: str, as_json: bool) -> None:
    """Record that a family name, which a case gives without a first name, belongs to another person."""
    _judge_name(door, request, Judged(case=case, same=False, reason=reason), as_json=as_json)


@click.command()
@case_argument
@_request_option
@reason_needed
@opens_inbox
def same_person(door: Door, /, *, request: int, case: int, reason: str, as_json: bool) -> None:
    """Record that a family name, which a case gives without a first name, belongs to the requester."""
    _judge_name(door, request, Judged(case=case, same=True, reason=reason), as_json=as_json)


def _judge_name(door: Door, request: int, judged: Judged, *, as_json: bool) -> None:
    with door.opened() as (inbox, who):
        namesakes.judge(inbox, who, request, judged)
    means = "the person who asks" if judged.same else "somebody else: it does not wait for this answer"
    view = {"request": request, "case": judged.case, "same_person": judged.same}
    terminal.show(view, [f"case {judged.case} means {means}"], as_json=as_json)


@click.command()
@_request_argument
@click.option(
    "--text-file",
    type=FILE,
    help="The data held, in your own words; without this text, the letter neither confirms nor denies"
    " anything.",
)
@click.option(
    "--reason",
    cls=TextOption,
    question="why nothing is disclosed, without anything from a report",
    default="",
    callback=reason_of,
    help="The reason why nothing is disclosed, although no obstacle forbids disclosure. The reason is kept"
    " with the cases.",
)
@despite_option("The reason why you override a warning about the text. The reason is kept with the cases.")
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", help="The language of the letter.")
@out_file
@opens_inbox
def answer_access(
    door: Door, /, *, request: int, text_file: Path | None, out: Path, as_json: bool, **given: str
) -> None:
    """Write the answer to a request, on or after the day that `inbox request list` shows.

    This command requires two officers. The file is not encrypted: print it, and hand over the paper. The file
    cannot be written to a medium that holds bundles from or for the portal.
    """
    if given["reason"] if text_file else given["despite"]:
        raise click.UsageError(
            "give --reason only for an answer without a text,"
            " and --despite-warning only for an answer with a text"
        )
    text = text_of(text_file) if text_file else None
    answer = Answer(text=text, reason=given["despite"] or given["reason"], language=given["language"])
    with door.opened() as (inbox, who):
        row = subject_access.answer(inbox, who, request, answer, out)
    view = {"file": str(out), **_request_view(row)}
    said = [f"{out}: for this person alone; {_IN_CLEAR}", _request_line(row)]
    terminal.show(view, said, as_json=as_json)


def _request_view(row: AccessRequest) -> View:
    return {
        "request": row.n,
        "names": [*access_requests.names(row)],
        "received": row.received.isoformat(),
        "way": row.way,
        "from": row.earliest.isoformat(),
        "due": row.due.isoformat(),
        "extended": row.extended.isoformat() if row.extended else None,
        "because": row.because,
        "answered": row.answered.isoformat() if row.answered else None,
        "by": row.by,
    }


def _request_line(row: AccessRequest) -> str:
    whose = ", ".join(access_requests.names(row)) or "names deleted"
    how = labels.english("access_way", row.way).lower()
    state = (
        f"answered {row.answered} by {row.by}"
        if row.answered
        else f"to be answered from {row.earliest} to {row.due}"
    )
    why = labels.english("because", row.because) if row.because else ""
    more = f"; extended on {row.extended} because of {why}" if why else ""
    return visible(f"request {row.n}, {whose}: received {row.received} ({how}), {state}{more}")


def _seen_view(seen: Seen) -> View:
    cases = [
        {
            "case": each.number,
            "obstacles": [*map(str, each.obstacles)],
            "unopposed": each.noted.unopposed.isoformat() if each.noted and each.noted.unopposed else None,
            "reference": each.noted.reference if each.noted else "",
            "unopposed_by": each.noted.unopposed_by if each.noted else "",
            "given": each.noted.given if each.noted else None,
            "reason": each.noted.reason if each.noted else "",
        }
        for each in seen.cases
    ]
    more = {"maybe": [*seen.maybe], "not_looked_at": seen.not_looked_at}
    return _request_view(seen.request) | {"cases": cases} | more


def _seen_lines(seen: Seen) -> Iterator[str]:
    yield _request_line(seen.request)
    yield from (visible(_case_line(each)) for each in seen.cases)
    yield from (
        f"case {each} may name this person, by the family name alone; if not: inbox request namesake {each}"
        f" --request {seen.request.n} --reason TEXT"
        for each in seen.maybe
    )
    if not seen.cases:
        yield "no case names this person"
    if seen.not_looked_at:
        yield (
            f"cases not searched: {seen.not_looked_at}; all present must first declare no conflict of"
            " interest in them: inbox case declare CASE…; two officers open those in the archive:"
            " inbox access open-archive CASE…"
        )


def _case_line(each: Concerned) -> str:
    if each.noted and each.noted.given is not None:
        done = "the answer mentioned it" if each.noted.given else "the answer did not mention it"
        return f"case {each.number}: {done}" + (f" ({each.noted.reason})" if each.noted.reason else "")
    why = "; ".join(each.obstacles.values()) or "no obstacle"
    word = ""
    if each.noted and each.noted.unopposed:
        who = f"{each.noted.reference}; recorded by {each.noted.unopposed_by}"
        word = f"; the prosecutor did not object on {each.noted.unopposed} ({who})"
    return f"case {each.number} names this person: {why}{word}"


@click.command()
@case_argument
@click.argument("letter", metavar="LETTER")
@click.option(
    "--to",
    cls=TextOption,
    question="the authority, by its code; or the name of the person concerned",
    needed=True,
    help="The code of the authority, or the name of the person concerned.",
)
@click.option(
    "--address",
    cls=TextOption,
    question="the recipient's address",
    default="",
    help="The recipient's address, if the law does not contain it.",
)
@text_options
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", help="The language of the letter.")
@despite_option()
@click.option("--preview", is_flag=True, help="Show the text of the letter, and write nothing.")
@click.option(
    "--out",
    type=FILE,
    help="Write the letter to this new file. This option is not needed with --preview.",
)
@opens_inbox
def letter_command(
    door: Door, /, *, case: int, preview: bool, out: Path | None, as_json: bool, **given: Any
) -> None:
    """Write a letter to print, as a plain PDF. `inbox law show` lists each LETTER and authority.

    The law in use sets the wording of each letter. The file is not encrypted: print it, and hand over the
    paper. The file cannot be written to a medium that holds bundles from or for the portal. If a letter
    follows a decision, the letter requires as many officers as the decision, and the same conditions apply.
    The letter does not replace the decision.
    """
    text = given_text(given.pop("text"), given.pop("text_file")) or ""
    wanted = Wanted(text=text, **given)
    if preview:
        with door.opened() as (inbox, who):
            seen = letters.preview(inbox, who, case, wanted)
        terminal.show(_letter_view(case, seen), _letter_lines(seen), as_json=as_json)
        return
    if out is None:
        raise click.UsageError("give --out, or --preview")
    with door.opened() as (inbox, who):
        letters.write(inbox, who, case, wanted, out)
    view = {"case": case, "letter": wanted.letter, "file": str(out)}
    terminal.show(view, [f"{out}: {_IN_CLEAR}"], as_json=as_json)


def _letter_view(case: int, seen: Preview) -> View:
    words = seen.words
    return {
        "warned": [*map(str, seen.warned)],
        "case": case,
        "by": words.by,
        "head": dict(words.facts),
        "paragraphs": [each.text for each in words.paragraphs],
        "sign": words.sign,
    }


def _letter_lines(seen: Preview) -> Iterator[str]:
    words = seen.words
    if seen.warned:
        yield from (*map(visible, map(str, seen.warned)), "")
    yield visible(words.by)
    yield from (f"{label}: {visible(value)}" for label, value in words.facts)
    for each in words.paragraphs:
        yield from ("", quoted(each.text))
    yield from ("", words.sign)
