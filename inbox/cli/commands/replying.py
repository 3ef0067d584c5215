"""Answer the author of a case, or look first at what that one will see."""

from dataclasses import replace
from pathlib import Path

import click

from inbox.cli.commands import drafting
from inbox.cli.commands.texts import given, given_or_to_type, text_options
from inbox.cli.options import Door, case_argument, despite_option, json_option, officer_options
from inbox.replies import drafts
from inbox.replies.drafts import Draft
from inbox.session.actions import Act, Deed
from inbox.session.inbox import Inbox
from inbox.system import terminal
from inbox.system.clock import today


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
        if own is None and (not is_whole or drafting.takes_words(inbox, template)):
            draft = replace(draft, text=terminal.ask_text(f"the reply to case {case}"))
        if preview:
            _preview(inbox, case, draft, as_json=as_json)
            return
        added = drafting.send(inbox, case, draft, drafts.send, today())
    view = {"case": case, "day": added.day.isoformat(), "slot": added.serial}
    terminal.show(view, [f"case {case}: the reply waits for the next outbox"], as_json=as_json)


def _preview(inbox: Inbox, case: int, draft: Draft, *, as_json: bool) -> None:
    day = today()
    with inbox.acting(Deed(Act.PREVIEW_REPLY, case=case), day) as session:
        view = drafts.preview(session, case, draft, day)
    terminal.show(view, drafting.page(view), as_json=as_json)
