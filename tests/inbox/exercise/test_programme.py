"""The programme: valid reports in both languages, every situation of the training, and marked files."""

import io
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from PIL import Image

from crypto import exercise as deployments
from crypto import questionnaire
from crypto.errors import Malformed
from crypto.questionnaire import Kind as QuestionKind
from inbox.exercise import begin, enclosures, programme, release
from inbox.exercise.enclosures import Kind
from inbox.exercise.state import Released, State
from inbox.session.actions import TABLE
from inbox.text import entities
from tests.support.inbox_builders import QUESTIONNAIRE
from tests.support.paths import ROOT

WHOLE = programme.load()
RAW = (ROOT / "inbox/exercise/programme.toml").read_text("utf-8")
DEPLOYMENT = deployments.draw(exercise=True)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('step = "prosecutor"', 'step = "lunch"'),
        ('report = "container"', 'report = "nobody"'),
    ],
)
def test_a_programme_that_names_something_unknown_is_refused(wrong: str, right: str) -> None:
    with pytest.raises(KeyError):
        programme.parse(RAW.replace(wrong, right).encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('actions = ["link"]', 'actions = ["shred"]'),
        ('enclosures = ["photo"]', 'enclosures = ["film"]'),
        ("minute = 15", "minute = -1"),
        ('title.en = "The reports arrive"\n', ""),
    ],
)
def test_a_programme_of_a_wrong_form_is_refused(old: str, new: str) -> None:
    """Also one without a translation."""
    assert old in RAW
    with pytest.raises(Malformed):
        programme.parse(RAW.replace(old, new).encode())


def test_about_a_dozen_reports_are_in_both_languages() -> None:
    """They have different subjects, and three of them have files."""
    languages = Counter(each.language for each in WHOLE.reports)
    assert 12 == sum(languages.values())
    assert min(languages["fr"], languages["en"]) >= 3
    assert len({each.answers["category"] for each in WHOLE.reports}) >= 9
    assert {kind for each in WHOLE.reports for kind in each.enclosures} == {*Kind}


def test_the_programme_has_every_situation_of_the_training() -> None:
    """In this order, with more than enough time for each, within two hours."""
    assert [each.id for each in WHOLE.steps] == [
        "arrivals", "prosecutor", "source", "logs", "conflict", "quorum", "hostile", "suspect",
    ]  # fmt: skip
    minutes = [each.minute for each in WHOLE.steps]
    assert minutes[0] == 0
    assert max(minutes) < 120
    assert all(later - earlier >= 10 for earlier, later in pairwise(minutes))


def test_each_answer_is_one_that_the_page_could_give() -> None:
    """Otherwise the desk would show a report that no portal can send."""
    fields = {each.id: each for each in questionnaire.parse(QUESTIONNAIRE.read_bytes()).fields}
    for report in WHOLE.reports:
        asked = [fields[question] for question in report.answers]
        assert asked == sorted(asked, key=[*fields.values()].index)
        for field in asked:
            answer = report.answers[field.id]
            chosen = {*answer} if field.kind is QuestionKind.CHOICES else {answer}
            assert (field.kind is QuestionKind.CHOICES) == isinstance(answer, tuple), (report.id, field.id)
            if field.options:
                assert chosen <= {each.id for each in field.options}, (report.id, field.id)
            else:
                assert len(answer) <= field.most


def test_the_desk_can_suggest_the_link_that_officers_should_find() -> None:
    """It recognises only the numbers of containers that have a correct check digit."""
    reports = {each.id: str(each.answers["what"]) for each in WHOLE.reports}
    found = [
        {
            each.value
            for each in entities.found_in([reports[name]], "FR")
            if each.kind is entities.Kind.CONTAINER
        }
        for name in ("container", "duplicate")
    ]
    assert found[0] == found[1] != set()


def test_the_conflicted_officer_and_the_thief_s_victim_are_officers_of_the_exercise() -> None:
    """Otherwise the steps would be about nobody."""
    named = {each.id: each for each in WHOLE.reports}["conflict"]
    assert str(named.answers["who_id"]).lower() == "keller"
    (quorum,) = (each for each in WHOLE.steps if each.id == "quorum")
    assert "morel" in quorum.tell.fr
    assert {"keller", "morel"} < {*begin.OFFICERS}


def test_each_expected_action_is_recorded_in_the_journal() -> None:
    """The debrief finds nothing else. An action on a report is an action on a case."""
    for step in WHOLE.steps:
        assert step.expected, step.id
        for each in step.expected:
            assert {*each.actions} <= TABLE.keys()


def test_each_invented_file_has_the_mark_in_itself() -> None:
    """Officers may save a file of a report, and the program does not change it."""
    day = date(2026, 12, 2)
    _, kind, photo = enclosures.draw(Kind.PHOTO, DEPLOYMENT, day)
    picture = Image.open(io.BytesIO(photo)).convert("L")
    marked, empty = (picture.crop((60, top, 760, top + 60)).getextrema() for top in (30, 570))
    assert ("image/jpeg", True, False) == (kind, marked[0] < 64, empty[0] < 64)
    *_, page = enclosures.draw(Kind.PAGE, DEPLOYMENT, day)
    assert deployments.WORDS in page.decode()
    *_, letter = enclosures.draw(Kind.LETTER, DEPLOYMENT, day)
    *_, real = enclosures.draw(Kind.LETTER, bytes(16), day)
    assert letter != real


def _state(*released: Released) -> State:
    return State(
        deployment=DEPLOYMENT, channel="x", root_key=bytes(32), instance=bytes(32), released=released
    )


def test_a_step_is_due_at_its_minute_after_the_first_release() -> None:
    """A step that the trainer released early moves no other step."""
    begun = _state(Released("arrivals", "2026-12-02 23:50"))
    assert not release.is_due(begun, "2026-12-03 00:04")
    assert release.is_due(begun, "2026-12-03 00:05")
    early = _state(*begun.released, Released("prosecutor", "2026-12-02 23:51"))
    assert not release.is_due(early, "2026-12-03 00:24")
    assert release.is_due(early, "2026-12-03 00:25")


def test_nothing_is_due_after_the_last_step() -> None:
    ended = _state(*(Released(each.id, "2026-12-02 10:00") for each in WHOLE.steps))
    assert release.due(ended, "2026-12-02 10:00") is None
    assert not release.is_due(ended, "2030-01-01 00:00")
