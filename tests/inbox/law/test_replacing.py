"""Two officers can replace the law in use, after they have seen what the new law changes."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import delete
from sqlalchemy.orm import Session

from inbox.casework.measures import telling
from inbox.deadlines import retention_schedule, workflow
from inbox.language.errors import Refused
from inbox.law import codes_in_use, in_use
from inbox.vault.casework_tables import Duty, Measure, Workflow
from inbox.vault.tables import Exclusion
from templates.law import folder
from templates.law.rules import DutyRole, Effect, Law, MeasureRole, Protection
from tests.support import laws
from tests.support.inbox_builders import Office, today
from tests.support.inbox_outcomes import refused
from tests.support.laws import FILES, FOLDERS, FRENCH

pytestmark = pytest.mark.copy_of("with_reporter")

Edit = Callable[..., Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Return a function that makes a law folder. The folder differs from the French folder in one place."""
    return lambda *how: laws.edited(tmp_path / f"law-{len(list(tmp_path.iterdir()))}", *how)


def hash_of(law: Path) -> str:
    return folder.sha256(folder.read(law)).hex()


def test_the_law_is_shown_with_every_period_that_it_sets(office: Office) -> None:
    shown = "\n".join(" ".join(line.split()) for line in office.run("law", "show").out.splitlines())
    for line in (
        "longest time between two exchanges: 1 working day",
        "ack_fr Acknowledgement (decree, 7 working days): 7 working days",
        "feedback Feedback: 3 months; 6 months if extended, only with regime external",
        "art14 Informing the persons concerned (art. 14 GDPR): 1 month",
        "art40 Informing the prosecutor (art. 40 CPP): 1 day; same day in imminent danger",
        "admissible Admissible report: 1 year, then 5 years in the archive",
        "junk Junk: 30 days",
        "first_act First action by an officer: same day / 2 working days / 5 working days / 10 working days"
        " for priorities 1 to 4",
        "art15 Access request (art. 15 GDPR): 1 month; 3 months if extended; answers are sent after 25 days;"
        " names are kept for 2 months after the answer",
    ):
        assert f"\n{line}\n" in shown, line
    assert re.search(r"^forwarding .+, only with regime external$", shown, re.MULTILINE)


def test_the_law_is_shown_as_json_with_every_period_that_it_sets(office: Office) -> None:
    """Each period is a count and a unit, under the keys that the law files use."""
    times = office.json("law", "show")["times"]
    assert times["exchange"] == {"count": 1, "unit": "working day"}
    both = ["external", "internal"]
    assert times["deadlines"]["feedback"] == {
        "starts": "acknowledged",
        "ends": "answered",
        "times": [
            {"kind": "within", "within": [{"count": 3, "unit": "month"}], "regimes": both},
            {"kind": "extended", "within": [{"count": 6, "unit": "month"}], "regimes": ["external"]},
        ],
    }
    (first_act,) = times["deadlines"]["first_act"]["times"]
    days = [(0, "day"), (2, "working day"), (5, "working day"), (10, "working day")]
    assert first_act["within"] == [{"count": count, "unit": unit} for count, unit in days]
    asked = [(each["kind"], *each["within"]) for each in times["duties"]["art15"]["times"]]
    assert times["duties"]["art15"]["starts"] == "requested"
    assert asked == [
        ("within", {"count": 1, "unit": "month"}),
        ("extended", {"count": 3, "unit": "month"}),
        ("answer_after", {"count": 25, "unit": "day"}),
        ("names_kept", {"count": 2, "unit": "month"}),
    ]
    assert [each["kind"] for each in times["duties"]["art40"]["times"]] == ["within", "urgent"]
    admissible = {"keep": {"count": 1, "unit": "year"}, "archive": {"count": 5, "unit": "year"}}
    assert times["retention"]["admissible"] == admissible
    assert times["other_retention"]["junk"] == {"keep": {"count": 30, "unit": "day"}, "archive": None}


def test_a_stricter_law_is_adopted_and_recorded_in_the_journal(office: Office, edited: Edit) -> None:
    """Each change is listed by file and key. The older folder is kept."""
    law = edited("obstacles.toml", "priority = 2", "priority = 3")
    said = office.json("law", "replace", law)
    change = {"file": "obstacles.toml", "key": "urgent.priority", "before": "2", "after": "3"}
    assert ([change], True) == (said["changes"], said["adopted"])
    assert [[]] * 3 == [said[each] for each in ("looser", "later", "sooner")]
    assert (
        hash_of(law)
        == said["law"]
        == office.json("law", "show")["law"]
        == office.json("office", "show")["law"]
    )
    last = office.json("journal", "list")["entries"]
    (noted,) = [each for each in last if each["action"] == "adopt-law"]
    assert {"law": hash_of(law)} == noted["values"]
    assert 2 == len(list((office.root / "law").iterdir()))
    assert 0 == office.run("queue", "list").code


SENTENCES = {
    "letters.toml letter.prosecutor.text": "Le dossier entier reste à votre disposition",
    "replies.toml reply.acknowledgement.text": "La loi vous protège",
}


@pytest.mark.parametrize("text", SENTENCES)
def test_a_changed_text_of_a_letter_or_a_reply_must_be_confirmed(
    office: Office, edited: Edit, text: str
) -> None:
    """The program sends texts from the law folder word for word.

    A change could remove a guarantee or reveal more.
    """
    (file, key), sentence = text.split(), SENTENCES[text]
    law = edited(file, sentence, "Le procureur est saisi")
    said = refused(office, "law", "replace", law)
    assert "1 rules are looser" in said
    assert "--loosening" in said
    (looser,) = office.json("law", "replace", law, "--dry-run")["looser"]
    assert (file, key) == (looser["file"], looser["key"])
    assert (True, False) == (sentence in looser["before"], sentence in looser["after"])
    office.json("law", "replace", law, "--loosening")


def test_a_dry_run_changes_nothing(office: Office, edited: Edit) -> None:
    law = edited("obstacles.toml", "priority = 2", "priority = 1")
    said = office.run("law", "replace", law, "--dry-run")
    assert "obstacles.toml: urgent.priority: 2 -> 1" in said.out
    assert not office.json("law", "replace", law, "--dry-run")["adopted"]
    assert hash_of(FOLDERS["fr"]) == office.json("law", "show")["law"]
    assert 1 == len(list((office.root / "law").iterdir()))
    assert 2 == office.run("law", "show", "--dry-run").code


def test_the_law_in_use_cannot_be_adopted_again(office: Office) -> None:
    assert "already in use" in refused(office, "law", "replace", FOLDERS["fr"])


def test_an_invalid_law_cannot_be_adopted(office: Office, edited: Edit) -> None:
    law = edited("retention.toml", 'keep = "1 year"', 'keep = "soon"')
    assert "retention.toml: 'period.admissible.keep'" in refused(office, "law", "replace", law)


def test_a_new_law_that_lacks_a_used_code_is_refused(office: Office, edited: Edit) -> None:
    """The error gives the code and the number of its uses, but names no case.

    The new law may lack a code that is not used.
    """
    source = FILES["fr"]["measures.toml"].decode()
    start = source.index("[measure.process_fix]")
    block = source[start : source.index("# Des informations", start)]
    law = edited("measures.toml", block, "")
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "measure", "add", "1", "process_fix")
    said = refused(office, "law", "replace", law)
    assert "the new law lacks measure process_fix, which is used 1 times" in said
    assert "case" not in said
    office.json("case", "measure", "retract", "1", "1", "--reason", "x")
    assert office.json("law", "replace", law, "--loosening")["adopted"]


def test_a_new_law_that_lacks_the_ground_of_an_existing_decision_is_refused(
    office: Office, edited: Edit
) -> None:
    """The ground must belong to the same decision in the new law.

    The new law may lack a ground that is not used.
    """
    office.json("case", "decide", "1", "inadmissible", "--ground", "facts", "--reason", "x")
    said = refused(office, "law", "replace", edited("duties.toml", "ground.facts =", "ground.others ="))
    assert "the new law lacks ground facts, which is used 1 times" in said
    other = edited("duties.toml", "ground.secret =", "ground.others =")
    assert office.json("law", "replace", other, "--loosening")["adopted"]


def test_a_new_law_is_refused_if_it_changes_how_a_used_measure_affects_proceedings(
    office: Office, edited: Edit
) -> None:
    office.tell_no_prosecutor(1)
    told = 'en = "Suspension from duty" }\ntold = "never"\nopens_proceedings = true'
    law = edited("measures.toml", told, told.removesuffix("\nopens_proceedings = true"))
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "measure", "add", "1", "suspension")
    assert "gives measure suspension a different role" in refused(office, "law", "replace", law)


def _measure(**changes: Any) -> Law:
    """Return the French law with changes to the measure that opens proceedings."""
    known = FRENCH.measures
    return replace(FRENCH, measures={**known, "suspension": replace(known["suspension"], **changes)})


def _duty(**changes: Any) -> Law:
    """Return the French law with changes to the duty of deciding whether a report is admissible."""
    known = FRENCH.duties
    return replace(FRENCH, duties={**known, "admissibility": replace(known["admissibility"], **changes)})


def _decision(**changes: Any) -> Law:
    known = FRENCH.duties["admissibility"].decisions
    return _duty(decisions={**known, "inadmissible": replace(known["inadmissible"], **changes)})


def _elsewhere() -> Law:
    """Return the French law with the decision “inadmissible” moved to another duty."""
    here, there = FRENCH.duties["admissibility"], FRENCH.duties["forwarding"]
    moved = here.decisions["inadmissible"]
    rest = {code: each for code, each in here.decisions.items() if each is not moved}
    joined = replace(there, decisions={**there.decisions, "inadmissible": moved})
    duties = {**FRENCH.duties, "admissibility": replace(here, decisions=rest), "forwarding": joined}
    return replace(FRENCH, duties=duties)


def _ground() -> Law:
    """Return the French law with the ground “facts” moved to another decision."""
    known = FRENCH.duties["admissibility"].decisions
    moved = {**known["admissible"].grounds, "facts": known["inadmissible"].grounds["facts"]}
    rest = {code: each for code, each in known["inadmissible"].grounds.items() if code != "facts"}
    changed = {"admissible": moved, "inadmissible": rest}
    decisions = {code: replace(known[code], grounds=each) for code, each in changed.items()}
    return _duty(decisions={**known, **decisions})


# Each law changes the role of a used code. The first value is the code that the error names.
CHANGED = {
    "measure role": ("measure suspension", _measure(role=MeasureRole.DISCIPLINE)),
    "protection": ("measure suspension", _measure(protection=Protection.OFFERED)),
    "opens proceedings": ("measure suspension", _measure(opens_proceedings=False)),
    "ends proceedings": ("measure suspension", _measure(ends_proceedings=True)),
    "duty role": ("duty admissibility", _duty(role=DutyRole.PERSONS)),
    "effect": ("decision inadmissible", _decision(effect=Effect.DEFERS)),
    "another duty": ("decision inadmissible", _elsewhere()),
    "another decision": ("ground facts", _ground()),
}


def test_a_new_law_that_gives_a_used_code_another_role_is_refused(office: Office) -> None:
    """The controls: the same law is accepted, and so is each changed law before anything uses the code."""
    with office.opened() as inbox, inbox.vault.transaction() as session:
        session.execute(delete(Duty))
        for _, law in CHANGED.values():
            codes_in_use.check(session, law, FRENCH)
        session.add(Measure(case=1, position=90, kind="suspension", day=today(), recorded=today()))
        decided = {"decided": today(), "decision": "inadmissible", "ground": "facts"}
        session.add(Duty(case=1, kind="admissibility", known=today(), due=today(), **decided))
        codes_in_use.check(session, FRENCH, FRENCH)
        for name, (code, law) in CHANGED.items():
            with pytest.raises(Refused, match=f"gives {code} a different role") as said:
                codes_in_use.check(session, law, FRENCH)
            assert "used 1 times" in str(said.value), name
        session.rollback()


def test_a_new_law_is_refused_even_if_only_a_hidden_case_uses_the_changed_code(
    office: Office, edited: Edit
) -> None:
    """The dry run reveals nothing about that case to an excluded officer."""
    office.tell_no_prosecutor(1)
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "measure", "add", "1", "suspension")
    told = 'en = "Suspension from duty" }\ntold = "never"\nopens_proceedings = true'
    law = edited("measures.toml", told, told.removesuffix("\nopens_proceedings = true"))
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(Exclusion(case=1, officer="officer", since=today()))
    assert not office.json("law", "replace", law, "--dry-run")["adopted"]
    said = refused(office, "law", "replace", law, "--loosening")
    assert "gives measure suspension a different role" in said


Do = Callable[[Office], object]


def _in_vault(change: Callable[[Session], object]) -> Do:
    def do(office: Office) -> None:
        with office.opened() as inbox, inbox.transaction() as session:
            change(session)

    return do


def _closed_as(code: str) -> Do:
    return _in_vault(lambda session: setattr(session.get_one(Workflow, 1), "outcome", code))


def _asked(kind: str, decision: str = "") -> Do:
    return _in_vault(
        lambda session: session.add(Duty(case=1, kind=kind, known=today(), due=today(), decision=decision))
    )


def _not_asked(kind: str) -> Do:
    return _in_vault(lambda session: session.delete(session.get_one(Duty, (1, kind))))


def _works_under(regime: str) -> Do:
    return lambda office: office.json("office", "set", "--regime", regime)


# Each row has a table and a code in this table. Each row also has a step that starts to use the code, a step
# that ends its use, and the files that name the code.
IN_USE: dict[tuple[str, str], tuple[Do, Do, tuple[str, ...]]] = {
    ("outcome", "moot"): (_closed_as("moot"), _closed_as(""), ("outcomes.toml", "replies.toml")),
    ("duty", "forwarding"): (_asked("forwarding"), _not_asked("forwarding"), ("duties.toml",)),
    ("decision", "not_forwarded"): (
        _asked("forwarding", "not_forwarded"),
        _not_asked("forwarding"),
        ("duties.toml",),
    ),
    # An office that chose no regime uses the default regime of each law.
    ("regime", "external"): (
        _works_under("external"),
        _works_under("internal"),
        ("law.toml", "duties.toml", "deadlines.toml"),
    ),
}


@pytest.mark.parametrize(("table", "code"), IN_USE)
def test_a_used_code_of_any_table_must_remain_in_the_new_law(
    office: Office, tmp_path: Path, table: str, code: str
) -> None:
    """The new law differs only in the name of that code.

    The new law is adopted once nothing uses the code.
    """
    use, end, files = IN_USE[table, code]
    law = laws.renamed(tmp_path / "law", code, *files)
    use(office)
    said = refused(office, "law", "replace", law, "--loosening")
    assert f"the new law lacks {table} {code}, which is used 1 times" in said
    end(office)
    assert office.json("law", "replace", law, "--loosening")["adopted"]


def test_a_dry_run_changes_no_deadline(office: Office, edited: Edit) -> None:
    before = office.state()
    law = edited("obstacles.toml", "priority = 2", "priority = 1")
    with office.opened() as inbox, inbox.transaction() as session:
        days = [work.deadline for work, _ in workflow.every(session)]
    office.run("law", "replace", law, "--dry-run")
    with office.opened() as inbox, inbox.transaction() as session:
        assert days == [work.deadline for work, _ in workflow.every(session)]
        assert folder.sha256(FILES["fr"]) == in_use.of(session).sha256
    assert before.keys() == office.state().keys()


WEEKEND = ("law.toml", 'weekend = ["saturday", "sunday"]', 'weekend = ["friday", "saturday", "sunday"]')


def test_a_law_that_makes_deadlines_later_requires_the_loosening_option(office: Office, edited: Edit) -> None:
    """The command lists each later deadline with both days, and changes nothing without the option.

    Returning to the former law does not require the option.
    """
    law = edited(*WEEKEND)
    planned = office.json("law", "replace", law, "--dry-run")
    assert planned["later"]
    for each in planned["later"]:
        assert each["before"] < each["after"], each
    assert f"{len(planned['later'])} deadlines are later" in refused_loudly(office, law)
    said = office.json("law", "replace", law, "--loosening")
    assert (planned["later"], True) == (said["later"], said["adopted"])
    clocks = {row["clock"]: row["day"] for row in office.json("case", "show", "1")["work"]["clocks"]}
    assert {each["after"] for each in said["later"] if each["what"] in clocks} <= {*clocks.values()}
    (noted,) = [e for e in office.json("journal", "list")["entries"] if e["action"] == "adopt-law"]
    assert {"law": hash_of(law), "despite": True} == noted["values"]
    assert office.json("law", "replace", FOLDERS["fr"])["adopted"]


def test_a_law_with_looser_rules_requires_the_loosening_option(office: Office, edited: Edit) -> None:
    """Here no deadline moves.

    One measure is now disclosed without waiting for the prosecutor, and another measure is new.
    """
    hearing = FILES["fr"]["measures.toml"].decode().partition("[measure.hearing]")[2].partition("\n[")[0]
    looser = hearing.replace('"never"', '"always"').replace("needs_word = true\n", "")
    law = edited("measures.toml", hearing, f"{looser}\n[measure.other]{looser}")
    before = office.state()
    said = office.run("law", "replace", law)
    assert (1, True) == (said.code, "3 rules are looser, 0 deadlines" in said.err)
    for line in ("hearing.needs_word: True -> -", "hearing.told: never -> always", "other: - -> Hearing"):
        assert f"looser: measures.toml: measure.{line}\n" in said.err
    assert before == office.state()
    assert 3 == len(office.json("law", "replace", law, "--loosening")["looser"])
    (noted,) = [e for e in office.json("journal", "list")["entries"] if e["action"] == "adopt-law"]
    assert {"law": hash_of(law), "despite": True} == noted["values"]


def test_a_measure_that_the_new_law_never_discloses_is_hidden_from_the_reporter(
    office: Office, edited: Edit
) -> None:
    """The measure is hidden even if an officer shared it before.

    Under the former law, the measure is shown again.
    """
    offered = FILES["fr"]["measures.toml"].decode().partition("[measure.protection_offered]")[2]
    rule = offered.partition("\n[")[0]
    silent = edited("measures.toml", rule, rule.replace('"if_said"', '"never"'))
    office.json("case", "measure", "add", "1", "protection_offered", "--tell")
    told = []
    for law in (silent, FOLDERS["fr"]):
        office.json("law", "replace", law, "--loosening")
        with office.opened() as inbox, inbox.transaction() as session:
            told.append(telling.kinds(session, 1)[1])
    assert [[], ["protection_offered"]] == told


def refused_loudly(office: Office, law: Path) -> str:
    """Return the error about a refused law. The error lists the deadlines that would be later."""
    before = office.state()
    said = office.run("law", "replace", law)
    assert (1, before) == (said.code, office.state())
    assert "later: case " in said.err
    return said.err


def test_the_plan_for_a_new_law_leaves_out_cases_hidden_from_the_officer(
    office: Office, edited: Edit
) -> None:
    """Every case is hidden from this officer.

    Therefore the output for the same law lists no later deadline.
    """
    with office.opened() as inbox, inbox.transaction() as session:
        for case in (1, 2):
            session.add(Exclusion(case=case, officer="officer", since=today()))
    assert [] == office.json("law", "replace", edited(*WEEKEND), "--dry-run")["later"]


def test_a_law_with_a_shorter_retention_period_requires_the_loosening_option(
    office: Office, edited: Edit
) -> None:
    """The command lists the closed cases that the change affects, with both days."""
    office.tell_no_prosecutor(1)
    office.close("1", "moot", "--disclosure", "full", "--text", "Merci.")
    law = edited("retention.toml", 'archive = "5 years"', 'archive = "4 years"')
    (moved,) = office.json("law", "replace", law, "--dry-run")["sooner"]
    days = [date.fromisoformat(moved[each]) for each in ("before", "after")]
    assert (1, [today() + relativedelta(years=n) for n in (6, 5)]) == (moved["case"], days)
    said = office.run("law", "replace", law)
    assert (1, True) == (said.code, "1 cases are destroyed sooner" in said.err)
    assert office.json("law", "replace", law, "--loosening")["adopted"]
    (row,) = office.json("retention", "list")["cases"]
    assert days[1].isoformat() == row["day"]
    assert [] == office.json("law", "replace", FOLDERS["fr"])["sooner"]


def test_the_law_sets_how_long_junk_and_unopened_messages_are_kept(office: Office, edited: Edit) -> None:
    files = folder.read(edited("retention.toml", 'keep = "30 days"', 'keep = "3 days"'))
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, files)
        workflow.set_junked(workflow.of(session, 1), today())
        assert set() == retention_schedule.junk_over(session, today() + timedelta(2))
        assert {1} == retention_schedule.junk_over(session, today() + timedelta(3))
        (due,) = retention_schedule.listing(inbox.home, session)
        assert ("junk", today() + timedelta(3)) == (due.rule, due.day)
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, FILES["xx"])
    with office.opened() as inbox, inbox.transaction() as session:
        assert date(2027, 1, 30) == retention_schedule.unopened_until(session, date(2026, 9, 30))
