"""Work on a case: notes, tags, assignment, the risk to the reporter, and measures."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inbox.casework import exits
from inbox.casework.measures import records, source_risk
from inbox.casework.measures.details import Taken
from inbox.casework.measures.source_risk import Risk
from inbox.dossiers import recording
from inbox.language.errors import CaseRefused, Locked, Refused
from inbox.law import in_use
from inbox.session.actions import Action, Actor
from inbox.vault.casework_tables import Credibility, Measure, Workflow
from inbox.vault.tables import Case, OutboxBundle
from templates.law.rules import MeasureRole
from tests.support.desk_room import sitting
from tests.support.gate import chosen
from tests.support.inbox_builders import PASSPHRASE, Office, Reporter, today
from tests.support.inbox_outcomes import refused, slot
from tests.support.laws import FILES, FRENCH

CANARY = "zibeline-quartz"

pytestmark = pytest.mark.copy_of("with_reporter")


def work(office: Office) -> Any:
    return office.json("case", "show", "1")["work"]


def test_a_note_is_shown_to_officers_and_never_sent_to_the_reporter(
    office: Office, first_reporter: Reporter
) -> None:
    """The case shows the note with its officer and its day. The reporter's slot does not contain the note."""
    assert 1 == office.json("case", "note", "1", "--text", f"ask the port\n{CANARY}")["number"]
    assert 2 == office.json("case", "note", "1", "--text", "asked")["number"]
    notes = work(office)["notes"]
    assert ("officer", today().isoformat(), f"ask the port\n{CANARY}") == (
        notes[0]["by"],
        notes[0]["day"],
        notes[0]["text"],
    )
    shown = office.run("case", "show", "1").out
    assert f"note of {today()} by officer:\n│ ask the port\n│ {CANARY}" in shown
    office.json("message", "reply", "1", "--text", "Merci")
    told = slot(office, first_reporter)
    assert (["Merci"], False) == ([each.text for each in told.messages], CANARY in repr(told))


@pytest.mark.parametrize(
    ("text", "said"), [("", "the note is empty"), (" \n", "empty"), ("x" * 50_001, "at most 50000")]
)
def test_an_empty_or_too_long_note_is_refused(office: Office, text: str, said: str) -> None:
    assert said in refused(office, "case", "note", "1", "--text", text)


def test_a_case_is_found_by_its_tags(office: Office) -> None:
    """A search ignores differences in spelling and capitals.

    A tag is stored only once. A search for a removed tag no longer finds the case.
    """
    assert ["escale", "été-2026"] == office.json(
        "case", "tag", "add", "1", "Escale", "ESCALE", "e\u0301te\u0301-2026"
    )["tags"]
    for name in ("escale", "ESCALE", "Été-2026"):
        assert [1] == [each["case"] for each in office.json("queue", "list", "--tag", name)["cases"]]
    assert [] == office.json("queue", "list", "--tag", "esc")["cases"]
    assert "[escale, été-2026]" in office.run("queue", "list").out
    assert "tags: escale, été-2026" in office.run("case", "show", "1").out
    assert ["été-2026"] == office.json("case", "tag", "remove", "1", "escale")["tags"]
    assert [] == office.json("queue", "list", "--tag", "escale")["cases"]


@pytest.mark.parametrize("name", ["two words", "", "-", "\x1b[31m", "a\u202eb", "x" * 33, "a/b"])
def test_an_invalid_tag_is_refused(office: Office, name: str) -> None:
    assert "invalid tag" in refused(office, "case", "tag", "add", "1", "--", name)
    assert "invalid tag" in refused(office, "case", "tag", "remove", "1", "--", name)
    if name:
        assert "invalid tag" in refused(office, "queue", "list", f"--tag={name}")


def test_removing_a_tag_is_refused_if_the_case_does_not_have_the_tag(office: Office) -> None:
    """If one of several tags is missing, no tag is removed."""
    office.json("case", "tag", "add", "1", "escale")
    assert "case 1 has no such tag" in refused(office, "case", "tag", "remove", "1", "escale", "quai")


def test_a_case_is_assigned_to_one_existing_officer_or_to_nobody(office: Office) -> None:
    office.json("case", "assign", "1", "officer")
    (line,) = office.json("queue", "list", "--officer", "officer")["cases"]
    assert (1, "officer") == (line["case"], line["assigned"])
    assert "officer" == work(office)["assigned"]
    assert 0 == office.json("queue", "list", "--officer", "bruno")["count"]
    assert "assigned to officer" in office.run("case", "show", "1").out
    office.json("case", "unassign", "1")
    assert 0 == office.json("queue", "list", "--officer", "officer")["count"]
    assert "there is no officer bruno" in refused(office, "case", "assign", "1", "bruno")
    assert [2, 2] == [office.run("case", "assign", "1", *more).code for more in ([], ["officer", "bruno"])]


@pytest.mark.parametrize("name", ["z" * 600, "z" * 33, "Bruno", "bruno b", "", "bruno\n"])
def test_a_case_is_not_assigned_to_an_invalid_officer_name(office: Office, name: str) -> None:
    """The name is refused before the journal is written, because the journal could not store it."""
    for words in (["case", "assign", "1", name], ["queue", "assign", "1", "--to", name]):
        assert "cannot be the name of an officer" in refused(office, *words)
    assert work(office)["assigned"] is None


@pytest.mark.parametrize("reason", chosen(["", " \n"], " \n"))
@pytest.mark.parametrize(
    "words",
    [
        ["case", "set-source-risk", "1", "low"],
        ["case", "set-credibility", "1", "2"],
        ["case", "set-score", "1", "--danger", "1"],
        ["case", "measure", "retract", "1", "1"],
        ["case", "decide", "1", "not_needed"],
        ["retention", "hold", "1"],
        ["retention", "unhold", "1"],
    ],
)
def test_a_reason_without_text_is_refused(office: Office, words: list[str], reason: str) -> None:
    office.json("case", "measure", "add", "1", "none")
    before = office.state()
    assert "a reason is required" in refused(office, *words, "--reason", reason)
    assert before == office.state()


def test_a_case_is_not_assigned_to_an_officer_who_may_not_read_it(trio: Any) -> None:
    """If the assigned officer is excluded later, the case is no longer assigned."""
    assert "bruno is excluded from case 3" in refused(trio.others, "case", "assign", "3", "bruno")
    trio.others.json("case", "assign", "1", "bruno")
    trio.others.json("access", "conflict", "add", "1", "bruno", "--reason", "kin")
    assert trio.others.json("case", "show", "1")["work"]["assigned"] is None
    trio.others.json("access", "restrict", "2", "alice", "chloe")
    assert "only its handlers may read case 2" in refused(trio.others, "case", "assign", "2", "bruno")


def test_no_inquiry_can_begin_before_the_risk_to_the_reporter_is_assessed(office: Office) -> None:
    """ISO 37002 requires this assessment first.

    Officers need no assessment to protect the reporter, refer the report elsewhere, or do nothing.
    """
    office.tell_no_prosecutor(1)
    said = refused(office, "case", "measure", "add", "1", "admin_inquiry")
    assert "the reporter of case 1 has not been assessed\nhint: assess the risk before any inquiry" in said
    # Without an inquiry, the office has no proceedings of its own to decide on.
    free = [
        kind
        for kind, rule in FRENCH.measures.items()
        if not rule.is_inquiry and rule.role is not MeasureRole.OFFICE_DECISION
    ]
    with office.opened() as inbox, inbox.vault.transaction() as session:
        for kind, rule in FRENCH.measures.items():
            taken = Taken(
                kind=kind,
                day=today(),
                degree=2 if rule.groups else None,
                addressee="X" if rule.addressee else "",
                reference="X" if rule.reference else "",
                sent="x" if rule.sanitised else "",
            )
            with pytest.raises(CaseRefused) if kind not in free else contextlib.nullcontext():
                records.add(session, 1, taken, today())
    assert free == [each["kind"] for each in work(office)["measures"]]
    office.json("case", "set-source-risk", "1", "medium", "--reason", "many know")
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    assert "admin_inquiry" == office.json("case", "measure", "add", "1", "admin_inquiry")["kind"]


def test_the_proposed_risk_to_the_reporter_is_high_if_few_people_know_the_facts(
    office: Office,
) -> None:
    """A proposal is not an assessment, so an officer assesses the risk and gives a reason."""
    assert ("", "high") == (work(office)["source_risk"], work(office)["proposed_source_risk"])
    assert (
        "risk to the reporter: high? (proposed from the answers, not assessed)"
        in office.run("case", "show", "1").out
    )
    assert 2 == office.run("case", "set-source-risk", "1", "low").code
    office.json("case", "set-source-risk", "1", "low", "--reason", "all of the quay know")
    assert "low" == work(office)["source_risk"]
    assert "risk to the reporter: low\n" in office.run("case", "show", "1").out


def test_a_measure_is_stored_with_all_its_details(office: Office) -> None:
    office.tell_no_prosecutor(1)
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    day = today() - timedelta(3)
    words = ["--day", str(day), "--addressee", "Parquet du Havre", "--reference", "26/118", "--degree", "3"]
    row = office.json("case", "measure", "add", "1", "disciplinary_sanction", *words)
    expected = {"number": 1, "kind": "disciplinary_sanction", "day": day.isoformat(), "degree": 3}
    expected |= {"addressee": "Parquet du Havre", "reference": "26/118", "told": False, "officers": 2}
    expected |= {"tellable": False, "restrictions": "", "sent": ""}
    assert {"case": 1, **expected} == row
    assert [expected] == work(office)["measures"]
    line = f"measure 1, {day}: Disciplinary sanction, group 3, Parquet du Havre, ref. 26/118 (the reporter is"
    assert line in office.run("case", "show", "1").out
    with office.opened() as inbox, inbox.transaction() as session:
        stored = session.get_one(Measure, (1, 1))
    assert (day, today()) == (stored.day, stored.recorded)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none", "--day", "2199-01-01"], "is in the future"),
        (["none", "--degree", "2"], "none has no group 2"),
        (["disciplinary_sanction"], "needs a group, from 1 to 4"),
        (["disciplinary_sanction", "--degree", "5"], "has no group 5"),
        (["arrest"], "has no code arrest for this"),
        (["suspension", "--tell"], "no reporter is told of this measure"),
        (["none", "--addressee", "x" * 201], "at most 200"),
        (["prosecutor_word", "--addressee", "x", "--restrictions", "x" * 201], "at most 200"),
        (["none", "--text", "x"], "this measure cannot contain a text: none"),
        (["hearing", "--restrictions", "no"], "only the prosecutor can set restrictions"),
    ],
)
def test_an_invalid_measure_is_refused(office: Office, words: list[str], said: str) -> None:
    office.tell_no_prosecutor(1)
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    assert said in refused(office, "case", "measure", "add", "1", *words)


@pytest.mark.parametrize("words", [["none", "--degree", "-1"], ["none", "--day", "soon"]])
def test_a_day_or_a_group_of_a_measure_that_cannot_be_parsed_is_a_usage_error(
    office: Office, words: list[str]
) -> None:
    assert 2 == office.run("case", "measure", "add", "1", *words).code


def test_the_reporter_learns_of_a_measure_only_after_an_officer_shares_it(
    office: Office, first_reporter: Reporter
) -> None:
    """The slot lists each kind of shared measure once. Officers can undo the sharing of a measure.

    Under the law, some kinds of measure cannot be shared.
    """
    office.tell_no_prosecutor(1)
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    for kind in ("protection_offered", "process_fix", "process_fix", "internal_control"):
        office.json("case", "measure", "add", "1", kind, "--addressee", CANARY)
    assert () == slot(office, first_reporter).measures_disclosed
    office.json("case", "measure", "share", "1", "1")
    office.json("case", "measure", "share", "1", "2")
    assert office.json("case", "measure", "add", "1", "process_fix", "--tell")["told"]
    told = slot(office, first_reporter)
    assert (("protection_offered", "process_fix"), False) == (told.measures_disclosed, CANARY in repr(told))
    office.json("case", "measure", "unshare", "1", "1")
    assert ("process_fix",) == slot(office, first_reporter).measures_disclosed
    untold = refused(office, "case", "measure", "share", "1", "4")
    assert "no reporter is told of this measure: internal_control" in untold
    assert (
        "reporters can be told only of these measures: protection_offered, protection_requested, " in untold
    )
    assert "case 1 has no measure 9" in refused(office, "case", "measure", "share", "1", "9")


@pytest.mark.parametrize("kind", ["none", "referred_external"])
def test_officers_cannot_tell_the_reporter_of_inaction_before_the_decision_on_the_prosecutor(
    office: Office, kind: str
) -> None:
    """Officers can tell the reporter neither when they record such a measure nor later.

    The decision is required even if no rule asks for it. Measures that protect the reporter can be shared
    immediately.
    """
    undecided = "it has not been decided whether to inform the prosecutor"
    assert undecided in refused(office, "case", "measure", "add", "1", kind, "--tell")
    office.json("case", "measure", "add", "1", kind)
    assert undecided in refused(office, "case", "measure", "share", "1", "1")
    office.json("case", "measure", "add", "1", "protection_offered", "--tell")
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "measure", "share", "1", "1")


def test_a_final_decision_cannot_be_dated_before_the_arrival_of_the_report(office: Office) -> None:
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    with office.opened() as inbox, inbox.transaction() as session:
        received = session.get_one(Case, 1).received
    earlier = (received - timedelta(1)).isoformat()
    office.json("case", "measure", "add", "1", "judicial_investigation", "--day", earlier)
    said = refused(office, "case", "measure", "add", "1", "final_decision", "--day", earlier)
    assert f"{earlier} is too early: the report did not arrive before {received}" in said
    office.json("case", "measure", "add", "1", "final_decision", "--day", received.isoformat())


def test_officers_retract_a_measure_that_was_recorded_by_mistake(
    office: Office, first_reporter: Reporter
) -> None:
    """Officers must give a reason.

    If the measure was shared, officers are warned that the reporter may have read it. The slot no longer
    contains a retracted measure.
    """
    for kind in ("protection_offered", "none"):
        office.json("case", "measure", "add", "1", kind)
    office.json("case", "measure", "share", "1", "1")
    assert ("protection_offered",) == slot(office, first_reporter).measures_disclosed
    assert 2 == office.run("case", "measure", "retract", "1", "2").code
    assert "case 1 has no measure 3" in refused(
        office, "case", "measure", "retract", "1", "3", "--reason", "x"
    )
    assert (
        "the reporter"
        not in office.run("case", "measure", "retract", "1", "2", "--reason", "another case").out
    )
    said = office.run("case", "measure", "retract", "1", "1", "--reason", "another case").out
    assert said.startswith("case 1: measure 1 is retracted\nthe reporter may have read it")
    assert [] == work(office)["measures"]
    assert () == slot(office, first_reporter).measures_disclosed
    events = office.json("case", "timeline", "1")["events"]
    kind = {"kind": "protection_offered"}
    of_it = (kind, {"measure": 1, "recorded": today().isoformat(), **kind})
    assert [("record-measure", ""), ("remove-measure", "another case")] == [
        (each["what"], each["reason"])
        for each in events
        if each["values"] in of_it and each["what"] not in {"measure", "tell-measure"}
    ]


def test_a_measure_is_not_retracted_if_another_measure_took_its_number_during_the_confirmation(
    office: Office,
) -> None:
    """Numbers of retracted measures are reused.

    Without this check, officers could confirm one measure and retract another.
    """
    office.tell_no_prosecutor(1)
    with office.unlocked() as opened:
        inbox, who = opened.inbox, opened.by_opening(today())
        source_risk.assess(inbox, who, 1, Risk.LOW, "many know")
        recording.record(inbox, who, 1, Taken(kind="disciplinary_opened", day=today()))

        def meanwhile(action: Action, needed: int) -> tuple[str, ...]:
            records.retract(inbox, who, 1, 1, "another case")
            recording.record(inbox, who, 1, Taken(kind="none", day=today()))
            return who.confirm(action, needed)

        with pytest.raises(Refused, match="somebody else has changed this"):
            records.retract(inbox, replace(who, confirm=meanwhile), 1, 1, "another case")
    assert ["none"] == [each["kind"] for each in work(office)["measures"]]
    entries = office.json("journal", "list")["entries"]
    assert ["remove-proceedings"] == [each["action"] for each in entries if "remove" in each["action"]]


def test_the_reporter_of_a_closed_case_no_longer_sees_a_retracted_measure(
    office: Office, first_reporter: Reporter
) -> None:
    """The slot changes even if the portal has already applied the final reply."""
    office.tell_no_prosecutor(1)
    office.json("case", "measure", "add", "1", "protection_offered", "--tell")
    office.close("1", "moot", "--disclosure", "partial", "--text", "Clos.")
    assert ("protection_offered",) == slot(office, first_reporter).measures_disclosed
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(OutboxBundle, 1).applied = today()
    office.json("case", "measure", "retract", "1", "1", "--reason", "another case")
    assert () == slot(office, first_reporter).measures_disclosed


def test_a_transmission_cannot_be_retracted_if_no_other_record_shows_the_decision(office: Office) -> None:
    """A transmission can be retracted after a second transmission, or after a different decision."""
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "decide", "1", "transmit", "--reason", "x")
    assert "is the only record of a decision" in refused(
        office, "case", "measure", "retract", "1", "1", "--reason", "x"
    )
    office.json("case", "decide", "1", "transmit", "--reason", "to another prosecutor")
    office.json("case", "measure", "retract", "1", "1", "--reason", "twice")
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "measure", "retract", "1", "2", "--reason", "x")


def test_a_measure_that_belongs_to_a_decision_is_recorded_only_with_that_decision(office: Office) -> None:
    """Otherwise the measure could be recorded twice, or without a decision.

    The command refuses a measure that belongs to a decision. The desk neither offers nor accepts a measure
    that belongs to a decision.
    """
    before = office.state()
    said = refused(
        office,
        "case",
        "measure",
        "add",
        "1",
        "art40_transmission",
        "--addressee",
        "X",
        "--despite-warning",
        "x",
    )
    assert "this measure must be recorded together with its decision" in said
    assert "inbox case decide 1 transmit --reason" in said
    assert before == office.state()
    with sitting(office) as client:
        assert '<option value="art40_transmission">' not in client.page("/en/case/1")
        assert '<option value="prosecutor_phoned">' in client.page("/en/case/1")
        form = {"kind": "forwarded_external", "addressee": "X", "degree": "0"}
        assert 409 == client.send("/en/case/1/measure", **form).status_code


def test_an_addressee_is_required_for_a_transmission_and_for_an_answer_of_the_prosecutor(
    office: Office,
) -> None:
    """The law says which measures require an addressee. The timeline does not show the name."""
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    before = office.state()
    for words in (
        ("case", "measure", "add", "1", "prosecutor_word"),
        ("case", "decide", "1", "transmit", "--reason", "x"),
    ):
        for nobody in ((), ("--addressee", " ")):
            said = office.typed(*words, *nobody)
            assert (1, True) == (said.code, "must say to whom it was addressed" in said.err), words
    assert before == office.state()
    office.json("case", "measure", "add", "1", "log_preservation")
    office.json("case", "measure", "add", "1", "prosecutor_word", "--addressee", "Mme Le Goff")
    assert "The prosecutor does not object, Mme Le Goff (" in office.run("case", "show", "1").out
    said = office.run("case", "timeline", "1").out
    assert ("(The prosecutor does not object)" in said, "Le Goff" in said) == (True, False)
    assert "(Preservation of logs)" in said


def test_a_reference_is_required_for_a_transmission_to_the_prosecutor(office: Office) -> None:
    """The court finds the case by its reference. A phone call needs no reference."""
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    before = office.state()
    decided = ("case", "decide", "1", "transmit", "--reason", "x", "--addressee", "Parquet du Havre")
    for missing in ((), ("--reference", " ")):
        said = office.typed(*decided, *missing)
        assert (1, True) == (said.code, "the reference is missing" in said.err)
    with sitting(office) as client:
        two = {"passphrase-officer": PASSPHRASE}
        form = {"choice": "transmit", "reason": "x", "addressee": "Parquet du Havre"} | two
        refusal = client.send("/fr/case/1/decide", **form)
        assert (409, True) == (refusal.status_code, "la référence manque" in refusal.text.lower())
    assert before == office.state()
    office.typed("case", "measure", "add", "1", "prosecutor_phoned", "--addressee", "Parquet du Havre")
    office.typed(*decided, "--reference", "26/118")
    (_, sent) = office.json("case", "show", "1")["work"]["measures"]
    assert ("art40_transmission", "26/118") == (sent["kind"], sent["reference"])


@pytest.mark.parametrize(("restrictions", "officers"), [("", 1), ("no hearing", 2)])
def test_retracting_a_measure_with_restrictions_takes_two_officers_whatever_the_law_says(
    office: Office, restrictions: str, officers: int
) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, FILES["xx"])
        word = Taken(kind="magistrate_nod", day=today(), restrictions=restrictions)
        row = records.add(session, 1, word, today())
        assert officers == records.recorded(session, row).officers


def test_officers_rate_the_credibility_of_the_facts_but_never_the_credibility_of_the_reporter(
    office: Office,
) -> None:
    """Officers must give a reason. The letter for the source is always F.

    Until somebody rates the facts, the number is 6.
    """
    shown = office.run("case", "show", "1").out
    assert "credibility of what it says: F6, truth cannot be judged\n" in shown
    assert [2, 2, 2] == [
        office.run("case", "set-credibility", "1", *more).code
        for more in (["2"], ["0", "--reason", "x"], ["A1", "--reason", "x"])
    ]
    assert {"case": 1, "source": "F", "credibility": "2"} == office.json(
        "case", "set-credibility", "1", "2", "--reason", "a second report agrees"
    )
    assert {"source": "F", "credibility": "2"} == work(office)["rating"]
    assert "credibility of what it says: F2, probably true\n" in office.run("case", "show", "1").out
    assert (
        f"{today()}  rate  (Probably true)  officer  reason: a second report agrees\n"
        in office.run("case", "timeline", "1").out
    )


def test_no_credibility_rating_changes_the_order_or_the_state_of_a_case(office: Office) -> None:
    office.json("case", "set-status", "1", "assessing")
    before = office.json("queue", "list")
    for each in Credibility:
        office.json("case", "set-credibility", "1", each.value, "--reason", "x")
        assert before == office.json("queue", "list")


def test_the_law_sets_how_many_officers_record_or_retract_a_measure(trio: Any) -> None:
    """A final decision takes two officers.

    Recording the prosecutor's word, a refusal of protection, or inaction also takes two officers. Other
    measures take one officer.
    """
    with trio.others.unlocked() as opened:
        inbox, unconfirmed, both = opened.inbox, Actor(opened.present, today()), opened.by_opening(today())
        recording.record(inbox, unconfirmed, 1, Taken(kind="prosecutor_phoned", day=today(), addressee="X"))
        final = Taken(kind="final_decision", day=today())
        with pytest.raises(Locked):
            recording.record(inbox, unconfirmed, 1, final)
        noted = recording.record(inbox, both, 1, final)
        with pytest.raises(Locked):
            records.retract(inbox, unconfirmed, 1, noted.row.position, "a mistake")
        records.retract(inbox, both, 1, noted.row.position, "a mistake")
        for kind, addressee in (("prosecutor_word", "X"), ("protection_refused", ""), ("none", "")):
            taken = Taken(kind=kind, day=today(), addressee=addressee)
            with pytest.raises(Locked):
                recording.record(inbox, unconfirmed, 1, taken)
            row = recording.record(inbox, both, 1, taken).row
            with pytest.raises(Locked):
                records.retract(inbox, unconfirmed, 1, row.position, "a mistake")
        alone = recording.record(inbox, unconfirmed, 1, Taken(kind="protection_offered", day=today())).row
        records.retract(inbox, unconfirmed, 1, alone.position, "a mistake")
    kinds = [each["kind"] for each in trio.others.json("case", "show", "1")["work"]["measures"]]
    assert ["prosecutor_phoned", "prosecutor_word", "protection_refused", "none"] == kinds[-4:]
    assert "final_decision" not in kinds


def test_a_final_decision_without_pending_proceedings_is_refused(office: Office) -> None:
    """Otherwise such a decision would lift the rules that protect proceedings.

    If proceedings begin after a final decision, they need another final decision.
    """
    final = ("case", "measure", "add", "1", "final_decision")
    nothing = (
        "case 1 has no pending proceedings that this decision could end\nhint: first record the measure that"
    )
    office.json("case", "measure", "add", "1", "none")
    for _ in range(2):
        assert nothing in refused(office, *final)
        office.json("case", "measure", "add", "1", "prosecutor_phoned")
        office.json(*final)
    assert nothing in refused(office, *final)


def tell_prosecutor(office: Office) -> None:
    """Record that the prosecutor was informed of case 1."""
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "decide", "1", "transmit", "--reason", "x", "--addressee", "Parquet du Havre")


def test_a_measure_before_the_answer_of_the_prosecutor_requires_a_reason(office: Office) -> None:
    """The journal keeps the reason and oversight counts it.

    Before the decision whether to inform the prosecutor, a reason is also required, even if no rule asks for
    that decision. Even a case without a score may be about an offence.
    """
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    is_unasked = refused(office, "case", "measure", "add", "1", "suspension")
    office.json("case", "tag", "add", "1", "offence")
    is_asked = refused(office, "case", "measure", "add", "1", "suspension")
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "measure", "add", "1", "hearing")
    tell_prosecutor(office)
    said = refused(office, "case", "measure", "add", "1", "suspension")
    assert is_unasked == is_asked == said
    assert "case 1: the prosecutor has not said that this measure can be taken" in said
    assert "inbox case decide 1 transmit|no_transmission --reason TEXT; then ask" in said
    assert "inbox case measure add 1 prosecutor_word; or say why you take the measure anyway" in said
    counted = office.json("office", "oversight")["actions"]["despite-warning"]
    office.json("case", "measure", "add", "1", "suspension", "--despite-warning", "he burns files")
    noted = [
        each for each in office.json("journal", "list")["entries"] if each.get("action") == "record-measure"
    ]
    assert [{"kind": "hearing"}, {"kind": "suspension", "despite": True}] == [
        each["values"] for each in noted
    ]
    assert ["", "he burns files"] == [each["reason"] for each in noted]
    assert counted + 1 == office.json("office", "oversight")["actions"]["despite-warning"]


def test_a_measure_requires_no_reason_once_the_prosecutor_does_not_object(office: Office) -> None:
    """If officers contact the prosecutor again, they need a new answer."""
    tell_prosecutor(office)
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json("case", "measure", "add", "1", "hearing", "--despite-warning", "to be sure")
    (*_, noted) = [
        e for e in office.json("journal", "list")["entries"] if e.get("action") == "record-measure"
    ]
    assert ({"kind": "hearing"}, "to be sure") == (noted["values"], noted["reason"])
    office.json("case", "measure", "add", "1", "hearing")
    office.json("case", "measure", "add", "1", "prosecutor_phoned")
    assert "has not said" in refused(office, "case", "measure", "add", "1", "hearing")


def test_officers_can_record_restrictions_by_the_prosecutor_together_with_the_decision(
    office: Office,
) -> None:
    """Both the command and the desk record the restrictions.

    The length limit is the same as for the restrictions of a measure.
    """
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    decided = (
        "case",
        "decide",
        "1",
        "transmit",
        "--reason",
        "x",
        "--addressee",
        "Mme Le Goff",
        "--restrictions",
    )
    assert "at most 200" in refused(office, *decided, "x" * 201)
    office.json(*decided, "no <b> suspension")
    assert "Le Goff, ref. X, restrictions: no <b> suspension (" in office.run("case", "show", "1").out
    form = {"choice": "transmit", "reason": "x", "addressee": "x", "reference": "x"}
    form["restrictions"] = "no <i> hearing"
    with sitting(office) as client:
        two = {"passphrase-officer": PASSPHRASE}
        assert 303 == client.send("/en/case/1/decide", **form, **two).status_code
        assert "Restrictions of the prosecutor: <bdi>no &lt;i&gt; hearing</bdi>" in client.page("/en/case/1")


def test_each_measure_under_restrictions_of_the_prosecutor_requires_a_reason(office: Office) -> None:
    """The refusal quotes the restrictions, and the reason says why the measure respects them.

    The restrictions end with a new answer of the prosecutor or with the final decision.
    """
    tell_prosecutor(office)
    phoned = (
        "case",
        "measure",
        "add",
        "1",
        "prosecutor_phoned",
        "--addressee",
        "Mme Le Goff",
        "--restrictions",
    )
    office.json(*phoned, "no suspension")
    word = ("case", "measure", "add", "1", "prosecutor_word", "--addressee", "Mme Le Goff")
    office.json(*word, "--restrictions", "no hearing before May")
    assert "Le Goff, restrictions: no hearing before May (" in office.run("case", "show", "1").out
    said = refused(office, "case", "measure", "add", "1", "admin_inquiry")
    assert "case 1: the prosecutor restricted what can be done: no hearing before May\n" in said
    assert "inbox case measure add 1 admin_inquiry --despite-warning REASON" in said
    office.json("case", "measure", "add", "1", "protection_granted")
    office.json("case", "measure", "add", "1", "admin_inquiry", "--despite-warning", "nobody is heard")
    (*_, noted) = [
        e for e in office.json("journal", "list")["entries"] if e.get("action") == "record-measure"
    ]
    assert ({"kind": "admin_inquiry", "despite": True}, "nobody is heard") == (
        noted["values"],
        noted["reason"],
    )
    before = (today() - timedelta(1)).isoformat()
    office.json(*word, "--day", before)
    assert said == refused(office, "case", "measure", "add", "1", "admin_inquiry")
    office.json(*word)
    office.json("case", "measure", "add", "1", "hearing")
    office.json(*word, "--restrictions", "none at work")
    office.json("case", "measure", "add", "1", "final_decision")
    office.json("case", "measure", "add", "1", "hearing")


@pytest.mark.parametrize("kind", ["protection_granted", "log_preservation", "referred_external", "none"])
def test_measures_for_protection_and_evidence_do_not_wait_for_the_prosecutor(
    office: Office, kind: str
) -> None:
    tell_prosecutor(office)
    office.json("case", "measure", "add", "1", kind)


def test_the_desk_asks_for_a_reason_if_a_measure_precedes_the_answer_of_the_prosecutor(
    office: Office,
) -> None:
    tell_prosecutor(office)
    with sitting(office) as client:
        form = {"kind": "hearing", "degree": "0"}
        shown = client.send("/en/case/1/measure", **form)
        assert (409, True) == (shown.status_code, "has not said that this measure can be taken" in shown.text)
        assert 303 == client.send("/en/case/1/measure", **form, despite="he leaves").status_code
    (*_, noted) = [
        e for e in office.json("journal", "list")["entries"] if e.get("action") == "record-measure"
    ]
    assert ({"kind": "hearing", "despite": True}, "he leaves") == (noted["values"], noted["reason"])


def test_the_desk_records_restrictions_of_the_prosecutor_and_quotes_them(office: Office) -> None:
    tell_prosecutor(office)
    shown = "Restrictions of the prosecutor: <bdi>no &lt;b&gt;</bdi>"
    with sitting(office) as client:
        phoned = {"kind": "prosecutor_phoned", "degree": "0", "addressee": "x", "restrictions": "no <b>"}
        assert 303 == client.send("/en/case/1/measure", **phoned).status_code
        assert shown in client.page("/en/case/1")
    office.json("case", "measure", "add", "1", "prosecutor_word", "--restrictions", "no <i>")
    with sitting(office) as client:
        said = client.send("/en/case/1/measure", kind="hearing", degree="0")
        assert (409, True) == (said.status_code, "restricted what can be done: no &lt;i&gt;" in said.text)


def test_only_measures_that_the_law_lists_count_as_an_answer_to_a_danger(office: Office) -> None:
    """Preserving logs or asking for protection does not count, so the danger remains open."""
    with office.opened() as inbox, inbox.vault.transaction() as session:
        session.get_one(Workflow, 1).feared = True
        row = Measure(
            case=1,
            position=1,
            kind="none",
            day=today(),
            recorded=today(),
            addressee="",
            reference="",
            restrictions="",
            sent="",
        )
        session.add(row)
        for code, rule in FRENCH.measures.items():
            row.kind = code
            session.flush()
            assert exits.is_danger_open(session, 1) is not rule.answers_danger, code


def test_a_refusal_because_of_a_danger_lists_the_measures_that_answer_the_danger(
    office: Office,
) -> None:
    office.json("case", "set-score", "1", "--danger", "3", "--reason", "x")
    office.json("case", "show", "1")
    office.json("case", "measure", "add", "1", "protection_requested")
    said = refused(office, "case", "close", "1", "moot", "--disclosure", "withheld", "--reason", "x")
    assert "somebody may be in danger" in said
    assert (
        "inbox case measure add 1 KIND; KIND is one of: art40_transmission; prosecutor_phoned; "
        "judicial_investigation; " in said
    )
