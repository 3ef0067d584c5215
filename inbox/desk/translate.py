"""What the inbox tells officers, and what they gave with a form, said in the language of a page."""

import json
from datetime import date

from crypto.printable import lines, visible
from inbox.language import catalogue, days, labels
from inbox.language.labels import Labelled
from inbox.language.messages import Sentence, sentence
from templates import catalogues

LANGUAGES = {language: catalogues.name(language) for language in catalogues.LANGUAGES}


def told(language: str, text: str) -> str:
    """Return what the inbox tells in a language, with nothing in it that is not seen; other text as it is."""
    said = _said(language, text)
    # As a page begins its sentences; a value that stands first, as the name of a file, stays as it is.
    begins = isinstance(text, Sentence) and not catalogue.text(language, text.template).startswith("{")
    return visible(said[:1].upper() + said[1:] if begins else said)


def _said(language: str, value: object) -> str:
    match value:
        case Sentence():
            values = {name: _said(language, each) for name, each in value.values.items()}
            return _template(language, value).format(**values)
        case date():
            return days.short(language, value)
        case _:
            return str(value)


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
    "form": "register_form",
    "entry-status": "status",
    "entry-outcome": "outcome",
    "entry-decision": "decision",
    "entry-kind": "authority_kind",
}

# Fields that carry a passage of a case, with its place (``forms.Chosen.code``).
_PASSAGES = {"chosen", "picked", "removed"}


def field(language: str, name: str) -> str:
    """Return the label of a field that officers fill in; an empty text for any other.

    The name of one that is filled in for each language ends with it, as in ``entry-text-fr``.
    """
    if label := labels.of("field").get(name) or labels.of("part").get(name):
        return label.in_(language)
    stem, _, spoken = name.rpartition("-")
    return f"{field(language, stem)} ({LANGUAGES[spoken]})" if spoken in LANGUAGES and stem else ""


def value(language: str, given: str, name: str) -> str:
    """Return what stands in a field: a code by its label, all else as it is, over as many lines.

    Of a passage, its place and its words, or that all goes that stands there.
    """
    if name in _PASSAGES and (passage := _passage(given)):
        return lines(told(language, passage))
    if label := labels.of(CODED[name]).get(given) if name in CODED else None:
        return label.in_(language)
    return visible(LANGUAGES.get(given, given)) if name == "language" else lines(given)


def _passage(given: str) -> str:
    """Return what a passage is called; nothing for what no page of ours would send."""
    try:
        place, words = json.loads(given)
    except (ValueError, TypeError, RecursionError):
        return ""
    return sentence("{place}: all that stands there", place=place) if words is None else f"{place}: {words}"
