"""What an officer gave with a form, said in words: what a field is called, and what stands in it."""

from inbox.desk.translation import LANGUAGES
from inbox.language import labels
from inbox.text.printable import lines, visible

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
    "risk": "source_risk",
    "route": "route",
    "credibility": "credibility",
    "enclosed": "enclosed",
    "regime": "regime",
}


def field(language: str, name: str) -> str:
    """Return what a field is called; nothing if it is none that an officer fills in."""
    label = labels.of("field").get(name) or labels.of("part").get(name)
    return label.in_(language) if label else ""


def value(language: str, given: str, name: str) -> str:
    """Return what stands in a field: a code by its label, all else as it is, over as many lines."""
    if label := labels.of(CODED[name]).get(given) if name in CODED else None:
        return label.in_(language)
    return visible(LANGUAGES.get(given, given)) if name == "language" else lines(given)
