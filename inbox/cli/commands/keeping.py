"""Give a case more time for the feedback to its author."""

from pathlib import Path

import click

from inbox.cli.commands import drafting
from inbox.cli.commands.texts import given, text_options
from inbox.cli.options import Door, case_argument, despite_option, json_option, officer_options, reason_needed
from inbox.replies import extension as extensions
from inbox.replies.extension import Extension
from inbox.replies.templates import EXTENSION
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today


@click.command()
@case_argument
@reason_needed
@text_options
@click.option("--preview", is_flag=True, help="Show the page as the author will see it; change nothing.")
@despite_option
@officer_options
@json_option
@click.pass_obj
def extend(  # noqa: PLR0913 - one for each option
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
    """Take up to six months for the feedback, as an external authority may; the author is told why."""
    own = given(text, text_file)
    with door.opened() as (inbox, who):
        if own is None and drafting.takes_words(inbox, EXTENSION):
            own = terminal.ask_text(f"why it takes longer, to the author of case {case}")
        extension, day = Extension(reason=reason, text=own or "", despite=despite), today()
        if preview:
            with inbox.acting(who, action(Code.PREVIEW_REPLY, case)) as session:
                view = extensions.preview(session, case, extension, day)
            terminal.show(view, drafting.page(view), as_json=as_json)
            return
        due = drafting.send(inbox, who, case, extension, extensions.extend)
    said = f"case {case}: feedback is due by {due}, as the author will read with the next outbox"
    terminal.show({"case": case, "feedback": due.isoformat()}, [said], as_json=as_json)
