"""The rules of docs/draws.md, 11, that an opening can break, as sentences."""

from inbox.language.messages import sentence

RULES = {
    "opening": sentence("this is not the opening of this draw"),
    "rule": sentence("the rule of transfers is not the one that was fixed before the list"),
    "due": sentence("the lines or the strata are not those of the rule of transfers"),
    "exceptions": sentence("the exceptions are not all counted"),
    "order": sentence("the order or the posts are not those that chance chose"),
}
