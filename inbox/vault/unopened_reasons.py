"""Reasons why an entry of a bundle did not become a case. The labels of the reasons are in labels.toml."""

from enum import StrEnum


class Kind(StrEnum):
    """The problem with an entry of an intake bundle."""

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
