"""What the inbox tells officers, said in the language of a page."""

import re
from datetime import date

from inbox.desk import translation
from inbox.language import catalogue, labels
from inbox.language.messages import Sentence, recognised, sentence
from inbox.system.terminal import visible

# What an entry of the journal was about is kept as codes and short words, several with commas between.
_ABOUT = tuple(
    each.template
    for each in (
        sentence("file {number}", number=""),
        sentence("page {number}", number=""),
        sentence("bundle {number} of the portal {key}", number="", key=""),
        sentence("bundle {number}", number=""),
        sentence("outbox {number}", number=""),
        sentence("measure {number}", number=""),
        sentence("follow-up {number}", number=""),
        sentence("1 case"),
        sentence("{count} cases", count=""),
        sentence("no longer"),
        sentence("despite a warning"),
        sentence("attachments none"),
        sentence("attachments cleaned"),
        sentence("attachments original"),
        sentence("to {recipient}", recipient=""),
        sentence("dossier"),
        sentence("prosecutor"),
        sentence("disciplinary"),
        sentence("queue"),
        sentence("the medium"),
        sentence("desk"),
        sentence("print"),
        sentence("verify"),
        sentence("removed"),
        sentence("nobody"),
        sentence("given"),
        sentence("withdrawn"),
        sentence("what can be destroyed"),
        sentence("days off"),
        sentence("days off added"),
        sentence("days off removed"),
        sentence("from {first} to {last}", first="", last=""),
        sentence("regime internal"),
        sentence("regime external"),
        sentence("key store {name}", name=""),
        sentence("minimise"),
        sentence("everywhere"),
        sentence("request for access"),
        sentence("sharing {name}", name=""),
        sentence("quorum {number}", number=""),
        sentence("template {name}", name=""),
        sentence("feedback"),
        sentence("danger {value}", value=""),
        sentence("immediacy {value}", value=""),
        sentence("severity {value}", value=""),
        sentence("verifiability {value}", value=""),
        sentence("corroboration {value}", value=""),
        sentence("access {value}", value=""),
        sentence("telephone"),
        sentence("letter"),
        sentence("meeting"),
        sentence("report"),
        sentence("attachments"),
        sentence("identity"),
        sentence("consent"),
        sentence("judicial"),
        sentence("other"),
        sentence("out-of-scope"),
        sentence("two-months-closed"),
        sentence("junk"),
        sentence("decided-by-officers"),
        sentence("duplicate"),
        sentence("same_facts"),
        sentence("same_person"),
        sentence("same_place"),
        sentence("follow_up"),
        sentence("contradicts"),
        sentence("received"),
        sentence("acknowledged"),
        sentence("assessing"),
        sentence("info_requested"),
        sentence("in_follow_up"),
        sentence("closed"),
    )
)
_CODES = ("measure", "outcome", "disclosure", "source_risk", "decision", "regime", "duty")
_BETWEEN = re.compile(r"(, |: )")
_COLON = {"fr": "\u00a0: "}


def told(language: str, text: str) -> str:
    """Return what the inbox tells in a language, with nothing in it that is not seen; other text as it is."""
    said = _said(language, text)
    # As a page begins its sentences; a value that stands first, as the name of a file, stays as it is.
    begins = isinstance(text, Sentence) and not catalogue.text(language, text.template).startswith("{")
    return visible(said[:1].upper() + said[1:] if begins else said)


def about(language: str, text: str) -> str:
    """Return what an entry of the journal was about in a language, as far as it is words of ours."""
    # A rating is a number, and stands alone: elsewhere a number counts something.
    if rating := labels.of("credibility").get(text):
        return visible(rating.in_(language))
    return visible("".join(_part(language, part) for part in _BETWEEN.split(text)))


def _said(language: str, value: object) -> str:
    match value:
        case Sentence():
            values = {name: _said(language, each) for name, each in value.values.items()}
            return catalogue.text(language, value.template).format(**values)
        case date():
            return translation.day(language, value)
        case _:
            return str(value)


def _part(language: str, part: str) -> str:
    if part == ": ":
        return _COLON.get(language, part)
    label = next((labels.of(codes)[part] for codes in _CODES if part in labels.of(codes)), None)
    return label.in_(language) if label else _said(language, recognised(part, _ABOUT))
