"""What the inbox tells officers, and what they gave with a form, said in the language of a page."""

import json
import re
from datetime import date

from babel import Locale

from crypto.printable import lines, visible
from inbox.language import catalogue, days, labels
from inbox.language.labels import Labelled
from inbox.language.messages import Sentence, sentence
from templates import catalogues

# What a form says to assign a case to nobody: a field that is empty is left as it is.
NOBODY = "-"
LANGUAGES = {language: catalogues.name(language) for language in catalogues.LANGUAGES}


def told(language: str, text: str) -> str:
    """Return what the inbox tells in a language, with nothing in it that is not seen; other text as it is."""
    said = _said(language, text)
    # As a page begins its sentences; a value that stands first, as the name of a file, stays as it is.
    begins = isinstance(text, Sentence) and not catalogue.text(language, text.template).startswith("{")
    return visible(said[:1].upper() + said[1:] if begins else said)


def _said(language: str, value: object, name: str = "") -> str:
    match value:
        case Sentence():
            values = {place: _said(language, each, place) for place, each in value.values.items()}
            return _template(language, value).format(**values)
        case date():
            return days.short(language, value)
        case _:
            return _uncoded(language, str(value), name)


# Which labels say a value of a sentence that is a code, by its name in the sentence.
_VALUES = {
    "kind": "measure",
    "measure": "measure",
    "choice": "decision",
    "decision": "decision",
    "duty": "duty",
    "letter": "letter",
    "outcome": "outcome",
    "status": "status",
    "template": "reply",
    "ground": "decision_ground",
    "purpose": "purpose",
    "regime": "regime",
}
_APART = re.compile(r", |\|")
# Where a code may be any of the law. By "decided" a decision is called by its duty, not by itself.
_ANY = sorted(labels.OF_THE_LAW - {"decided"})


def _uncoded(language: str, text: str, name: str) -> str:
    """Return a value of a sentence without codes of the law or of the program: officers read what they mean.

    A value may be a list of codes. One with an underscore is told as such whatever it is called there.
    """
    said = [_label(language, each, name) for each in _APART.split(text)]
    return ", ".join(each for each in said if each) if all(said) else text


def _label(language: str, code: str, name: str) -> str:
    if name == "place":
        return place(language, code)
    own = [_VALUES[name]] if name in _VALUES else []
    for codes in (*own, *(_ANY if "_" in code or name == "known" else ())):
        if label := labels.of(codes).get(code):
            return label.in_(language)
    return ""


_PLACES = {
    "*": sentence("wherever it stands"),
    "everywhere": sentence("wherever it stands"),
    "note": sentence("the text of the report"),
    "identity": sentence("who the reporter is"),
}
_NUMBERED = {
    "follow-up": sentence("follow-up {number}", number=0),
    "reply": sentence("reply {number}", number=0),
    "measure": sentence("measure {number}", number=0),
    "file": sentence("name of file {number}", number=0),
    "staff-note": sentence("note {number} of officers", number=0),
}


def place(language: str, code: str) -> str:
    """Return what officers call a place of a case; an empty text for a question, which has its own words."""
    if code in _PLACES:
        return _said(language, _PLACES[code])
    kind, _, number = code.rpartition("-")
    return _said(language, _NUMBERED[kind].filled(number)) if kind in _NUMBERED and number.isdigit() else ""


def _template(language: str, text: Sentence) -> str:
    if isinstance(text, Labelled):
        return text.texts.in_(language)
    return catalogue.text(language, text.template)


# Which labels say what a form gives as a code, by the field of the form.
CODED = {
    "purpose": "purpose",
    "status": "status",
    "outcome": "outcome",
    "disclosure": "disclosure",
    "kind": "measure",
    "what": "what",
    "ground": "ground",
    "relation": "relation",
    "choice": "decision",
    "decision-ground": "decision_ground",
    "risk": "source_risk",
    "route": "route",
    "credibility": "credibility",
    "enclosed": "enclosed",
    "regime": "regime",
    "sort": "order",
    "way": "access_way",
    "because": "because",
    "letter": "letter",
    "template": "reply",
    "body": "authority",
    "to": "authority",
    "form": "register_form",
    "entry-status": "status",
    "entry-outcome": "outcome",
    "entry-decision": "decision",
    "entry-kind": "authority_kind",
}

# Fields that carry a passage of a case, with its place (``forms.Chosen.code``).
_PASSAGES = {"chosen", "picked", "removed"}


def field(language: str, name: str, given: str = "") -> str:
    """Return the label of a field that officers fill in; an empty text for any other.

    That of a decision, where it is given back, is what it decides: a form may have several.

    The name of one that is filled in for each language ends with it, as in ``entry-text-fr``.
    """
    if name == "choice" and (decided := labels.of("decided").get(given)):
        return decided.in_(language)
    if label := labels.of("field").get(name) or labels.of("part").get(name):
        return label.in_(language)
    stem, _, spoken = name.rpartition("-")
    called = Locale(language).languages
    return f"{field(language, stem)} ({called[spoken]})" if spoken in LANGUAGES and stem else ""


def value(language: str, given: str, name: str) -> str:
    """Return what stands in a field: a code by its label, all else as it is, over as many lines.

    Of a passage, its place and its words, or that all goes that stands there.
    """
    if name == "officer" and given == NOBODY:
        return _said(language, sentence("nobody"))
    if name == "place" and (said := place(language, given)):
        return said
    if name in _PASSAGES and (passage := _passage(given)):
        return lines(told(language, passage))
    if label := labels.of(CODED[name]).get(given) if name in CODED else None:
        return label.in_(language)
    return visible(LANGUAGES.get(given, given)) if name == "language" else lines(given)


def _passage(given: str) -> str | Sentence:
    """Return what a passage is called; nothing for what no page of ours would send."""
    try:
        where, words = json.loads(given)
    except (ValueError, TypeError, RecursionError):
        return ""
    if words is None:
        return sentence("{place}: all that stands there", place=where)
    return sentence("{place}: {words}", place=where, words=words)
