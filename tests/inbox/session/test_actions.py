"""The table of actions.

Each action has labels in both languages, is used in the program, and is created in only one package.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from crypto.journal import LONGEST_REASON, LONGEST_TEXT, Value
from crypto.questionnaire import Texts
from inbox.language import labels
from inbox.language.errors import Refused
from inbox.session import action_words
from inbox.session.actions import TABLE, Code, Field, Form, Reason, action
from tests.support.paths import ROOT

INBOX = ROOT / "inbox"
SURFACES = [*(INBOX / "cli").rglob("*.py"), *(INBOX / "desk").rglob("*.py")]
FIELDS = sorted({(name, field) for rule in TABLE.values() for name, field in rule.values.items()}, key=str)


# These sets are literal, so a change to the table also requires a change here.
#
# These actions need a reason.
REASONED = {
    Code.ASSESS_SOURCE,
    Code.BREAK_GLASS,
    Code.CORRECT_CLOCK,
    Code.DECIDE,
    Code.DECIDE_BY_TWO,
    Code.EXCLUDE,
    Code.EXTEND,
    Code.EXTRACT,
    Code.HOLD,
    Code.JUDGE,
    Code.JUDGE_NAME,
    Code.JUNK,
    Code.LIFT_CONFLICT,
    Code.LIFT_QUARANTINE,
    Code.MINIMISE,
    Code.OPEN_ARCHIVED,
    Code.QUARANTINE,
    Code.RATE,
    Code.RELEASE_HOLD,
    Code.REMOVE_MEASURE,
    Code.REMOVE_PROCEEDINGS,
    Code.REOPEN,
    Code.RETRACT_CONSULTATION,
}
# These actions may have a reason.
MAY_BE_REASONED = {
    Code.CHANGE_OFFICERS,
    Code.CLOSE,
    Code.CLOSE_BY_TWO,
    Code.DESTROY_CASES,
    Code.DISCARD_UNOPENED,
    Code.DESTROY_KEYS,
    Code.DISCLOSE,
    Code.DISCLOSE_IDENTITY,
    Code.LIST_FOR_VISA,
    Code.MAKE_DOSSIER,
    Code.NOTE_CONSENT,
    Code.RECOVER,
    Code.RENEW_SHARES,
    Code.RECORD_MEASURE,
    Code.REPLY,
    Code.ROTATE_KEYS,
    Code.WRITE_LETTER,
}
# The oversight report counts these actions. These actions are exceptional, or change the rules, or change who
# can act or see.
OVERSEEN = {
    Code.ADOPT_PLAN,
    Code.MAKE_EDITION,
    Code.READ_FIGURES,
    Code.ADOPT_LAW,
    Code.ACCEPT_CARD,
    Code.ACCEPT_GAP,
    Code.ACCEPT_INSTANCE,
    Code.ACKNOWLEDGE_RENEWAL,
    Code.ADOPT_QUESTIONNAIRE,
    Code.ADOPT_TEMPLATES,
    Code.ANSWER_ACCESS,
    Code.BREAK_GLASS,
    Code.CHANGE_DAYS_OFF,
    Code.CHANGE_OFFICERS,
    Code.CHOOSE_REGIME,
    Code.CLOSE,
    Code.CLOSE_BY_TWO,
    Code.CONTINUE_NUMBERING,
    Code.CORRECT_CLOCK,
    Code.DECIDE,
    Code.DECIDE_BY_TWO,
    Code.DESTROY_KEYS,
    Code.DISCARD_UNOPENED,
    Code.DISCLOSE,
    Code.DISCLOSE_IDENTITY,
    Code.END_PROCEEDINGS,
    Code.ENTRUST,
    Code.EXCLUDE,
    Code.EXPORT_REGISTER,
    Code.EXTEND,
    Code.EXTEND_ACCESS,
    Code.EXTRACT,
    Code.FOUND_CONFLICT,
    Code.HOLD,
    Code.JUDGE,
    Code.JUDGE_NAME,
    Code.JUNK,
    Code.LIFT_CONFLICT,
    Code.LIFT_QUARANTINE,
    Code.MAKE_DOSSIER,
    Code.MINIMISE,
    Code.NAME_ALIAS,
    Code.KEEP_IDENTITY,
    Code.NOTE_CONSENT,
    Code.NOTE_UNOPPOSED,
    Code.OPEN_ARCHIVED,
    Code.OPEN_TO_ALL,
    Code.QUARANTINE,
    Code.READ_IDENTITY,
    Code.RECORD_VISA,
    Code.RECOVER,
    Code.RELEASE_HOLD,
    Code.REMOVE_ALIAS,
    Code.REMOVE_CHANNEL,
    Code.REMOVE_MEASURE,
    Code.REMOVE_PROCEEDINGS,
    Code.RENEW_SHARES,
    Code.REOPEN,
    Code.RESTORE,
    Code.RETRACT_CONSULTATION,
    Code.ROTATE_KEYS,
    Code.SPREAD_CONFLICT,
    Code.UNSEND,
    Code.WRITE_LETTER,
}
# These actions only read.
READING = {
    Code.COMPARE_IDENTITY,
    Code.LIST,
    Code.LIST_CHANNELS,
    Code.LIST_CONFLICTS,
    Code.LIST_DESTROYED,
    Code.LIST_DISCLOSURES,
    Code.LIST_HANDLERS,
    Code.LIST_KEYS,
    Code.LIST_LINKS,
    Code.LIST_OFFICERS,
    Code.LIST_RETENTION,
    Code.LIST_SETTINGS,
    Code.READ_FIGURES,
    Code.LIST_TEMPLATES,
    Code.MEASURE_GOALS,
    Code.OPEN,
    Code.OVERSEE,
    Code.PREVIEW,
    Code.PREVIEW_REPLY,
    Code.READ_IDENTITY,
    Code.READ_JOURNAL,
    Code.READ_REGISTER,
    Code.READ_TIMELINE,
    Code.SEARCH,
    Code.SHOW,
    Code.SIGN_IN,
}
# These actions are recorded only once in a session.
ONCE = {
    Code.LIST_DISCLOSURES,
    Code.LIST_HANDLERS,
    Code.LIST_LINKS,
    Code.PREVIEW,
    Code.READ_TIMELINE,
    Code.SHOW,
}
# These actions concern all cases.
ON_ALL_CASES = {
    Code.ACCEPT_GAP,
    Code.ACCEPT_INSTANCE,
    Code.ADOPT_LAW,
    Code.CHANGE_DAYS_OFF,
    Code.CHANGE_OFFICERS,
    Code.ADOPT_PLAN,
    Code.MAKE_EDITION,
    Code.CHOOSE_REGIME,
    Code.COLLECT,
    Code.CONTINUE_NUMBERING,
    Code.COPY_OUTBOX,
    Code.ENTER,
    Code.FOUND,
    Code.MAKE_OUTBOX,
    Code.NAME_ALIAS,
    Code.RENEW_KEYRING,
    Code.RENEW_SHARES,
    Code.UPGRADE,
}
# An officer can take these actions on a case without declaring interests in it.
UNDECLARED = {
    Code.BREAK_GLASS,
    Code.DECLARE,
    Code.EXCLUDE,
    Code.FILED,
    Code.FOUND_CONFLICT,
    Code.LIST_HANDLERS,
    Code.OPEN_ARCHIVED,
    Code.QUARANTINE,
    Code.SPREAD_CONFLICT,
}
# These actions have a text, which is compared with the reporter's identity.
COMPARED = {
    Code.CLOSE,
    Code.DECIDE,
    Code.DECIDE_BY_TWO,
    Code.DISCLOSE,
    Code.EXTEND,
    Code.NOTE_CONSENT,
    Code.PREVIEW_REPLY,
    Code.RECORD_MEASURE,
    Code.REPLY,
    Code.WRITE_LETTER,
}
# These actions show nothing of a report, so they are allowed on a case in quarantine.
IN_QUARANTINE = {
    Code.REPLY, Code.PREVIEW_REPLY, Code.SET_STATUS, Code.CLOSE, Code.CLOSE_BY_TWO, Code.DECIDE,
    Code.DECIDE_BY_TWO, Code.ASSESS_SOURCE, Code.END_PROCEEDINGS,
    Code.HOLD, Code.RELEASE_HOLD, Code.OVERSEE, Code.LIST_RETENTION, Code.DESTROY_CASES,
    Code.LIFT_QUARANTINE, Code.LIST_FOR_VISA, Code.MEASURE_GOALS, Code.RECORD_VISA, Code.OPEN_ARCHIVED,
    Code.READ_REGISTER, Code.EXPORT_REGISTER,
}  # fmt: skip


def is_said(label: Texts | None) -> bool:
    return label is not None and bool(label.fr and label.en)


def made_here(source: str) -> Iterator[int]:
    """Yield the lines on which this source text creates an action, or opens the inbox for an action."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="action" | "Action")):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="acting" | "Action")):
                yield node.lineno


def test_every_action_code_is_in_the_table() -> None:
    assert set(Code) == set(TABLE)


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_every_value_of_an_action_has_a_label_in_both_languages(name: str, field: Field) -> None:
    """A code has its own label.

    Any other value is shown with the label of the field. This label has a placeholder for the value, unless
    the value is a flag.
    """
    if field.form is Form.CODE:
        assert all(map(is_said, labels.of(field.labels).values()))
        return
    label = labels.of("value").get(name)
    assert is_said(label)
    places = {"{value}" in text for text in (label.fr, label.en)}
    assert places == {field.form is not Form.FLAG}


def test_the_name_of_a_value_has_the_same_meaning_in_every_action() -> None:
    """The program looks up a label only by the name of its value."""
    assert len({name for name, _ in FIELDS}) == len(FIELDS)


def test_an_action_takes_either_one_officer_or_two() -> None:
    assert {1, 2} == {rule.officers for rule in TABLE.values()}
    assert 1 == action(Code.NOTE, 1).officers


def test_this_module_lists_actions_that_have_a_reason_and_actions_that_oversight_counts() -> None:
    """The actions that take two officers are listed in test_two_officers.py."""
    assert {code for code, rule in TABLE.items() if rule.reason is Reason.REQUIRED} == REASONED
    assert {code for code, rule in TABLE.items() if rule.reason is Reason.OPTIONAL} == MAY_BE_REASONED
    assert {code for code, rule in TABLE.items() if rule.oversight} == OVERSEEN


@pytest.mark.parametrize(
    ("condition", "codes"),
    [
        ("reads", READING),
        ("once", ONCE),
        ("all_cases", ON_ALL_CASES),
        ("undeclared", UNDECLARED),
        ("compared", COMPARED),
        ("quarantine", IN_QUARANTINE),
    ],
)
def test_this_module_lists_the_actions_that_meet_each_condition(condition: str, codes: set[Code]) -> None:
    """Each change to the table is a decision, and must be repeated here.

    Actions that raise an alarm are listed in test_comparisons.py.
    """
    assert codes == {code for code, rule in TABLE.items() if getattr(rule, condition)}


@pytest.mark.parametrize("code", Code)
def test_an_action_has_a_reason_only_if_the_table_allows_or_requires_one(code: Code) -> None:
    """A required reason must not be blank. An action accepts only the values that the table lists."""
    reason = TABLE[code].reason
    if reason is Reason.NONE:
        with pytest.raises(TypeError):
            action(code, None, "x")
    for given in ("", "  \n"):
        if reason is Reason.REQUIRED:
            with pytest.raises(Refused, match="a reason is required"):
                action(code, None, given)
    assert code is action(code, None, "" if reason is Reason.NONE else "x").code
    with pytest.raises(TypeError):
        action(code, None, "" if reason is Reason.NONE else "x", no_such_value=1)


def test_the_lines_of_a_reason_are_joined_into_one_line() -> None:
    """Each line break becomes a space. The length limit applies to the result."""
    assert "as he said, twice" == action(Code.HOLD, 1, " as he\r\n said,\u2028\ttwice \n").reason
    assert LONGEST_REASON == len(action(Code.HOLD, 1, "\n" * 9 + "x" * LONGEST_REASON).reason)
    with pytest.raises(Refused, match="characters"):
        action(Code.HOLD, 1, "x" * (LONGEST_REASON + 1))


def test_the_length_of_a_text_in_a_journal_entry_is_limited() -> None:
    with pytest.raises(Refused, match="a line may have at most"):
        action(Code.LIST_FOR_VISA, list="x" * (LONGEST_TEXT + 1))
    longest = "x" * LONGEST_TEXT
    assert {"list": longest} == action(Code.LIST_FOR_VISA, list=longest).values


@pytest.mark.parametrize(
    ("code", "values", "said"),
    [
        ("tag", {"unknown": "x"}, "x"),
        ("set-status", {"status": "unknown"}, "unknown"),
        ("record-visa", {"day": "soon"}, "of soon"),
        ("set-status", {"status": "closed"}, "Closed"),
        ("record-visa", {"day": "2026-11-30", "reference": "AD 76"}, "of 30 November 2026, reference AD 76"),
        ("collect", {"bundle": 3}, "bundle 3"),
        ("tag", {"removed": True}, "removed"),
    ],
)
def test_the_values_of_an_action_are_shown_in_words(code: str, values: dict[str, Value], said: str) -> None:
    """A value without a label is shown unchanged."""
    assert said == action_words.values(code, values, "en")


def test_every_action_is_used_somewhere_in_the_program() -> None:
    """Otherwise, the table would list actions that nobody can take."""
    # The table of actions and the matrix of exits name all actions without using them.
    tables = {INBOX / "session" / "actions.py", INBOX / "casework" / "exits.py"}
    text = "".join(path.read_text("utf-8") for path in INBOX.rglob("*.py") if path not in tables)
    done = set(re.findall(r"\bCode\.([A-Z_0-9]+)\b", text))
    assert {code.name for code in Code} - done == set()


def test_the_search_finds_each_way_to_create_an_action() -> None:
    """The control for the next test. The search ignores code that only looks similar."""
    ways = ("action(Code.LIST)", "Action(Code.LIST)", "inbox.acting(who, deed)", "actions.Action(x)")
    assert [[1]] * len(ways) == [list(made_here(way)) for way in ways]
    assert [] == list(made_here("journal_view.action(code, told); g.action; link.reaction()"))


def test_no_command_or_page_creates_an_action_itself() -> None:
    """The code that commands and pages share creates each action."""
    found = {str(path): list(made_here(path.read_text("utf-8"))) for path in SURFACES}
    assert {} == {path: lines for path, lines in found.items() if lines}
    assert len(found) > 50


def test_the_name_of_an_action_is_shown_in_either_language() -> None:
    """An unknown action keeps its code."""
    assert "unknown" == action_words.action("unknown", "en")
    assert "note written" == action_words.action("note", "en")
    assert "note écrite" == action_words.action("note", "fr")
