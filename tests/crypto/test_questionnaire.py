"""questionnaire.toml: the shipped file is valid, and mistakes in other files are named."""

import hashlib
import json
import re
import tomllib
from dataclasses import replace

import pytest

from crypto import questionnaire
from crypto.questionnaire import BadDocument, Flag, Kind
from templates.catalogues import LANGUAGES
from tests.support.questionnaires import FIRST, SHIPPED, SMALL

SECOND_READER = """
[[section.field]]
id = "again"
type = "choice"
concerns = "facts"
safe = "x"
label = { fr = "Encore", en = "Again" }
option = [{ id = "c", label = { fr = "C", en = "C" }, outside = "only" }]
"""


def test_the_shipped_questionnaire_has_all_agreed_questions() -> None:
    """Among them are the question with the four paths, and the two questions that protect the reporter."""
    found = questionnaire.parse(SHIPPED)
    fields = {field.id: field for field in found.fields}
    assert found.reference.hash == found.hash
    assert {"path", "danger_now", "what", "category", "vector", "service_sought", "means"} < set(fields)
    assert {"amount", "how_many", "protect", "told", "when", "days", "where", "place"} < set(fields)
    assert {"who_role", "who_id", "refs", "how_know", "evidence", "help", "return", "coi"} < set(fields)
    assert ["approached", "saw", "gave_in", "reprisals"] == [option.id for option in fields["path"].options]
    assert {"what", "category"} == {field.id for field in found.fields if field.enough}
    assert Flag.PROTECT == fields["protect"].flag
    risky = {
        option.id
        for option in fields["how_many"].options
        if option.flag is Flag.SOURCE_RISK and option.notice
    }
    assert {"only_me", "few"} == risky
    assert {"yes": "only", "unsure": "first"} == {
        option.id: option.outside for option in fields["coi"].options if option.outside
    }


def test_the_shipped_questionnaire_warns_about_answers_that_may_identify_somebody() -> None:
    """A warning is needed for a high or medium risk for the reporter, and for answers that name others."""
    warned = {field.id for field in questionnaire.parse(SHIPPED).fields if field.warning}
    risky = {"what", "when", "days", "where", "place", "refs", "how_know", "told", "evidence", "help"}
    risky |= {"next_contact", "unchanged", "expires", "who_you", "facilitator"}
    assert risky | {"who_id", "vector", "protect"} == warned


def test_the_shipped_questionnaire_marks_each_answer_that_could_identify_the_reporter() -> None:
    """The test lists all questions, so whoever adds a question must decide whether it needs the mark."""
    concerned: dict[str, set[str]] = {"facts": set(), "reporter": set()}
    for field in questionnaire.parse(SHIPPED).fields:
        concerned[field.concerns].add(field.id)
    assert {
        "facts": {
            *(
                "danger_now",
                "what",
                "category",
                "vector",
                "service_sought",
                "means",
                "amount",
                "when",
                "days",
            ),
            *("where", "place", "who_role", "who_id", "refs", "also_about", "next_contact", "expires"),
        },
        "reporter": {
            *("path", "how_many", "protect", "how_know", "told", "evidence", "help", "return", "coi"),
            *("unchanged", "who_you", "facilitator"),
        },
    } == concerned


def test_the_shipped_questionnaire_has_few_conditional_questions() -> None:
    """Four of these questions are for people who were approached.

    The other conditional questions ask for details of three answers.
    """
    parsed = questionnaire.parse(SHIPPED)
    asked = {
        field.id: (dict(section.when or {}), dict(field.when or {}))
        for section in parsed.sections
        for field in section.fields
        if section.when or field.when
    }
    paths = {"path": ("approached", "gave_in")}
    subjects = tuple(option.id for option in parsed.options("category") if option.id != "unsure")
    assert asked == {
        "also_about": ({}, {"category": subjects}),
        **dict.fromkeys(("vector", "service_sought", "means"), (paths, {})),
        "amount": (paths, {"means": ("money",)}),
        "days": ({}, {"when": ("week", "month", "year", "older")}),
        "place": ({}, {"where": tuple(option.id for option in parsed.options("where"))}),
    }


def test_a_reporter_first_describes_what_happened_and_then_sees_two_short_steps() -> None:
    """The second step is about protection. All other sections are folded."""
    parsed = questionnaire.parse(SHIPPED)
    steps = [[field.id for field in section.fields] for section in parsed.sections if not section.folded]
    assert steps == [["what"], ["danger_now", "how_many", "protect", "coi"]]
    assert [section.folded for section in parsed.sections] == [False, False, *[True] * 6]


def test_long_lists_of_the_shipped_questionnaire_are_grouped() -> None:
    """Each option is under exactly one heading, in order."""
    for field in questionnaire.parse(SHIPPED).fields:
        assert field.options == tuple(option for _, options in field.groups for option in options)
        assert all(len(options) <= 12 for _, options in field.groups), field.id
        assert all(heading for heading, _ in field.groups[1:])
    (category,) = [field for field in questionnaire.parse(SHIPPED).fields if field.id == "category"]
    assert [2, 2, 5, 2, 2, 2] == [len(options) for _, options in category.groups]


def test_a_change_of_the_shipped_questionnaire_requires_a_new_version_and_hash() -> None:
    """An inbox tells questionnaires apart by their versions.

    Without a new version, the inbox would confuse the old and the new questionnaire.
    """
    said = tomllib.loads(SHIPPED.decode())
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    known = (15, "2f32a8ab338fd276a68c50e1e3d0f4d230650e44f488cb03fa1224032237898d")
    found = said["version"], hashlib.sha256(text.encode()).hexdigest()
    assert known == found, "increase `version`, then update the version and the hash here"


# Words in questions that ask who reporters are, or where and when they work.
IDENTIFYING = {
    "en": "name rank number unit gender age mail phone shift shifts roster post team office station hours",
    "fr": "nom prénom grade matricule unité sexe âge courriel téléphone vacation service poste équipe bureau",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_shipped_question_asks_who_the_reporter_is(language: str) -> None:
    """No question asks for a name, rank, number, unit, gender, age or address, under any label."""
    fields = questionnaire.parse(SHIPPED).fields
    words = {word for field in fields for word in re.findall(r"\w+", getattr(field.label, language).lower())}
    assert len(words) > 60
    assert not words & {*IDENTIFYING[language].split()}


def test_the_shipped_questionnaire_asks_about_risk_and_urgency() -> None:
    """All of these questions are optional.

    The answers to these questions alone are not enough for a report.
    """
    fields = {field.id: field for field in questionnaire.parse(SHIPPED).fields}
    for asked in ("next_contact", "unchanged", "expires", "who_you", "facilitator", "told"):
        assert not fields[asked].enough
    assert {"agent", "outsider"} == {option.id for option in fields["who_you"].options}
    assert {"police", "union", "authority"} <= {option.id for option in fields["told"].options}


def test_every_member_of_a_questionnaire_is_read() -> None:
    """The test file contains each member once."""
    found = questionnaire.parse(SMALL.encode())
    first, second = found.sections
    assert (first.title, first.folded, first.when) == (questionnaire.Texts("Un", "One"), False, None)
    (path,) = first.fields
    assert (path.kind, path.most, path.options[0].flag, path.options[0].outside) == (
        Kind.CHOICE,
        0,
        Flag.DANGER,
        "first",
    )
    assert [None, questionnaire.Texts("G", "G")] == [option.group for option in path.options]
    assert (second.folded, second.when, second.text) == (
        True,
        {"path": ("a",)},
        questionnaire.Texts("…", "…"),
    )
    refs, day = second.fields
    assert (refs.paper, day.paper) == (True, False)
    assert (refs.most, refs.check, refs.enough, refs.flag) == (100, "container", True, Flag.PROTECT)
    assert (refs.when, refs.hint, refs.warning) == (
        {"path": ("a", "b")},
        questionnaire.Texts("h", "h"),
        questionnaire.Texts("w", "w"),
    )
    assert (day.kind, day.most, day.enough) == (Kind.PERIOD, questionnaire.PERIOD, False)


@pytest.mark.parametrize(
    ("found", "put", "named"),
    [
        ('id = "small"', "", "'id' is missing"),
        ("version = 3", "version = 0", "'version' must be a number from 1"),
        ("version = 3", "version = true", "'version' must be a number from 1"),
        ("version = 3", "version = 3\nextra = 1", "'extra' is not known here"),
        ("version = 3", "version = ", "questionnaire is not TOML"),
        ('id = "refs"', 'id = "path"', "'path' is used twice"),
        ('id = "refs"', 'id = "Refs"', "'id' must be an id of at most 32 characters (a-z"),
        ('id = "b"', 'id = "a"', "option of field 'path': id 'a' is used twice"),
        (
            'type = "period"',
            'type = "date"',
            "field 'days': 'type' must be one of text, line, choice, choices, period",
        ),
        ('type = "period"', 'type = "period"\nmost = 5', "field 'days': 'most' is not known here"),
        ("most = 100\n", "", "field 'refs': 'most' is missing"),
        ("most = 100", "most = 0", "field 'refs': 'most' must be a number from 1"),
        ("most = 100", "most = 200001", "field 'refs': 'most' must be a number from 1"),
        ("version = 3", "version = 200001", "'version' must be a number from 1"),
        ("most = 100", "most = 159980", "the sum of 'most' over all fields is more than 160000"),
        (
            'en = "B"',
            'de = "B"',
            "field 'path', option 'b': 'label' must be a French text (fr) and an English text (en)",
        ),
        ('fr = "Réf."', 'fr = " "', "field 'refs': 'label.fr' must be a text that is not empty"),
        ('title.fr = "Deux"\n', "", "section 2: 'title' must be a French text (fr) and an English text (en)"),
        ('title.fr = "Deux"\ntitle.en = "Two"\n', "", "section 2: a folded section needs a 'title'"),
        ("folded = true\n", "", "section 2: with a 'when' it must be 'folded'"),
        ("version = 3", 'version = 3\nskip = { fr = "Passer", en = "Skip" }', "'skip' is not known here"),
        (
            "group = {",
            'group = { de = "G",',
            "field 'path', option 'b': 'group' must be a French text (fr) and an English text (en)",
        ),
        ("folded = true", 'folded = "yes"', "section 2: 'folded' must be true or false"),
        ("paper = false", "paper = 0", "field 'days': 'paper' must be true or false"),
        (
            'when = { path = ["a"] }',
            'when = { path = "a" }',
            "section 2: 'when.path' must be a list of answer ids",
        ),
        ('when = { path = ["a"] }', "when = {}", "section 2: 'when' must be a table with at least one entry"),
        (
            'when = { path = ["a"] }',
            'when = { way = ["a"] }',
            "section 2: 'when' names 'way', which is not an earlier choice",
        ),
        (
            'when = { path = ["a", "b"] }',
            'when = { refs = ["a"] }',
            "field 'refs': 'when' names 'refs', which",
        ),
        (
            'when = { path = ["a", "b"] }',
            'when = { path = ["c"] }',
            "'when' names 'c', which is not an option of 'path'",
        ),
        ('check = "container"', 'check = "iban"', "field 'refs': 'check' must be one of container"),
        (
            'flag = "danger"',
            'flag = "odd"',
            "field 'path', option 'a': 'flag' must be one of danger, source_risk, protect",
        ),
        ('outside = "first"', "outside = true", "option 'a': 'outside' must be one of only, first"),
        ('outside = "first"', "outside = []", "option 'a': 'outside' must be one of only, first"),
        (
            'check = "container"',
            "check = { container = 1 }",
            "field 'refs': 'check' must be one of container",
        ),
        ('flag = "protect"', 'flag = ["protect"]', "field 'refs': 'flag' must be one of danger"),
        ("version = 3", "version = 3\nextra = " + "[" * 100_000, "questionnaire is not TOML"),
        ("[[section", "[[part", "'section' is missing"),
        ("[[section.field]]", "[[field]]", "section 1: 'field' is missing"),
        ("enough = true\n", "", "one field must be 'enough'"),
        ('id = "refs"\n', "", "section 2, field 1: 'id' is missing"),
        ('id = "b", ', "", "field 'path', option 2: 'id' is missing"),
        ('type = "choice"', 'type = "choices"', "field 'path': 'outside' is allowed only for options of a"),
        (
            '[[section.field]]\nid = "days"',
            SECOND_READER + '[[section.field]]\nid = "days"',
            "field 'again': only one question may use 'outside'",
        ),
        ('concerns = "reporter"\n', "", "field 'refs': 'concerns' is missing"),
        ('concerns = "reporter"', 'concerns = ""', "field 'refs': 'concerns' must be one of facts, reporter"),
        (
            'concerns = "reporter"',
            "concerns = true",
            "field 'refs': 'concerns' must be one of facts, reporter",
        ),
        (
            'concerns = "reporter"',
            'concerns = "facts"',
            "field 'refs': flag 'source_risk' or 'protect'",
        ),
        ('safe = "Many can say so."\n', "", "field 'path': add a 'warning'"),
        ('warning = { fr = "w", en = "w" }\n', "", "field 'refs': add a 'warning'"),
        ('safe = "Many can say so."', 'safe = ""', "field 'path': 'safe' must be a text that is not empty"),
        ('safe = "Many can say so."', 'safe = " "', "field 'path': 'safe' must be a text that is not empty"),
        (
            'warning = { fr = "w", en = "w" }',
            'safe = "x"',
            "field 'refs': with the flag 'protect' it cannot be 'safe'",
        ),
        (
            'warning = { fr = "w", en = "w" }',
            'warning = { fr = "w", en = "w" }\nsafe = "x"',
            "field 'refs': it has a 'warning', so it cannot be 'safe'",
        ),
        ('flag = "danger"', 'flag = "source_risk"', "field 'path': flag 'source_risk' or 'protect'"),
        ('id = "refs"', 'id = "send"', "field 'send': the page already uses the id 'send'"),
        ('id = "days"', 'id = "day"', "field 'day': the page already uses the id 'day-first'"),
    ],
)
def test_a_mistake_in_a_questionnaire_is_named(found: str, put: str, named: str) -> None:
    """The error says where the mistake is, and what is expected there."""
    assert found in SMALL
    with pytest.raises(BadDocument) as refused:
        questionnaire.parse(SMALL.replace(found, put).encode())
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("found", "put", "at"),
    [
        ('id = "refs"', 'id = "path"', 'id = "path"'),
        ('id = "b"', 'id = "a"', '  { id = "a", label = { fr = "B"'),
        ("most = 100\n", "", "[[section.field]]"),
        ('title.fr = "Deux"\ntitle.en = "Two"\n', "", "folded = true"),
        ('when = { path = ["a"] }', 'when = { way = ["a"] }', "when = { way"),
        ('when = { path = ["a", "b"] }', 'when = { path = ["c"] }', 'when = { path = ["c"] }'),
        ('concerns = "reporter"', 'concerns = "facts"', 'concerns = "facts"'),
        ('type = "period"', 'type = "period"\nmost = 5', "most = 5"),
        ('safe = "Many can say so."\n', "", "[[section.field]]"),
        ('safe = "Many can say so."', 'safe = ""', 'safe = ""'),
        ('id = "refs"', 'id = "send"', "[[section.field]]"),
        ('type = "choice"', 'type = "choices"', "[[section.field]]"),
    ],
)
def test_a_mistake_in_a_questionnaire_is_named_with_its_line(found: str, put: str, at: str) -> None:
    text = SMALL.replace(found, put, 1)
    with pytest.raises(BadDocument) as refused:
        questionnaire.parse(text.encode())
    line = refused.value.line
    assert line is not None
    assert str(refused.value) == f"line {line}: {refused.value.said}"
    assert text.splitlines()[line - 1].startswith(at)


def test_a_questionnaire_whose_longest_answers_exceed_a_message_is_refused() -> None:
    """The first and the last day of a period both count."""
    fields = questionnaire.parse(SMALL.replace("most = 100", "most = 159979").encode()).fields
    assert sum(field.most for field in fields) == 160_000


def test_an_option_that_endangers_the_reporter_needs_a_notice() -> None:
    """The page shows the notice when the option is chosen."""
    risky = SMALL.replace('flag = "danger"', 'flag = "source_risk"').replace('"facts"', '"reporter"', 1)
    assert questionnaire.parse(risky.encode())  # the control
    with pytest.raises(BadDocument, match="its option 'a' has the flag 'source_risk': add a 'notice'"):
        questionnaire.parse(risky.replace(', notice = {fr="x", en="x"}', "").encode())


def test_ids_that_would_collide_on_a_page_are_refused() -> None:
    """The hint of the question “path” would have the id path-hint, and so would its option “hint”."""
    hinted = SMALL.replace('What" }\n', 'What" }\nhint = { fr = "h", en = "h" }\n', 1)
    assert questionnaire.parse(hinted.encode())  # the control
    with pytest.raises(BadDocument, match="the page already uses the id 'path-hint'"):
        questionnaire.parse(hinted.replace('"b"', '"hint"').encode())


def test_a_questionnaire_that_is_not_utf_8_is_refused() -> None:
    """Latin-1 is a common mistake."""
    with pytest.raises(BadDocument):
        questionnaire.parse(FIRST.decode("utf-8").encode("latin-1"))


NEVER = "field 'refs': it is never asked: its conditions on 'path' exclude each other"


def test_a_question_that_is_never_asked_is_refused() -> None:
    """The condition of the question requires an answer that the condition of its section excludes."""
    never = SMALL.replace('when = { path = ["a", "b"] }', 'when = { path = ["b"] }')
    with pytest.raises(BadDocument) as refused:
        questionnaire.parse(never.encode())
    assert refused.value.said == NEVER
    assert refused.value.line is not None
    assert never.splitlines()[refused.value.line - 1] == 'when = { path = ["b"] }'


def test_a_question_is_refused_if_no_reporter_can_meet_all_of_its_conditions() -> None:
    """The question `days` is for those who chose `b`, but depends on a question for those who chose `a`."""
    typed = 'type = "period"'
    again = SECOND_READER.replace(', outside = "only"', "").replace(
        'id = "again"', 'id = "again"\nwhen = { path = ["a"] }'
    )
    chain = SMALL.replace('when = { path = ["a"] }\n', "").replace(
        "folded = true\n", f"folded = true\n{again}"
    )
    assert questionnaire.parse(
        chain.replace(typed, f'when = {{ again = ["c"] }}\n{typed}').encode()
    )  # the control
    with pytest.raises(BadDocument, match="field 'days': it is never asked: its conditions on 'path'"):
        questionnaire.parse(
            chain.replace(typed, f'when = {{ again = ["c"], path = ["b"] }}\n{typed}').encode()
        )


def test_a_question_may_depend_on_two_answers_that_can_be_chosen_together() -> None:
    both = SMALL.replace('when = { path = ["a", "b"] }', 'when = { path = ["b"] }')
    both = both.replace('type = "choice"', 'type = "choices"').replace(', outside = "first"', "")
    assert questionnaire.parse(both.encode())


def test_the_paper_form_leaves_out_three_questions() -> None:
    """People can tick several boxes on paper anyway, and nobody can reply to a paper letter."""
    left_out = [field.id for field in questionnaire.parse(SHIPPED).fields if not field.paper]
    assert left_out == ["also_about", "help", "return"]


def test_an_answer_of_more_than_4000_characters_counts_as_long() -> None:
    field = questionnaire.parse(SHIPPED).fields[0]
    assert [False, True] == [replace(field, most=most).is_long for most in (4_000, 4_001)]


def test_a_question_may_limit_its_answer_to_a_single_character() -> None:
    (length,) = {field.most for field in questionnaire.parse(SMALL.encode()).fields if field.id == "refs"}
    short = questionnaire.parse(SMALL.replace(f"most = {length}", "most = 1").encode())
    assert 1 in {field.most for field in short.fields}


def test_the_version_of_a_questionnaire_is_at_most_200000() -> None:
    text = SMALL.replace("version = 3", "version = {}")
    with pytest.raises(BadDocument):
        questionnaire.parse(text.replace("{}", "200001").encode())
    for version in (1, 200_000):
        assert questionnaire.parse(text.replace("{}", str(version)).encode()).version == version


def test_a_questionnaire_is_parsed_only_once() -> None:
    """Each time a case is shown, the program needs the parsed questionnaire."""
    assert questionnaire.parse(SHIPPED) is questionnaire.parse(bytes(bytearray(SHIPPED)))
