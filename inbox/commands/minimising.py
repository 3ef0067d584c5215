"""Strike from a case what does not belong there."""

from typing import Any

import click

from inbox import minimising, terminal
from inbox.acts import Act, Deed
from inbox.commands.texts import given_or_to_type, text_options
from inbox.journal import By
from inbox.options import Door, case_argument, json_option, officer_options, today

_WHOLE = "all of it"


@click.command()
@case_argument
@click.argument("place")
@text_options
@officer_options
@json_option
@click.pass_obj
def minimise(door: Door, /, *, case: int, place: str, as_json: bool, **given: Any) -> None:
    """Strike a passage from a case for good, by its exact words; takes two officers.

    PLACE is the id of a question, note (of a drop), follow-up-N, file-N for its name, staff-note-N, or
    everywhere. With :all behind it, all that stands there goes, and no words are asked for.
    """
    at, is_all = place.removesuffix(":all"), place.endswith(":all")
    text = None if is_all else given_or_to_type(**given)
    with door.opened() as inbox:
        if not is_all and text is None:
            text = terminal.ask_text(f"the passage to be struck from case {case}")
        day = today()
        with inbox.acting(Deed(Act.MINIMISE, case=case, about=_about(at)), day) as session:
            minimising.strike(session, case, at, text, By(inbox.present, day))
    said = f"case {case}: struck at {at}; older copies of the vault still hold it: destroy them"
    terminal.show({"case": case, "place": at}, [said], as_json=as_json)


def _about(place: str) -> str:
    # What is typed as a place may be a passage by mistake: then it is refused, and not noted.
    return place if minimising.is_place(place) else ""
