"""Why something that came in became no case: a stable word for scripts, a sentence for people."""

from enum import StrEnum


class Kind(StrEnum):
    """What is the matter with an entry of an intake bundle."""

    NOT_FOR_US = "not-for-us"
    MALFORMED = "malformed"
    TAMPERED = "tampered"
    TRUNCATED = "truncated"
    WRONG_ADDRESS = "wrong-address"
    WRONG_CASE = "wrong-case"
    OTHER_REPORT = "other-report"
    UNKNOWN_CASE = "unknown-case"
    FALSE_SIGNATURE = "false-signature"
    OTHER_FOLLOW_UP = "other-follow-up"
    UNKNOWN_WITHDRAWAL = "unknown-withdrawal"
    FALSE_WITHDRAWAL = "false-withdrawal"
    DESTROYED = "destroyed"
    DESTROYED_AGAIN = "destroyed-again"


REASONS = {
    Kind.NOT_FOR_US: "no intake key of this inbox opens the envelope",
    Kind.MALFORMED: "the envelope or what is in it does not have the form that the protocol prescribes",
    Kind.TAMPERED: "the envelope was changed, or its signature, digests or case id do not hold",
    Kind.TRUNCATED: "the envelope ends early",
    Kind.WRONG_ADDRESS: "the message inside is addressed to another channel, or to another key of this one",
    Kind.WRONG_CASE: "the message inside belongs to another case than the portal says",
    Kind.OTHER_REPORT: "a second report under the id of a case that is known, with other content",
    Kind.UNKNOWN_CASE: "a follow-up to a case that this inbox does not know",
    Kind.FALSE_SIGNATURE: "a follow-up that the author of its case did not sign",
    Kind.OTHER_FOLLOW_UP: "a follow-up that repeats the id of an earlier one with other content",
    Kind.UNKNOWN_WITHDRAWAL: "the withdrawal of a case that this inbox does not know",
    Kind.FALSE_WITHDRAWAL: "a withdrawal whose key is not that of the case",
    Kind.DESTROYED: "a message to a case that was destroyed: nobody can tell any more who wrote it",
    Kind.DESTROYED_AGAIN: "what belonged to a case that was destroyed came once more; it was not kept",
}
