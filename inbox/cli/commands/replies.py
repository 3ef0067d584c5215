"""Messages to the reporter: replies, a status, an extension, the closing of a case, templates."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import click

from crypto.messages import Status
from crypto.printable import visible
from inbox.cli.case_selection import chosen, counted, many_cases
from inbox.cli.options import (
    Door,
    asked_text,
    case_argument,
    despite_option,
    given_or_to_type,
    given_text,
    opens_inbox,
    out_file,
    reason_needed,
    reason_needed_if,
    text_options,
)
from inbox.deadlines.workflow import Disclosure
from inbox.language import labels
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.replies import acknowledging, closing, drafts, extension, statuses, taking_back, templates
from inbox.replies.acknowledging import Acknowledged
from inbox.replies.closing import Closing
from inbox.replies.drafts import Draft
from inbox.replies.extension import Extension
from inbox.replies.leak_check import Cautioned
from inbox.replies.templates import InUse
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from inbox.system import apart, atomic_files, given_files, terminal
from inbox.system.terminal import quoted
from templates.catalogues import LANGUAGES
from templates.command_line import FILE, NUMBER, choice_argument


class _Despite(Protocol):
    """A dataclass with a text for a reporter. ``despite`` is the reason to override a warning."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


_Wanted = TypeVar("_Wanted", bound=_Despite)
_Done = TypeVar("_Done")
_Way = Callable[[Inbox, Actor, int, _Wanted], _Done]


def _say(way: _Way[_Wanted, _Done], inbox: Inbox, who: Actor, case: int, wanted: _Wanted) -> _Done:
    """Send a text to the reporter. At a terminal, the officer can give a reason to override a warning."""
    try:
        return way(inbox, who, case, wanted)
    except Cautioned as cautioned:
        if not terminal.is_interactive():
            raise
        terminal.warn(f"warning: {visible(str(cautioned))}")
        asked = "why must it be sent anyway? Press Enter to cancel: "
        reason = (terminal.ask_line(asked) or "").strip()
        if not reason:
            raise
    return way(inbox, who, case, replace(wanted, despite=reason))


def _takes_words(inbox: Inbox, template: str) -> bool:
    """Whether a template still needs a text from the officer."""
    return terminal.is_interactive() and templates.takes_own_words(inbox, template)


def _page(view: View) -> Iterator[str]:
    """Yield the page as the reporter will see it."""
    if nobody := view.get("nobody"):
        yield f"the reporter will see nothing: {nobody}"
        return
    if view.get("hidden"):
        yield "you may not read this case: earlier messages are not shown"
    yield "the reporter will see, with the next outbox:"
    yield from ("", visible(view["status"]).upper(), visible(view["means"]))
    yield from (visible(view[each]) for each in ("measures", "earlier", "no_messages") if view[each])
    for message in view["messages"]:
        mark = "  (not sent yet)" if message["new"] else ""
        yield from ("", f"{visible(message['head'])}{mark}", quoted(message["text"]))
    yield ""
    yield from (visible(view[each]) for each in ("next_by", "received", "confirmed", "issued") if view[each])
    if said := view.get("no_feedback"):
        yield from ("", str(said))


@click.command()
@case_argument
@text_options
@click.option(
    "--template",
    default="",
    help="Use this template from `inbox message template list`. Your text fills the gap in the template.",
)
@click.option(
    "--feedback", is_flag=True, help="The reply is feedback: it says what was done or is planned, and why."
)
@click.option("--preview", is_flag=True, help="Show the page as the reporter will see it; send nothing.")
@despite_option()
@opens_inbox
def reply(  # noqa: PLR0913 - one parameter for each option
    door: Door,
    /,
    *,
    case: int,
    text: str | None,
    text_file: Path | None,
    template: str,
    feedback: bool,
    preview: bool,
    despite: str,
    as_json: bool,
) -> None:
    """Reply to the reporter of a case. The reply is sent with the next outbox."""
    is_whole = preview or bool(template)
    own = given_text(text, text_file) if is_whole else given_or_to_type(text, text_file)
    draft = Draft(text=own or "", template=template, feedback=feedback, despite=despite)
    with door.opened() as (inbox, who):
        if own is None and (not is_whole or _takes_words(inbox, template)):
            draft = replace(draft, text=asked_text(f"the reply to case {case}"))
        if preview:
            view = drafts.preview(inbox, who, case, draft)
            terminal.show(view, _page(view), as_json=as_json)
            return
        added = _say(drafts.send, inbox, who, case, draft)
    view = {"case": case, "day": added.day.isoformat(), "slot": added.serial}
    terminal.show(view, [f"case {case}: the reply waits for the next outbox"], as_json=as_json)


@click.command()
@many_cases
@opens_inbox
def acknowledge(door: Door, /, *, as_json: bool, **given: Any) -> None:
    """Acknowledge reports, each in its language. Reports of danger are listed, but not acknowledged."""
    cases = chosen(given)
    with door.opened() as (inbox, who):
        found = acknowledging.acknowledge(inbox, who, cases.numbers(inbox, who))
    view = {"acknowledged": found.done, "left_out": found.left_out}
    terminal.show(view, _acknowledged(found), as_json=as_json)


def _acknowledged(found: Acknowledged) -> Iterator[str]:
    yield f"{counted(found.done)} acknowledged; the acknowledgements are sent with the next outbox"
    for number, why in found.left_out.items():
        yield f"case {number} is omitted: {labels.english('left_out', why)}"


@click.command()
@case_argument
@choice_argument("status", "STATUS", [each.value for each in Status if each is not Status.CLOSED])
@opens_inbox
def status(door: Door, /, *, case: int, status: str, as_json: bool) -> None:
    """Change the status that the reporter will see after the next outbox."""
    with door.opened() as (inbox, who):
        statuses.set_status(inbox, who, case, Status(status))
    said = f"case {case}: {status}; the reporter will see this with the next outbox"
    terminal.show({"case": case, "status": status}, [said], as_json=as_json)


@click.command()
@case_argument
@click.argument("number", metavar="REPLY", type=NUMBER)
@opens_inbox
def unsend(door: Door, /, *, case: int, number: int, as_json: bool) -> None:
    """Retract reply number REPLY before an outbox includes it. `inbox case show` lists the numbers."""
    with door.opened() as (inbox, who):
        taken = taking_back.take_back(inbox, who, case, number)
    said = [f"case {case}: reply {number} is retracted; the reporter will not read it", quoted(taken.text)]
    if taken.still_asks:
        said.append(
            f"the status is still {Status.INFO_REQUESTED}; unless another reply asks something, change it:"
            f" inbox case set-status {case} STATUS"
        )
    terminal.show({"case": case, "reply": number, "text": taken.text}, said, as_json=as_json)


@click.command()
@case_argument
@reason_needed
@text_options
@click.option("--preview", is_flag=True, help="Show the page as the reporter will see it; change nothing.")
@despite_option()
@opens_inbox
def extend(  # noqa: PLR0913 - one parameter for each option
    door: Door,
    /,
    *,
    case: int,
    reason: str,
    text: str | None,
    text_file: Path | None,
    preview: bool,
    despite: str,
    as_json: bool,
) -> None:
    """Extend the time for feedback, where the law allows it. The reporter is told the reason."""
    own = given_text(text, text_file)
    with door.opened() as (inbox, who):
        if own is None and terminal.is_interactive() and templates.extension_takes_own_words(inbox):
            own = asked_text(f"why it takes longer, to the reporter of case {case}")
        wanted = Extension(reason=reason, text=own or "", despite=despite)
        if preview:
            view = extension.preview(inbox, who, case, wanted)
            terminal.show(view, _page(view), as_json=as_json)
            return
        due = _say(extension.extend, inbox, who, case, wanted)
    said = f"case {case}: feedback is due by {due}; the reporter will see this with the next outbox"
    terminal.show({"case": case, "feedback": due.isoformat()}, [said], as_json=as_json)


def _read(view: View) -> str:
    """Return the digest of a closing after a person has read the preview and agreed.

    Raises Refused if the person does not agree.
    """
    terminal.warn_all(_page(view))
    if not terminal.ask("Close the case like this?"):
        raise Refused(
            sentence("the case was not closed"), sentence("change the text, then close the case again")
        )
    digest: str = view["seen"]
    return digest


@click.command()
@case_argument
@click.argument("outcome")
@click.option(
    "--disclosure",
    type=click.Choice([each.value for each in Disclosure]),
    required=True,
    help="How much the reporter learns about the outcome. Reporters are always told that the case is closed.",
)
@click.option("--to", "body", default="", help="The competent authority, if the outcome names one.")
@reason_needed_if(lambda given: not given["preview"] and given["disclosure"] == Disclosure.WITHHELD)
@text_options
@click.option(
    "--template",
    default="",
    help="Use a template for the chosen outcome. Your text, if you give one, fills the gap in the template.",
)
@click.option("--preview", is_flag=True, help="Show the page as the reporter will see it; change nothing.")
@despite_option()
@opens_inbox
def close(door: Door, /, *, case: int, outcome: str, preview: bool, as_json: bool, **how: Any) -> None:
    """Close a case, and inform the reporter with a text or with feedback that is already waiting to be sent.

    At a terminal, the command first shows what the reporter will read, and asks for confirmation.

    `inbox law show` lists each OUTCOME and authority; `inbox case show` lists obstacles. Closing takes
    two officers if the law says so for the outcome, if the case is urgent, or if it is in quarantine.
    """
    wanted = Closing(
        outcome=outcome,
        disclosure=Disclosure(how["disclosure"]),
        reason=how["reason"],
        body=how["body"],
        text=given_text(how["text"], how["text_file"]) or "",
        template=how["template"],
        despite=how["despite"],
    )
    with door.opened() as (inbox, who):
        if preview:
            view = closing.preview(inbox, who, case, wanted)
            terminal.show(view, _page(view), as_json=as_json)
            return
        if terminal.is_interactive():
            wanted = replace(wanted, seen=_read(closing.preview(inbox, who, case, wanted, ())))
        _say(closing.close, inbox, who, case, wanted)
    view = {"case": case, "status": "closed", "outcome": outcome, "disclosure": wanted.disclosure}
    said = f"case {case}: closed, {outcome}; the reporter will see this with the next outbox"
    terminal.show(view, [said], as_json=as_json)


@click.command()
@case_argument
@reason_needed
@opens_inbox
def reopen(door: Door, /, *, case: int, reason: str, as_json: bool) -> None:
    """Reopen a closed case."""
    with door.opened() as (inbox, who):
        new = closing.reopen(inbox, who, case, reason)
    said = f"case {case}: {new}; the reporter will see this with the next outbox"
    terminal.show({"case": case, "status": new}, [said], as_json=as_json)


@click.command()
@opens_inbox
def list_templates(door: Door, /, *, as_json: bool) -> None:
    """List the reply templates."""
    with door.opened() as (inbox, who):
        used = templates.listed(inbox, who)
    _show_templates(used, as_json=as_json)


@click.command()
@click.argument("file", type=FILE)
@opens_inbox
def replace_templates(door: Door, /, *, file: Path, as_json: bool) -> None:
    """Use the reply templates in FILE from now on."""
    raw = given_files.content(file)
    with door.opened() as (inbox, who):
        used = templates.adopt(inbox, who, raw)
    _show_templates(used, as_json=as_json)


@click.command()
@out_file
@opens_inbox
def export_templates(door: Door, /, *, out: Path, as_json: bool) -> None:
    """Write the current reply templates to a file, so that you can edit them."""
    if out.exists():
        raise Refused(
            sentence("{out} already exists", out=out),
            sentence("choose another --out: nothing is overwritten"),
        )
    with door.opened() as (inbox, who):
        apart.check(inbox.home, out.parent)
        used = templates.listed(inbox, who)
    atomic_files.write(out, [used.source.encode("utf-8")])
    _show_templates(used, as_json=as_json)


def _show_templates(used: InUse, *, as_json: bool) -> None:
    view = {"templates": [templates.view(each) for each in used.known.values()]}
    lines = [line for each in view["templates"] for line in _template_lines(each)]
    terminal.show(view, lines, as_json=as_json)


def _template_lines(each: View) -> list[str]:
    states = ", ".join(each["status"])
    return [
        "",
        f"{each['id']}: {visible(each['title']['en'])} ({states})",
        *(
            line
            for language in LANGUAGES
            for line in (f"{language}:", quoted(each["text"][language].strip()))
        ),
    ]
