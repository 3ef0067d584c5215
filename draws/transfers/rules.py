"""The rules of docs/draws.md, 11, that an opening can break, and the states of people, as sentences."""

from draws.transfers.rule import State
from inbox.language.messages import sentence

RULES = {
    "opening": sentence("this is not the opening of this draw"),
    "rule": sentence("the rule of transfers is not the one that was fixed before the list"),
    "due": sentence("the lines or the strata are not those of the rule of transfers"),
    "exceptions": sentence("the exceptions are not all counted"),
    "order": sentence("the order or the posts are not those that chance chose"),
}
# A free post has a state, too, but nobody reads it.
STATES = {
    State.CERTAIN: sentence("comes in the batch"),
    State.TIED: sentence("equal at the last place: chance decides"),
    State.WAITING: sentence("waits for a later batch"),
    State.WITHIN: sentence("has not reached the maximum"),
    State.EXCEPTED: sentence("stays for now, by an exception"),
}
