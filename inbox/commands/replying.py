"""Answer the author of a case, or look first at what that one will see."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from inbox import drafts, templates, terminal
from inbox.acts import Act, Deed
from inbox.cases import View
from inbox.caution import Cautioned
from inbox.commands.texts import given, given_or_to_type, text_options
from inbox.drafts import Draft
from inbox.options import Door, case_argument, despite_option, json_option, officer_options, today
from inbox.schema import Message
from inbox.terminal import quoted, visible
from inbox.unlocking import Inbox


@click.command()
@case_argument
@text_options
@click.option("--template", default="", help="Fill this template in; your text goes where it has room.")
@click.option("--feedback", is_flag=True, help="It tells what was done or is planned, and why.")
@click.option("--preview", is_flag=True, help="Show the page as the author will see it; send nothing.")
@despite_option
@officer_options
@json_option
@click.pass_obj
def reply(  # noqa: PLR0913 - one for each option
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
    """Answer the author of a case; it leaves with the next outbox."""
    is_whole = preview or bool(template)
    own = given(text, text_file) if is_whole else given_or_to_type(text, text_file)
    draft = Draft(text=own or "", template=template, feedback=feedback, despite=despite)
    with door.opened() as inbox:
        if own is None and _takes_words(inbox, draft, is_whole=is_whole):
            draft = replace(draft, text=terminal.ask_text(f"the reply to case {case}"))
        if preview:
            _preview(inbox, case, draft, as_json=as_json)
            return
        added = _send(inbox, case, draft)
    view = {"case": case, "day": added.day.isoformat(), "slot": added.serial}
    terminal.show(view, [f"case {case}: the reply waits for the next outbox"], as_json=as_json)


def _takes_words(inbox: Inbox, draft: Draft, *, is_whole: bool) -> bool:
    """Tell whether words are still to be typed."""
    if not is_whole:
        return True
    with inbox.transaction() as session:
        template = templates.known(session).get(draft.template)
    return terminal.is_interactive() and template is not None and template.takes_own_words


def _preview(inbox: Inbox, case: int, draft: Draft, *, as_json: bool) -> None:
    day = today()
    with inbox.acting(Deed(Act.PREVIEW_REPLY, case=case), day) as session:
        view = drafts.preview(session, case, draft, day)
    terminal.show(view, _page(view), as_json=as_json)


def _send(inbox: Inbox, case: int, draft: Draft) -> Message:
    """Send it; who is there may still give the reason for which a warning is set aside."""
    day = today()
    try:
        with inbox.acting(draft.deed(case), day) as session:
            return drafts.send(session, case, draft, day)
    except Cautioned as cautioned:
        if not terminal.is_interactive():
            raise
        terminal.warn(f"warning: {visible(str(cautioned))}")
        asked = "why must it be said all the same? Enter alone sends nothing: "
        reason = (terminal.ask_line(asked) or "").strip()
        if not reason:
            raise
    despite = replace(draft, despite=reason)
    with inbox.acting(despite.deed(case), day) as session:
        return drafts.send(session, case, despite, day)


def _page(view: View) -> Iterator[str]:
    yield "the author will see, with the next outbox:"
    yield from ("", visible(view["status"]).upper(), visible(view["means"]))
    yield from (visible(view[each]) for each in ("measures", "earlier", "no_messages") if view[each])
    for message in view["messages"]:
        mark = "  (not sent yet)" if message["new"] else ""
        yield from ("", f"{visible(message['head'])}{mark}", quoted(message["text"]))
    yield ""
    yield from (visible(view[each]) for each in ("next_by", "received", "confirmed", "issued") if view[each])
