"""Texts for the facts from the sandbox, by their codes. The texts are in labels.toml.

Facts come from an untrusted process. A fact with an unknown code or unexpected values is shown as plain text.
"""

from string import Formatter

from inbox.language import labels
from inbox.sandboxed.answer import Fact


def said(fact: Fact) -> str:
    """Return a sentence for a fact, or its code and values unchanged if no sentence fits."""
    codes = f"file_{fact.kind}"
    label = labels.of(codes).get(fact.code) if codes in labels.tables() else None
    places = [name for _, name, _, _ in Formatter().parse(label.en) if name] if label else []
    if label is not None and len(places) == len(fact.values):
        return labels.said(codes, fact.code, **dict(zip(places, fact.values, strict=True)))
    return ": ".join((fact.code, *fact.values))
