"""The inbox compares answers with their questionnaire.

Odd answers are marked, and answers that raise a flag cause warnings.
"""

import pytest

from crypto import questionnaire
from crypto.questionnaire import Flag
from inbox.questionnaire import answers
from inbox.questionnaire.answers import Answer, Oddity
from tests.support.questionnaires import SHIPPED, SMALL

ASKED = questionnaire.parse(SMALL.encode())


@pytest.mark.parametrize(
    ("given", "odd"),
    [
        ({}, {}),
        ({"path": "a", "refs": "x" * 100, "days": "2026-01-31"}, {}),
        ({"path": "a", "days": "2026-01-31/2026-02-01"}, {}),
        ({"path": "b", "refs": "x"}, {"refs": Oddity.NOT_ASKED}),
        ({"refs": "x"}, {"refs": Oddity.NOT_ASKED}),
        ({"path": "z", "refs": "x"}, {"path": Oddity.UNKNOWN_ANSWER, "refs": Oddity.NOT_ASKED}),
        ({"path": ("a",)}, {"path": Oddity.UNKNOWN_ANSWER}),
        ({"other": ""}, {"other": Oddity.UNKNOWN_QUESTION}),
        ({"path": "a", "refs": "x" * 101}, {"refs": Oddity.TOO_LONG}),
        ({"path": "a", "refs": ("x", "y")}, {"refs": Oddity.UNKNOWN_ANSWER}),
        ({"path": "a", "days": "31.1.2026"}, {"days": Oddity.UNKNOWN_ANSWER}),
        ({"path": "a", "days": "2026-02-30"}, {"days": Oddity.UNKNOWN_ANSWER}),
        ({"path": "a", "days": "2026-02-02/2026-02-01"}, {"days": Oddity.UNKNOWN_ANSWER}),
        ({"path": "a", "days": "2026-02-02/"}, {"days": Oddity.UNKNOWN_ANSWER}),
    ],
)
def test_an_answer_that_the_report_page_cannot_send_is_marked_as_odd(
    given: dict[str, Answer], odd: dict[str, Oddity]
) -> None:
    """A report that was made by hand can contain any answer. No answer may cause a crash."""
    assert odd == answers.oddities(ASKED, given)


def test_a_question_that_depends_on_a_hidden_question_counts_as_not_asked() -> None:
    """In this test, the amount depends on the means, and the means depend on the path."""
    shipped = questionnaire.parse(SHIPPED)
    given: dict[str, Answer] = {"path": "approached", "means": ("gift", "money"), "amount": "under_1k"}
    assert {} == answers.oddities(shipped, given)
    odd = answers.oddities(shipped, given | {"path": "saw"})
    assert {"means": Oddity.NOT_ASKED, "amount": Oddity.NOT_ASKED} == odd


def test_flags_are_listed_in_the_order_of_their_importance() -> None:
    """Danger is the first flag. Each flag is listed once, however many answers raise it."""
    assert [] == answers.flags(ASKED, {"path": "b"})
    assert [Flag.DANGER, Flag.PROTECT] == answers.flags(ASKED, {"refs": "x", "path": "a"})
    shipped = questionnaire.parse(SHIPPED)
    assert [Flag.SOURCE_RISK] == answers.flags(shipped, {"how_many": "few"})
    assert [Flag.DANGER] == answers.flags(shipped, {"danger_now": "unsure"})
    assert [] == answers.flags(shipped, {"how_many": "many", "unknown": "only_me"})
