"""What a fact from the sandbox says, by its code; the words stand in labels.toml.

It comes from a process that is not to be trusted: a code that is none of these, or has other values, is shown
as the text that it is.
"""

from string import Formatter

from inbox.language import labels
from inbox.sandboxed.answer import Fact


def said(fact: Fact) -> str:
    """Return a fact as a sentence of ours, or its code and values as they came if it has no form of one."""
    codes = f"file_{fact.kind}"
    label = labels.of(codes).get(fact.code) if codes in labels.tables() else None
    places = [name for _, name, _, _ in Formatter().parse(label.en) if name] if label else []
    if label is not None and len(places) == len(fact.values):
        return labels.said(codes, fact.code, **dict(zip(places, fact.values, strict=True)))
    return ": ".join((fact.code, *fact.values))
