"""Another law takes the place of the one in use: two officers see first what it changes."""

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
    """Return a function that makes the folder of a law that differs from the French one in one place."""
    return lambda *how: laws.edited(tmp_path / f"law-{len(list(tmp_path.iterdir()))}", *how)


def hash_of(law: Path) -> str:
    return folder.sha256(folder.read(law)).hex()


def test_a_stricter_law_is_taken_and_stands_in_the_journal(office: Office, edited: Edit) -> None:
    """What changes is said by file and key; the older folder stays."""
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
def test_another_text_of_a_letter_or_a_reply_is_said_and_confirmed(
    office: Office, edited: Edit, text: str
) -> None:
    """A guarantee could be gone, or more be told: what the law says is sent as it is."""
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


def test_the_law_in_use_is_not_taken_again(office: Office) -> None:
    assert "already in use" in refused(office, "law", "replace", FOLDERS["fr"])


def test_a_law_with_a_mistake_is_not_taken(office: Office, edited: Edit) -> None:
    law = edited("retention.toml", 'keep = "1 year"', 'keep = "soon"')
    assert "retention.toml: 'period.admissible.keep'" in refused(office, "law", "replace", law)


def test_a_code_that_a_case_uses_must_stay(office: Office, edited: Edit) -> None:
    """It is named with how often it is used, and nothing is told of a case; one that nobody uses may go."""
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


def test_a_ground_by_which_something_was_decided_must_stay(office: Office, edited: Edit) -> None:
    """As a ground of the same decision; one that nobody took may go."""
    office.json("case", "decide", "1", "inadmissible", "--ground", "facts", "--reason", "x")
    said = refused(office, "law", "replace", edited("duties.toml", "ground.facts =", "ground.others ="))
    assert "the new law lacks ground facts, which is used 1 times" in said
    other = edited("duties.toml", "ground.secret =", "ground.others =")
    assert office.json("law", "replace", other, "--loosening")["adopted"]


def test_a_code_in_use_keeps_its_effect_on_proceedings(office: Office, edited: Edit) -> None:
    office.tell_no_prosecutor(1)
    told = 'en = "Suspension from duty" }\ntold = "never"\nopens_proceedings = true'
    law = edited("measures.toml", told, told.removesuffix("\nopens_proceedings = true"))
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "measure", "add", "1", "suspension")
    assert "gives measure suspension a different role" in refused(office, "law", "replace", law)


def _measure(**changes: Any) -> Law:
    """Return the French law with another effect of the measure that opens proceedings."""
    known = FRENCH.measures
    return replace(FRENCH, measures={**known, "suspension": replace(known["suspension"], **changes)})


def _duty(**changes: Any) -> Law:
    """Return it with another duty by which it is decided whether a report is admissible."""
    known = FRENCH.duties
    return replace(FRENCH, duties={**known, "admissibility": replace(known["admissibility"], **changes)})


def _decision(**changes: Any) -> Law:
    known = FRENCH.duties["admissibility"].decisions
    return _duty(decisions={**known, "inadmissible": replace(known["inadmissible"], **changes)})


def _elsewhere() -> Law:
    """Return it with the decision as one of another duty."""
    here, there = FRENCH.duties["admissibility"], FRENCH.duties["forwarding"]
    moved = here.decisions["inadmissible"]
    rest = {code: each for code, each in here.decisions.items() if each is not moved}
    joined = replace(there, decisions={**there.decisions, "inadmissible": moved})
    duties = {**FRENCH.duties, "admissibility": replace(here, decisions=rest), "forwarding": joined}
    return replace(FRENCH, duties=duties)


def _ground() -> Law:
    """Return it with the ground as one of another decision."""
    known = FRENCH.duties["admissibility"].decisions
    moved = {**known["admissible"].grounds, "facts": known["inadmissible"].grounds["facts"]}
    rest = {code: each for code, each in known["inadmissible"].grounds.items() if code != "facts"}
    changed = {"admissible": moved, "inadmissible": rest}
    decisions = {code: replace(known[code], grounds=each) for code, each in changed.items()}
    return _duty(decisions={**known, **decisions})


# By what is said of it: what the program knows a code in use by, changed.
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


def test_a_code_in_use_keeps_all_that_the_program_knows_it_by(office: Office) -> None:
    """The control is the same law, and each of the others while nothing uses its code."""
    with office.opened() as inbox, inbox.vault.transaction() as session:
        session.execute(delete(Duty))
        for _, law in CHANGED.values():
            codes_in_use.check(session, law, FRENCH)
        session.add(Measure(case=1, position=90, kind="suspension", day=today()))
        decided = {"decided": today(), "decision": "inadmissible", "ground": "facts"}
        session.add(Duty(case=1, kind="admissibility", known=today(), due=today(), **decided))
        codes_in_use.check(session, FRENCH, FRENCH)
        for name, (code, law) in CHANGED.items():
            with pytest.raises(Refused, match=f"gives {code} a different role") as said:
                codes_in_use.check(session, law, FRENCH)
            assert "used 1 times" in str(said.value), name
        session.rollback()


def test_a_code_that_only_a_hidden_case_uses_must_stay_too(office: Office, edited: Edit) -> None:
    """What is planned tells an excluded officer nothing of it; what is adopted is refused all the same."""
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


# By the table of a code and the code: what uses it, what ends that, and the files that name it.
IN_USE: dict[tuple[str, str], tuple[Do, Do, tuple[str, ...]]] = {
    ("outcome", "moot"): (_closed_as("moot"), _closed_as(""), ("outcomes.toml", "replies.toml")),
    ("duty", "forwarding"): (_asked("forwarding"), _not_asked("forwarding"), ("duties.toml",)),
    ("decision", "not_forwarded"): (
        _asked("forwarding", "not_forwarded"),
        _not_asked("forwarding"),
        ("duties.toml",),
    ),
    # An office that chose none works by the default of each law.
    ("regime", "external"): (
        _works_under("external"),
        _works_under("internal"),
        ("law.toml", "duties.toml", "deadlines.toml"),
    ),
}


@pytest.mark.parametrize(("table", "code"), IN_USE)
def test_a_code_of_any_table_must_stay_as_long_as_it_is_used(
    office: Office, tmp_path: Path, table: str, code: str
) -> None:
    """The new law differs in the name of that code alone, and is taken once nothing uses it."""
    use, end, files = IN_USE[table, code]
    law = laws.renamed(tmp_path / "law", code, *files)
    use(office)
    said = refused(office, "law", "replace", law, "--loosening")
    assert f"the new law lacks {table} {code}, which is used 1 times" in said
    end(office)
    assert office.json("law", "replace", law, "--loosening")["adopted"]


def test_all_that_changes_is_taken_back_where_it_is_refused(office: Office, edited: Edit) -> None:
    """Neither the vault nor the days it keeps change."""
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


def test_deadlines_that_get_later_are_listed_and_need_a_word_of_their_own(
    office: Office, edited: Edit
) -> None:
    """Each with its day before and after; nothing changes before that is said. The way back needs no word."""
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


def test_what_is_looser_is_listed_and_needs_that_word(office: Office, edited: Edit) -> None:
    """Though no deadline moves: that a measure needs no word, is told, or a new one can be taken."""
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


def test_what_the_new_law_lets_no_reporter_read_is_read_no_longer(office: Office, edited: Edit) -> None:
    """Though an officer let it be told under the law before; back under that, it is told again."""
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
    """Return how a law is refused after the command has said what it changes."""
    before = office.state()
    said = office.run("law", "replace", law)
    assert (1, before) == (said.code, office.state())
    assert "later: case " in said.err
    return said.err


def test_what_is_hidden_from_an_officer_is_not_listed(office: Office, edited: Edit) -> None:
    """For this officer, the same law moves nothing."""
    with office.opened() as inbox, inbox.transaction() as session:
        for case in (1, 2):
            session.add(Exclusion(case=case, officer="officer", since=today()))
    assert [] == office.json("law", "replace", edited(*WEEKEND), "--dry-run")["later"]


def test_cases_that_are_then_kept_for_less_long_are_listed_and_need_that_word(
    office: Office, edited: Edit
) -> None:
    """Only those that are closed, with both days."""
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


def test_junk_and_what_cannot_be_opened_go_as_the_law_says(office: Office, edited: Edit) -> None:
    """Both are told by the schedule, and by the outbox which junk is over."""
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
