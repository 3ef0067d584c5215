"""Translate messages of the inbox, and officers' input, to the language of a page."""

import json
import re
from datetime import date

from babel import Locale, UnknownLocaleError

from crypto.printable import lines, visible
from inbox.language import catalogue, days, labels
from inbox.language.labels import Labelled
from inbox.language.messages import Sentence, sentence
from templates import catalogues

# The value that unassigns a case. An empty field leaves the assignment unchanged.
NOBODY = "-"
LANGUAGES = {language: catalogues.name(language) for language in catalogues.LANGUAGES}


def tongue(language: str, code: str) -> str:
    """Return the name of the language with this code, such as "French" for "fr"; or the code, if unknown."""
    try:
        name = Locale.parse(code).get_language_name(language)
    except (ValueError, UnknownLocaleError):
        name = None
    return visible(name[:1].upper() + name[1:] if name else code)


def told(language: str, text: str) -> str:
    """Translate a message of the inbox, with invisible characters shown. Other text stays as it is."""
    said = _said(language, text)
    # Capitalise the beginning of the message, unless it begins with a value, such as a file name.
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


# The label tables for the codes among a sentence's values, keyed by the name of the value.
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
# The tables with the labels of values that can be any code of the law. "decided" is omitted, because
# decisions are named after their duty.
_ANY = sorted(labels.OF_THE_LAW - {"decided"})


def _uncoded(language: str, text: str, name: str) -> str:
    """Return a value with labels in place of the codes of the law or program.

    A value can be a list of codes. A code with an underscore is translated, whatever the name of the value.
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
    "staff-note": sentence("officers' note {number}", number=0),
}


def place(language: str, code: str) -> str:
    """Return what officers call a place in a case, or "" for a question, which has its own text."""
    if code in _PLACES:
        return _said(language, _PLACES[code])
    kind, _, number = code.rpartition("-")
    return _said(language, _NUMBERED[kind].filled(number)) if kind in _NUMBERED and number.isdigit() else ""


def _template(language: str, text: Sentence) -> str:
    if isinstance(text, Labelled):
        return text.texts.in_(language)
    return catalogue.text(language, text.template)


# The label tables for form values that are codes, keyed by field.
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
    """Return the label of a field that officers fill in, or "" for any other field.

    A decision that is shown again is labelled with its duty, because a form may have several decisions. The
    name of a field for one language ends with the code of the language, as in ``entry-text-fr``.
    """
    if name == "choice" and (decided := labels.of("decided").get(given)):
        return decided.in_(language)
    if label := labels.of("field").get(name) or labels.of("part").get(name):
        return label.in_(language)
    stem, _, spoken = name.rpartition("-")
    called = Locale(language).languages
    return f"{field(language, stem)} ({called[spoken]})" if spoken in LANGUAGES and stem else ""


def value(language: str, given: str, name: str) -> str:
    """Return the value of a field: the label of a code, or the lines of any other text.

    A passage is returned as its place and its words, or as the place and "everything".
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
    """Return the description of a passage, or "" for a value that no page of the desk sends."""
    try:
        where, words = json.loads(given)
    except (ValueError, TypeError, RecursionError):
        return ""
    if words is None:
        return sentence("{place}: everything", place=where)
    return sentence("{place}: {words}", place=where, words=words)
