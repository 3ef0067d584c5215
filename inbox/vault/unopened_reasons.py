"""Why something that came in became no case; words for people stand in labels.toml."""

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
