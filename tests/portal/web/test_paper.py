"""The paper form: its questions with their order and conditions, and its postal address."""

from pathlib import Path

from crypto import questionnaire
from portal.config import Settings
from portal.web import pages, paper
from portal.web.guide import Guide
from portal.web.paper import Condition
from tests.support.paper_form import ADDRESS, addressed
from tests.support.questionnaires import SHIPPED_PARSED, SMALL

# Three questions: a choice, a text with a condition, and a day. The paper form includes all three questions.
WHOLE = SMALL.replace("paper = false\n", "")


def leaves_of(raw: str) -> tuple[tuple[paper.Part, ...], ...]:
    return paper.leaves(questionnaire.parse(raw.encode()))


def asked(raw: str) -> list[tuple[int, str]]:
    """Return the number and id of each question on the form."""
    return [
        (each.number, each.field.id) for leaf in leaves_of(raw) for part in leaf for each in part.questions
    ]


def test_the_numbering_has_no_gap_where_a_question_is_left_out() -> None:
    assert asked(WHOLE) == [(1, "path"), (2, "refs"), (3, "days")]
    assert asked(SMALL) == [(1, "path"), (2, "refs")]
    without = WHOLE.replace('id = "path"\n', 'id = "path"\npaper = false\n')
    assert asked(without) == [(1, "refs"), (2, "days")]


def test_a_section_without_a_question_is_left_out() -> None:
    none = SMALL.replace('id = "refs"\n', 'id = "refs"\npaper = false\n')
    assert [[each.field.id for each in part.questions] for leaf in leaves_of(none) for part in leaf] == [
        ["path"]
    ]


def test_the_first_page_has_the_common_questions_and_the_second_page_has_the_others() -> None:
    first, second = paper.leaves(SHIPPED_PARSED)
    assert not any(part.section.folded for part in first)
    assert all(part.section.folded for part in second)
    order = [each.field.id for leaf in (first, second) for part in leaf for each in part.questions]
    assert order == [field.id for field in SHIPPED_PARSED.fields if field.paper]


def test_a_condition_refers_to_an_earlier_question_by_its_number_and_boxes() -> None:
    """Boxes are in the order of the form, whatever their order in the condition."""
    (_, (optional,)) = leaves_of(WHOLE.replace('path = ["a", "b"]', 'path = ["b", "a"]'))
    assert optional.conditions == (Condition(1, (1,)),)
    assert [each.conditions for each in optional.questions] == [(Condition(1, (1, 2)),), ()]


def test_a_condition_is_dropped_if_its_question_is_left_out() -> None:
    ((optional,),) = leaves_of(WHOLE.replace('id = "path"\n', 'id = "path"\npaper = false\n', 1))
    assert (optional.conditions, optional.questions[0].conditions) == ((), ())


def test_a_condition_that_names_too_many_boxes_is_left_out() -> None:
    more = "".join(f'  {{ id = "c{n}", label = {{ fr = "C", en = "C" }} }},\n' for n in range(2))
    raw = WHOLE.replace('group = { fr = "G", en = "G" } },\n', 'group = { fr = "G", en = "G" } },\n' + more)
    raw = raw.replace('path = ["a", "b"]', 'path = ["a", "b", "c0", "c1"]')
    (_, (optional,)) = leaves_of(raw)
    assert optional.questions[0].conditions == ()


def shown(folder: Path) -> str:
    settings = Settings(guide=str(folder))
    return pages.render(settings, SHIPPED_PARSED)["/en/paper"].decode()


def test_the_address_is_shown_once_the_inspectorate_has_filled_it_in(tmp_path: Path) -> None:
    """Until then, the form names another body to which it can be sent."""
    missing = (
        "The inspectorate has not named an address for letters yet. You can send the form to the Defender"
    )
    without, named = shown(Settings().guide_folder), shown(addressed(tmp_path))
    assert missing in without
    assert "[" not in without.partition('<div class="to">')[2].partition("</div>")[0]
    assert missing not in named
    assert "\n".join(ADDRESS) in named


def test_an_incomplete_address_is_not_printed() -> None:
    assert Guide("T", "L", (), "[name]\n1 rue X").postal == ""
    assert Guide("T", "L", (), "Inspection\n[street]").postal == ""
    assert Guide("T", "L", (), "Inspection\n1 rue X").postal == "Inspection\n1 rue X"
