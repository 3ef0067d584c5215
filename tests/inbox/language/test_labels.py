"""The catalogue of labels: each code has a label in both languages, and each label has a code."""

import ast
import re
from collections.abc import Iterable, Mapping
from importlib import import_module

import pytest

from crypto.dossier import Purpose
from crypto.journal import Presence
from crypto.messages import Status
from crypto.questionnaire import Flag, Texts
from inbox.access import access_requests, disclosures, identities
from inbox.casework import exits, unfinished
from inbox.casework.exits import MATRIX, Exit, Need
from inbox.casework.measures import source_risk
from inbox.deadlines import bonds, settings, workflow
from inbox.deadlines.clocks import RETENTION
from inbox.deadlines.obstacles import Obstacle
from inbox.deadlines.retention_schedule import Rule
from inbox.desk import translate
from inbox.desk.done import Done
from inbox.desk.fields import checks
from inbox.desk.job import Work
from inbox.desk.pages.case import Part
from inbox.desk.rendering import Unit
from inbox.desk.style import Degree
from inbox.dossiers import restating
from inbox.dossiers.compose import Doubt, Enclosed
from inbox.exchange import collect
from inbox.exchange.manual_entry import Route
from inbox.exercise import debrief, enclosures
from inbox.figures import counting, events
from inbox.keys import listing
from inbox.language import labels
from inbox.law import entries
from inbox.overview import facets, goals, oversight, timeline
from inbox.overview.case_view import Notice
from inbox.overview.queue_filter import Due, Order, State
from inbox.overview.saved_views import BuiltIn
from inbox.questionnaire.answers import Oddity
from inbox.registers import registers, security, sheets
from inbox.registers.rows import Column, Register
from inbox.replies.acknowledging import LeftOut
from inbox.replies.leak_check import Why
from inbox.session import journal_actions
from inbox.session.actions import TABLE, Code, Form, Viewed
from inbox.text import entities
from inbox.vault import score, unopened_reasons
from inbox.vault.casework_tables import PORTAL, Credibility
from inbox.vault.tables import AnswersBy
from templates import shipped
from templates.law.rules import FIELDS as FIELDS_OF_REPLIES
from templates.law.rules import LETTER_FIELDS, PERSON_FIELDS, Reach
from templates.law.schemas import FILES
from tests.support import module_texts
from tests.support.paths import ROOT

STOPPING = {
    what for what, row in MATRIX.items() if any(cell.need is not Need.NOTHING for cell in row.values())
}
# Other texts describe obstacles that depend on the officer or on the text of a closing.
ELSEWHERE = {
    *(Obstacle.UNDECLARED, Obstacle.EXCLUDED, Obstacle.ENTRUSTED, Obstacle.QUARANTINE),
    Obstacle.CAUTIONED,
}
FIELDS = {name: field for rule in TABLE.values() for name, field in rule.values.items()}
CODES: Mapping[str, Iterable[str]] = {
    "access_way": access_requests.Way,
    "authority_kind": Reach,
    "action": {*Code, *timeline.Came},
    "because": access_requests.Because,
    "bundle": collect.State,
    "case_part": Part,
    "caution": Flag,
    "caution_mark": Flag,
    "clock": [RETENTION],
    "common": entities.Kind,
    "consent": identities.Consent,
    "credibility": Credibility,
    "draft": unfinished.Form,
    "law_file": [name.removesuffix(".toml") for name in FILES],
    "left_out": LeftOut,
    "days_off": settings.DaysOff,
    "deadline": [access_requests.DEADLINE],
    "deadline_state": oversight.State,
    "goal_result": goals.Result,
    "disclosure": workflow.Disclosure,
    "degree": Degree,
    "done": Done,
    "doubt": Doubt,
    "enclosed": Enclosed,
    "flag": Notice,
    "ground": disclosures.Ground,
    "how": journal_actions.How,
    "job": Work,
    "key_state": listing.State,
    "ledger": disclosures.Unasked,
    "obstacle": STOPPING - ELSEWHERE,
    "obstacle_anew": exits.ROLES,
    "order": Order,
    "state": State,
    "due": Due,
    "facet": facets.FIELDS,
    "queue_view": BuiltIn,
    "oddity": Oddity,
    "override": oversight.Override,
    "part": score.NAMES,
    "part_values": score.NAMES,
    "presence": Presence,
    "place": {*FIELDS_OF_REPLIES, *LETTER_FIELDS, *PERSON_FIELDS},
    "purpose": Purpose,
    "unopened": unopened_reasons.Kind,
    "relation": bonds.Relation,
    "route": Route,
    "column": Column,
    "own_route": [PORTAL],
    "register": Register,
    "register_form": registers.Form,
    "security": security.Kind,
    "sheet": sheets.Sheet,
    "rule": Rule,
    "source_risk": source_risk.Risk,
    "status": Status,
    "tell": restating.Tell,
    "surface": journal_actions.Surface,
    "text_kind": entries.Kind,
    "unit": Unit,
    "value": {"follow_up", *(name for name, field in FIELDS.items() if field.form is not Form.CODE)},
    "view": Viewed,
    "what": disclosures.What,
    "why": Why,
}
# Each exit has the label of its action. Texts that are not labels describe some obstacles. At a form field,
# the page says what officers should enter, so it need not name the kind of the field. The page of a deadline
# shows which message was the feedback. The plan of publication has titles and labels for what it counts. The
# debrief of an exercise has a text for each result, and no page shows the kind of an invented file.
WORDLESS = {
    *(Exit, Obstacle, checks.Kind, AnswersBy, events.Kind, debrief.Result, enclosures.Kind),
    *(counting.Kept, counting.Known, counting.Whether),
}


def is_said(label: Texts) -> bool:
    return bool(label.fr.strip() and label.en.strip())


def enumerations() -> set[type]:
    """Return every enumeration of codes in the inbox."""
    found = set()
    for path in (ROOT / "inbox").rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and "StrEnum" in {ast.unparse(base) for base in node.bases}:
                module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                found.add(getattr(module, node.name))
    return found


@pytest.mark.parametrize("codes", CODES)
def test_every_code_has_a_label_in_both_languages_and_every_label_has_a_code(codes: str) -> None:
    assert set(map(str, CODES[codes])) == set(labels._own(codes))
    assert all(map(is_said, labels.of(codes).values()))


def test_these_tests_cover_every_table_of_labels() -> None:
    """Other tests compare form fields and the findings of the sandbox with their sources."""
    found_out = {f"file_{kind}" for kind in ("why", "caution", "measure", "entry", "metadata")}
    assert set(CODES) | found_out | {"field"} | labels.OF_THE_LAW == set(labels.tables())


@pytest.mark.parametrize("codes", sorted(labels.tables()))
def test_a_label_has_the_same_placeholders_in_both_languages(codes: str) -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"\{\w+\}", text))

    assert [] == [label.en for label in labels.of(codes).values() if places(label.fr) != places(label.en)]


def test_every_enumeration_of_the_inbox_has_labels_or_is_listed_as_needing_no_labels() -> None:
    known = {type(code) for codes in CODES.values() for code in codes} | WORDLESS
    assert len(enumerations()) > 25
    assert set() == enumerations() - known


def test_when_the_desk_repeats_a_choice_from_a_form_it_shows_the_label() -> None:
    """The test covers every choice that a page offers from the catalogue."""
    pages = "".join(path.read_text("utf-8") for path in (shipped.FOLDER / "desk").rglob("*.html"))
    offered = re.findall(
        r'(?:chooser|coded)\("(\w+)", (?:_\("[^"]+"\)|"\w+"\|field), (?:labelled|labels\.of)\("(\w+)"\)',
        pages,
    )
    offered += re.findall(r'name="(\w+)">\s*\{% for [^%]+ in labelled\("(\w+)"\)', pages)
    assert len(offered) > 10
    assert [] == [pair for pair in offered if pair not in translate.CODED.items()]


@pytest.mark.parametrize(
    ("name", "code", "said"), [("enclosed", "none", "Sans fichiers"), ("text", "none", "none")]
)
def test_the_name_of_a_field_decides_whether_its_value_is_shown_as_a_label(
    name: str, code: str, said: str
) -> None:
    assert said == translate.value("fr", code, name)


def test_an_unknown_code_is_shown_unchanged() -> None:
    assert "x<U+202E>" == translate.value("fr", "x\u202e", "enclosed")
    assert "" == translate.field("fr", "csrf_token")


FRENCH = re.compile(r"[àâçéèêëîïôùûüœÀÂÇÉÈÊËÎÏÔÙÛÜŒ]")
# These modules search reports and tags, which are written in French.
LOOKED_FOR = {"inbox/text/names.py", "inbox/dossiers/restating.py", "inbox/figures/published/page.py"}


def french(source: str) -> list[str]:
    """Return the texts with French accents in a module, except docstrings."""
    return [text for text in module_texts.texts(source) if FRENCH.search(text)]


def test_neither_a_module_nor_a_page_of_the_desk_contains_french_text() -> None:
    """French text belongs in the catalogues, in labels.toml, and in texts printed in both languages."""
    assert ["Clé"] == french('"""Une clé"""\nx = "Clé"\ny = "key"')
    sources = [path for path in (ROOT / "inbox").rglob("*.py") if FRENCH.search(path.read_text("utf-8"))]
    found = {str(path.relative_to(ROOT)) for path in sources if french(path.read_text("utf-8"))}
    assert LOOKED_FOR == found
    pages = [*(shipped.FOLDER / "desk").rglob("*.html")]
    assert [] == [path.name for path in pages if FRENCH.search(path.read_text("utf-8"))]


def test_every_field_named_by_a_page_of_the_desk_has_a_label() -> None:
    """Without a label, the page would have a gap.

    In an earlier version, the head of a case had such a gap in place of the priority.
    """
    pages = "".join(path.read_text("utf-8") for path in (shipped.FOLDER / "desk").rglob("*.html"))
    named = set(re.findall(r'"([\w-]+)"\|field\b', pages))
    assert len(named) > 20
    assert [] == [name for name in named if not translate.field("fr", name)]


def test_pages_show_the_label_of_a_typed_code_even_if_the_label_contains_braces() -> None:
    place = labels.typed("danger_now", Texts("Danger {maintenant} ?", "Danger {now}?"))
    assert ("danger_now", "Danger {maintenant} ?") == (str(place), translate.told("fr", place))


# These labels are the same in both languages.
SAME = {
    *("case_part dialogue", "caution_mark danger", "credibility 5", "degree danger", "draft note"),
    *("facet danger", "field absent", "file_measure page", "file_measure pages", "law_file obstacles"),
    *("surface session", "value consultation", "value danger", "value officer", "value officers"),
    *("value page", "value place", "value questionnaire", "value quorum", "value sha256", "value version"),
}


def test_each_french_label_differs_from_the_english_label_or_is_listed_as_identical() -> None:
    own = set(labels.tables()) - labels.OF_THE_LAW
    words = {f"{codes} {code}": label for codes in own for code, label in labels._own(codes).items()}
    assert {name for name, label in words.items() if label.fr == label.en} == SAME
