"""After a redaction, no file, page or index contains the passage.

The case shows only where the passage was.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from crypto import messages
from inbox.casework import link_index
from inbox.casework.exits import MATRIX, Cell, Exit, Need
from inbox.deadlines.obstacles import Obstacle
from inbox.questionnaire.answers import Answer
from inbox.retention import residue, striker
from inbox.retention.strike import offer
from inbox.vault import casework_tables
from inbox.vault.casework_tables import Declaration, Workflow
from inbox.vault.tables import Base, Case, FollowUp, Message, Officer
from tests.support.gate import steps
from tests.support.inbox_builders import (
    Office,
    Portal,
    Reporter,
    Scene,
    Sent,
    World,
    answering,
    drop,
    first,
    read_outbox,
    read_slot,
    today,
)
from tests.support.inbox_copied import found_in
from tests.support.inbox_kills import killed_everywhere
from tests.support.inbox_outcomes import refused
from tests.support.inbox_trio import CANARY, Trio

NAME = "Zibeline Quartzmann"
WANTED = {"name": NAME.encode(), "word": b"zibeline", "another": b"artzmann", "folded": b"ZIBELINE"}


pytestmark = pytest.mark.copy_of("founded_strike")


@pytest.fixture(scope="module")
def founded_strike(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A case and an unsigned report that contain the same name.

    In the case, the name is in two answers, a follow-up and a note. In both cases, officers have decided not
    to inform the prosecutor. Before that decision, no complete text can be redacted.
    """
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("strike"))
    world, reporter = scene.world, scene.reporter
    text = f"{NAME} est malade.\nLe quai est ouvert."
    report = first(reporter, text=text, edit=answering(who=f"chez {NAME}"), files=[b"x"])
    scene.collect(report, Sent(reporter.follow_up(f"encore {NAME}, hier")), Sent(drop(world, NAME)))
    with world.office.opened() as inbox, inbox.transaction() as session:
        for number in (1, 2):
            session.add_all(written_by_officers(number))
            session.get_one(casework_tables.Duty, (number, "art14")).reason = f"{NAME} fuirait"
            session.get_one(Workflow, number).withheld = f"car {NAME} saurait"
    world.office.tell_no_prosecutor(1, 2)
    report, _ = numbers(world.office)
    world.office.json(
        "message", "reply", str(report), "--text", f"Merci. Qui est {NAME} ?", "--despite-warning", "x"
    )
    return world.office


def written_by_officers(number: int) -> Iterator[Base]:
    """For each kind of text that officers write about a case, yield one text with the name."""
    yield casework_tables.Note(case=number, position=1, by="officer", day=today(), text=f"voir {NAME}")
    yield casework_tables.Tag(case=number, name="zibeline-quartzmann")
    yield casework_tables.Measure(
        case=number,
        position=1,
        kind="none",
        day=today(),
        recorded=today(),
        addressee=NAME,
        reference="zq",
        restrictions=NAME,
    )
    yield casework_tables.Identity(case=number, day=today(), text=f"La voisine de {NAME}")


def numbers(office: Office) -> tuple[int, int]:
    """Return the case numbers of the signed and the unsigned report."""
    with office.opened() as inbox, inbox.transaction() as session:
        unsigned = session.get_one(Case, 1).unsigned
    return (2, 1) if unsigned else (1, 2)


BY_OFFICERS = {"staff-note-1", "tags", "measure-1", "decision-art14", "withheld", "identity"}


def test_no_file_of_the_inbox_contains_a_redacted_passage(office: Office, tmp_path: Path) -> None:
    """The search decrypts used and free pages of the vault.

    The control is a copy made before the redaction.
    """
    before = office.copy(tmp_path / "before")
    assert {"name", "word", "another"} <= found_in(before, WANTED)
    report, dropped = numbers(office)
    done = [
        office.json("case", "redact", "--reason", "x", str(number), "everywhere", "--text", NAME)
        for number in (report, dropped)
    ]
    assert set() == found_in(office, WANTED)
    by_officers = dict.fromkeys(BY_OFFICERS, 1) | {"measure-1": 2}
    assert by_officers | dict.fromkeys(("what", "who", "follow-up-1", "reply-1"), 1) == done[0]["struck"]
    assert by_officers | {"note": 1} == done[1]["struck"]
    assert [[], []] == [each["left"] for each in done]


def test_redaction_updates_the_link_index_and_the_summary_in_lists(office: Office) -> None:
    report, _ = numbers(office)
    names = []
    for _ in range(2):
        with office.opened() as inbox, inbox.transaction() as session:
            names.append([kind for kind, _ in link_index.of(session, report) if kind == "name"])
            summary = session.get_one(Case, report).summary
        office.run("case", "redact", "--reason", "x", str(report), "everywhere", "--text", NAME)
    assert ["name"] == names[0]
    assert ([], f"{striker.STRUCK} est malade.") == (names[1], summary)


def test_redaction_ignores_capitals_and_accents_and_spaces_and_invisible_characters(office: Office) -> None:
    report, _ = numbers(office)
    for place, typed in (
        ("what", "ZIBELINE  quartzmann"),
        ("who", "Zibeline\n Quartzmann"),
        ("follow-up-1", "Zibe\u200bl\u00efne-Quartzmann"),
    ):
        assert {place: 1} == office.json(
            "case", "redact", "--reason", "x", str(report), place, "--text", typed
        )["struck"]
    assert f"chez {striker.STRUCK}" == office.json("case", "show", str(report))["answers"]["who"]


def test_after_a_redaction_the_command_names_the_places_with_similar_words(office: Office) -> None:
    """The note has the name in another spelling.

    A disclosure and a journal entry contain the name because the identity was not known at that time.
    """
    report, _ = numbers(office)
    office.json("case", "note", str(report), "--text", "ou Zib\u00e9line_Quartzmann ?")
    given = ("--to", NAME, "--what", "report", "--ground", "other", "--reason", f"of {NAME}")
    assert "the reason contains words" in office.run("dossier", "disclosure", "add", str(report), *given).err
    with office.opened() as inbox, inbox.transaction() as session:
        session.delete(session.get_one(casework_tables.Identity, report))
    office.json("dossier", "disclosure", "add", str(report), *given)
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(casework_tables.Identity(case=report, day=today(), text=f"La voisine de {NAME}"))
    said = office.run("case", "redact", "--reason", "x", str(report), "everywhere", "--text", NAME).out
    assert "similar words that were not redacted remain at: disclosures, journal, notes\n" in said
    assert "not searched" not in said
    assert "      1  reply-1\n" in said


def test_the_search_for_similar_words_skips_officer_names_and_reads_every_chosen_answer(
    office: Office,
) -> None:
    report, _ = numbers(office)
    with office.opened() as inbox, inbox.transaction() as session:
        case = session.get_one(Case, report)
        said = messages.REPORT.parse(case.message)
        several = replace(said, answers={**said.answers, "vector": ("social", "work")})
        case.message = messages.REPORT.encode(several)
        session.query(casework_tables.Note).update({"by": "zacharie"})
        assert [] == residue.in_vault(session, report, "zacharie")
        assert ["cases"] == residue.in_vault(session, report, "work")


def test_redaction_searches_attachments_that_are_short_texts_and_lists_the_others(
    world: World, portal: Portal, collect: Any
) -> None:
    files = [f"de {NAME.upper()}".encode(), b"nothing", b"\xff" + NAME.encode(), bytes(1 << 20)]
    collect(portal.bundle(first(Reporter(world), text=NAME, files=files)))
    world.office.tell_no_prosecutor(1)
    done = world.office.json("case", "redact", "--reason", "x", "1", "everywhere", "--text", NAME)
    assert ([1], [3, 4]) == (done["files_with_it"], done["files_not_searched"])
    said = world.office.run("case", "redact", "--reason", "x", "1", "what:all").out
    assert "files not searched, because they are not short texts: 3, 4\n" in said


def test_the_reporter_gets_the_redacted_reply_with_the_next_outbox(
    world: World, portal: Portal, collect: Any
) -> None:
    reporter = Reporter(world)
    collect(portal.bundle(first(reporter)))
    world.office.json("message", "reply", "1", "--text", f"Qui est {NAME} ?")
    world.office.json("case", "redact", "--reason", "x", "1", "reply-1", "--text", NAME)
    _, _, files = read_outbox(
        Path(world.office.json("exchange", "outbox", "--out", world.office.out)["file"]), world
    )
    slot = read_slot(next(iter(files.values())), reporter)
    assert [f"Qui est {striker.STRUCK} ?"] == [each.text for each in slot.messages]


def test_a_redaction_that_would_make_a_text_too_long_is_refused(
    world: World, portal: Portal, collect: Any
) -> None:
    """Each redacted letter would become three characters. The complete text can still be redacted."""
    collect(portal.bundle(first(Reporter(world), text="ab" * 60_000)))
    world.office.tell_no_prosecutor(1)
    world.office.json("message", "reply", "1", "--text", "x " * 4_000)
    before = world.office.state()
    for words, hint in ((["what", "--text", "a"], "PLACE:all"), (["reply-1", "--text", "x"], "reply-N:all")):
        said = world.office.run("case", "redact", "--reason", "x", "1", *words)
        assert (1, True) == (said.code, "would be too long" in said.err and hint in said.err)
    assert before == world.office.state()
    world.office.json("case", "redact", "--reason", "x", "1", "what:all")
    world.office.json("case", "redact", "--reason", "x", "1", "reply-1:all")


def test_an_officer_who_has_not_declared_a_case_cannot_find_out_which_words_it_contains(trio: Trio) -> None:
    with trio.others.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Declaration))
    for text in (CANARY, "nothing"):
        assert (
            "must first declare"
            in trio.others.run("case", "redact", "--reason", "x", "3", "everywhere", "--text", text).err
        )


@steps(5)
def test_a_power_cut_during_a_redaction_leaves_the_passage_everywhere_or_nowhere(
    office: Office, tmp_path: Path, stride: int
) -> None:
    """The process is killed at one step after another.

    The test searches for the passage after the inbox has been opened again.
    """
    report, dropped = numbers(office)
    office.json("case", "redact", "--reason", "x", str(dropped), "everywhere", "--text", NAME)
    words = ("case", "redact", "--reason", "x", str(report), "everywhere", "--text", NAME)
    whole, intact = office.json("case", "show", str(report)), []
    for each in killed_everywhere(office, tmp_path / "killed", today(), *words, stride=stride):
        shown = each.json("case", "show", str(report))
        intact.append(shown == whole | {"new": False, "follow_ups": shown["follow_ups"]})
        if not intact[-1]:
            assert (set(), 1) == (found_in(each, WANTED), len(shown["struck"]))
    assert sorted(intact, reverse=True) == intact
    assert {True, False} == set(intact)


def test_the_rest_of_a_redacted_text_can_be_searched_and_the_case_names_the_redacted_places(
    office: Office,
) -> None:
    """The signature is deleted.

    Otherwise somebody could guess the redacted passage and check the guess against the signature.
    """
    report, _ = numbers(office)
    office.json("case", "redact", "--reason", "x", str(report), "everywhere", "--text", NAME)
    shown = office.json("case", "show", str(report))
    assert f"{striker.STRUCK} est malade.\nLe quai est ouvert." == shown["answers"]["what"]
    assert f"encore {striker.STRUCK}, hier" == shown["follow_ups"][0]["text"]
    assert [{"day": today().isoformat(), "place": "everywhere"}] == shown["struck"]
    assert f"minimised on {today()} at everywhere" in office.run("case", "show", str(report)).out
    (found,) = office.json("queue", "list", "--search", "quai ouvert")["cases"]
    assert report == found["case"]
    with office.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Case, report).signature is None
        assert [b""] == [each.signature for each in session.query(FollowUp)]
    (entry,) = [
        each for each in office.json("journal", "list")["entries"] if each.get("action") == "minimise"
    ]
    assert (report, {"place": "everywhere"}) == (entry["case"], entry["values"])


def test_only_the_named_place_is_redacted(office: Office) -> None:
    report, _ = numbers(office)
    office.json("case", "redact", "--reason", "x", str(report), "who:all")
    office.json("case", "redact", "--reason", "x", str(report), "file-1:all")
    shown = office.json("case", "show", str(report))
    assert (striker.STRUCK, True) == (shown["answers"]["who"], NAME in shown["answers"]["what"])
    assert [striker.STRUCK] == [file["name"] for file in shown["attachments"]]
    assert ["who", "file-1"] == [each["place"] for each in shown["struck"]]
    assert 0 == office.run("exchange", "outbox", "--out", office.out).code


def test_an_identity_is_deleted_only_if_all_of_it_is_redacted(office: Office) -> None:
    report, _ = numbers(office)
    for words, left in ((("--text", NAME), [f"La voisine de {striker.STRUCK}"]), (("identity:all",), [])):
        place = () if words[0] == "identity:all" else ("everywhere",)
        office.json("case", "redact", "--reason", "x", str(report), *place, *words)
        with office.opened() as inbox, inbox.transaction() as session:
            rows = session.query(casework_tables.Identity).filter_by(case=report)
            assert left == [row.text for row in rows]


def test_redacting_the_type_of_a_file_invalidates_only_the_signature_of_the_message_with_that_file(
    world: World, portal: Portal, reporter: Reporter, collect: Any
) -> None:
    """The redacted file belongs to a follow-up, so the signature of the report stays valid."""
    collect(portal.bundle(first(reporter, files=[b"x"]), Sent(reporter.follow_up(files=[b"y"]))))
    world.office.json("case", "redact", "--reason", "x", "1", "file-2", "--text", "image")
    struck = f"{striker.STRUCK}/jpeg"
    shown = world.office.json("case", "show", "1")
    letters = (shown, *shown["follow_ups"])
    assert [["image/jpeg"], [struck]] == [[file["type"] for file in each["attachments"]] for each in letters]
    with world.office.opened() as inbox, inbox.transaction() as session:
        case, letter = session.get_one(Case, 1), session.query(FollowUp).one()
        assert (True, b"") == (bool(case.signature), letter.signature)
        assert [struck] == [file.type for file in messages.FOLLOW_UP.parse(letter.message).files]
        assert ["image/jpeg"] == [file.type for file in messages.REPORT.parse(case.message).files]


def test_a_redaction_without_a_match_or_without_a_valid_place_changes_nothing(office: Office) -> None:
    report, _ = numbers(office)
    before = office.state()
    for words in (
        ["what", "--text", "nothing of it"],
        ["nowhere", "--text", NAME],
        ["follow-up-2:all"],
        ["what", "--text", ""],
        ["what", "--text", " \u200b"],
        ["everywhere:all"],
        [NAME, "--text", NAME],
    ):
        assert 1 == office.run("case", "redact", "--reason", "x", str(report), *words).code, words
    assert before == office.state()
    assert NAME not in office.run("journal", "list").out


@pytest.mark.parametrize(
    "reason", [(), ("--reason", ""), ("--reason", " \t")], ids=["none", "empty", "blank"]
)
def test_redaction_requires_a_reason(office: Office, reason: tuple[str, ...]) -> None:
    """Both the command and the desk require a reason, because a redaction is irreversible."""
    report, _ = numbers(office)
    before = office.state()
    assert 0 != office.run("case", "redact", str(report), "everywhere", "--text", NAME, *reason).code
    assert before == office.state()


@pytest.mark.parametrize("place", [["danger_now:all"], ["everywhere", "--text", "yes"]])
def test_a_danger_cannot_be_redacted_before_officers_have_dealt_with_it(
    world: World, reporter: Reporter, collect_all: Any, place: list[str]
) -> None:
    """Once officers have dealt with the danger, the answer can be redacted like any other."""
    collect_all(first(reporter, edit=answering(danger_now="yes")))
    world.office.tell_no_prosecutor(1)
    strike = ["case", "redact", "1", *place, "--reason", "drill"]
    before = world.office.state()
    said = world.office.run(*strike)
    assert (1, True) == (said.code, "somebody may be in danger" in said.err)
    assert before == world.office.state()
    world.office.json("case", "measure", "add", "1", "none")
    assert {"danger_now": 1} == world.office.json(*strike)["struck"]


def test_an_answer_cannot_be_redacted_if_it_blocks_even_one_exit_of_the_case(
    world: World, reporter: Reporter, collect_all: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test runs once for each exit. In this run, the danger blocks only that exit."""
    collect_all(first(reporter, edit=answering(danger_now="yes")))
    for way in Exit:
        row = {each: Cell(Need.LIFTED if each is way else Need.NOTHING) for each in Exit}
        monkeypatch.setitem(MATRIX, Obstacle.DANGER, row)
        said = world.office.run("case", "redact", "1", "danger_now:all", "--reason", "drill")
        assert (1, True) == (said.code, "somebody may be in danger" in said.err), way


def test_redaction_does_not_lower_the_score_of_a_reopened_case(
    world: World, reporter: Reporter, collect_all: Any
) -> None:
    """The score is computed from the report as it arrived, before the redaction."""
    collect_all(first(reporter, edit=answering(danger_now="yes")))
    world.office.tell_no_prosecutor(1)
    world.office.json("case", "measure", "add", "1", "none")
    world.office.json("case", "redact", "1", "danger_now:all", "--reason", "drill")
    world.office.close("1")
    world.office.json("case", "reopen", "1", "--reason", "drill")
    (case,) = world.office.json("queue", "list")["cases"]
    assert 1 == case["priority"]


def test_a_case_on_hold_cannot_be_redacted_until_the_hold_is_released(office: Office) -> None:
    report, _ = numbers(office)
    strike = ["case", "redact", str(report), "who", "--text", NAME, "--reason", "drill"]
    office.json("retention", "hold", str(report), "--reason", "drill")
    before = office.state()
    said = office.run(*strike)
    assert (1, True, True) == (said.code, "held for a procedure" in said.err, "release the case" in said.err)
    assert before == office.state()
    office.json("retention", "unhold", str(report), "--reason", "drill")
    office.json(*strike)


def test_the_names_in_an_unanswered_access_request_cannot_be_redacted(office: Office) -> None:
    """Each of the two open requests protects its own name.

    Each part of a name is protected as well. Otherwise one officer could redact all but the family name, and
    claim that it is the name of a namesake.
    """
    report, _ = numbers(office)
    strike = ["case", "redact", str(report), "everywhere", "--reason", "drill", "--text"]
    office.json("case", "note", str(report), "--text", "vu avec Odon Verrier")
    for name in (NAME, "Odon Verrier"):
        office.json("request", "add", "--received", f"{today()}", "--way", "letter", "--person", name)
    before = office.state()
    for words in (NAME, "Verrier", "Odon"):
        said = office.run(*strike, words)
        assert (1, True, True) == (
            said.code,
            "access request" in said.err,
            "answer the access request first" in said.err,
        )
    assert before == office.state()
    answer(office, 2)
    office.json(*strike, "Verrier")


def answer(office: Office, request: int) -> None:
    """Answer an access request."""
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(casework_tables.AccessRequest, request).answered = today()


def ask_nobody(office: Office, report: int) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.delete(session.get_one(casework_tables.Duty, (report, "art40")))


def ask_for_the_prosecutor(office: Office, report: int) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.merge(
            casework_tables.Duty(case=report, kind="art40", known=today(), due=today(), decided=None)
        )


def transmit(office: Office, report: int) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(measured(report, "art40_transmission", 9))


def measured(report: int, kind: str, position: int) -> casework_tables.Measure:
    return casework_tables.Measure(
        case=report, position=position, kind=kind, day=today(), recorded=today(), addressee="", reference=""
    )


@pytest.mark.slow
@pytest.mark.parametrize("await_justice", [ask_nobody, ask_for_the_prosecutor, transmit])
def test_complete_texts_that_the_judiciary_may_ask_for_cannot_be_redacted(
    office: Office, await_justice: Callable[[Office, int], None]
) -> None:
    """Words that point to the reporter can be redacted, except the last word of a text.

    The complete identity can be redacted. The rule applies even to a case without a score, so
    officers cannot avoid it by not scoring. Complete texts can be redacted after a decision not to
    inform the prosecutor, or once the proceedings are over.
    """
    report, _ = numbers(office)
    await_justice(office, report)
    strike = ["case", "redact", "--reason", "drill", str(report)]
    before = office.state()
    for words in (
        ["what:all"],
        ["follow-up-1:all"],
        ["reply-1:all"],
        ["staff-note-1:all"],
        ["follow-up-1", "--text", f"ENCORE {NAME}, hier"],
        ["everywhere", "--text", f"voir {NAME}"],
    ):
        said = office.run(*strike, *words)
        assert (1, True) == (said.code, "only parts of a text" in said.err), words
        assert "inbox case decide" in said.err or "final decision" in said.err
    assert before == office.state()
    office.json(*strike, "what", "--text", f"{NAME} est malade")
    for words in NAME.split():
        office.json(*strike, "who", "--text", words)
    assert "only parts of a text" in office.run(*strike, "who", "--text", "chez").err
    assert {"identity": 1} == office.json(*strike, "identity:all")["struck"]
    with office.opened() as inbox, inbox.transaction() as session:
        session.merge(
            casework_tables.Duty(case=report, kind="art40", known=today(), due=today(), decided=today())
        )
        session.add(measured(report, "final_decision", 10))
    office.json(*strike, "follow-up-1:all")


@pytest.mark.parametrize("place", ["staff-note-9", "everywhere"])
def test_repeated_redactions_leave_at_least_a_third_of_a_text(office: Office, place: str) -> None:
    """The limit is a third of the original text.

    The original text also counts words that were redacted before the decision on the prosecutor was due.
    """
    report, _ = numbers(office)
    words = [f"mot{chr(97 + n)}x" for n in range(21)]
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(casework_tables.Note(case=report, position=9, by="x", day=today(), text=" ".join(words)))
    strike = ["case", "redact", "--reason", "drill", str(report)]
    office.json(*strike, "staff-note-9", "--text", " ".join(words[:4]))
    ask_for_the_prosecutor(office, report)
    for few in (words[4:9], words[9:14]):
        office.json(*strike, place, "--text", " ".join(few))
    before = office.state()
    for few in (words[14:15], words[14:18]):
        said = office.run(*strike, place, "--text", " ".join(few))
        assert (1, True) == (said.code, "only parts of a text" in said.err)
    assert before == office.state()
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(casework_tables.Duty, (report, "art40")).decided = today()
    office.json(*strike, place, "--text", words[14])


@pytest.mark.parametrize(
    ("words", "gone", "is_refused"),
    [(1, 1, False), (2, 2, True), (19, 13, False), (19, 18, False), (20, 13, False), (20, 14, True)],
)
def test_redaction_leaves_a_third_of_a_long_text_and_one_word_of_a_short_text(
    office: Office, words: int, gone: int, *, is_refused: bool
) -> None:
    """A long text has at least 20 words.

    A text of one word may be a name, so it can be redacted completely.
    """
    report, _ = numbers(office)
    ask_for_the_prosecutor(office, report)
    text = [f"mot{chr(97 + n)}x" for n in range(words)]
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(casework_tables.Note(case=report, position=9, by="x", day=today(), text=" ".join(text)))
    passage = " ".join(text[:gone])
    said = office.run("case", "redact", "--reason", "x", str(report), "staff-note-9", "--text", passage)
    assert (is_refused, is_refused) == (said.code == 1, "only parts of a text" in said.err)


def test_a_refused_redaction_first_names_the_missing_decision_on_informing_the_prosecutor(
    office: Office,
) -> None:
    """The end of proceedings, which would also allow the redaction, comes long after that decision."""
    report, _ = numbers(office)
    transmit(office, report)
    ask_for_the_prosecutor(office, report)
    assert "inbox case decide" in refused(office, "case", "redact", "--reason", "x", str(report), "what:all")


def test_redaction_removes_one_of_several_chosen_answers_and_keeps_the_others(
    world: World, reporter: Reporter, collect_all: Any
) -> None:
    collect_all(first(reporter, text=f"Chez {NAME}.", edit=answering(vector=("social", "work"))))
    world.office.tell_no_prosecutor(1)

    def chosen() -> Answer:
        with world.office.opened() as inbox, inbox.transaction() as session:
            return messages.REPORT.parse(session.get_one(Case, 1).message).answers["vector"]

    world.office.json("case", "redact", "1", "everywhere", "--text", NAME, "--reason", "drill")
    assert ("social", "work") == chosen()
    world.office.json("case", "redact", "1", "everywhere", "--text", "social", "--reason", "drill")
    assert ("work",) == chosen()


def test_a_danger_does_not_prevent_the_redaction_of_other_passages(
    world: World, reporter: Reporter, collect_all: Any
) -> None:
    """The danger itself cannot be redacted before officers have dealt with it."""
    collect_all(first(reporter, text=f"{NAME} est malade.", edit=answering(danger_now="yes")))
    world.office.tell_no_prosecutor(1)
    danger = world.office.run("case", "redact", "1", "danger_now:all", "--reason", "drill")
    assert "somebody may be in danger" in danger.err
    redact = ["case", "redact", "1", "everywhere", "--text", NAME, "--reason", "drill"]
    assert {"what": 1} == world.office.json(*redact)["struck"]


def test_a_file_whose_sealed_copy_is_missing_is_listed_as_not_searched(office: Office) -> None:
    report, _ = numbers(office)
    (sealed,) = (office.root / "attachments").iterdir()
    sealed.unlink()
    done = office.json("case", "redact", "--reason", "x", str(report), "what", "--text", NAME)
    assert ([], [1]) == (done["files_with_it"], done["files_not_searched"])


def test_redaction_also_changes_the_drafts_of_all_officers(office: Office) -> None:
    report, _ = numbers(office)
    fields = json.dumps([("text", f"Bonjour {NAME}")])
    with office.opened() as inbox, inbox.transaction() as session:
        (officer,) = session.scalars(select(Officer.name).limit(1))
        draft = casework_tables.Unfinished(
            officer=officer, case=report, form="note", day=today(), fields=fields
        )
        session.add(draft)
    office.json("case", "redact", "--reason", "x", str(report), "who", "--text", NAME)
    with office.opened() as inbox, inbox.transaction() as session:
        (row,) = session.query(casework_tables.Unfinished)
        assert [["text", f"Bonjour {striker.STRUCK}"]] == json.loads(row.fields)


def test_a_redaction_records_only_the_length_of_the_redacted_texts(office: Office) -> None:
    """A record of the redaction of an identity would confirm a correct guess at the identity."""
    report, _ = numbers(office)
    for place in ("identity", "what"):
        office.json("case", "redact", "--reason", "x", str(report), place, "--text", NAME)
    office.json("case", "redact", "--reason", "x", str(report), "everywhere", "--text", "encore")
    with office.opened() as inbox, inbox.transaction() as session:
        stored = session.query(casework_tables.StruckText).filter_by(case=report)
        assert {"what": 8, "follow-up-1": 4} == {row.place: row.words for row in stored}
        strikes = session.query(casework_tables.Strike.position).filter_by(case=report)
        assert [1, 2, 3] == sorted(position for (position,) in strikes)


def test_replies_that_no_longer_fit_the_slot_do_not_prevent_other_redactions(office: Office) -> None:
    """The limit may have changed since officers wrote the replies."""
    report, _ = numbers(office)
    with office.opened() as inbox, inbox.transaction() as session:
        session.query(Message).filter_by(case=report).update({"text": f"{NAME} " * 9_000})
    redact = ["case", "redact", "--reason", "x", str(report)]
    assert "would be too long" in office.run(*redact, "reply-1", "--text", NAME).err
    assert {"who": 1} == office.json(*redact, "who", "--text", NAME)["struck"]


def test_the_error_about_a_passage_that_was_not_found_names_the_place_if_officers_gave_one(
    office: Office,
) -> None:
    report, _ = numbers(office)
    redact = ["case", "redact", "--reason", "x", str(report)]
    missing = f"the passage was not found in case {report}"
    for place, said in (("what", f"{missing} at what\n"), ("everywhere", f"{missing}\n")):
        assert said in refused(office, *redact, place, "--text", "nothing of it"), place


@pytest.mark.parametrize(("language", "label"), [("en", "Port or place"), ("fr", "Port ou lieu")])
def test_a_redaction_shows_the_labels_of_questions_in_the_language_of_the_officers(
    office: Office, language: str, label: str
) -> None:
    """An unsigned report is a single text, so it has no questions."""
    report, unsigned = numbers(office)
    with office.unlocked() as opened:
        who = opened.by_opening(today())
        shown = [offer(opened.inbox, who, number, language).labels for number in (report, unsigned)]
    assert [label, None] == [labels.get("place") for labels in shown]
