"""The rules of docs/draws.md that a transcript can break, as sentences."""

from inbox.language.messages import sentence

RULES = {
    "transcript": sentence("this is not a transcript of a draw"),
    "list": sentence("the record of the list breaks a rule"),
    "lines": sentence("the lines are not those of the frozen list"),
    "statement": sentence("the statement is not that of this list"),
    "signature": sentence("a signature of a party is missing or not valid"),
    "reveal": sentence("a reveal is missing, or does not match its commitment"),
    "later": sentence("the later value is not the one that the list names"),
    "drawn": sentence("the lines drawn are not those that chance chose"),
    "end": sentence("the end does not follow from the draw"),
    "series": sentence("the draws do not follow one another: one is missing, or was repeated"),
}
