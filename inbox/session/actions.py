"""Every action that officers take: its code in the journal, its conditions, and the values of its entry.

``TABLE`` alone decides:

- how many officers an action takes; the law may require more;
- whether the action needs a reason;
- whether the action also applies to a case in quarantine, to an undeclared case, or to all cases;
- whether oversight counts the action;
- which values the action's journal entry has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum, StrEnum, auto
from typing import TypeAlias

from crypto.journal import CORRECT_CLOCK, LONGEST_REASON, LONGEST_TEXT, Presence, Value
from inbox.keys import secret_sharing
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence
from inbox.text.lines import one_line


class Code(StrEnum):
    """The code of an action in the journal. An action that is not listed here cannot be taken."""

    FOUND = "found"
    UPGRADE = "upgrade"
    OPEN = "open"
    SIGN_IN = "sign-in"
    LIST = "list"
    SEARCH = "search"
    SHOW = "show"
    DECLARE = "declare"
    PREVIEW = "preview"
    REPLY = "reply"
    PREVIEW_REPLY = "preview-reply"
    UNSEND = "unsend"
    LIST_TEMPLATES = "list-templates"
    ADOPT_TEMPLATES = "adopt-templates"
    SET_STATUS = "set-status"
    JUDGE = "judge"
    JUNK = "junk"
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
    END_PROCEEDINGS = "end-proceedings"
    TELL_MEASURE = "tell-measure"
    REMOVE_MEASURE = "remove-measure"
    CLOSE = "close"
    REOPEN = "reopen"
    DECIDE = "decide"
    DECIDE_BY_TWO = "decide-by-two"
    EXTEND = "extend"
    HOLD = "hold"
    READ_TIMELINE = "read-timeline"
    OVERSEE = "oversee"
    MEASURE_GOALS = "measure-goals"
    LIST_SETTINGS = "list-settings"
    CHOOSE_REGIME = "choose-regime"
    CHANGE_DAYS_OFF = "change-days-off"
    CONTINUE_NUMBERING = "continue-numbering"
    COLLECT = "collect"
    FILED = "filed"
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
    SPREAD_CONFLICT = "spread-conflict"
    LIST_CONFLICTS = "list-conflicts"
    LIST_LINKS = "list-links"
    LINK = "link"
    UNLINK = "unlink"
    DISMISS_LINK = "dismiss-link"
    ENTRUST = "entrust"
    OPEN_TO_ALL = "open-to-all"
    LIST_HANDLERS = "list-handlers"
    LIST_RETENTION = "list-retention"
    LIST_DESTROYED = "list-destroyed"
    READ_REGISTER = "read-register"
    EXPORT_REGISTER = "export-register"
    RECORD_CONSULTATION = "record-consultation"
    RETRACT_CONSULTATION = "retract-consultation"
    WRITE_SHEET = "write-sheet"
    LIST_FOR_VISA = "list-for-visa"
    RECORD_VISA = "record-visa"
    DESTROYED = "destroyed"
    QUARANTINE = "quarantine"
    BACK_UP = "back-up"
    RESTORE = "restore"
    EXTRACT = "extract"
    CLOSE_BY_TWO = "close-by-two"
    ACCEPT_INSTANCE = "accept-instance"
    SIGN_PAGES = "sign-pages"
    ADOPT_QUESTIONNAIRE = "adopt-questionnaire"
    ADOPT_LAW = "adopt-law"
    ADOPT_PLAN = "adopt-plan"
    MAKE_EDITION = "make-edition"
    READ_FIGURES = "read-figures"
    ACCEPT_CARD = "accept-card"
    REMOVE_CHANNEL = "remove-channel"
    ROTATE_KEYS = "rotate-keys"
    DESTROY_KEYS = "destroy-keys"
    CHANGE_OFFICERS = "change-officers"
    RENEW_SHARES = "renew-shares"
    ACKNOWLEDGE_RENEWAL = "acknowledge-renewal"
    CORRECT_CLOCK = CORRECT_CLOCK
    LIFT_CONFLICT = "lift-conflict"
    NAME_ALIAS = "name-alias"
    REMOVE_ALIAS = "remove-alias"
    READ_IDENTITY = "read-identity"
    COMPARE_IDENTITY = "compare-identity"
    DISCLOSE_IDENTITY = "disclose-identity"
    BREAK_GLASS = "break-glass"
    OPEN_ARCHIVED = "open-archived"
    MAKE_DOSSIER = "make-dossier"
    WRITE_LETTER = "write-letter"
    RECORD_ACCESS = "record-access"
    EXTEND_ACCESS = "extend-access"
    NOTE_UNOPPOSED = "note-unopposed"
    JUDGE_NAME = "judge-name"
    ANSWER_ACCESS = "answer-access"
    DESTROY_CASES = "destroy-cases"
    DISCARD_UNOPENED = "discard-unopened"
    ACCEPT_GAP = "accept-gap"
    LIFT_QUARANTINE = "lift-quarantine"
    MINIMISE = "minimise"
    RELEASE_HOLD = "release-hold"
    REMOVE_PROCEEDINGS = "remove-proceedings"


# The values of an entry that say what a text does.
ACKNOWLEDGES, FEEDBACK = "acknowledges", "feedback"


class Viewed(StrEnum):
    """What an officer listed or viewed, if the code of the action does not show it."""

    QUEUE = "queue"
    TODAY = "today"
    MEDIUM = "medium"
    DOSSIER = "dossier"
    MINIMISE = "minimise"
    ACCESS = "access"
    LETTER = "letter"
    REPLY = "reply"
    DESTROYABLE = "destroyable"
    ALIASES = "aliases"
    UNOPENED = "unopened"


class Reason(Enum):
    """Whether an action has a reason."""

    NONE = auto()
    OPTIONAL = auto()
    REQUIRED = auto()


class Form(Enum):
    """The type of a value in an entry. The program chooses only the codes; the other values are data."""

    NUMBER = auto()
    TEXT = auto()
    NAMES = auto()
    OFFICER = auto()
    OFFICERS = auto()
    DAY = auto()
    FLAG = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """The type of a value. If the value is a code, its label is in the table ``labels`` of labels.toml."""

    form: Form
    labels: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The conditions of an action, and the values that its entry may have.

    ``officers``: 2 if the action discloses data for good, or removes a safeguard of the other officers.

    ``quarantine``: the action also applies to a case in quarantine, because it shows no part of the report.

    ``undeclared``: the action also applies to a case that a signed-in officer has not declared yet. The
    declaration itself is such an action, and so are actions that exclude an officer from a case or admit an
    officer.

    ``all_cases``: the program works on all cases, but shows only cases that the officers may see.

    ``reads``: the action changes only the journal. ``once``: the journal records the action once for each
    officer and session, because a repetition shows nothing new.

    ``oversight``: oversight counts the action. Oversight counts actions that depart from routine or from a
    proposal of the rules, and actions that end a case. It also counts actions that change who can act, who
    can see something, or how the work is measured.

    ``compared``: the action has an officer's text in addition to its reason. This text is compared with the
    reporter's identity (``comparisons``).

    ``alarm``: one officer alone can always take the action. If the action's reason may no longer be compared,
    the reason is discarded.
    """

    officers: int = 1
    reason: Reason = Reason.NONE
    quarantine: bool = False
    undeclared: bool = False
    all_cases: bool = False
    reads: bool = False
    once: bool = False
    oversight: bool = False
    compared: bool = False
    alarm: bool = False
    values: Mapping[str, Field] = field(default_factory=dict)


_NUMBER, _TEXT, _NAMES, _DAY, _FLAG = map(Field, (Form.NUMBER, Form.TEXT, Form.NAMES, Form.DAY, Form.FLAG))


def _code(labels: str) -> Field:
    return Field(Form.CODE, labels)


_NEEDED = Reason.REQUIRED
_VIEW = {"view": _code("view")}
_OFFICER = {"officer": Field(Form.OFFICER)}
_UNKEPT = {"reason_unkept": _FLAG}
_MEASURE = {"measure": _NUMBER}
_REMOVED_MEASURE = _MEASURE | {"kind": _code("measure"), "recorded": _DAY}
_REQUEST = {"request": _NUMBER}
_ANSWERS = {ACKNOWLEDGES: _FLAG, FEEDBACK: _FLAG}
_GIVEN = {"what": _code("what"), "ground": _code("ground")}
_CLOSING = {
    "outcome": _code("outcome"),
    "disclosure": _code("disclosure"),
    "despite": _FLAG,
    **_ANSWERS,
}
_DECIDING = {
    "duty": _code("duty"),
    "decision": _code("decision"),
    "decision_ground": _code("decision_ground"),
    "despite": _FLAG,
}
_LAW = {"law": _TEXT}
_VISA_LIST = {"list": _TEXT}
_REGISTER = {"register": _code("register"), "year": _NUMBER}
_CONSULTATION = {"consultation": _NUMBER}
_SHARING = {"sharing": _TEXT, "quorum": _NUMBER}
_PARTS = ("danger", "immediacy", "severity", "verifiability", "corroboration", "access")

TABLE: Mapping[Code, Rule] = {
    Code.FOUND: Rule(all_cases=True, values=_SHARING | _LAW),
    Code.UPGRADE: Rule(all_cases=True, values={"from_version": _TEXT, "to_version": _TEXT}),
    Code.OPEN: Rule(reads=True, values={"surface": _code("surface"), "program_version": _TEXT}),
    Code.SIGN_IN: Rule(reads=True),
    Code.LIST: Rule(reads=True, values=_VIEW),
    Code.SEARCH: Rule(reads=True, values=_VIEW),
    Code.SHOW: Rule(reads=True, once=True, values=_VIEW | {"purpose": _code("purpose")}),
    Code.DECLARE: Rule(undeclared=True),
    Code.PREVIEW: Rule(reads=True, once=True, values={"file": _NUMBER, "page": _NUMBER}),
    Code.REPLY: Rule(
        reason=Reason.OPTIONAL,
        compared=True,
        quarantine=True,
        values={"template": _code("reply"), "despite": _FLAG} | _ANSWERS,
    ),
    # A case can also be closed in quarantine. The officer first sees the reply that would be sent, but
    # no part of the case.
    Code.PREVIEW_REPLY: Rule(reads=True, compared=True, quarantine=True),
    Code.UNSEND: Rule(oversight=True, values={"reply": _NUMBER} | _ANSWERS),
    Code.LIST_TEMPLATES: Rule(reads=True),
    Code.SET_STATUS: Rule(quarantine=True, values={"status": _code("status")}),
    Code.JUDGE: Rule(reason=_NEEDED, oversight=True, values=dict.fromkeys(_PARTS, _NUMBER)),
    Code.JUNK: Rule(reason=_NEEDED, oversight=True),
    Code.RECOVER: Rule(reason=Reason.OPTIONAL, oversight=True),
    # The action takes two officers if one officer alone could test names against the identity or prevent a
    # disclosure of the case.
    Code.KEEP_IDENTITY: Rule(oversight=True),
    Code.NOTE_CONSENT: Rule(
        reason=Reason.OPTIONAL, oversight=True, compared=True, values={"consent": _code("consent")}
    ),
    Code.LIST_DISCLOSURES: Rule(reads=True, once=True),
    Code.DISCLOSE: Rule(reason=Reason.OPTIONAL, oversight=True, compared=True, values=_GIVEN),
    Code.NOTE: Rule(),
    Code.TAG: Rule(values={"removed": _FLAG}),
    Code.ASSIGN: Rule(values=_OFFICER),
    Code.ASSESS_SOURCE: Rule(reason=_NEEDED, quarantine=True, values={"risk": _code("source_risk")}),
    Code.RATE: Rule(reason=_NEEDED, values={"credibility": _code("credibility")}),
    Code.RECORD_MEASURE: Rule(
        reason=Reason.OPTIONAL,
        compared=True,
        values={"kind": _code("measure"), "despite": _FLAG, "sha256": _TEXT},
    ),
    Code.END_PROCEEDINGS: Rule(
        officers=2, quarantine=True, oversight=True, values={"kind": _code("measure")}
    ),
    Code.TELL_MEASURE: Rule(values=_MEASURE | {"no_longer": _FLAG}),
    Code.REMOVE_MEASURE: Rule(reason=_NEEDED, oversight=True, values=_REMOVED_MEASURE),
    Code.CLOSE: Rule(reason=Reason.OPTIONAL, quarantine=True, oversight=True, compared=True, values=_CLOSING),
    Code.REOPEN: Rule(reason=_NEEDED, oversight=True),
    Code.DECIDE: Rule(reason=_NEEDED, quarantine=True, oversight=True, compared=True, values=_DECIDING),
    Code.DECIDE_BY_TWO: Rule(
        officers=2, reason=_NEEDED, quarantine=True, oversight=True, compared=True, values=_DECIDING
    ),
    Code.EXTEND: Rule(reason=_NEEDED, oversight=True, compared=True, values={"despite": _FLAG}),
    Code.HOLD: Rule(reason=_NEEDED, quarantine=True, oversight=True),
    Code.READ_TIMELINE: Rule(reads=True, once=True),
    Code.OVERSEE: Rule(reads=True, quarantine=True),
    Code.MEASURE_GOALS: Rule(reads=True, quarantine=True, values={"year": _NUMBER}),
    Code.LIST_SETTINGS: Rule(reads=True),
    Code.CHOOSE_REGIME: Rule(all_cases=True, oversight=True, values={"regime": _code("regime")}),
    Code.CHANGE_DAYS_OFF: Rule(
        all_cases=True,
        oversight=True,
        values={"days_off": _code("days_off"), "days": _NUMBER, "first": _DAY, "last": _DAY},
    ),
    Code.CONTINUE_NUMBERING: Rule(all_cases=True, oversight=True, values={"last_case": _NUMBER}),
    Code.COLLECT: Rule(all_cases=True, values={"bundle": _NUMBER}),
    # Each new case of a bundle has its own entry: one entry for the whole bundle would reveal a case to an
    # officer whom the case excludes. ``unanswerable``: nobody can reply, so no reply is due.
    Code.FILED: Rule(undeclared=True, values={"received": _DAY, "unanswerable": _FLAG}),
    Code.ENTER: Rule(all_cases=True, values={"route": _code("route"), "received": _DAY}),
    Code.MAKE_OUTBOX: Rule(all_cases=True),
    Code.COPY_OUTBOX: Rule(all_cases=True, values={"outbox": _NUMBER}),
    Code.RENEW_KEYRING: Rule(all_cases=True),
    Code.EXPORT_CARD: Rule(),
    Code.READ_JOURNAL: Rule(reads=True, values={"how": _code("how")}),
    Code.LIST_KEYS: Rule(reads=True, values=_VIEW),
    Code.LIST_CHANNELS: Rule(reads=True),
    Code.LIST_OFFICERS: Rule(reads=True),
    Code.ACKNOWLEDGE_RENEWAL: Rule(oversight=True),
    Code.EXCLUDE: Rule(
        undeclared=True, reason=_NEEDED, oversight=True, alarm=True, values=_OFFICER | _UNKEPT
    ),
    Code.FOUND_CONFLICT: Rule(undeclared=True, oversight=True, values=_OFFICER),
    # This action is taken when the officer is excluded from another case about the same matter, or when the
    # two cases are linked.
    Code.SPREAD_CONFLICT: Rule(undeclared=True, oversight=True, values=_OFFICER),
    Code.LIST_CONFLICTS: Rule(reads=True, values=_VIEW),
    Code.LIST_LINKS: Rule(reads=True, once=True),
    Code.LINK: Rule(values={"relation": _code("relation")}),
    Code.UNLINK: Rule(),
    Code.DISMISS_LINK: Rule(),
    Code.ENTRUST: Rule(oversight=True, values={"officers": Field(Form.OFFICERS)}),
    Code.OPEN_TO_ALL: Rule(oversight=True),
    Code.LIST_HANDLERS: Rule(undeclared=True, reads=True, once=True),
    Code.LIST_RETENTION: Rule(reads=True, quarantine=True, values=_VIEW),
    Code.LIST_DESTROYED: Rule(reads=True),
    # Registers also cover cases in quarantine: codes and days reveal nothing about a report.
    Code.READ_REGISTER: Rule(reads=True, quarantine=True, values=_REGISTER),
    Code.EXPORT_REGISTER: Rule(quarantine=True, oversight=True, values=_REGISTER),
    Code.RECORD_CONSULTATION: Rule(values=_CONSULTATION),
    Code.WRITE_SHEET: Rule(values={"sheet": _code("sheet")}),
    Code.RETRACT_CONSULTATION: Rule(reason=_NEEDED, oversight=True, values=_CONSULTATION),
    # These two actions name no case. Their lists include cases in quarantine, but no list shows any part of a
    # report.
    Code.LIST_FOR_VISA: Rule(reason=Reason.OPTIONAL, quarantine=True, values=_VISA_LIST),
    Code.RECORD_VISA: Rule(
        officers=2, quarantine=True, oversight=True, values=_VISA_LIST | {"day": _DAY, "reference": _TEXT}
    ),
    Code.DESTROYED: Rule(
        values={"rule": _code("rule"), "outcome": _code("outcome"), "junk": _FLAG, "unanswered": _FLAG}
    ),
    Code.QUARANTINE: Rule(undeclared=True, reason=_NEEDED, oversight=True, alarm=True, values=_UNKEPT),
    Code.BACK_UP: Rule(values={"keystore": _TEXT}),
    Code.RESTORE: Rule(oversight=True, values={"backup": _DAY, "next_case": _NUMBER}),
    Code.EXTRACT: Rule(officers=2, reason=_NEEDED, oversight=True, values={"file": _NUMBER}),
    Code.CLOSE_BY_TWO: Rule(
        officers=2, reason=Reason.OPTIONAL, quarantine=True, oversight=True, values=_CLOSING
    ),
    Code.ACCEPT_INSTANCE: Rule(
        officers=2, all_cases=True, oversight=True, values={"bundle": _NUMBER, "portal": _TEXT}
    ),
    Code.SIGN_PAGES: Rule(officers=2, values={"serial": _NUMBER, "sha256": _TEXT}),
    Code.ADOPT_TEMPLATES: Rule(officers=2, oversight=True),
    Code.ADOPT_QUESTIONNAIRE: Rule(
        officers=2, oversight=True, values={"questionnaire": _TEXT, "version": _NUMBER}
    ),
    Code.ADOPT_LAW: Rule(officers=2, all_cases=True, oversight=True, values=_LAW | {"despite": _FLAG}),
    # The figures count all cases, including those that an officer may not read. So two officers are
    # needed even to read the exact figures.
    Code.ADOPT_PLAN: Rule(
        officers=2, all_cases=True, oversight=True, values={"first_year": _NUMBER, "sha256": _TEXT}
    ),
    Code.MAKE_EDITION: Rule(
        officers=2,
        all_cases=True,
        oversight=True,
        values={"year": _NUMBER, "sha256": _TEXT, "certificate": _TEXT},
    ),
    Code.READ_FIGURES: Rule(officers=2, reads=True, oversight=True, values={"year": _NUMBER}),
    Code.ACCEPT_CARD: Rule(
        officers=2, oversight=True, values={"channel": _TEXT, "card": _NUMBER, "key": _TEXT}
    ),
    Code.REMOVE_CHANNEL: Rule(officers=2, oversight=True, values={"channel": _TEXT}),
    Code.ROTATE_KEYS: Rule(officers=2, reason=Reason.OPTIONAL, oversight=True, values={"at_once": _FLAG}),
    Code.DESTROY_KEYS: Rule(
        officers=2,
        reason=Reason.OPTIONAL,
        oversight=True,
        values={"keys": _NAMES, "more": _NUMBER, "first_keystore": _TEXT, "last_keystore": _TEXT},
    ),
    Code.CHANGE_OFFICERS: Rule(
        officers=2,
        reason=Reason.OPTIONAL,
        all_cases=True,
        oversight=True,
        values={"officer_added": _TEXT, "officer_removed": _TEXT} | _SHARING,
    ),
    Code.RENEW_SHARES: Rule(
        officers=2,
        reason=Reason.OPTIONAL,
        all_cases=True,
        oversight=True,
        values=_SHARING | {"passphrases_lost": _FLAG},
    ),
    Code.CORRECT_CLOCK: Rule(officers=2, reason=_NEEDED, oversight=True),
    Code.LIFT_CONFLICT: Rule(officers=2, reason=_NEEDED, oversight=True, values=_OFFICER),
    Code.NAME_ALIAS: Rule(officers=2, all_cases=True, oversight=True, values=_OFFICER),
    Code.REMOVE_ALIAS: Rule(officers=2, oversight=True, values=_OFFICER),
    Code.READ_IDENTITY: Rule(reads=True, officers=2, oversight=True),
    # The program makes this entry together with the entry of the action that carries the text, or instead of
    # that entry.
    Code.COMPARE_IDENTITY: Rule(reads=True, values={"touched": _FLAG, "words_shown": _FLAG}),
    Code.DISCLOSE_IDENTITY: Rule(officers=2, reason=Reason.OPTIONAL, oversight=True, values=_GIVEN),
    Code.BREAK_GLASS: Rule(undeclared=True, officers=2, reason=_NEEDED, oversight=True),
    Code.OPEN_ARCHIVED: Rule(undeclared=True, officers=2, reason=_NEEDED, quarantine=True, oversight=True),
    Code.MAKE_DOSSIER: Rule(
        officers=2,
        reason=Reason.OPTIONAL,
        oversight=True,
        values={
            "purpose": _code("purpose"),
            "enclosed": _code("enclosed"),
            "recipient": _TEXT,
            "as_measure": _FLAG,
            "despite": _FLAG,
        },
    ),
    # A letter requires as many officers as the decision behind it. The ledger names the recipient.
    Code.WRITE_LETTER: Rule(
        reason=Reason.OPTIONAL,
        oversight=True,
        compared=True,
        values={"letter": _code("letter"), "despite": _FLAG},
    ),
    Code.RECORD_ACCESS: Rule(values=_REQUEST),
    # All open requests are extended, because extending a single request would show that data was found on
    # that person.
    Code.EXTEND_ACCESS: Rule(officers=2, oversight=True, values={"because": _code("because")}),
    # The entry does not name the request, because some readers of the journal must not learn that this case
    # names the person.
    Code.NOTE_UNOPPOSED: Rule(officers=2, oversight=True),
    Code.JUDGE_NAME: Rule(reason=_NEEDED, oversight=True, values={"same_person": _FLAG}),
    # The entry names no case, because a withheld entry would show an excluded officer that a case names the
    # person.
    Code.ANSWER_ACCESS: Rule(officers=2, oversight=True, values=_REQUEST),
    Code.DESTROY_CASES: Rule(
        officers=2,
        reason=Reason.OPTIONAL,
        quarantine=True,
        values={"cases": _NUMBER, "by_one_clock": _FLAG},
    ),
    Code.DISCARD_UNOPENED: Rule(
        officers=2,
        reason=Reason.OPTIONAL,
        oversight=True,
        values={"entries": _NUMBER, "by_one_clock": _FLAG},
    ),
    Code.ACCEPT_GAP: Rule(
        officers=2,
        all_cases=True,
        oversight=True,
        values={"bundle": _NUMBER, "after_bundle": _NUMBER, "outbox": _NUMBER, "after_outbox": _NUMBER},
    ),
    Code.LIFT_QUARANTINE: Rule(officers=2, reason=_NEEDED, quarantine=True, oversight=True),
    Code.MINIMISE: Rule(officers=2, reason=_NEEDED, oversight=True, values={"place": _TEXT}),
    Code.RELEASE_HOLD: Rule(officers=2, reason=_NEEDED, quarantine=True, oversight=True),
    Code.REMOVE_PROCEEDINGS: Rule(officers=2, reason=_NEEDED, oversight=True, values=_REMOVED_MEASURE),
}


@dataclass(frozen=True, slots=True)
class Action:
    """One action: its code, the case, the officer's reason, and values by name.

    Created by ``action``. Neither the values nor the reason may contain any part of a report. ``officers`` is
    the number of officers that the action takes: the number in ``TABLE``, or a larger number (see ``by``).
    ``why_two`` explains why two officers are needed for an action that one officer can usually take alone,
    unless this is obvious.
    """

    code: Code
    case: int | None
    reason: str
    values: Mapping[str, Value]
    officers: int
    why_two: Sentence | None = None

    @property
    def rule(self) -> Rule:
        """The conditions of this action."""
        return TABLE[self.code]

    def by(self, least: int, why: Sentence | None = None) -> "Action":
        """Return the same action with a minimum number of officers.

        ``why`` explains the number if it is not obvious.
        """
        return replace(self, officers=max(self.rule.officers, least), why_two=why)

    def without_reason(self) -> "Action":
        """Return the same action without its reason. The journal records that a reason was given."""
        return replace(self, reason="", values=dict(self.values) | {"reason_unkept": True})


def action(code: Code, case: int | None = None, reason: str = "", /, **values: Value | date | None) -> Action:
    """Return an action. Values that are None or False are omitted.

    The reason is put on one line. Raises Refused for a missing reason, for a reason or a text that is too
    long for an entry, and for an invalid officer's name. Raises TypeError if TABLE does not
    allow a value or a reason, because the program then has a bug.
    """
    rule = TABLE[code]
    kept = {
        name: _written(value) for name, value in values.items() if value is not None and value is not False
    }
    if unknown := set(kept) - set(rule.values):
        raise TypeError(f"{code} has no {', '.join(sorted(unknown))}")
    for name, value in kept.items():
        _check(rule.values[name], value)
    reason = one_line(reason)
    if reason and rule.reason is Reason.NONE:
        raise TypeError(f"{code} has no reason")
    if rule.reason is Reason.REQUIRED and not reason:
        raise Refused(
            sentence("a reason is required"), sentence("say in a few words why, without quoting the report")
        )
    if len(reason) > LONGEST_REASON:
        raise Refused(
            sentence("all reasons together may have at most {most} characters", most=LONGEST_REASON),
            sentence("shorten them"),
        )
    return Action(code, case, reason, kept, rule.officers)


def _check(field: Field, value: Value) -> None:
    """Raise Refused for a value that this field cannot hold."""
    for text in [value] if isinstance(value, str) else value if isinstance(value, tuple) else ():
        if field.form in {Form.OFFICER, Form.OFFICERS}:
            secret_sharing.check_name(text)
        if len(text) > LONGEST_TEXT:
            raise Refused(
                sentence("a line may have at most {most} characters", most=LONGEST_TEXT),
                sentence("use fewer words"),
            )


def _written(value: Value | date) -> Value:
    match value:
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case _:
            return value


# Shows the actions, their cases and the required number of officers, and asks officers for their passphrases
# again. Returns the officers who typed their passphrases.
Confirm: TypeAlias = Callable[[Sequence[Action], int], Mapping[str, Presence]]


def nobody(_: Sequence[Action], __: int) -> Mapping[str, Presence]:
    """Confirm nothing."""
    return {}


@dataclass(frozen=True, slots=True)
class Actor:
    """The officers who act, the current day, and ``confirm``, which asks two officers for confirmation.

    ``present`` states, for each of the ``officers`` who act together, how this officer takes part. Officers
    who act together see only what all of them may see. ``is_fresh``: these officers typed their passphrases
    for this action. ``session`` distinguishes the sessions of an officer in the same open inbox.
    """

    present: Mapping[str, Presence]
    today: date
    confirm: Confirm = field(default=nobody, repr=False)
    is_fresh: bool = False
    session: str = field(default="", repr=False)

    @property
    def officers(self) -> tuple[str, ...]:
        """The names of the officers who act."""
        return tuple(self.present)
