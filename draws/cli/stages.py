"""What a draw waits for, for programs and for people."""

from typing import Any

from draws.ceremony import Ceremony
from draws.cli import options
from draws.protocol import Void
from inbox.language.messages import Sentence, sentence


def shown(draw: Ceremony) -> tuple[dict[str, Any], Sentence]:
    """Return what is known of a draw and what it waits for, for programs and for a person."""
    stage, (_, missing) = _stage_of(draw), draw.missing()
    series, number = draw.list.series, draw.list.number
    view = {
        "series": series,
        "number": number,
        "list": draw.own.hex(),
        "stage": stage,
        "missing": [*missing],
    }
    return view, sentence("draw {number} of {series}: {stage}", number=number, series=series, stage=stage)


def tell(draw: Ceremony, *more: Sentence, as_json: bool) -> None:
    """Print what is known of a draw, and more."""
    view, line = shown(draw)
    options.tell(view, line, *more, as_json=as_json)


def _stage_of(draw: Ceremony) -> Sentence:
    stage, missing = draw.missing()
    parties = ", ".join(missing)
    if isinstance(draw.state.end, Void):
        named = ", ".join(draw.state.end.missing)
        void = (
            sentence("void: {parties} did not send what was due", parties=named)
            if named
            else sentence("void: the later value did not come")
        )
        if not (signers := draw.to_sign()):
            return void
        of = ", ".join(signers)
        return (
            sentence("{void}; one of these parties must sign the record: {signers}", void=void, signers=of)
            if named
            else sentence(
                "{void}; all of these parties must sign the record: {signers}", void=void, signers=of
            )
        )
    if draw.state.end:
        return sentence("drawn")
    asked = draw.list.later
    thrown = sentence("waits for more signatures under the dice, of: {parties}", parties=parties)
    return {
        "commitment": sentence("waits for the commitments of: {parties}", parties=parties),
        "signature": sentence("waits for the signatures of: {parties}", parties=parties),
        "reveal": sentence("waits for the reveals of: {parties}", parties=parties),
        "later": thrown
        if draw.state.later
        else sentence("waits for the later value: {source}", source=asked.source if asked else ""),
        "": sentence("ready to draw"),
    }[stage]
