"""What can be done in an inbox, as the journal names it, and what takes two officers."""

from dataclasses import dataclass
from enum import StrEnum

from crypto.journal import CORRECT_CLOCK


class Act(StrEnum):
    """An act; one that is not listed here cannot be done."""

    FOUND = "found"
    UPGRADE = "upgrade"
    OPEN = "open"
    LIST = "list"
    SEARCH = "search"
    SHOW = "show"
    DECLARE = "declare"
    PREVIEW = "preview"
    REPLY = "reply"
    PREVIEW_REPLY = "preview-reply"
    LIST_TEMPLATES = "list-templates"
    ADOPT_TEMPLATES = "adopt-templates"
    SET_STATUS = "set-status"
    JUDGE = "judge"
    REJECT = "reject"
    RECOVER = "recover"
    KEEP_IDENTITY = "keep-identity"
    NOTE_CONSENT = "note-consent"
    LIST_DISCLOSURES = "list-disclosures"
    DISCLOSE = "disclose"
    NOTE = "note"
    TAG = "tag"
    ASSIGN = "assign"
    ASSESS_SOURCE = "assess-source"
    RATE = "rate"
    RECORD_MEASURE = "record-measure"
    TELL_MEASURE = "tell-measure"
    REMOVE_MEASURE = "remove-measure"
    CLOSE = "close"
    REOPEN = "reopen"
    DECIDE = "decide"
    EXTEND = "extend"
    HOLD = "hold"
    READ_TIMELINE = "read-timeline"
    OVERSEE = "oversee"
    LIST_SETTINGS = "list-settings"
    CHANGE_SETTINGS = "change-settings"
    LIST_REDIRECTIONS = "list-redirections"
    REPLACE_REDIRECTIONS = "replace-redirections"
    COLLECT = "collect"
    ENTER = "enter"
    MAKE_OUTBOX = "make-outbox"
    COPY_OUTBOX = "copy-outbox"
    RENEW_KEYRING = "renew-keyring"
    EXPORT_CARD = "export-card"
    READ_JOURNAL = "read-journal"
    LIST_KEYS = "list-keys"
    LIST_CHANNELS = "list-channels"
    LIST_OFFICERS = "list-officers"
    EXCLUDE = "exclude"
    FOUND_CONFLICT = "found-conflict"
    LIST_CONFLICTS = "list-conflicts"
    LIST_LINKS = "list-links"
    LINK = "link"
    UNLINK = "unlink"
    DISMISS_LINK = "dismiss-link"
    ENTRUST = "entrust"
    OPEN_TO_ALL = "open-to-all"
    LIST_HANDLERS = "list-handlers"
    LIST_RETENTION = "list-retention"
    LIST_ELIMINATIONS = "list-eliminations"
    DESTROYED = "destroyed"
    QUARANTINE = "quarantine"
    BACK_UP = "back-up"
    RESTORE = "restore"

    EXTRACT = "extract"
    CLOSE_UNFOUNDED = "close-unfounded"
    ACCEPT_INSTANCE = "accept-instance"
    SIGN_PAGES = "sign-pages"
    ADOPT_QUESTIONNAIRE = "adopt-questionnaire"
    ACCEPT_CARD = "accept-card"
    REMOVE_CHANNEL = "remove-channel"
    ROTATE_KEYS = "rotate-keys"
    DESTROY_KEYS = "destroy-keys"
    CHANGE_OFFICERS = "change-officers"
    RENEW_SHARES = "renew-shares"
    CORRECT_CLOCK = CORRECT_CLOCK
    LIFT_CONFLICT = "lift-conflict"
    NAME_ALIAS = "name-alias"
    REMOVE_ALIAS = "remove-alias"
    READ_IDENTITY = "read-identity"
    DISCLOSE_IDENTITY = "disclose-identity"
    BREAK_GLASS = "break-glass"
    MAKE_DOSSIER = "make-dossier"
    ANSWER_ACCESS = "answer-access"
    DESTROY_CASES = "destroy-cases"
    ACCEPT_GAP = "accept-gap"
    LIFT_QUARANTINE = "lift-quarantine"
    MINIMISE = "minimise"
    RELEASE_HOLD = "release-hold"
    REMOVE_PROCEEDINGS = "remove-proceedings"


# Each gives away what can not be taken back, or takes away what guards the others.
TWO_OFFICERS = frozenset(
    {
        Act.EXTRACT,
        Act.CLOSE_UNFOUNDED,
        Act.ACCEPT_INSTANCE,
        Act.SIGN_PAGES,
        Act.ADOPT_QUESTIONNAIRE,
        Act.ACCEPT_CARD,
        Act.REMOVE_CHANNEL,
        Act.ROTATE_KEYS,
        Act.DESTROY_KEYS,
        Act.CHANGE_OFFICERS,
        Act.RENEW_SHARES,
        Act.CORRECT_CLOCK,
        Act.LIFT_CONFLICT,
        Act.NAME_ALIAS,
        Act.REMOVE_ALIAS,
        Act.READ_IDENTITY,
        Act.DISCLOSE_IDENTITY,
        Act.BREAK_GLASS,
        Act.MAKE_DOSSIER,
        Act.ANSWER_ACCESS,
        Act.DESTROY_CASES,
        Act.ACCEPT_GAP,
        Act.LIFT_QUARANTINE,
        Act.MINIMISE,
        Act.RELEASE_HOLD,
        Act.REMOVE_PROCEEDINGS,
    }
)

# What shows nothing of a report, and so is also done to a case in quarantine.
IN_QUARANTINE = frozenset(
    {
        Act.REPLY,
        Act.SET_STATUS,
        Act.CLOSE,
        Act.CLOSE_UNFOUNDED,
        Act.DECIDE,
        Act.ASSESS_SOURCE,
        Act.HOLD,
        Act.RELEASE_HOLD,
        Act.OVERSEE,
        Act.LIST_RETENTION,
        Act.DESTROY_CASES,
        Act.LIFT_QUARANTINE,
    }
)

# The program's own work on all cases; what it tells afterwards is narrowed to those who are present.
ON_ALL_CASES = frozenset(
    {
        Act.FOUND,
        Act.UPGRADE,
        Act.COLLECT,
        Act.ENTER,
        Act.ACCEPT_INSTANCE,
        Act.ACCEPT_GAP,
        Act.MAKE_OUTBOX,
        Act.COPY_OUTBOX,
        Act.RENEW_KEYRING,
        Act.CHANGE_OFFICERS,
        Act.RENEW_SHARES,
        Act.NAME_ALIAS,
        Act.CHANGE_SETTINGS,
    }
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One act with what it was about: a thing of ours, a case, the reason that an officer gave.

    Neither ``about`` nor ``reason`` may hold anything of a report.
    """

    act: Act
    about: str = ""
    reason: str = ""
    case: int | None = None
