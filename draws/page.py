"""The page that verifies transcripts from disk: one file with its script, which makes no request."""

import base64
import hashlib
from html import escape
from importlib.resources import files

from draws.language import CHOSEN, said
from draws.rules import RULES
from draws.transfers import rules as of_transfers
from inbox.language.messages import Sentence, sentence

_TEXTS = {
    "refused": sentence("not valid: {why}", why="{why}"),
    "do-not-rely": sentence("do not rely on this draw; compare it with the files that the parties kept"),
    "void": sentence("draw {number}: void, because of {parties}", number="{number}", parties="{parties}"),
    "absent": sentence(
        "draw {number}: void; compare by hand with the source that {pulse} did not come",
        number="{number}",
        pulse="{pulse}",
    ),
    "drawn-line": sentence(
        "draw {number}: valid; {drawn} of {total} items were drawn, in {strata} strata",
        number="{number}",
        drawn="{drawn}",
        total="{total}",
        strata="{strata}",
    ),
    "pulse": sentence("compare by hand with the source: {pulse}", pulse="{pulse}"),
    "voids": sentence("{count} of {of} draws are void", count="{count}", of="{of}"),
    "opened": sentence(
        "draw {number}: the opening of the transfers is valid; batch of {day}.",
        number="{number}",
        day="{day}",
    ),
    "transferred": sentence(
        "{count} are transferred, {placed} of them to a post of this draw", count="{count}", placed="{placed}"
    ),
    "signer": sentence("exceptions signed by {signer}: {count}", signer="{signer}", count="{count}"),
    "moves": sentence(
        "you are number {place}, from {before} to {after}",
        place="{place}",
        before="{before}",
        after="{after}",
    ),
    "leaves": sentence(
        "you are number {place}, from {before}; no free post fits", place="{place}", before="{before}"
    ),
    "stays": sentence("you stay at {post}: {state}", post="{post}", state="{state}"),
    "nobody": sentence("nobody on this list has this number and salt"),
    "not-checked": sentence("the draws before number {number} were not checked", number="{number}"),
}
_LIMITS = (
    sentence("Whether the list had all controls. The sealed lines show later whether a control was on it."),
    sentence("Whether a pulse is the one that its source published. Compare it by hand."),
    sentence("A transcript that nobody kept. Give all transcripts of a series at once."),
    sentence("Whether the controls that were drawn were carried out. The register says this."),
)


def render() -> bytes:
    """Return the page in the chosen language."""
    script, style = _shipped("page.js"), _shipped("page.css")
    policy = f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'"
    texts = _TEXTS | RULES | of_transfers.RULES | of_transfers.STATES
    values = {
        "language": CHOSEN.get(),
        "policy": policy,
        "title": _text(sentence("Verify a draw")),
        "lead": _text(
            sentence(
                "Choose the transcript of a draw, or all transcripts of a series. If people are transferred,"
                " also choose the openings. This page works without a network, and sends nothing."
            )
        ),
        "unscripted": _text(sentence("This page needs JavaScript. It makes no request.")),
        "label": _text(sentence("The transcripts and openings")),
        "own": _text(sentence("If you are on a list of transfers")),
        "number": _text(sentence("Your number")),
        "salt": _text(sentence("The salt of your number, which you got with it")),
        "limits": _text(sentence("What this page cannot see")),
        "limit_items": "".join(f"<li>{_text(each)}</li>" for each in _LIMITS),
        "texts": "".join(f'<li data-code="{code}">{_text(text)}</li>' for code, text in texts.items()),
        "style": style,
        "script": script,
    }
    return _shipped("page.html").format_map(values).encode()


def _text(text: Sentence) -> str:
    return escape(said(text))


def _shipped(name: str) -> str:
    return files("draws").joinpath(name).read_text("utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
